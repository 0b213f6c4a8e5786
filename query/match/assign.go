package match

import (
	"cmp"
	"math"
	"slices"
)

// topTwo is, for each record, its best and second-best pair by s (ties by pair
// number), -1 where there is none.
type topTwo [][2]int32

// bestPairs finds them over pairs; of gives the record of a pair on the side in question.
func bestPairs(records int, pairs []pairIDs, s []float64, of func(pairIDs) uint32) topTwo {
	top := make(topTwo, records)
	for i := range top {
		top[i] = [2]int32{-1, -1}
	}
	for p := range pairs {
		t := &top[of(pairs[p])]
		switch {
		case t[0] < 0 || s[p] > s[t[0]]:
			t[0], t[1] = int32(p), t[0]
		case t[1] < 0 || s[p] > s[t[1]]:
			t[1] = int32(p)
		}
	}
	return top
}

func leftOf(p pairIDs) uint32  { return p.left }
func rightOf(p pairIDs) uint32 { return p.right }

// records is one more than the largest number in pairs.
func recordsOf(pairs []pairIDs) int {
	n := uint32(0)
	for _, p := range pairs {
		n = max(n, p.left+1, p.right+1)
	}
	return int(n)
}

// mutualBest marks the pairs in which each record is the other's best.
func mutualBest(pairs []pairIDs, s []float64) []bool {
	n := recordsOf(pairs)
	l, r := bestPairs(n, pairs, s, leftOf), bestPairs(n, pairs, s, rightOf)
	out := make([]bool, len(pairs))
	for p, ids := range pairs {
		out[p] = l[ids.left][0] == int32(p) && r[ids.right][0] == int32(p)
	}
	return out
}

// margins gives each pair's score less the mean of the best rival scores of its
// two records: what a pair is worth in an assignment. A record without a rival
// counts the lowest score of all.
func margins(pairs []pairIDs, s []float64) []float64 {
	if len(pairs) == 0 {
		return nil
	}
	n := recordsOf(pairs)
	l, r := bestPairs(n, pairs, s, leftOf), bestPairs(n, pairs, s, rightOf)
	lowest := slices.Min(s)
	rival := func(t [2]int32, p int) float64 {
		o := t[0]
		if int(o) == p {
			o = t[1]
		}
		if o < 0 {
			return lowest
		}
		return s[o]
	}
	out := make([]float64, len(pairs))
	for p, ids := range pairs {
		out[p] = s[p] - .5*(rival(l[ids.left], p)+rival(r[ids.right], p))
	}
	return out
}

// assign picks pairs, largest worth first, so that each record is in at most
// limitLeft pairs on the left and limitRight on the right. Taking pairs greedily
// lost nothing against an optimal assignment on the public data sets.
func assign(pairs []pairIDs, worth []float64, card Cardinality) []int {
	order := make([]int, len(pairs))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int {
		if worth[a] != worth[b] {
			return cmp.Compare(worth[b], worth[a])
		}
		return cmp.Compare(a, b) // pairs are sorted by left, then right
	})
	if card == ManyToMany {
		return order
	}
	n := recordsOf(pairs)
	leftTaken, rightTaken := make([]bool, n), make([]bool, n)
	picked := order[:0]
	for _, p := range order {
		ids := pairs[p]
		if rightTaken[ids.right] || card == OneToOne && leftTaken[ids.left] {
			continue
		}
		leftTaken[ids.left], rightTaken[ids.right] = true, true
		picked = append(picked, p)
	}
	return picked
}

// secondAndThird gives, for each record with at least three pairs, its second
// and third best scores.
func secondAndThird(records int, pairs []pairIDs, s []float64, of func(pairIDs) uint32) (second, third []float64) {
	best := make([][3]float64, records)
	for i := range best {
		best[i] = [3]float64{math.Inf(-1), math.Inf(-1), math.Inf(-1)}
	}
	for p := range pairs {
		b, x := &best[of(pairs[p])], s[p]
		switch {
		case x > b[0]:
			b[0], b[1], b[2] = x, b[0], b[1]
		case x > b[1]:
			b[1], b[2] = x, b[1]
		case x > b[2]:
			b[2] = x
		}
	}
	for _, b := range best {
		if !math.IsInf(b[2], -1) {
			second, third = append(second, b[1]), append(third, b[2])
		}
	}
	return second, third
}
