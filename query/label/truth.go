package label

import (
	"math/rand/v2"
	"slices"

	"github.com/doppeldb/doppel/internal/baseline"
)

// What a truth column gives. A group of n records has n(n-1)/2 pairs: groups of
// hundreds would speak for all. From the near side, ten non-matches to a record
// is what published pair sets have, which take the pairs that a block leaves.
const (
	partnersPerRecord = 5
	rivalsPerRecord   = 10
)

// Near is how many neighbours of each record [FromTruth] wants to see.
const Near = 2 * rivalsPerRecord

// FromTruth makes labels of a truth column: records with equal values are one
// thing, a record without a value is not judged. truth has one value per record, left ones
// first. Matches are the pairs of a group, or five partners a record
// where it is large; non-matches are the pairs of near, most alike first, that are of
// different groups, ten to a left record. Sorted by record.
func FromTruth(s Sides, truth []string, near []baseline.Pair, seed uint64) []Label {
	var out []Label
	groups := map[string][]int{}
	var order []string
	for r, t := range truth {
		if t == "" {
			continue
		}
		if groups[t] == nil {
			order = append(order, t)
		}
		groups[t] = append(groups[t], r)
	}
	rng := rand.New(rand.NewPCG(seed, 0x7274))
	for _, t := range order {
		out = append(out, partners(s, groups[t], rng)...)
	}
	rivals := map[uint32]int{}
	for _, p := range near {
		l := Label{Left: p.Left, Right: p.Right}
		a, b := s.ends(l)
		if truth[a] == "" || truth[b] == "" || truth[a] == truth[b] || rivals[l.Left] == rivalsPerRecord {
			continue
		}
		rivals[l.Left]++
		out = append(out, l)
	}
	slices.SortFunc(out, compareLabels)
	return slices.Compact(out)
}

// partners gives the pairs of one group: all, or for a large group those of a
// ring in random order.
func partners(s Sides, group []int, rng *rand.Rand) (out []Label) {
	rng.Shuffle(len(group), func(i, j int) { group[i], group[j] = group[j], group[i] })
	for i, a := range group {
		for step := 1; step <= min(partnersPerRecord, len(group)-1); step++ {
			b := group[(i+step)%len(group)]
			switch lo, hi := min(a, b), max(a, b); {
			case s.Right == 0:
				out = append(out, Label{uint32(lo), uint32(hi), true})
			case lo < s.Left && hi >= s.Left:
				out = append(out, Label{uint32(lo), uint32(hi - s.Left), true})
			}
		}
	}
	return out
}
