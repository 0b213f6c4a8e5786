package report

import (
	"fmt"
	"math"
)

// The chart of scores by class, in pixels: matches stand on the axis, non-matches
// hang from it.
const (
	scoreTop  = 30
	scoreHalf = 110
	scoreAxis = scoreTop + scoreHalf
	scoreBins = 50
)

// scoreChart shows the scores of both classes.
type scoreChart struct {
	Total     int
	Log       bool
	Axis      int
	Bottom    int
	Bars      []scoreBar
	Levels    []level
	Threshold *threshold
}

type scoreBar struct {
	X, Width  string
	Y, Height int
	Match     bool
	Wrong     bool // on the wrong side of the threshold
	Title     string
}

// newScoreChart counts scores in equal bins over [0, 1]; NaN is left out.
func newScoreChart(scores []float64, match []bool, t float64) scoreChart {
	c := scoreChart{Axis: scoreAxis, Bottom: scoreAxis + scoreHalf}
	// [match][accepted][bin]: the bin that the threshold runs through has both.
	var counts [2][2][scoreBins]int
	most := 0
	for i, s := range scores {
		if math.IsNaN(s) {
			continue
		}
		n := &counts[index(match[i])][index(s >= t)][min(int(unit(s)*scoreBins), scoreBins-1)]
		*n++
		c.Total++
	}
	for m := range counts {
		for b := range scoreBins {
			most = max(most, counts[m][0][b]+counts[m][1][b])
		}
	}
	if c.Total == 0 {
		return c
	}
	c.Log = most > linearUpTo
	for m := range counts {
		for b := range scoreBins {
			c.Bars = append(c.Bars, c.bin(m == 1, b, counts[m][0][b], counts[m][1][b], most)...)
		}
	}
	for _, l := range levels(most, c.Log) {
		up := scoreHeight(plotBottom - l.Y)
		c.Levels = append(c.Levels, level{scoreAxis - up, l.Label}, level{scoreAxis + up, l.Label})
	}
	if t >= 0 && t <= 1 {
		c.Threshold = &threshold{X: percent(t), Label: thresholdLabel(t, false), LeftOf: t > .5}
	}
	return c
}

func index(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

// scoreHeight scales a height of the histogram to this chart.
func scoreHeight(h int) int { return max(h*scoreHalf/plotHeight, 2) }

// bin draws the pairs of one class and bin: one bar, or two side by side where the threshold parts them.
func (c *scoreChart) bin(match bool, b, refused, accepted, most int) (out []scoreBar) {
	const width, gap = 1. / scoreBins, .0015
	from := float64(b) * width
	add := func(n int, x, w float64, wrong bool) {
		if n == 0 {
			return
		}
		tall := scoreHeight(height(n, most, c.Log))
		bar := scoreBar{X: percent(x), Width: percent(w), Y: scoreAxis, Height: tall, Match: match, Wrong: wrong,
			Title: fmt.Sprintf("%.2f to %.2f: %s %s", from, from+width, formatCount(n), plural(n, classNames[index(match)][0], classNames[index(match)][1]))}
		if match {
			bar.Y -= tall
		}
		out = append(out, bar)
	}
	whole := width - 2*gap
	if refused > 0 && accepted > 0 {
		whole /= 2
	}
	add(refused, from+gap, whole, match)
	add(accepted, from+width-gap-whole, whole, !match)
	return out
}

var classNames = [2][2]string{{"non-match", "non-matches"}, {"match", "matches"}}
