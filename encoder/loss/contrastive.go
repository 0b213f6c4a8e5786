package loss

import "math"

// contrastive is the loss of Hadsell, Chopra and LeCun, "Dimensionality Reduction
// by Learning an Invariant Mapping", CVPR 2006, eq. 4: d² for a match,
// max(0, margin-d)² for a non-match. Matches and non-matches are averaged on
// their own, for a batch has few of the ones and thousands of the others.
func contrastive(b Batch, o Options, grad []float64, use func(Relation, float64) bool) (float64, int) {
	var sum [Differ + 1]float64
	var terms [Differ + 1]int
	eachPair(b, func(at int, rel Relation, d float64) {
		t := pairTerm(rel, d, o.Margin)
		if t != 0 && use(rel, d) {
			sum[rel] += t * t
			terms[rel]++
		}
	})
	if terms[Match]+terms[Differ] == 0 {
		return 0, 0
	}
	eachPair(b, func(at int, rel Relation, d float64) {
		t := pairTerm(rel, d, o.Margin)
		if t == 0 || !use(rel, d) {
			return
		}
		g := 2 * t / float64(terms[rel])
		if rel == Differ {
			g = -g
		}
		grad[at] = g
	})
	value := sum[Match]/float64(max(terms[Match], 1)) + sum[Differ]/float64(max(terms[Differ], 1))
	return value, terms[Match] + terms[Differ]
}

// pairTerm is what is squared.
func pairTerm(rel Relation, d, margin float64) float64 {
	if rel == Match {
		return d
	}
	return math.Max(0, margin-d)
}

// eachPair visits the judged pairs above the diagonal.
func eachPair(b Batch, visit func(at int, rel Relation, d float64)) {
	for i := range b.N {
		for j := i + 1; j < b.N; j++ {
			if at := i*b.N + j; b.Rel[at] != Masked {
				visit(at, b.Rel[at], b.Dist[at])
			}
		}
	}
}

func everyPair(Relation, float64) bool { return true }
