package measure

import "slices"

// CandidateSets says what a search for candidates finds and what it costs.
type CandidateSets struct {
	// Recall is the share of the true pairs whose right record is among the first
	// k of the left one in any of the lists; NaN without a true pair. No later step can find what
	// is missing here.
	Recall float64
	// PerRecord is the mean number of different candidates that a left record gets
	// from the first k of all lists together.
	PerRecord float64
}

// Candidates measures lists of candidates, best first: views[v][i] are those of
// left record i by view v. truth holds {left, right} pairs.
func Candidates(truth [][2]uint32, k int, views ...[][]uint32) CandidateSets {
	head := func(list []uint32) []uint32 { return list[:min(max(k, 0), len(list))] }
	found := 0
	for _, p := range truth {
		found += side(slices.ContainsFunc(views, func(v [][]uint32) bool { return slices.Contains(head(v[p[0]]), p[1]) }))
	}
	total, records := 0, 0
	if len(views) > 0 {
		records = len(views[0])
	}
	var union []uint32
	for i := range records {
		union = union[:0]
		for _, v := range views {
			union = append(union, head(v[i])...)
		}
		slices.Sort(union)
		total += len(slices.Compact(union))
	}
	return CandidateSets{Recall: float64(found) / float64(len(truth)), PerRecord: float64(total) / float64(records)}
}
