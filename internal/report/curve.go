package report

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/doppeldb/doppel/internal/measure"
	"github.com/doppeldb/doppel/query/label"
)

// A square chart: its side in units of its own view box, which the page scales.
const chartSide = 300

// maxCurvePoints bounds the points of a curve; more than that cannot be seen.
const maxCurvePoints = 400

// curve is a line in a square of 0 to 1 both ways, with the place of the threshold.
type curve struct {
	ID, Title, Across, Up, Note string
	Path                        string // SVG path; empty when there is nothing to draw
	Diagonal                    bool   // whether the line of pure chance is drawn
	X, Y                        string // of the threshold in force
	Dot                         bool
	Mark                        string // what the dot says
}

// precisionRecall is precision over recall, one point for each threshold.
func precisionRecall(r *label.Evaluation) curve {
	c := curve{ID: "pr", Title: "Precision and recall", Across: "recall", Up: "precision",
		Note: "average precision " + formatScore(r.Figure("average_precision").Value)}
	var points [][2]float64
	for _, p := range r.Sweep[1:] {
		points = append(points, [2]float64{p.Recall(), p.Precision()})
	}
	if r.Matches > 0 {
		c.Path = path(points)
		c.dot(r.Recall(), r.Precision(), r.Threshold)
	}
	return c
}

// receiver is the ROC curve: matches accepted over non-matches accepted.
func receiver(r *label.Evaluation) curve {
	c := curve{ID: "roc", Title: "ROC", Across: "non-matches accepted", Up: "matches accepted", Diagonal: true,
		Note: fmt.Sprintf("area %s, equal error rate %s", formatScore(r.Figure("roc_auc").Value), formatScore(r.Figure("eer").Value))}
	var points [][2]float64
	for _, p := range r.Sweep {
		points = append(points, [2]float64{p.FalsePositiveRate(), p.TruePositiveRate()})
	}
	if non := r.Pairs - r.Matches; r.Matches > 0 && non > 0 {
		c.Path = path(points)
		c.dot(float64(r.FalsePositives)/float64(non), float64(r.TruePositives)/float64(r.Matches), r.Threshold)
	}
	return c
}

func (c *curve) dot(x, y, threshold float64) {
	if math.IsInf(threshold, 1) || math.IsNaN(threshold) {
		return // nothing is accepted
	}
	c.Dot, c.X, c.Y = true, coordinate(x), coordinate(1-y)
	c.Mark = fmt.Sprintf("threshold %s: %s %s, %s %s", formatThreshold(threshold), c.Across, formatScore(x), c.Up, formatScore(y))
}

// path joins points in 0..1, y upwards.
func path(points [][2]float64) string {
	var b strings.Builder
	step := max(1, int(math.Ceil(float64(len(points))/maxCurvePoints)))
	for i, p := range points {
		if i%step != 0 && i != len(points)-1 {
			continue
		}
		letter := byte('L')
		if i == 0 {
			letter = 'M'
		}
		fmt.Fprintf(&b, "%c%s %s", letter, coordinate(p[0]), coordinate(1-p[1]))
	}
	return b.String()
}

func coordinate(share float64) string {
	return strconv.FormatFloat(unit(share)*chartSide, 'f', 1, 64)
}

// reliabilityChart sets what was said against what was seen.
type reliabilityChart struct {
	Dots []reliabilityDot
	Rows []reliabilityRow
	Note string
}

type reliabilityDot struct{ X, Y, Radius, Title string }

type reliabilityRow struct{ Range, Said, Seen, Count string }

func newReliability(bins []measure.Bin) (c reliabilityChart) {
	most := 0
	for _, b := range bins {
		most = max(most, b.Count)
	}
	for _, b := range bins {
		if b.Count == 0 {
			continue
		}
		row := reliabilityRow{fmt.Sprintf("%.1f to %.1f", b.Low, b.High), formatScore(b.Said), formatScore(b.Seen), formatCount(b.Count)}
		c.Rows = append(c.Rows, row)
		// The area grows with the logarithm: bins at both ends hold nearly all pairs.
		radius := 3 + 6*math.Sqrt(math.Log1p(float64(b.Count))/math.Log1p(float64(most)))
		c.Dots = append(c.Dots, reliabilityDot{coordinate(b.Said), coordinate(1 - b.Seen), strconv.FormatFloat(radius, 'f', 1, 64),
			fmt.Sprintf("said %s, seen %s in %s %s", row.Said, row.Seen, row.Count, plural(b.Count, "pair", "pairs"))})
	}
	c.Note = "calibration error " + formatScore(measure.CalibrationError(bins))
	return c
}
