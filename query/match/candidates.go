package match

import (
	"cmp"
	"context"
	"slices"

	"github.com/doppeldb/doppel/db"
	"github.com/doppeldb/doppel/index"
)

// defaultTopK is how many candidates a record gets from each view. FACTS of the
// field: of the true partners .98 are among the best 10 and .99 among the best 20.
const defaultTopK = 20

// dedupeTopK is the same for a dedupe, where a group is tied together by any of its pairs:
// with 10 instead of 20 pairwise F1 is .867 instead of .825 on Cora, .821 -> .819 on the stacked
// Abt-Buy, and within .004 on eight other sets, for half of the work.
const dedupeTopK = 10

// usualTopK is what no choice means for pairs of one collection or between two.
func usualTopK(chosen int, right *db.Collection) int {
	if right == nil {
		return cmp.Or(chosen, dedupeTopK)
	}
	return cmp.Or(chosen, defaultTopK)
}

// pairIDs is a candidate: two dense ids.
type pairIDs struct{ left, right uint32 }

func comparePairs(a, b pairIDs) int {
	if a.left != b.left {
		if a.left < b.left {
			return -1
		}
		return 1
	}
	switch {
	case a.right < b.right:
		return -1
	case a.right > b.right:
		return 1
	}
	return 0
}

// slab is how many queries go to the index in one batch: small enough for a
// progress bar and a quick Ctrl-C.
const slab = 2048

// vectorNearest gives for each record of q the k nearest of base by cosine,
// best first. skipSelf leaves out the record of the same number.
func vectorNearest(ctx context.Context, q, base *db.Snapshot, k int, skipSelf bool, threads int, tick func(done int)) ([][]scored, error) {
	idx, err := index.New(index.Options{Dim: base.Dim, Engine: index.Auto(base.Len(), base.Dim)})
	if err != nil {
		return nil, err
	}
	ids, vecs := nonZero(base)
	if err := idx.AddBatch(ids, vecs); err != nil {
		return nil, err
	}
	out := make([][]scored, q.Len())
	ids, vecs = nonZero(q)
	ask := k
	if skipSelf {
		ask++
	}
	for from := 0; from < len(ids); from += slab {
		to := min(from+slab, len(ids))
		found, err := idx.NearestBatch(ctx, vecs[from*q.Dim:to*q.Dim], ask, nil, threads)
		if err != nil {
			return nil, err
		}
		for n, ns := range found {
			out[ids[from+n]] = toScored(ns, k, skipSelf, ids[from+n])
		}
		tick(to)
	}
	return out, nil
}

// nonZero gives the records that have a direction; the others are near nothing.
// Without any zero vector it shares memory with s.
func nonZero(s *db.Snapshot) (ids []uint32, vecs []float32) {
	for i := range s.Len() {
		if slices.ContainsFunc(s.Vector(i), func(x float32) bool { return x != 0 }) {
			ids = append(ids, uint32(i))
		}
	}
	if len(ids) == s.Len() {
		return ids, s.Vectors
	}
	for _, id := range ids {
		vecs = append(vecs, s.Vector(int(id))...)
	}
	return ids, vecs
}

func toScored(ns []index.Neighbour, k int, skipSelf bool, self uint32) []scored {
	out := make([]scored, 0, k)
	for _, n := range ns {
		if skipSelf && n.ID == self || len(out) == k {
			continue
		}
		out = append(out, scored{n.ID, 1 - n.Distance})
	}
	return out
}

// unite makes the sorted set of candidate pairs of several views. Lists of the
// right side are turned round. In a dedupe both sides are one and pairs are
// ordered, left < right.
func unite(fromLeft, fromRight [][][]scored, dedupe bool) []pairIDs {
	n := 0
	for _, views := range [][][][]scored{fromLeft, fromRight} {
		for _, view := range views {
			for _, list := range view {
				n += len(list)
			}
		}
	}
	pairs := make([]pairIDs, 0, n)
	add := func(l, r uint32) {
		if dedupe && l > r {
			l, r = r, l
		}
		pairs = append(pairs, pairIDs{l, r})
	}
	for _, view := range fromLeft {
		for l, list := range view {
			for _, s := range list {
				add(uint32(l), s.row)
			}
		}
	}
	for _, view := range fromRight {
		for r, list := range view {
			for _, s := range list {
				add(s.row, uint32(r))
			}
		}
	}
	slices.SortFunc(pairs, comparePairs)
	return slices.Compact(pairs)
}
