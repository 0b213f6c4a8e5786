package report

import (
	"math"
	"testing"
	"time"
)

func TestFormats(t *testing.T) {
	tests := []struct{ got, want string }{
		{formatCount(0), "0"}, {formatCount(999), "999"}, {formatCount(1000), "1,000"},
		{formatCount(-1234567), "-1,234,567"}, {formatCount(math.MinInt64), "-9,223,372,036,854,775,808"},
		{formatScore(0), "0.000"}, {formatScore(1e-9), "<0.001"}, {formatScore(0.9994), "0.999"},
		{formatScore(0.9996), ">0.999"}, {formatScore(1), "1.000"}, {formatScore(math.NaN()), "n/a"},
		{formatThreshold(0.5), "0.5"}, {formatThreshold(0.43712), "0.4371"}, {formatThreshold(1), "1"},
		{formatWeight(1.234), "+1.23"}, {formatWeight(-0.5), "−0.50"}, {formatWeight(-0.001), "0.00"},
		{formatWeight(math.NaN()), "n/a"}, {formatWeight(math.Inf(-1)), "n/a"},
		{formatDuration(1234567), "1ms"}, {formatDuration(12345678 * time.Microsecond), "12.35s"}, {formatDuration(4200), "4µs"},
		{percent(0.5), "50.00%"}, {percent(math.NaN()), "0.00%"}, {percent(7), "100.00%"}, {percent(-1), "0.00%"},
		{clean("a\x00\xff\tb\u0085"), "a\uFFFD\uFFFD\tb\uFFFD"},
		{cutBytes("aé", 2), "a"}, {cutBytes("aé", 3), "aé"}, {cutBytes("界", 0), ""}, {cutBytes("\x80\x80\x80", 2), ""},
	}
	for i, tt := range tests {
		if tt.got != tt.want {
			t.Errorf("case %d: got %q, want %q", i, tt.got, tt.want)
		}
	}
}
