package baseline

import (
	"context"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
)

// Nearest gives the k right records most alike to each left one, all together,
// most alike first; pairs without a common n-gram are left out. In one table a record is not
// its own neighbour, and each pair is given once, with the smaller row as Left.
// It is exact: the work grows with the product of the tables. It returns the
// context's error.
func (t *TFIDF) Nearest(ctx context.Context, k, threads int) ([]Pair, error) {
	all := make([]uint32, len(t.left))
	for i := range all {
		all[i] = uint32(i)
	}
	rows, err := t.rows(ctx, all, k, threads)
	if err != nil {
		return nil, err
	}
	pairs := slices.Concat(rows...)
	if t.single {
		for i, p := range pairs {
			pairs[i].Left, pairs[i].Right = min(p.Left, p.Right), max(p.Left, p.Right)
		}
	}
	slices.SortFunc(pairs, compare)
	return slices.Compact(pairs), nil
}

// rows gives the k nearest of each of the given left records.
func (t *TFIDF) rows(ctx context.Context, of []uint32, k, threads int) ([][]Pair, error) {
	posts := make([][]entry, t.features) // feature -> right rows with their weight
	for r, v := range t.right {
		for _, e := range v {
			posts[e.feature] = append(posts[e.feature], entry{uint32(r), e.weight})
		}
	}
	if threads <= 0 {
		threads = runtime.GOMAXPROCS(0)
	}
	rows := make([][]Pair, len(of))
	var next atomic.Int64
	var wg sync.WaitGroup
	for range threads {
		wg.Go(func() {
			sims := make([]float64, len(t.right))
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= len(of) {
					return
				}
				rows[i] = t.row(of[i], posts, sims, k)
			}
		})
	}
	wg.Wait()
	return rows, ctx.Err()
}

// row gives the k nearest of one left record; sims is all 0, before and after.
func (t *TFIDF) row(left uint32, posts [][]entry, sims []float64, k int) []Pair {
	var touched []uint32
	for _, e := range t.left[left] {
		for _, p := range posts[e.feature] {
			if sims[p.feature] == 0 {
				touched = append(touched, p.feature)
			}
			sims[p.feature] += e.weight * p.weight
		}
	}
	row := make([]Pair, 0, len(touched))
	for _, r := range touched {
		if !t.single || r != left {
			row = append(row, Pair{left, r, min(sims[r], 1)})
		}
		sims[r] = 0
	}
	slices.SortFunc(row, compare)
	return slices.Clone(row[:min(len(row), k)])
}

// OneToOne walks pairs in their order, most alike first, and keeps those whose
// records both have no partner yet. single says that both are of one table.
func OneToOne(pairs []Pair, single bool) (kept []Pair) {
	left := map[uint32]bool{}
	right := left
	if !single {
		right = map[uint32]bool{}
	}
	for _, p := range pairs {
		if !left[p.Left] && !right[p.Right] {
			left[p.Left], right[p.Right] = true, true
			kept = append(kept, p)
		}
	}
	return kept
}
