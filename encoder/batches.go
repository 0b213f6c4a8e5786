package encoder

import (
	"math/rand/v2"
)

// batcher makes the batches of an epoch: lists of different rows.
type batcher struct {
	t     *twins
	size  int        // matches in a batch
	mined [][]uint32 // per match, rows that are near it and not known to match; nil before mining
}

// epoch gives the batches of matches in random order, each match with one labelled non-match of
// either of its records where there is one.
func (b *batcher) epoch(r *rand.Rand) [][]uint32 {
	order := r.Perm(len(b.t.matches))
	var batches [][]uint32
	for len(order) > 0 {
		k := min(b.size, len(order))
		if rest := len(order) - k; rest > 0 && rest < fewestMatches {
			k = len(order) // no batch of one
		}
		batches = append(batches, b.batch(r, order[:k]))
		order = order[k:]
	}
	return batches
}

func (b *batcher) batch(r *rand.Rand, matches []int) (rows []uint32) {
	here := map[uint32]bool{}
	add := func(row uint32) {
		if !here[row] {
			here[row] = true
			rows = append(rows, row)
		}
	}
	for _, m := range matches {
		pair := b.t.matches[m]
		add(pair.Left)
		add(pair.Right)
	}
	for _, m := range matches {
		pair := b.t.matches[m]
		left, right := b.t.differ[pair.Left], b.t.differ[pair.Right]
		if n := len(left) + len(right); n > 0 {
			if k := r.IntN(n); k < len(left) {
				add(left[k])
			} else {
				add(right[k-len(left)])
			}
		}
	}
	return rows
}
