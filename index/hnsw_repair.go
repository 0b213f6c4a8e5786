package index

import (
	"cmp"
	"slices"
)

const (
	// repairShare is the share of tombstones in the graph at which they are taken
	// out: a walk computes that many keys in vain.
	repairShare = 0.2
	// leastTombs keeps small graphs from being repaired all the time.
	leastTombs = 32
	// repairCands bounds the candidates for a list that led to tombstones.
	repairCands = 192
)

// delete takes an id away. The node of the last one becomes a tombstone; when
// there are many, a repair begins.
//
// INVARIANT repair: when it begins, and on what graph, follows from the calls alone.
// It works on the states and links of its beginning, deletes go on beside it, and
// whoever needs the links waits until it is shown. So the graph does too.
func (h *hnsw) delete(id uint32, publish func(func())) error {
	var dead, due bool
	publish(func() { // the counts, too, change when a repair is shown
		if node, empty := h.post.leave(id); empty {
			h.state[node] = nodeTomb
			h.tombs++
		}
		tombs := h.tombs - h.leaving
		dead = h.live() == 0
		due = tombs >= leastTombs && float64(tombs) > repairShare*float64(h.live()+tombs)
	})
	if dead || due {
		h.settle()
	}
	switch {
	case dead:
		publish(h.reset)
	case due:
		h.repair(publish)
	}
	return nil
}

// settle waits for the repair that is under way. REQUIRES the writer's turn.
func (h *hnsw) settle() {
	if h.repaired != nil {
		<-h.repaired
		h.repaired = nil
	}
}

// repair begins to take all tombstones out of the graph: lists that led to them get
// what they led to as candidates, and the tree is closed where they held it
// together. Planned on a copy of the lists beside readers and deletes, shown in one
// step. REQUIRES the writer's turn, settled.
func (h *hnsw) repair(publish func(func())) {
	r := &repair{h: h, state: slices.Clone(h.state), ties: map[uint32][]uint32{}}
	publish(func() { h.leaving = h.tombs })
	done := make(chan struct{})
	h.repaired = done
	go func() {
		defer close(done)
		r.closeTree()
		r.links, r.upper = slices.Clone(h.links), slices.Clone(h.upper)
		r.tied = slices.Clone(h.tied)
		eachWorker(newBatch(h, publish).workers, len(r.state), func(w *worker, i int) {
			if r.state[i] == nodeLive {
				r.mend(w, uint32(i))
			}
		})
		r.show(publish)
	}()
}

// repair is the state of one. It must not look at the states of h, which deletes change.
type repair struct {
	h            *hnsw
	state        []state             // as it began
	ties         map[uint32][]uint32 // new ties, both ways
	links, upper []uint32            // the new lists, in the layout of the graph
	tied         []uint8
}

// closeTree ties the pieces of the tree that tombstones held together. Tombstones
// that are tied to each other are one hole; the live nodes around a hole are in
// different pieces, and tying each to one of them gives a tree again.
func (r *repair) closeTree() {
	h := r.h
	done := make([]bool, h.nodes())
	for i, s := range r.state {
		if s != nodeTomb || done[i] {
			continue
		}
		hole := []uint32{uint32(i)}
		done[i] = true
		var rim []uint32
		for n := 0; n < len(hole); n++ {
			for _, to := range h.ties(hole[n]) {
				switch {
				case r.state[to] == nodeLive:
					rim = append(rim, to)
				case !done[to]:
					done[to] = true
					hole = append(hole, to)
				}
			}
		}
		// Those with few ties first: they take the others.
		slices.SortFunc(rim, func(a, b uint32) int {
			if c := cmp.Compare(r.load(a), r.load(b)); c != 0 {
				return c
			}
			return cmp.Compare(a, b)
		})
		for n := 1; n < len(rim); n++ {
			to := r.room(rim[:n])
			r.ties[to] = append(r.ties[to], rim[n])
			r.ties[rim[n]] = append(r.ties[rim[n]], to)
		}
	}
}

