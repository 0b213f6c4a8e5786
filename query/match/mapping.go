package match

import (
	"math"
	"slices"
)

// A mapping brings clues to a scale on which a small network learns well: each
// becomes the normal quantile of its rank among the training pairs, at most
// mapBound away from 0, so that neither units nor outliers matter. What is
// missing becomes 0, the median; for clues that can be missing an input says whether they are.
//
// (Of the mappings tried, normal quantiles beat standardising: evidence such as
// ranks and weights of rare words is far from normal.)
type mapping struct {
	width int         // clues
	knots [][]float32 // per clue: ascending values, each once; empty where the clue is constant
	place [][]float32 // per clue: the normal quantile of each knot
	gap   []int       // the clues with an input for being missing
}

const (
	mapBound = 3
	mapKnots = 64
)

// inputs is how many numbers map gives.
func (m *mapping) inputs() int { return m.width + len(m.gap) }

// fitMapping learns the quantiles from rows of x, (n, width).
func fitMapping(x []float32, width int) *mapping {
	n := len(x) / max(1, width)
	m := &mapping{width: width, knots: make([][]float32, width), place: make([][]float32, width)}
	col := make([]float32, 0, n)
	for t := range width {
		col = col[:0]
		for r := range n {
			if v := x[r*width+t]; v == v {
				col = append(col, v)
			}
		}
		if len(col) > 0 && len(col) < n {
			m.gap = append(m.gap, t)
		}
		slices.Sort(col)
		m.knots[t], m.place[t] = quantiles(col)
	}
	return m
}

// quantiles picks knots of a sorted column: values at even ranks, the place of a
// value being that of the middle of its run of equals.
func quantiles(col []float32) (knots, place []float32) {
	n := len(col)
	if n == 0 || col[0] == col[n-1] {
		return nil, nil
	}
	for k := range mapKnots {
		v := col[k*(n-1)/(mapKnots-1)]
		if len(knots) > 0 && knots[len(knots)-1] == v {
			continue
		}
		lo, _ := slices.BinarySearch(col, v)
		hi, _ := slices.BinarySearchFunc(col, v, func(e, v float32) int {
			if e <= v {
				return -1
			}
			return 1
		})
		p := float64(lo+hi) / 2 / float64(n)
		z := math.Sqrt2 * math.Erfinv(2*min(max(p, 1e-6), 1-1e-6)-1)
		knots, place = append(knots, v), append(place, float32(max(-mapBound, min(mapBound, z))))
	}
	return knots, place
}

// apply maps one row of clues to inputs.
func (m *mapping) apply(dst, row []float32) {
	for t, v := range row {
		dst[t] = m.at(t, v)
	}
	for k, t := range m.gap {
		dst[m.width+k] = 0
		if v := row[t]; v != v {
			dst[m.width+k] = 1
		}
	}
}

// at maps one value, in straight lines between the knots.
func (m *mapping) at(t int, v float32) float32 {
	ks := m.knots[t]
	if len(ks) == 0 || v != v {
		return 0
	}
	k, hi := 0, len(ks) // the first knot that is not below v
	for k < hi {
		if mid := int(uint(k+hi) >> 1); ks[mid] < v {
			k = mid + 1
		} else {
			hi = mid
		}
	}
	switch {
	case k < len(ks) && ks[k] == v:
		return m.place[t][k]
	case k == 0:
		return m.place[t][0]
	case k == len(ks):
		return m.place[t][k-1]
	}
	share := float64(v-ks[k-1]) / float64(ks[k]-ks[k-1])
	if !(share >= 0 && share <= 1) { // infinite values
		share = .5
	}
	low, high := float64(m.place[t][k-1]), float64(m.place[t][k])
	return float32(low + float64(share*(high-low)))
}

// applyAll maps rows, (n, width) to (n, inputs).
func (m *mapping) applyAll(x []float32) []float32 {
	n := len(x) / max(1, m.width)
	out := make([]float32, n*m.inputs())
	for r := range n {
		m.apply(out[r*m.inputs():(r+1)*m.inputs()], x[r*m.width:(r+1)*m.width])
	}
	return out
}
