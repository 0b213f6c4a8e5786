package index

import (
	"math"
	"slices"
)

// postings says which ids a node stands for. Most stand for one, so that one is
// kept apart from the rest.
type postings struct {
	nodeOf map[uint32]uint32   // live id -> node
	first  []uint32            // by node: the smallest id; unused when the node has none
	rest   map[uint32][]uint32 // node -> the other ids, ascending
	more   []bool              // by node: it has others; asking the map costs more than a filter
}

func newPostings() postings {
	return postings{nodeOf: map[uint32]uint32{}, rest: map[uint32][]uint32{}}
}

// start gives a node that has none its first id.
func (p *postings) start(node, id uint32) {
	for len(p.first) <= int(node) {
		p.first, p.more = append(p.first, none), append(p.more, false)
	}
	p.first[node] = id
	p.nodeOf[id] = node
}

// others gives the ids of a live node behind the first.
func (p *postings) others(node uint32) []uint32 {
	if !p.more[node] {
		return nil
	}
	return p.rest[node]
}

func (p *postings) setOthers(node uint32, ids []uint32) {
	if p.more[node] = len(ids) > 0; p.more[node] {
		p.rest[node] = ids
	} else {
		delete(p.rest, node)
	}
}

// join adds an id to a node that has one.
func (p *postings) join(node, id uint32) {
	p.nodeOf[id] = node
	if id < p.first[node] {
		id, p.first[node] = p.first[node], id
	}
	others := p.others(node)
	at, _ := slices.BinarySearch(others, id)
	p.setOthers(node, slices.Insert(others, at, id))
}

// leave takes a live id away and says whether its node has none now.
func (p *postings) leave(id uint32) (node uint32, empty bool) {
	node = p.nodeOf[id]
	delete(p.nodeOf, id)
	others := p.others(node)
	if len(others) == 0 {
		return node, true
	}
	if p.first[node] == id {
		p.first[node] = others[0]
		others = slices.Delete(others, 0, 1)
	} else {
		at, _ := slices.BinarySearch(others, id)
		others = slices.Delete(others, at, at+1)
	}
	p.setOthers(node, others)
	return node, false
}

// offer puts the ids of a live node that pass w into b.
func (p *postings) offer(b *best, node uint32, distance float32, w wanted) {
	given := 0
	give := func(id uint32) bool {
		if w.keep == nil || w.keep(id) {
			b.offer(Neighbour{ID: id, Distance: distance})
			given++
		}
		return w.k > 0 && given == w.k // ids ascend: no later one can be in the answer
	}
	if give(p.first[node]) {
		return
	}
	for _, id := range p.others(node) {
		if give(id) {
			return
		}
	}
}

// kept says whether an id of a live node passes keep.
func (p *postings) kept(node uint32, keep func(uint32) bool) bool {
	if keep == nil || keep(p.first[node]) {
		return true
	}
	return slices.ContainsFunc(p.others(node), keep)
}

// sameTable finds the node of a vector: open addressing, linear probing, at most
// three quarters full.
type sameTable struct {
	slots []sameSlot // a power of two
	used  int
}

// sameSlot is a node with part of its vector's hash; node+1, so that the zero
// slot is empty.
type sameSlot struct{ node1, hash uint32 }

// hashVec hashes a vector so that equal vectors have equal hashes.
func hashVec(vec []float32) uint64 {
	h := uint64(len(vec))
	for _, v := range vec {
		// 0 + v: -0 equals 0 and has to hash like it.
		h = (h ^ uint64(math.Float32bits(0+v))) * 0x9e3779b97f4a7c15
		h ^= h >> 29
	}
	return mix(h)
}

// find gives the node whose vector equals vec.
func (t *sameTable) find(h *hnsw, vec []float32, hash uint64) (uint32, bool) {
	if len(t.slots) == 0 {
		return 0, false
	}
	mask := len(t.slots) - 1
	for i := t.home(uint32(hash)); ; i = (i + 1) & mask {
		s := t.slots[i]
		if s.node1 == 0 {
			return 0, false
		}
		if s.hash == uint32(hash) && slices.Equal(h.vec(s.node1-1), vec) {
			return s.node1 - 1, true
		}
	}
}

func (t *sameTable) home(hash uint32) int {
	return int(uint64(hash) * uint64(len(t.slots)) >> 32)
}

// put adds a node that is not in the table.
func (t *sameTable) put(node uint32, hash uint64) {
	if 4*(t.used+1) > 3*len(t.slots) {
		old := t.slots
		t.slots, t.used = make([]sameSlot, max(16, 2*len(old))), 0
		for _, s := range old {
			if s.node1 != 0 {
				t.place(s)
			}
		}
	}
	t.place(sameSlot{node1: node + 1, hash: uint32(hash)})
}

func (t *sameTable) place(s sameSlot) {
	mask := len(t.slots) - 1
	i := t.home(s.hash)
	for t.slots[i].node1 != 0 {
		i = (i + 1) & mask
	}
	t.slots[i] = s
	t.used++
}

// keepOnly drops the nodes that keep does not want.
func (t *sameTable) keepOnly(keep func(node uint32) bool) {
	old := t.slots
	t.slots, t.used = make([]sameSlot, len(old)), 0
	for _, s := range old {
		if s.node1 != 0 && keep(s.node1-1) {
			t.place(s)
		}
	}
}
