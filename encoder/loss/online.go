package loss

import "math"

// hardPairs is what online contrastive loss looks at (the name and the rule are those
// of sentence-transformers): matches that are farther than the nearest non-match of
// the batch, non-matches that are nearer than the farthest match.
func hardPairs(b Batch) func(Relation, float64) bool {
	nearest, farthest := math.Inf(1), math.Inf(-1)
	eachPair(b, func(_ int, rel Relation, d float64) {
		if rel == Match {
			farthest = max(farthest, d)
		} else {
			nearest = min(nearest, d)
		}
	})
	return func(rel Relation, d float64) bool {
		if rel == Match {
			return d > nearest
		}
		return d < farthest
	}
}
