package match

import (
	"cmp"
	"math"
	"slices"
)

// calibrate learns from log-odds z of pairs, each by learners that have not seen it, what they
// are worth, and where to cut. own are those of training pairs where z are of validation
// pairs: a few hundred pairs place a threshold by chance, more do so less.
func (s *Scorer) calibrate(z []float64, y []bool, own []float64, ownY []bool, o scorerOptions) {
	s.slope, s.offset = platt(z, y)
	z, y = slices.Concat(z, own), slices.Concat(y, ownY)
	at := cutoff(z, y, o.precision, o.recall)
	if o.precision == 0 && o.recall == 0 {
		matches := float64(len(classRows(y)[1]))
		counted := matches / (matches + countedFrom) / 2
		at = counted*at + (1-counted)*s.expectedCut(z)
	}
	s.threshold = s.probability(at)
}

// countedFrom is how many matches make a cut by counting errors worth half of what it is worth at most, which
// is as much as the expected one: it hangs on the few pairs next to it. F1 of the training and validation pairs not drawn,
// six draws, by the expected cut alone, with half, and with a third of the counted one: Amazon-Google, 50
// labels .712, .695, .703, 200 labels .723, .722, .724; Abt-Buy, 200 labels .961, .963, .963. With all
// labels, validation pairs: .798, .802, .802 and .973, .975, .973.
const countedFrom = 20

// expectedCut gives the log-odds from which on to accept so that F1 is largest when every probability
// is as calibrated: the probability there is half of that F1 (Lipton, Elkan and Naryanaswamy 2014).
func (s *Scorer) expectedCut(z []float64) float64 {
	v := slices.Clone(z)
	slices.SortFunc(v, func(a, b float64) int { return cmp.Compare(b, a) })
	var matches, right float64
	for _, x := range v {
		matches += s.probability(x)
	}
	best := 0.0
	for n, x := range v {
		right += s.probability(x)
		best = max(best, 2*right/(float64(n+1)+matches))
	}
	p := max(best, 1e-6) / 2
	return (math.Log(p/(1-p)) - s.offset) / s.slope
}

// platt fits slope and offset of calibrated log-odds by Newton's method on the log loss, with the
// smoothed targets of Platt (1999) and the steps of Lin, Lin and Weng (Machine Learning 2007).
func platt(z []float64, y []bool) (slope, offset float64) {
	var positives, negatives float64
	for _, m := range y {
		if m {
			positives++
		} else {
			negatives++
		}
	}
	high, low := (positives+1)/(positives+2), 1/(negatives+2)
	target := func(m bool) float64 {
		if m {
			return high
		}
		return low
	}
	loss := func(a, b float64) (sum float64) {
		for i, v := range z {
			t, f := target(y[i]), a*v+b
			sum += t*logLoss(f, true) + (1-t)*logLoss(f, false)
		}
		return sum
	}
	slope = 1
	now := loss(slope, offset)
	for range 100 {
		var ga, gb, haa, hab, hbb float64
		for i, v := range z {
			p := sigmoid(slope*v + offset)
			d, h := p-target(y[i]), p*(1-p)
			ga, gb = ga+d*v, gb+d
			haa, hab, hbb = haa+h*v*v, hab+h*v, hbb+h
		}
		haa, hbb = haa+1e-9, hbb+1e-9
		det := haa*hbb - hab*hab
		if det <= 0 || math.Abs(ga)+math.Abs(gb) < 1e-6 {
			break
		}
		da, db := (hbb*ga-hab*gb)/det, (haa*gb-hab*ga)/det
		step, moved := 1.0, false
		for range 30 {
			if l := loss(slope-step*da, offset-step*db); l < now {
				slope, offset, now, moved = slope-step*da, offset-step*db, l, true
				break
			}
			step /= 2
		}
		if !moved {
			break
		}
	}
	if !(slope > 1e-3) { // the log-odds tell nothing, or the opposite: order must stay
		slope = 1e-3
	}
	return slope, offset
}

// plateau is how far below the best F1 a threshold still counts as good.
const plateau = .004

// cutoff gives the log-odds at which to cut: those with the largest F1, or, with a
// target, the lowest with that precision or the highest with that recall. For F1 it is the middle of
// the thresholds that are as good as the best but for chance.
func cutoff(z []float64, y []bool, precision, recall float64) float64 {
	order := make([]int, len(z))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Or(cmp.Compare(z[b], z[a]), cmp.Compare(a, b)) })
	matches := 0
	for _, m := range y {
		if m {
			matches++
		}
	}
	type cut struct{ at, f1, precision, recall float64 }
	var cuts []cut
	tp := 0
	for n, i := range order {
		if y[i] {
			tp++
		}
		if n+1 < len(order) && z[order[n+1]] == z[i] {
			continue
		}
		at := z[i] - 1
		if n+1 < len(order) {
			at = (z[i] + z[order[n+1]]) / 2
		}
		cuts = append(cuts, cut{at, 2 * float64(tp) / float64(n+1+matches), float64(tp) / float64(n+1), float64(tp) / float64(max(1, matches))})
	}
	switch {
	case precision > 0:
		at := cuts[0].at
		for _, c := range cuts {
			if c.precision >= precision {
				at = c.at
			}
		}
		return at
	case recall > 0:
		for _, c := range cuts {
			if c.recall >= recall {
				return c.at
			}
		}
	}
	best := 0.0
	for _, c := range cuts {
		best = max(best, c.f1)
	}
	var good []float64
	for _, c := range cuts {
		if c.f1 >= best-plateau {
			good = append(good, c.at)
		}
	}
	return good[len(good)/2]
}
