package measure

import (
	"cmp"
	"math"
	"slices"
)

// TripletAccuracy looks at all triplets of a record (the anchor), one of its
// matches and one of its non-matches, and gives the share in which the match
// scores higher; a tie is half right, NaN is below every number. NaN without a
// triplet. anchor[i] is the record that pair i is seen from.
func TripletAccuracy(anchor []uint32, score []float64, match []bool) float64 {
	order := make([]int, len(anchor))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(anchor[a], anchor[b]), cmp.Compare(score[a], score[b])) // NaN first
	})
	right, all := 0.0, 0.0
	for from := 0; from < len(order); {
		to := from
		for to < len(order) && anchor[order[to]] == anchor[order[from]] {
			to++
		}
		r, n := anchorTriplets(order[from:to], score, match)
		right, all, from = right+r, all+n, to
	}
	if all == 0 {
		return math.NaN()
	}
	return right / all
}

// anchorTriplets counts the triplets of one anchor; order ascends by score.
func anchorTriplets(order []int, score []float64, match []bool) (right, all float64) {
	below, positives := 0, 0 // non-matches under the current score
	for k := 0; k < len(order); {
		var tied [2]int
		for first := order[k]; k < len(order) && cmp.Compare(score[order[k]], score[first]) == 0; k++ {
			tied[side(match[order[k]])]++
		}
		right += float64(tied[1]) * (float64(below) + float64(tied[0])/2)
		below += tied[0]
		positives += tied[1]
	}
	return right, float64(positives) * float64(below)
}
