package report

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/doppeldb/doppel/internal/measure"
)

// A square chart of error rates, its side chartSide, in the style of curve.go.

// rateChart is a curve of rates on axes that stretch what is small.
type rateChart struct {
	ID, Title, Across, Up, Note string
	Lines                       []rateLine
	KeyAt                       []int // heights of the lines' names in the key
	Height, Rows                int   // of a figure of its own: pixels, units of the view box
	XTicks, YTicks              []tick
	Diagonal                    string // path of equal errors; "" for none
	Dots                        []rateDot
}

type rateLine struct{ Path, Name, Colour string }

// tick is a labelled place on an axis.
type tick struct{ At, Label string }

// rateDot is an operating point.
type rateDot struct {
	X, Y, Title, Name string
	Left              bool // the name stands to the left of it
}

// DETCurve is one curve of a figure of detection-error trade-offs.
type DETCurve struct {
	Name  string
	Sweep []measure.Point
}

// leastTickGap is how near two labels may be, as a share of the side.
const leastTickGap = .075

// detRates are where lines of a DET chart may be, as shares.
var detRates = []float64{.0001, .0002, .0005, .001, .002, .005, .01, .02, .05, .1, .2, .4, .6}

// newDET draws false rejection over false acceptance on axes of normal deviates
// (Martin et al. 1997: see [measure.Deviate]), where a straight line is a normal score.
func newDET(curves []DETCurve) rateChart {
	c := rateChart{ID: "det", Title: "Detection error trade-off", Across: "false acceptance, %", Up: "false rejection, %"}
	low := detFloor(curves)
	place := func(share float64) float64 {
		from, to := measure.Deviate(low), measure.Deviate(detRates[len(detRates)-1])
		return (measure.Deviate(min(max(share, low), detRates[len(detRates)-1])) - from) / (to - from)
	}
	last := -1.
	for _, r := range detRates {
		at := place(r)
		if r < low || at-last < leastTickGap {
			continue
		}
		last = at
		c.XTicks = append(c.XTicks, tick{coordinate(at), formatRate(r)})
		c.YTicks = append(c.YTicks, tick{coordinate(1 - at), formatRate(r)})
	}
	for k, one := range curves {
		l := rateLine{Name: line(one.Name), Colour: curveColours[k%len(curveColours)]}
		if bothKinds(one.Sweep) {
			l.Path = clipped(measure.DET(one.Sweep), low, place)
			at := measure.AtEER(one.Sweep)
			eer := measure.EER(one.Sweep)
			c.Dots = append(c.Dots, rateDot{X: coordinate(place(eer)), Y: coordinate(1 - place(eer)),
				Title: fmt.Sprintf("%s: equal error rate %s, %s", l.Name, formatPercent(eer), formatUpTo(at.Threshold))})
		}
		c.Lines = append(c.Lines, l)
		c.KeyAt = append(c.KeyAt, chartSide+68+18*k)
	}
	c.Diagonal = fmt.Sprintf("M0 %dL%d 0", chartSide, chartSide)
	return c
}

// WriteDET draws a figure of detection-error trade-offs as an SVG file of its own, with
// a key where there are several curves. The scores of the sweeps are negative distances.
func WriteDET(w io.Writer, title string, curves []DETCurve) error {
	c := newDET(curves)
	c.Title = line(title)
	c.Rows = chartSide + 105 + 18*len(curves)
	c.Height = c.Rows * 4 / 3
	var figure bytes.Buffer
	if err := detFigure.Execute(&figure, c); err != nil {
		return fmt.Errorf("render figure: %w", err)
	}
	if _, err := w.Write(figure.Bytes()); err != nil {
		return fmt.Errorf("write figure: %w", err)
	}
	return nil
}

// curveColours are of the lines of a figure, the first that of the page's curves.
var curveColours = []string{"#1b8a99", "#a4481c", "#7a4fb5", "#5b7f1e", "#c0842b", "#44617b"}

// floorBelowEER is how far below the least equal error rate the axes begin.
const floorBelowEER = 40

// detFloor gives the least rate that the axes show: that of one pair of the rarer kind, below
// which one of the two rates is either 0 or on the chart, but not so little that the curves are in a corner.
func detFloor(curves []DETCurve) float64 {
	least, eer := .01, 1.
	for _, c := range curves {
		if !bothKinds(c.Sweep) {
			continue
		}
		last := c.Sweep[len(c.Sweep)-1]
		pairs := min(last.TruePositives+last.FalseNegatives, last.FalsePositives+last.TrueNegatives)
		least, eer = math.Min(least, 1/float64(pairs)), math.Min(eer, measure.EER(c.Sweep))
	}
	least = math.Max(least, math.Min(.01, eer/floorBelowEER))
	floor := detRates[0]
	for _, r := range detRates {
		if r <= least {
			floor = r
		}
	}
	return floor
}

