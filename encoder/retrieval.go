package encoder

import (
	"context"
	"math/rand/v2"
	"slices"

	"github.com/doppeldb/doppel/internal/f32"
)

// retrieval asks of an encoder what it is for: is a record's match among its
// nearest? Queries are the left records of the matches; in a set of two sides the
// candidates are the right records, else all others.
type retrieval struct {
	queries []uint32 // rows, ascending
	wanted  [][]uint32
	pool    []uint32 // rows of the candidates, ascending
	at      map[uint32]int
	rows    Rows
	asked   Rows // how the records of the queries are written; rows, but for SelfTune
}

// mostCandidates bounds the pool. Above it the pool is the matches' records and a random
// choice of the others, the same in every epoch: a validation of a second, not of minutes.
const mostCandidates = 20000

// newRetrieval makes the question of the matches among pairs.
func newRetrieval(n, left int, pairs []Twin, rows Rows, seed uint64) *retrieval {
	r := &retrieval{rows: rows, asked: rows, at: map[uint32]int{}}
	sided := left < n
	wanted := map[uint32][]uint32{}
	must := map[uint32]bool{}
	for _, p := range pairs {
		if !p.Match || slices.Contains(wanted[p.Left], p.Right) {
			continue
		}
		wanted[p.Left] = append(wanted[p.Left], p.Right)
		must[p.Right] = true
		if !sided {
			wanted[p.Right] = append(wanted[p.Right], p.Left)
			must[p.Left] = true
		}
	}
	for q, w := range wanted {
		r.queries = append(r.queries, q)
		slices.Sort(w)
	}
	slices.Sort(r.queries)
	for _, q := range r.queries {
		r.wanted = append(r.wanted, wanted[q])
	}
	from := 0
	if sided {
		from = left
	}
	random := rand.New(rand.NewPCG(seed, 0x706f6f6c))
	share := float64(mostCandidates) / float64(max(n-from, 1))
	for i := from; i < n; i++ {
		if must[uint32(i)] || share >= 1 || random.Float64() < share {
			r.at[uint32(i)] = len(r.pool)
			r.pool = append(r.pool, uint32(i))
		}
	}
	return r
}

// found is what a retrieval gave.
type found struct {
	mrr    float64 // mean of 1 / rank over matches, other matches of the query left out
	recall float64 // share of matches among the ten nearest
}

const recallDepth = 10

// ask encodes queries and candidates with e and ranks. Of equally near candidates the first counts as nearer.
func (r *retrieval) ask(ctx context.Context, e *Encoder, threads int) (found, error) {
	dim := e.dim
	queries, pool := make([]float32, len(r.queries)*dim), make([]float32, len(r.pool)*dim)
	query := func(i int) []string { return r.asked(int(r.queries[i])) }
	candidate := func(i int) []string { return r.rows(int(r.pool[i])) }
	if err := e.EncodeAll(ctx, len(r.queries), query, queries, threads); err != nil {
		return found{}, err
	}
	if err := e.EncodeAll(ctx, len(r.pool), candidate, pool, threads); err != nil {
		return found{}, err
	}
	ranks := make([][]int, len(r.queries))
	spread(len(r.queries), threads, func(_, from, to int) {
		sims := make([]float32, len(r.pool))
		for q := from; q < to; q++ {
			f32.DotMany(sims, queries[q*dim:(q+1)*dim], pool, dim)
			ranks[q] = r.rank(q, sims)
		}
	})
	var out found
	count := 0
	for _, list := range ranks {
		for _, rank := range list {
			out.mrr += 1 / float64(rank)
			if rank <= recallDepth {
				out.recall++
			}
			count++
		}
	}
	if count > 0 {
		out.mrr, out.recall = out.mrr/float64(count), out.recall/float64(count)
	}
	return out, nil
}

// rank gives the place of each match of query q, from 1.
func (r *retrieval) rank(q int, sims []float32) (ranks []int) {
	for _, w := range r.wanted[q] {
		mine, rank := r.at[w], 1
		for c, s := range sims {
			row := r.pool[c]
			// Said the other way round, so that a vector that is not finite finds nothing.
			farther := s < sims[mine] || s == sims[mine] && c >= mine
			if !farther && row != r.queries[q] && !r.isWanted(q, row) {
				rank++
			}
		}
		ranks = append(ranks, rank)
	}
	return ranks
}

func (r *retrieval) isWanted(q int, row uint32) bool {
	_, yes := slices.BinarySearch(r.wanted[q], row)
	return yes
}
