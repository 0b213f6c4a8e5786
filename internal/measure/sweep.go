package measure

import (
	"cmp"
	"math"
	"slices"
)

// Order is judged pairs sorted by score, best first, so that many sweeps over the
// same scores (see [Bootstrap]) sort once.
type Order struct {
	at    []int // places in the caller's slices, best score first
	score []float64
	match []bool
}

// NewOrder sorts pairs; score[i] and match[i] are of pair i and are not kept.
func NewOrder(score []float64, match []bool) *Order {
	if len(score) != len(match) {
		panic("measure: as many scores as judgements are needed")
	}
	o := &Order{at: make([]int, len(score)), score: make([]float64, len(score)), match: make([]bool, len(score))}
	key := func(i int) float64 {
		if math.IsNaN(score[i]) {
			return math.Inf(-1)
		}
		return score[i]
	}
	for i := range o.at {
		o.at[i] = i
	}
	slices.SortStableFunc(o.at, func(a, b int) int { return cmp.Compare(key(b), key(a)) })
	for k, i := range o.at {
		o.score[k], o.match[k] = score[i], match[i]
	}
	return o
}

// Point is one way to cut: accept every score of at least Threshold.
type Point struct {
	Threshold float64
	Counts
	TrueNegatives int
}

// TruePositiveRate is the share of the matches that is accepted; NaN without a match.
func (p Point) TruePositiveRate() float64 {
	return float64(p.TruePositives) / float64(p.TruePositives+p.FalseNegatives)
}

// FalsePositiveRate is the share of the non-matches that is accepted; NaN without one.
func (p Point) FalsePositiveRate() float64 {
	return float64(p.FalsePositives) / float64(p.FalsePositives+p.TrueNegatives)
}

// Sweep lists every cut that differs, from the one that accepts nothing
// (threshold +Inf) down to the lowest score. Equal scores are accepted together,
// NaN never. weight[i] counts pair i of [NewOrder] so many times; nil means once
// each.
func (o *Order) Sweep(weight []int) []Point {
	var all [2]int
	w := func(k int) int {
		if weight == nil {
			return 1
		}
		return weight[o.at[k]]
	}
	for k, m := range o.match {
		all[side(m)] += w(k)
	}
	var in [2]int
	at := func(t float64) Point {
		return Point{t, Counts{in[1], in[0], all[1] - in[1]}, all[0] - in[0]}
	}
	points := make([]Point, 1, len(o.score)+1)
	points[0] = at(math.Inf(1))
	for k := 0; k < len(o.score) && !math.IsNaN(o.score[k]); {
		s, before := o.score[k], in
		for ; k < len(o.score) && o.score[k] == s; k++ {
			in[side(o.match[k])] += w(k)
		}
		if in != before {
			points = append(points, at(s))
		}
	}
	return points
}

func side(match bool) int {
	if match {
		return 1
	}
	return 0
}

// AveragePrecision is the mean precision over the matches, each taken at the cut
// that first accepts it: the sum of precision times gain in recall along a
// [Order.Sweep], without interpolation. Ties enter together, so their order
// cannot help. A match that is never accepted (NaN) counts as precision 0; NaN
// without a match.
func AveragePrecision(sweep []Point) float64 {
	first := sweep[0]
	total := first.TruePositives + first.FalseNegatives
	if total == 0 {
		return math.NaN()
	}
	sum, before := 0.0, 0
	for _, p := range sweep {
		sum += float64(p.TruePositives-before) * p.Precision()
		before = p.TruePositives
	}
	return sum / float64(total)
}

// AUC is the area under the ROC curve: the chance that a match scores above a
// non-match, ties half (Hanley and McNeil 1982). Pairs that are never accepted
// tie at the bottom. NaN without a match or without a non-match.
func AUC(sweep []Point) float64 {
	area, x, y := 0.0, 0.0, 0.0
	for _, p := range append(slices.Clip(sweep), end(sweep)) {
		nx, ny := p.FalsePositiveRate(), p.TruePositiveRate()
		area += (nx - x) * (ny + y) / 2
		x, y = nx, ny
	}
	return area
}

// end is the cut that accepts everything, NaN too.
func end(sweep []Point) Point {
	p := sweep[0]
	return Point{math.Inf(-1), Counts{p.TruePositives + p.FalseNegatives, p.FalsePositives + p.TrueNegatives, 0}, 0}
}

// EER is the equal error rate: where the share of non-matches accepted and of
// matches refused are the same, on the straight line between the two cuts around
// that place. NaN without a match or without a non-match.
func EER(sweep []Point) float64 {
	x, y := 0.0, 1.0 // false accepts, false rejects
	for _, p := range append(slices.Clip(sweep), end(sweep)) {
		nx, ny := p.FalsePositiveRate(), 1-p.TruePositiveRate()
		if math.IsNaN(nx) || math.IsNaN(ny) {
			return math.NaN()
		}
		if nx >= ny {
			if d := (y - x) - (ny - nx); d > 0 {
				return min(1, x+(nx-x)*(y-x)/d) // rounding must not leave 0..1
			}
			return nx
		}
		x, y = nx, ny
	}
	return math.NaN()
}

// BestF1 gives the cut of the highest F1, of equal ones the highest, with the
// threshold half-way to the next score below it: scores of other pairs fall
// between those seen here. It is for choosing a threshold; the F1 of the pairs
// that it was chosen on flatters. Without a match it accepts nothing.
func BestF1(sweep []Point) Point {
	best := 0
	for i, p := range sweep {
		if p.F1() > sweep[best].F1() {
			best = i
		}
	}
	p := sweep[best]
	if below := best + 1; best > 0 && below < len(sweep) {
		p.Threshold = between(p.Threshold, sweep[below].Threshold)
	}
	return p
}

// between is half-way from high down to low, never low itself.
func between(high, low float64) float64 {
	if mid := low + (high-low)/2; mid > low && mid <= high {
		return mid
	}
	return high
}
