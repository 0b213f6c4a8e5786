package report

import (
	"fmt"
	"math"
	"strconv"
)

// The histogram's plot, in pixels. Across, everything is in percent, so that
// the chart fits any width while its text keeps its size.
const (
	plotTop    = 30 // room for the threshold's label
	plotHeight = 180
	plotBottom = plotTop + plotHeight
)

// linearUpTo is the largest count that is drawn on a linear scale. Above it one
// crowded bin near 0 would flatten the bins that decide.
const linearUpTo = 20

// histogram is the chart of scores, ready to print.
type histogram struct {
	Total     int
	Log       bool // whether heights are logarithmic
	Top, Base int
	Bars      []bar
	Levels    []level
	Threshold *threshold // nil when there is none to draw
	Bins      []bin      // the bins that are not empty, as a table
}

// bar is one rectangle of the chart.
type bar struct {
	X, Width  string // percent
	Y, Height int    // pixels
	Accepted  bool
	Title     string
}

// level is one labelled count on the upright axis.
type level struct {
	Y     int
	Label string
}

// threshold is the line that parts the chart.
type threshold struct {
	X     string
	Label string
	// LeftOf says on which side of the line there is room for the label.
	LeftOf bool
}

type bin struct {
	Range string
	Count string
}

// newHistogram lays out counts of scores in equal bins over [0, 1] and the
// threshold t, which is not drawn unless it lies in [0, 1].
func newHistogram(counts []int, t float64, automatic bool) histogram {
	h := histogram{Top: plotTop, Base: plotBottom}
	most := 0
	for _, n := range counts {
		h.Total += max(n, 0)
		most = max(most, n)
	}
	if h.Total == 0 {
		return h
	}
	h.Log = most > linearUpTo
	for i, n := range counts {
		if n <= 0 {
			continue
		}
		low, high := float64(i)/float64(len(counts)), float64(i+1)/float64(len(counts))
		name := fmt.Sprintf("%.2f to %.2f", low, high)
		h.Bins = append(h.Bins, bin{name, formatCount(n)})
		title := fmt.Sprintf("%s: %s %s", name, formatCount(n), plural(n, "pair", "pairs"))
		h.Bars = append(h.Bars, splitBar(low, high, t, height(n, most, h.Log), title)...)
	}
	h.Levels = levels(most, h.Log)
	if t >= 0 && t <= 1 {
		h.Threshold = &threshold{X: percent(t), Label: thresholdLabel(t, automatic), LeftOf: t > 0.5}
	}
	return h
}

func thresholdLabel(t float64, automatic bool) string {
	if automatic {
		return "threshold " + formatThreshold(t) + " (auto)"
	}
	return "threshold " + formatThreshold(t)
}

// splitBar draws one bin as one rectangle, or as two where the threshold runs
// through it.
func splitBar(low, high, t float64, tall int, title string) []bar {
	const gap = 0.0015 // between bars
	var out []bar
	add := func(from, to float64, accepted bool) {
		if to-from > 0.0002 {
			out = append(out, bar{percent(from), percent(to - from), plotBottom - tall, tall, accepted, title})
		}
	}
	from, to := low+gap, high-gap
	switch {
	case t <= low:
		add(from, to, true)
	case t < high:
		add(from, min(t, to), false)
		add(max(t, from), to, true)
	default: // above, or NaN: then nothing is accepted
		add(from, to, false)
	}
	return out
}

// height is the bar height in pixels of n pairs; at least 2, so that one pair
// among millions is seen.
func height(n, most int, logarithmic bool) int {
	share := float64(n) / float64(most)
	if logarithmic {
		share = math.Log1p(float64(n)) / math.Log1p(float64(most))
	}
	return max(int(math.Round(share*plotHeight)), 2)
}

// levels picks the counts to label: powers of ten, or the top of a linear scale
// and its half.
func levels(most int, logarithmic bool) []level {
	var out []level
	add := func(n int) {
		out = append(out, level{plotBottom - height(n, most, logarithmic), shortCount(n)})
	}
	if !logarithmic {
		if half := most / 2; half > 0 && 2*half == most {
			add(half)
		}
		add(most)
		return out
	}
	for n := 1; ; n *= 10 {
		add(n)
		if n > most/10 {
			return out
		}
	}
}

// shortCount writes 12000 as 12k.
func shortCount(n int) string {
	switch {
	case n >= 1e9 && n%1e9 == 0:
		return strconv.Itoa(n/1e9) + "G"
	case n >= 1e6 && n%1e6 == 0:
		return strconv.Itoa(n/1e6) + "M"
	case n >= 1e3 && n%1e3 == 0:
		return strconv.Itoa(n/1e3) + "k"
	}
	return strconv.Itoa(n)
}
