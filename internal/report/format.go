package report

import (
	"math"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// formatCount writes n with commas between thousands: 12,345.
func formatCount(n int) string {
	digits := strconv.Itoa(n)
	sign := ""
	if n < 0 {
		sign, digits = "-", digits[1:]
	}
	var b strings.Builder
	b.WriteString(sign)
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(d)
	}
	return b.String()
}

// formatScore writes a probability with three digits, and never rounds to a
// certainty that the score does not claim.
func formatScore(s float64) string {
	switch {
	case math.IsNaN(s):
		return "n/a"
	case s > 0 && s < 0.0005:
		return "<0.001"
	case s < 1 && s >= 0.9995:
		return ">0.999"
	}
	return strconv.FormatFloat(s, 'f', 3, 64)
}

// formatThreshold drops the zeros that carry nothing: 0.5, not 0.500.
func formatThreshold(t float64) string {
	return strconv.FormatFloat(math.Round(t*1e4)/1e4, 'f', -1, 64)
}

// formatWeight writes log-odds with a sign; the minus is a true minus.
func formatWeight(w float64) string {
	switch {
	case math.IsNaN(w) || math.IsInf(w, 0):
		return "n/a"
	case w <= -0.005:
		return "−" + strconv.FormatFloat(-w, 'f', 2, 64)
	case w >= 0.005:
		return "+" + strconv.FormatFloat(w, 'f', 2, 64)
	}
	return "0.00"
}

// formatDuration keeps the digits that a reader compares.
func formatDuration(d time.Duration) string {
	switch {
	case d < time.Millisecond:
		return d.Round(time.Microsecond).String()
	case d < time.Second:
		return d.Round(time.Millisecond).String()
	}
	return d.Round(10 * time.Millisecond).String()
}

// percent writes a share of 0 to 1 as an SVG length; what is not a number is 0.
func percent(share float64) string {
	return strconv.FormatFloat(100*unit(share), 'f', 2, 64) + "%"
}

// unit clamps x to 0..1; NaN becomes 0.
func unit(x float64) float64 {
	if !(x > 0) {
		return 0
	}
	return math.Min(x, 1)
}

// plural picks the word for n.
func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// clean makes s safe to stand in a page: valid UTF-8 without control
// characters, which HTML does not allow. What was there shows as U+FFFD.
func clean(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\t' && r != '\n' && r != '\r' {
			return '\uFFFD'
		}
		return r
	}, s)
}

// maxLine bounds, in bytes, what should be one line: keys, names, messages.
const maxLine = 400

// line cleans s and cuts it to one line's worth.
func line(s string) string {
	head := cutBytes(s, maxLine)
	if len(head) < len(s) {
		return clean(head) + "…"
	}
	return clean(head)
}

// cutBytes gives the longest prefix of s of at most n bytes that does not end
// inside a rune.
func cutBytes(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for back := 0; back < utf8.UTFMax && n > 0 && !utf8.RuneStart(s[n]); back++ {
		n--
	}
	return s[:n]
}
