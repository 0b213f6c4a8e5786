package loss

import "math"

// cosent is the ranking loss of Su, "CoSENT", 2022: over all matches p and
// non-matches n of the batch
//
//	ln(1 + sum e^((d(p) - d(n)) / t)) = ln(1 + sum e^(d(p)/t) * sum e^(-d(n)/t))
//
// Its terms are the pairs above the diagonal.
func cosent(b Batch, o Options, grad []float64) (float64, int) {
	top, bottom, matches, others := math.Inf(-1), math.Inf(1), 0, 0
	eachPair(b, func(_ int, rel Relation, d float64) {
		if rel == Match {
			top = max(top, d)
			matches++
		} else {
			bottom = min(bottom, d)
			others++
		}
	})
	if matches == 0 || others == 0 {
		return 0, 0
	}
	var sum [Differ + 1]float64
	eachPair(b, func(at int, rel Relation, d float64) {
		if rel == Match {
			grad[at] = math.Exp((d - top) / o.Temperature)
		} else {
			grad[at] = math.Exp((bottom - d) / o.Temperature)
		}
		sum[rel] += grad[at]
	})
	value, slope := logistic((top-bottom)/o.Temperature + math.Log(sum[Match]) + math.Log(sum[Differ]))
	eachPair(b, func(at int, rel Relation, _ float64) {
		grad[at] *= slope / sum[rel] / o.Temperature
		if rel == Differ {
			grad[at] = -grad[at]
		}
	})
	return value, matches + others
}
