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

// A word in too many rows tells little, and each one costs the length of its inverted list for every row that has it. But
// what many is grows with the rows: a bound of 1000 that is right for 40,000 products leaves those of a million with
// the slips and codes alone (pairwise F1 .943 there).
const (
	fewRows      = 1000 // a word in at most so many is never too common
	commonShare  = 50   // nor one in a fiftieth of all
	mostPostings = 5000 // that a query walks, shortest lists first, besides those of fewRows: the work stays linear in the rows
)

// tooCommon is the number of rows above which a word is not searched by.
func tooCommon(rows int) int { return max(fewRows, min(rows/commonShare, mostPostings)) }

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
		longest, lengths := uint32(0), []uint32(nil)
		return func(from, to int) {
			for q := from; q < to; q++ {
				longest, lengths = p.longest(queries, q, lengths)
				touched = p.accumulate(queries, q, longest, acc, touched[:0])
				top = takeBest(top[:0], acc, touched, k, skipSelf, uint32(q))
				visit(q, top)
			}
		}
	})
}

// longest is the length up to which the lists of a query's words are walked, equal ones together; lengths is a buffer.
func (p *postings) longest(queries *sparse, q int, lengths []uint32) (uint32, []uint32) {
	ids, _ := queries.row(q)
	lengths = lengths[:0]
	for _, id := range ids {
		if n := p.off[id+1] - p.off[id]; n > fewRows {
			lengths = append(lengths, n)
		}
	}
	slices.Sort(lengths)
	last, sum := uint32(fewRows), uint32(0)
	for _, n := range lengths {
		if sum += n; sum > mostPostings {
			break
		}
		last = n
	}
	return last, lengths
}

// accumulate adds up the products over the lists of the query's words that are no longer than longest;
// touched lists the rows whose sum is not zero, once each.
func (p *postings) accumulate(queries *sparse, q int, longest uint32, acc []float32, touched []uint32) []uint32 {
	ids, ws := queries.row(q)
	for n, id := range ids {
		from, to := p.off[id], p.off[id+1]
		if to-from > longest {
			continue
		}
		w := ws[n]
		for x := from; x < to; x++ {
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
