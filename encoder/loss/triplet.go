package loss

import "math"

// hinge is max(0, x + margin) of x = d(anchor, match) - d(anchor, non-match).
func hinge(x float64, o Options) (value, slope float64) {
	if x += o.Margin; x > 0 {
		return x, 1
	}
	return 0, 0
}

// softHinge is the smooth margin of Hermans, Beyer and Leibe, "In Defense of the
// Triplet Loss", 2017: ln(1 + e^x). Theirs is over distances without a bound; those of
// unit vectors are measured in temperatures.
func softHinge(x float64, o Options) (value, slope float64) {
	value, slope = logistic(x / o.Temperature)
	return value, slope / o.Temperature
}

// tripletAll is the triplet loss of Schroff, Kalenichenko and Philbin, "FaceNet",
// CVPR 2015, eq. 2, over every triplet of the batch.
func tripletAll(b Batch, o Options, grad []float64) (sum float64, terms int) {
	for a := range b.N {
		dist, rel, g := row(b, a, grad)
		for p := range rel {
			if rel[p] != Match {
				continue
			}
			for n := range rel {
				if rel[n] != Differ {
					continue
				}
				if v, _ := hinge(dist[p]-dist[n], o); v > 0 {
					sum, terms = sum+v, terms+1
					g[p]++
					g[n]--
				}
			}
		}
	}
	scaleAll(grad, terms)
	return sum / float64(max(terms, 1)), terms
}

// tripletSemiHard takes for each anchor and match the nearest non-match that is
// farther than the match, but by less than the margin (FaceNet, section 3.2).
func tripletSemiHard(b Batch, o Options, grad []float64) (sum float64, terms int) {
	for a := range b.N {
		dist, rel, g := row(b, a, grad)
		for p := range rel {
			if rel[p] != Match {
				continue
			}
			chosen := -1
			for n := range rel {
				if rel[n] == Differ && dist[n] > dist[p] && dist[n] < dist[p]+o.Margin && (chosen < 0 || dist[n] < dist[chosen]) {
					chosen = n
				}
			}
			if chosen < 0 {
				continue
			}
			v, _ := hinge(dist[p]-dist[chosen], o)
			sum, terms = sum+v, terms+1
			g[p]++
			g[chosen]--
		}
	}
	scaleAll(grad, terms)
	return sum / float64(max(terms, 1)), terms
}

// tripletHard takes for each anchor its farthest match and its nearest
// non-match (batch hard, Hermans et al. 2017, eq. 5).
func tripletHard(b Batch, o Options, grad []float64, margin func(float64, Options) (float64, float64)) (sum float64, terms int) {
	for a := range b.N {
		dist, rel, g := row(b, a, grad)
		p, n := -1, -1
		for j := range rel {
			switch rel[j] {
			case Match:
				if p < 0 || dist[j] > dist[p] {
					p = j
				}
			case Differ:
				if n < 0 || dist[j] < dist[n] {
					n = j
				}
			}
		}
		if p < 0 || n < 0 {
			continue
		}
		if v, slope := margin(dist[p]-dist[n], o); v > 0 && !math.IsNaN(v) {
			sum, terms = sum+v, terms+1
			g[p] += slope
			g[n] -= slope
		}
	}
	scaleAll(grad, terms)
	return sum / float64(max(terms, 1)), terms
}

// row gives the part of one anchor.
func row(b Batch, a int, grad []float64) (dist []float64, rel []Relation, g []float64) {
	from, to := a*b.N, (a+1)*b.N
	return b.Dist[from:to], b.Rel[from:to], grad[from:to]
}
