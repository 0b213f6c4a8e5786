package match

import "github.com/doppeldb/doppel/internal/measure"

// Quality compares found pairs with true ones: the counts TruePositives,
// FalsePositives and FalseNegatives, and Precision, Recall and F1 of them.
type Quality = measure.Counts

// PairQuality compares found pairs with the true ones, as {left, right} row numbers.
func PairQuality(found []Pair, truth map[[2]int]bool) Quality {
	var q Quality
	for _, p := range found {
		if truth[[2]int{int(p.Left), int(p.Right)}] {
			q.TruePositives++
		} else {
			q.FalsePositives++
		}
	}
	q.FalseNegatives = len(truth) - q.TruePositives
	return q
}

// ClusterQuality compares two groupings of the same records by their pairs: a
// pair counts as found when both records are in one found cluster. found[i] and truth[i] are
// the groups of record i; truth may be of any comparable type.
func ClusterQuality[T comparable](found []uint32, truth []T) Quality {
	return measure.PairsInClusters(found, truth)
}