// load is the number of a live node's ties that stay.
func (r *repair) load(node uint32) int {
	n := len(r.ties[node])
	for _, to := range r.h.ties(node) {
		if r.state[to] == nodeLive {
			n++
		}
	}
	return n
}

// room gives the first of the joined nodes, or the nearest to them in the tree,
// that can take a tie.
func (r *repair) room(joined []uint32) uint32 {
	queue := slices.Clone(joined)
	seen := map[uint32]bool{}
	for _, node := range queue {
		seen[node] = true
	}
	for n := 0; n < len(queue); n++ {
		node := queue[n]
		if r.load(node) < r.h.m {
			return node
		}
		for _, tied := range [][]uint32{r.h.ties(node), r.ties[node]} {
			for _, to := range tied {
				if r.state[to] == nodeLive && !seen[to] {
					seen[to] = true
					queue = append(queue, to)
				}
			}
		}
	}
	return joined[0] // not reached: a tree has leaves
}

// mend makes the new lists of a live node.
func (r *repair) mend(w *worker, node uint32) {
	h := r.h
	for level := range h.level(node) + 1 {
		old := h.linked(node, level)
		hurt := slices.ContainsFunc(old, func(to uint32) bool { return r.state[to] == nodeTomb })
		if !hurt && (level > 0 || len(r.ties[node]) == 0) {
			continue
		}
		list, tied := w.list[:0], 0
		if level == 0 {
			for _, to := range h.ties(node) {
				if r.state[to] == nodeLive {
					list = append(list, to)
				}
			}
			list = append(list, r.ties[node]...)
			tied = len(list)
		}
		list = r.around(w, node, level, list)
		w.list = list
		limit := h.places(level)
		out := r.upper
		at := (int(h.upperAt[node]) + level - 1) * h.m
		if level == 0 {
			out, at = r.links, int(node)*h.m0
			r.tied[node] = uint8(tied)
		}
		n := copy(out[at:at+limit], w.choose(node, list, tied, limit))
		for ; n < limit; n++ {
			out[at+n] = none
		}
	}
}

// around adds to list the live nodes that node leads to on a level, over any
// number of tombstones.
func (r *repair) around(w *worker, node uint32, level int, list []uint32) []uint32 {
	h := r.h
	w.begin()
	w.meet(node)
	for _, to := range list {
		w.meet(to)
	}
	queue := []uint32{node}
	for n := 0; n < len(queue) && len(list) < repairCands; n++ {
		for _, to := range h.linked(queue[n], level) {
			switch {
			case !w.meet(to):
			case r.state[to] == nodeLive:
				list = append(list, to)
			default:
				queue = append(queue, to)
			}
		}
	}
	return list
}

// show puts the new lists in place and makes the tombstones free nodes.
func (r *repair) show(publish func(func())) {
	h := r.h
	entry, top := none, 0
	var free []uint32
	for i := range r.state {
		node := uint32(i)
		if r.state[i] == nodeLive {
			if level := h.level(node); entry == none || level > top {
				entry, top = node, level
			}
			continue
		}
		free = append(free, node)
		r.tied[node] = 0
		from := int(node) * h.m0
		fillNone(r.links[from : from+h.m0])
		from = int(h.upperAt[node]) * h.m
		fillNone(r.upper[from : from+h.level(node)*h.m])
	}
	slices.Reverse(free) // the lowest is used first
	h.same.keepOnly(func(node uint32) bool { return r.state[node] == nodeLive })
	publish(func() {
		for _, node := range free {
			h.state[node] = nodeFree
		}
		h.links, h.upper, h.tied = r.links, r.upper, r.tied
		h.free, h.tombs, h.leaving = free, h.tombs-h.leaving, 0
		h.entry, h.top = entry, top
	})
}

func fillNone(s []uint32) {
	for i := range s {
		s[i] = none
	}
}
