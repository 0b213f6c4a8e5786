package measure

// PairsInClusters compares two groupings of the same records by their pairs: a
// pair counts as found when both records are in one found cluster. found[i] and
// truth[i] are the groups of record i, of any comparable type.
func PairsInClusters[F, T comparable](found []F, truth []T) Counts {
	byFound, byTruth, byBoth := overlaps(found, truth)
	tp, found2, true2 := pairsIn(byBoth), pairsIn(byFound), pairsIn(byTruth)
	return Counts{TruePositives: tp, FalsePositives: found2 - tp, FalseNegatives: true2 - tp}
}

// both names the records that are in found cluster f and in true cluster t.
type both[F, T comparable] struct {
	f F
	t T
}

func overlaps[F, T comparable](found []F, truth []T) (map[F]int, map[T]int, map[both[F, T]]int) {
	if len(found) != len(truth) {
		panic("measure: two groupings of the same records have the same length")
	}
	byFound, byTruth, byBoth := map[F]int{}, map[T]int{}, map[both[F, T]]int{}
	for i, f := range found {
		byFound[f]++
		byTruth[truth[i]]++
		byBoth[both[F, T]{f, truth[i]}]++
	}
	return byFound, byTruth, byBoth
}

func pairsIn[K comparable](sizes map[K]int) (pairs int) {
	for _, n := range sizes {
		pairs += n * (n - 1) / 2
	}
	return pairs
}

// BCubed is the mean over records of how pure the record's found cluster is
// (precision) and how whole its true one (recall), and their harmonic mean
// (Bagga and Baldwin 1998; Amigó et al. 2009). Unlike pairs, it does not let a
// few large clusters speak for all. Without a record all three are 1.
func BCubed[F, T comparable](found []F, truth []T) (precision, recall, f1 float64) {
	byFound, byTruth, byBoth := overlaps(found, truth)
	if len(found) == 0 {
		return 1, 1, 1
	}
	for i, f := range found { // in the order of the records: the sum has one value
		n := float64(byBoth[both[F, T]{f, truth[i]}])
		precision += n / float64(byFound[f])
		recall += n / float64(byTruth[truth[i]])
	}
	precision, recall = precision/float64(len(found)), recall/float64(len(found))
	return precision, recall, 2 * precision * recall / (precision + recall)
}

// ExactClusters counts the found clusters that are a true cluster, no record
// more and none less. Only clusters of two or more records count: singles are
// most of any catalogue and right by doing nothing.
func ExactClusters[F, T comparable](found []F, truth []T) Counts {
	byFound, byTruth, byBoth := overlaps(found, truth)
	var c Counts
	for k, n := range byBoth {
		if n > 1 && byFound[k.f] == n && byTruth[k.t] == n {
			c.TruePositives++
		}
	}
	c.FalsePositives, c.FalseNegatives = several(byFound)-c.TruePositives, several(byTruth)-c.TruePositives
	return c
}

func several[K comparable](sizes map[K]int) (clusters int) {
	for _, n := range sizes {
		clusters += side(n > 1)
	}
	return clusters
}
