package encoder

import (
	"context"
	"fmt"
	"slices"

	"github.com/doppeldb/doppel/encoder/loss"
	"github.com/doppeldb/doppel/internal/f32"
)

// Neighbours gives for each query the k nearest rows of pool, nearest first, as numbers of
// pool's rows. queries and pool are unit vectors of length dim, row-major. An index can
// serve; without one, [Tune] scans.
type Neighbours func(ctx context.Context, queries, pool []float32, dim, k int) ([][]int, error)

// Hard non-matches come late and with care. Random ones teach retrieval better than
// mined ones (FACTS: recall 92.5 against 66.5 on Abt-Buy), so the first epochs have none; and the
// nearest record that nobody judged may be a match that nobody told: one that is nearer
// than suspicious times the similarity of the true match is left out
// (Moreira et al., "NV-Retriever", 2024, positive-aware mining).
const (
	epochsBeforeMining = 3
	minedDepth         = 20
	minedKept          = 5
	suspicious         = .95
)

// mine looks for hard non-matches with the weights of the moment, at the start of an epoch.
func (t *tuning) mine(ctx context.Context, e int) error {
	if t.opts.Sampling != MinedNeighbours || e <= epochsBeforeMining {
		return nil
	}
	now, dim := t.net.encoder(), t.net.start.dim
	anchors := make([]uint32, len(t.twins.matches))
	partners := make([]uint32, len(anchors))
	for m, p := range t.twins.matches {
		anchors[m], partners[m] = p.Left, p.Right
	}
	lists := [3][]uint32{anchors, partners, t.valid.pool}
	var vectors [3][]float32
	for i, list := range lists {
		vectors[i] = make([]float32, len(list)*dim)
		pick := func(k int) []string { return t.rows(int(list[k])) }
		if err := now.EncodeAll(ctx, len(list), pick, vectors[i], t.opts.Threads); err != nil {
			return err
		}
	}
	search := t.opts.Neighbours
	if search == nil {
		search = scan(t.opts.Threads)
	}
	near, err := search(ctx, vectors[0], vectors[2], dim, minedDepth)
	if err != nil {
		return err
	}
	if len(near) != len(anchors) {
		return fmt.Errorf("%w: Neighbours answered %d of %d queries", ErrOptions, len(near), len(anchors))
	}
	t.batches.mined = make([][]uint32, len(anchors))
	for m := range anchors {
		a := vectors[0][m*dim : (m+1)*dim]
		limit := suspicious * f32.Dot(a, vectors[1][m*dim:(m+1)*dim])
		for _, k := range near[m] {
			if k < 0 || k >= len(t.valid.pool) {
				return fmt.Errorf("%w: Neighbours gave row %d of %d", ErrOptions, k, len(t.valid.pool))
			}
			row := t.valid.pool[k]
			if t.twins.judge(anchors[m], row) == loss.Differ && f32.Dot(a, vectors[2][k*dim:(k+1)*dim]) < limit {
				t.batches.mined[m] = append(t.batches.mined[m], row)
			}
			if len(t.batches.mined[m]) == minedKept {
				break
			}
		}
	}
	return nil
}

// scan compares every query with all of pool.
func scan(workers int) Neighbours {
	return func(ctx context.Context, queries, pool []float32, dim, k int) ([][]int, error) {
		n, size := len(queries)/dim, len(pool)/dim
		out := make([][]int, n)
		err := split(ctx, n, max(1, min(threads(workers), n)), func(_, from, to int) {
			sims := make([]float32, size)
			for q := from; q < to && ctx.Err() == nil; q++ {
				f32.DotMany(sims, queries[q*dim:(q+1)*dim], pool, dim)
				out[q] = nearestOf(sims, k)
			}
		})
		return out, err
	}
}

// nearestOf gives the places of the k greatest, of equals the first, in order.
func nearestOf(sims []float32, k int) []int {
	top := make([]int, 0, k+1)
	for c, s := range sims {
		if len(top) == k && s <= sims[top[k-1]] {
			continue
		}
		at, _ := slices.BinarySearchFunc(top, s, func(i int, s float32) int {
			if sims[i] >= s {
				return -1
			}
			return 1
		})
		top = slices.Insert(top, at, c)
		top = top[:min(len(top), k)]
	}
	return top
}
