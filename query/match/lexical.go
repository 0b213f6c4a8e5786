package match

import (
	"cmp"
	"context"
	"slices"
)

// scored is a row and its similarity to the row that asks.
type scored struct {
	row uint32
	sim float32
}

// better orders by similarity, larger first, then by row: a total order, so
// that a result never depends on the path that led to it.
func better(a, b scored) int {
	if a.sim != b.sim {
		return cmp.Compare(b.sim, a.sim)
	}
	return cmp.Compare(a.row, b.row)
}

// lexicalCommon bounds the length of an inverted list that a query walks. A word in more
// rows than this tells little, and each one costs its length for every row
// that has it: the bound keeps the work linear in the rows.
const lexicalCommon = 1000

// lexicalNearest gives for each row of queries the k best rows of the postings
// by the cosine over the words that are not too common, best first. skipSelf leaves out the row with the
// query's own number. The result does not depend on workers.
func lexicalNearest(ctx context.Context, queries *sparse, p *postings, rows, k int, skipSelf bool, workers int) ([][]scored, error) {
	out := make([][]scored, queries.rows())
	err := lexicalEach(ctx, queries, p, rows, k, skipSelf, workers, func(q int, best []scored) { out[q] = slices.Clone(best) })
	return out, err
}

// lexicalEach hands each row's best to visit, from several goroutines; best is good until visit returns.
func lexicalEach(ctx context.Context, queries *sparse, p *postings, rows, k int, skipSelf bool, workers int, visit func(q int, best []scored)) error {
	return parallel(ctx, queries.rows(), workers, func() func(from, to int) {
		acc, touched, top := make([]float32, rows), make([]uint32, 0, 4096), []scored(nil)
		return func(from, to int) {
			for q := from; q < to; q++ {
				touched = p.accumulate(queries, q, acc, touched[:0])
				top = takeBest(top[:0], acc, touched, k, skipSelf, uint32(q))
				visit(q, top)
			}
		}
	})
}

// accumulate adds up the products over the lists of the query's words; touched
// lists the rows whose sum is not zero, once each.
func (p *postings) accumulate(queries *sparse, q int, acc []float32, touched []uint32) []uint32 {
	ids, ws := queries.row(q)
	for n, id := range ids {
		w := ws[n]
		for x := p.off[id]; x < p.off[id+1]; x++ {
			r := p.row[x]
			if acc[r] == 0 {
				touched = append(touched, r)
			}
			acc[r] += w * p.w[x]
		}
	}
	return touched
}

// takeBest moves the k best sums out, to top, and clears all of them.
func takeBest(top []scored, acc []float32, touched []uint32, k int, skipSelf bool, self uint32) []scored {
	for _, r := range touched {
		s := scored{r, acc[r]}
		acc[r] = 0
		if skipSelf && r == self || len(top) == k && better(s, top[k-1]) >= 0 {
			continue
		}
		at, _ := slices.BinarySearchFunc(top, s, better)
		top = slices.Insert(top, at, s)
		if len(top) > k {
			top = top[:k]
		}
	}
	return top
}