// bothKinds says whether a sweep has matches and non-matches.
func bothKinds(sweep []measure.Point) bool {
	if len(sweep) == 0 {
		return false
	}
	last := sweep[len(sweep)-1]
	return !math.IsNaN(last.FAR()) && !math.IsNaN(last.FRR())
}

// clipped joins corners on the chart. Of a run of them beyond one edge only the one
// next to the chart is kept, and put on the edge.
func clipped(corners [][2]float64, low float64, place func(float64) float64) string {
	high := detRates[len(detRates)-1]
	before := func(p [2]float64) bool { return p[0] <= low || p[1] >= high }
	after := func(p [2]float64) bool { return p[0] >= high || p[1] <= low }
	var points [][2]float64
	for i, p := range corners {
		if i+1 < len(corners) && before(p) && before(corners[i+1]) || i > 0 && after(p) && after(corners[i-1]) {
			continue
		}
		points = append(points, [2]float64{place(p[0]), place(p[1])})
	}
	return joined(points)
}

// joined draws a line through points in 0..1, y upwards.
func joined(points [][2]float64) string {
	var b strings.Builder
	last := ""
	for i, p := range points {
		at := coordinate(p[0]) + " " + coordinate(1-p[1])
		switch {
		case i == 0:
			b.WriteString("M" + at)
		case at != last:
			b.WriteString("L" + at)
		}
		last = at
	}
	return b.String()
}

// newROC draws the share of matches accepted over the false acceptance rate, the latter
// on a logarithmic axis: what matters is on its left.
func newROC(v *measure.Verification) rateChart {
	c := rateChart{ID: "roc", Title: "ROC", Across: "false acceptance, %", Up: "matches accepted, %",
		Note: "area " + formatScore(v.AUC)}
	if !bothKinds(v.Sweep) {
		return c
	}
	decades := max(1, int(math.Ceil(math.Log10(float64(v.Impostor)))))
	place := func(far float64) float64 { return 1 + math.Log10(math.Max(far, 1e-12))/float64(decades) }
	for d := range decades + 1 {
		r := math.Pow(10, float64(d-decades))
		c.XTicks = append(c.XTicks, tick{coordinate(place(r)), formatRate(r)})
	}
	low := rocFloor(v.Sweep, 1/float64(v.Impostor))
	up := func(tpr float64) float64 { return (tpr - low) / (1 - low) }
	for t := 1.; t > low-1e-9; t -= tickStep(1 - low) {
		c.YTicks = append(c.YTicks, tick{coordinate(1 - up(t)), formatRate(t)})
	}
	var points [][2]float64
	for _, p := range v.Sweep {
		points = append(points, [2]float64{place(p.FAR()), up(1 - p.FRR())})
	}
	c.Lines = []rateLine{{Path: joined(points), Colour: curveColours[0]}}
	for _, o := range v.Points {
		x := place(math.Max(o.Point.FAR(), 1/float64(v.Impostor)))
		c.Dots = append(c.Dots, rateDot{X: coordinate(x), Y: coordinate(1 - up(1-o.Point.FRR())), Name: "FAR " + formatRate(o.Want) + " %", Left: x > .8,
			Title: fmt.Sprintf("FAR %s %%: %s of the matches refused, %s", formatRate(o.Want), formatPercent(o.Point.FRR()), formatUpTo(o.Point.Threshold))})
	}
	return c
}

// tickStep gives a round step of which some five fit into a range of up to 1.
func tickStep(width float64) float64 {
	for _, step := range []float64{.01, .02, .05, .1} {
		if width <= 5.5*step {
			return step
		}
	}
	return .2
}

// rocFloor gives where the upward axis begins: a tenth below what is accepted at the
// strictest cut that the axis shows.
func rocFloor(sweep []measure.Point, far float64) float64 {
	accepted := 1 - measure.AtFAR(sweep, far).FRR()
	return math.Max(0, math.Floor(accepted*10-.5)/10)
}

// formatUpTo says which distances a cut of negative distances accepts.
func formatUpTo(threshold float64) string {
	if math.IsInf(threshold, 0) || math.IsNaN(threshold) {
		return "nothing is accepted"
	}
	return "distance up to " + formatThreshold(-threshold)
}

// formatRate writes a share in per cent without needless zeros: 0.1.
func formatRate(share float64) string {
	return strconv.FormatFloat(math.Round(share*1e6)/1e4, 'f', -1, 64)
}

// formatPercent writes a measured share with two digits after the point below 10 %.
func formatPercent(share float64) string {
	switch {
	case math.IsNaN(share):
		return "n/a"
	case share < .1:
		return strconv.FormatFloat(100*share, 'f', 2, 64) + " %"
	}
	return strconv.FormatFloat(100*share, 'f', 1, 64) + " %"
}
