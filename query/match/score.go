package match

import (
	"math"
	"slices"
)

// score is the sum of standardised evidence. Every column is brought to mean 0
// and standard deviation 1 over the candidate pairs, so that evidence counts by
// how unusual it is among rivals; what is missing counts nothing.
type score struct {
	cols   []column
	mean   []float64
	scale  []float64 // weight / (sd * sum of weights); 0 for a column that tells nothing
	weight []float64
	s      []float64 // per pair
}

// scorePairs weighs the columns and sums them. The text columns weigh 1. A
// field's column weighs what it differs by, in standard deviations, between
// pairs that are each other's best by text alone and the other pairs, 0 to 1: a
// field of noise gets nothing. (Fitting the weights of all columns to such seeds
// was worse: evidence that chose the seeds looks better than it is.)
func scorePairs(cols []column, pairs []pairIDs) *score {
	sc := &score{cols: cols, mean: make([]float64, len(cols)), scale: make([]float64, len(cols)),
		weight: make([]float64, len(cols)), s: make([]float64, len(pairs))}
	sd := make([]float64, len(cols))
	for k := range cols {
		sc.mean[k], sd[k] = meanAndSD(cols[k].value)
	}
	first := numTextColumns
	if slices.Max(sd[:first]) < flat { // no text: all that there is has to say who is whose best
		first = len(cols)
	}
	for p := range pairs {
		for k := range first {
			sc.s[p] += sc.z(k, p, sd[k])
		}
	}
	seed := mutualBest(pairs, sc.s)
	var sum float64
	for k := range cols {
		sc.weight[k] = 1
		if !cols[k].isText() {
			sc.weight[k] = min(cols[k].most, max(0, sc.gap(k, seed, sd[k])))
		}
		if sd[k] < flat {
			sc.weight[k] = 0
		}
		sum += sc.weight[k]
	}
	for k := range cols {
		if sc.weight[k] > 0 {
			sc.scale[k] = sc.weight[k] / (sd[k] * sum)
		}
	}
	for p := range pairs {
		sc.s[p] = 0
		for k := range cols {
			sc.s[p] += sc.part(k, p)
		}
	}
	return sc
}

// flat is the standard deviation below which a column is constant.
const flat = 1e-6

// part is what column k adds to the score of pair p.
func (sc *score) part(k, p int) float64 {
	v := float64(sc.cols[k].value[p])
	if sc.scale[k] == 0 || math.IsNaN(v) {
		return 0
	}
	return (v - sc.mean[k]) * sc.scale[k]
}

// z is the standardised value of column k.
func (sc *score) z(k, p int, sd float64) float64 {
	v := float64(sc.cols[k].value[p])
	if sd < flat || math.IsNaN(v) {
		return 0
	}
	return (v - sc.mean[k]) / sd
}

// gap is the mean standardised value over the seeds less that over the rest.
func (sc *score) gap(k int, seed []bool, sd float64) float64 {
	var sum [2]float64
	var n [2]int
	for p, s := range seed {
		g := 0
		if s {
			g = 1
		}
		sum[g] += sc.z(k, p, sd)
		n[g]++
	}
	if n[0] == 0 || n[1] == 0 {
		return 0
	}
	return sum[1]/float64(n[1]) - sum[0]/float64(n[0])
}

// meanAndSD over the values that are there.
func meanAndSD(v []float32) (mean, sd float64) {
	n := 0
	for _, x := range v {
		if x == x {
			mean += float64(x)
			n++
		}
	}
	if n == 0 {
		return 0, 0
	}
	mean /= float64(n)
	for _, x := range v {
		if x == x {
			d := float64(x) - mean
			sd += d * d
		}
	}
	return mean, math.Sqrt(sd / float64(n))
}
