package match

import (
	"context"
	"slices"

	"github.com/doppeldb/doppel/index"
)

// nearLists is the k nearest other records of each, in no order. Four bytes an entry: of
// millions of records there are tens of millions.
type nearLists struct {
	k     int
	ids   []uint32 // (n, k)
	count []uint16
}

func newNearLists(n, k int) *nearLists {
	return &nearLists{k: k, ids: make([]uint32, n*k), count: make([]uint16, n)}
}

// put stores the list of a record; several goroutines may, of different records.
func (l *nearLists) put(i int, list []scored) {
	for n, s := range list {
		l.ids[i*l.k+n] = s.row
	}
	l.count[i] = uint16(len(list))
}

func (l *nearLists) of(i int) []uint32 { return l.ids[i*l.k:][:l.count[i]] }

// mostNear is the largest k: count has 16 bits.
const mostNear = 1<<16 - 1

// uniteLists makes the sorted set of pairs, the smaller number left.
func uniteLists(n int, lists ...*nearLists) []pairIDs {
	first := make([]int, n+1) // of each left record, in all
	each := func(visit func(l, r uint32)) {
		for _, list := range lists {
			if list == nil {
				continue
			}
			for i := range n {
				for _, j := range list.of(i) {
					visit(min(uint32(i), j), max(uint32(i), j))
				}
			}
		}
	}
	each(func(l, _ uint32) { first[l+1]++ })
	for i := range n {
		first[i+1] += first[i]
	}
	right := make([]uint32, first[n])
	at := slices.Clone(first[:n])
	each(func(l, r uint32) {
		right[at[l]] = r
		at[l]++
	})
	total := 0
	for i := range n {
		row := right[first[i]:first[i+1]]
		slices.Sort(row)
		at[i] = len(slices.Compact(row))
		total += at[i]
	}
	pairs := make([]pairIDs, 0, total)
	for i := range n {
		for _, r := range right[first[i] : first[i]+at[i]] {
			pairs = append(pairs, pairIDs{uint32(i), r})
		}
	}
	return pairs
}

// neighbourFinder collects vectors, numbered as they come, and finds each one's nearest.
type neighbourFinder struct {
	dim  int
	n    int
	rows []uint32 // of each vector that is kept: its number
	vecs []float32
}

// newNeighbourFinder is for about n vectors.
func newNeighbourFinder(n, dim int) *neighbourFinder {
	// What grows is there twice while it moves: of a million rows a gigabyte.
	return &neighbourFinder{dim: dim, rows: make([]uint32, 0, n), vecs: make([]float32, 0, n*dim)}
}

// add takes the next vector. A zero vector is near nothing.
func (f *neighbourFinder) add(vector []float32) {
	if slices.ContainsFunc(vector, func(x float32) bool { return x != 0 }) {
		f.rows, f.vecs = append(f.rows, uint32(f.n)), append(f.vecs, vector...)
	}
	f.n++
}

// nearest gives the k nearest others of every vector. The finder cannot be used after it.
//
// A join finds nearly all of them, and the candidates by words make up for the rest: F1 on 40,000 made-up products was the same by a graph
// that missed one in thirty and by an exact scan.
func (f *neighbourFinder) nearest(ctx context.Context, k, threads int, tick func(done, all int)) (*nearLists, error) {
	k = min(k, mostNear)
	out := newNearLists(f.n, k)
	found, err := index.SelfJoin(ctx, f.vecs, f.dim, k, threads, tick)
	if err != nil {
		return nil, err
	}
	f.vecs = nil
	for i, ns := range found {
		row := int(f.rows[i])
		for at, n := range ns {
			out.ids[row*k+at] = f.rows[n.ID]
		}
		out.count[row] = uint16(len(ns))
	}
	return out, nil
}
