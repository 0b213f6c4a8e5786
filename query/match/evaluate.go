package match

import "fmt"

// Quality compares found pairs with true ones.
type Quality struct {
	TruePositives, FalsePositives, FalseNegatives int
}

// Precision is the share of found pairs that are true; 1 when none was found.
func (q Quality) Precision() float64 {
	return ratio(q.TruePositives, q.TruePositives+q.FalsePositives)
}

// Recall is the share of true pairs that were found; 1 when there is none.
func (q Quality) Recall() float64 { return ratio(q.TruePositives, q.TruePositives+q.FalseNegatives) }

// F1 is the harmonic mean of precision and recall.
func (q Quality) F1() float64 {
	return ratio(2*q.TruePositives, 2*q.TruePositives+q.FalsePositives+q.FalseNegatives)
}

func ratio(a, b int) float64 {
	if b == 0 {
		return 1
	}
	return float64(a) / float64(b)
}

// String gives "P .950 R .930 F1 .940".
func (q Quality) String() string {
	return fmt.Sprintf("P %.3f  R %.3f  F1 %.3f", q.Precision(), q.Recall(), q.F1())
}

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
	type both struct {
		f uint32
		t T
	}
	byFound, byTruth, byBoth := map[uint32]int{}, map[T]int{}, map[both]int{}
	for i, f := range found {
		byFound[f]++
		byTruth[truth[i]]++
		byBoth[both{f, truth[i]}]++
	}
	tp, found2, true2 := pairsIn(byBoth), pairsIn(byFound), pairsIn(byTruth)
	return Quality{TruePositives: tp, FalsePositives: found2 - tp, FalseNegatives: true2 - tp}
}

func pairsIn[K comparable](sizes map[K]int) (pairs int) {
	for _, n := range sizes {
		pairs += n * (n - 1) / 2
	}
	return pairs
}
