package report

import (
	"math"
	"strings"
	"testing"
)

func TestHistogram(t *testing.T) {
	oneBin := func(i, n int) (h [50]int) { h[i] = n; return h }
	tests := []struct {
		name            string
		counts          [50]int
		threshold       float64
		accepted, below int // bars
		line            bool
		leftOf          bool
	}{
		{"all zero", [50]int{}, 0.5, 0, 0, false, false},
		{"negative counts are nothing", oneBin(3, -4), 0.5, 0, 0, false, false},
		{"one bin below", oneBin(3, 7), 0.5, 0, 1, true, false},
		{"one bin above", oneBin(49, 1), 0.5, 1, 0, true, false},
		{"threshold inside the bin", oneBin(25, 1e6), 0.51, 1, 1, true, true},
		{"threshold on the bin's edge", oneBin(31, 5), 0.62, 1, 0, true, true},
		{"threshold 0 accepts all", oneBin(0, 5), 0, 1, 0, true, false},
		{"threshold 1 accepts none", oneBin(49, 5), 1, 0, 1, true, true},
		{"threshold NaN", oneBin(49, 5), math.NaN(), 0, 1, false, false},
		{"threshold out of range", oneBin(49, 5), 1.5, 0, 1, false, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := newHistogram(tt.counts[:], tt.threshold, false)
			accepted, below := 0, 0
			for _, b := range h.Bars {
				if b.Accepted {
					accepted++
				} else {
					below++
				}
				if b.Y < plotTop || b.Y+b.Height != plotBottom || strings.Contains(b.X+b.Width, "N") {
					t.Errorf("bar outside the plot: %+v", b)
				}
			}
			if accepted != tt.accepted || below != tt.below {
				t.Errorf("%d accepted and %d other bars, want %d and %d", accepted, below, tt.accepted, tt.below)
			}
			if (h.Threshold != nil) != tt.line || tt.line && h.Threshold.LeftOf != tt.leftOf {
				t.Errorf("threshold %+v", h.Threshold)
			}
		})
	}
}

func TestHistogramScale(t *testing.T) {
	tests := []struct {
		most   int
		labels string
	}{
		{1, "1"}, {2, "1 2"}, {7, "7"}, {20, "10 20"},
		{21, "1 10"}, {1000, "1 10 100 1k"}, {999, "1 10 100"},
		{math.MaxInt, "1 10 100 1k 10k 100k 1M 10M 100M 1G 10G 100G 1000G 10000G 100000G 1000000G 10000000G 100000000G 1000000000G"},
	}
	for _, tt := range tests {
		var labels []string
		last := plotBottom + 1
		for _, l := range newHistogram([]int{tt.most}, 0.5, false).Levels {
			labels = append(labels, l.Label)
			if l.Y >= last || l.Y < plotTop {
				t.Errorf("most %d: level %s at %d, after %d", tt.most, l.Label, l.Y, last)
			}
			last = l.Y
		}
		if got := strings.Join(labels, " "); got != tt.labels {
			t.Errorf("most %d: levels %s, want %s", tt.most, got, tt.labels)
		}
	}
}

func TestSizeChart(t *testing.T) {
	var many []SizeCount
	for size := 1; size <= 40; size++ {
		many = append(many, SizeCount{size, 1})
	}
	tests := []struct {
		name   string
		counts []SizeCount
		want   string
	}{
		{"none", nil, ""},
		{"nonsense is left out", []SizeCount{{0, 3}, {-2, 3}, {2, 0}}, ""},
		{"one per size", []SizeCount{{1, 900}, {2, 1200}, {3, 4}}, "1 row=900 2 rows=1,200 3 rows=4"},
		{"ranges", many, "1 row=1 2 rows=1 3–4 rows=2 5–8 rows=4 9–16 rows=8 17–32 rows=16 33–64 rows=8"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, r := range newSizeChart(tt.counts).Rows {
				got = append(got, r.Label+"="+r.Count)
			}
			if s := strings.Join(got, " "); s != tt.want {
				t.Errorf("got %s\nwant %s", s, tt.want)
			}
		})
	}
}
