package index

import (
	"cmp"
	"math"
	"slices"
)

// wanted is what a search is to find: the k closest within radius that pass keep.
type wanted struct {
	k      int     // 0: no bound
	radius float32 // +Inf: no bound
	keep   func(uint32) bool
	ids    []uint32 // those that pass keep, if not nil
	kept   int      // how many pass keep; 0: not known
	scan   bool     // no walk
	ef     int      // width of a graph search; 0: the default
	trace  *Trace   // may be nil
}

// best collects the answer of one query. With a bound k it is a heap with the
// worst of the k at the root.
type best struct {
	k     int
	limit float32 // nothing farther can enter
	list  []Neighbour
}

func newBest(w wanted) best { return best{k: w.k, limit: w.radius} }

// compare orders neighbours as answers are ordered.
func compare(a, b Neighbour) int {
	if c := cmp.Compare(a.Distance, b.Distance); c != 0 {
		return c
	}
	return cmp.Compare(a.ID, b.ID)
}

// offer takes n if it belongs to the answer so far.
func (b *best) offer(n Neighbour) {
	if n.Distance > b.limit {
		return
	}
	if b.k == 0 || len(b.list) < b.k {
		b.list = append(b.list, n)
		if len(b.list) == b.k {
			for i := b.k/2 - 1; i >= 0; i-- {
				b.sink(i)
			}
			b.limit = b.list[0].Distance
		}
		return
	}
	if compare(n, b.list[0]) < 0 {
		b.list[0] = n
		b.sink(0)
		b.limit = b.list[0].Distance
	}
}

// sink restores the heap below i.
func (b *best) sink(i int) {
	for {
		child := 2*i + 1
		if child >= len(b.list) {
			return
		}
		if child+1 < len(b.list) && compare(b.list[child+1], b.list[child]) > 0 {
			child++
		}
		if compare(b.list[child], b.list[i]) <= 0 {
			return
		}
		b.list[i], b.list[child] = b.list[child], b.list[i]
		i = child
	}
}

// sorted is the answer, closest first. The heap is gone afterwards.
func (b *best) sorted() []Neighbour {
	slices.SortFunc(b.list, compare)
	return b.list
}

// everywhere is the radius that bounds nothing.
var everywhere = float32(math.Inf(1))
