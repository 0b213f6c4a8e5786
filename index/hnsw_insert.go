package index

import (
	"context"
	"runtime"
	"slices"
	"sync/atomic"
)

// A batch is as large as the graph allows: its nodes do not walk over each other,
// only know each other as candidates.
const (
	batchShare = 16 // a batch is at most a sixteenth of the graph
	maxBatch   = 256
	mergePiece = 16 // lists that are merged in one go, a few us each
)

// add takes ids in, batch by batch. Readers see a batch's ids from its publish on.
func (h *hnsw) add(ids []uint32, vecs []float32, publish func(func())) error {
	if len(ids) == 0 {
		return nil
	}
	if err := h.reserve(len(ids), publish); err != nil {
		return err
	}
	b := newBatch(h, publish)
	for at := 0; at < len(ids); {
		if n := h.bulkSize(len(ids) - at); n > 0 {
			b.bulk(ids[at:at+n], vecs[at*h.dim:])
			at += n
			continue
		}
		at += b.take(ids[at:], vecs[at*h.dim:], max(1, min(maxBatch, h.live()/batchShare)))
		b.run()
	}
	return nil
}

func (h *hnsw) reserve(n int, publish func(func())) error {
	h.settle()
	return h.grow(max(0, n-len(h.free)), publish)
}

// batch is a set of new nodes on their way into the graph.
type batch struct {
	h       *hnsw
	shown   func(func())
	workers []*worker

	ids   []pair     // the ids to show, with their nodes
	nodes []uint32   // the new nodes, in the order of their ids
	again int        // how many of them are free ones of the graph, used again
	near  [][]uint64 // of a bulk, by node: its candidates, packed
	plans [][]uint32 // by node of the batch, level 0 first: its links
	at    []int      // where each node's plans begin in plans; one more than nodes

	parent []uint32 // by node of the batch: the one it is tied to, or none
	ties   map[uint32]uint8

	edges  []edge
	order  []uint64 // buffers of sortEdges
	sorted []edge
	groups []int // where each target's edges begin; one more than targets
	lists  []uint32
	tied   []uint8
}

type pair struct{ id, node uint32 }

// edge is a link that target is to get.
type edge struct {
	level        int
	target, from uint32
	tied         bool
}

// take makes nodes of the next size ids, or of fewer when that is all, and says how many ids
// it took.
func (b *batch) take(ids []uint32, vecs []float32, size int) int {
	h := b.h
	n := min(len(ids), size)
	first := h.nodes()
	if more := n - len(h.free); more > 0 {
		b.shown(func() { h.append(more) })
	}
	b.ids, b.nodes, b.again = b.ids[:0], b.nodes[:0], 0
	fresh := first // the next appended node
	for i, id := range ids[:n] {
		vec := vecs[i*h.dim:][:h.dim]
		hash := hashVec(vec)
		node, known := h.same.find(h, vec, hash)
		if !known {
			if left := len(h.free) - b.again; left > 0 {
				b.again++
				node = h.free[left-1]
			} else {
				node = uint32(fresh)
				fresh++
			}
			copy(h.vec(node), vec)
			h.quant.put(node, vec)
			h.same.put(node, hash)
			b.nodes = append(b.nodes, node)
		}
		b.ids = append(b.ids, pair{id, node})
	}
	if fresh < h.nodes() {
		b.shown(func() { h.shrink(fresh) })
	}
	return n
}

// shrink gives back the nodes from n on, which were never used.
func (h *hnsw) shrink(n int) {
	h.upper = h.upper[:int(h.upperAt[n])*h.m]
	h.vecs, h.links = h.vecs[:n*h.dim], h.links[:n*h.m0]
	h.tied, h.upperAt, h.state = h.tied[:n], h.upperAt[:n], h.state[:n]
	h.quant.shrink(n, h.dim)
}

// run plans the batch beside the readers, and shows it.
func (b *batch) run() {
	h := b.h
	b.layout()
	if h.entry != none {
		b.each(len(b.nodes), b.plan)
	}
	b.tie()
	b.turn()
	lists := len(b.groups) - 1
	b.each((lists+mergePiece-1)/mergePiece, func(w *worker, i int) {
		for g := i * mergePiece; g < min(lists, (i+1)*mergePiece); g++ {
			b.merge(w, g)
		}
	})
	b.shown(b.apply)
}

func newBatch(h *hnsw, publish func(func())) *batch {
	b := &batch{h: h, shown: publish}
	for range orAll(h.workers) {
		b.workers = append(b.workers, newWorker(h))
	}
	return b
}

// each runs f for 0 to n-1 on all workers.
func (b *batch) each(n int, f func(w *worker, i int)) { eachWorker(b.workers, n, f) }

// worker is one goroutine's buffers of a change to the graph.
type worker struct {
	*searcher
	picker picker
	cands  []found
	packed []uint64 // buffer of sort
	list   []uint32
	in     []uint32
}

func newWorker(h *hnsw) *worker {
	return &worker{searcher: &searcher{h: h}, picker: picker{h: h}}
}

// eachWorker runs f for 0 to n-1, one goroutine for each worker.
func eachWorker(workers []*worker, n int, f func(w *worker, i int)) {
	// Pieces of some items each: taking one is cheap, but not free.
	const piece = 4
	var next atomic.Int32
	// The context never ends, and f cannot fail.
	_ = eachTile(context.Background(), (n+piece-1)/piece, len(workers), func() func(int) error {
		w := workers[next.Add(1)-1]
		w.fit()
		return func(tile int) error {
			for i := tile * piece; i < min(n, (tile+1)*piece); i++ {
				f(w, i)
				runtime.Gosched() // let in a search that waits for a core; f takes 100 us and more
			}
			return nil
		}
	})
}

// layout makes room for the plans: one per node and level.
func (b *batch) layout() {
	b.at, b.plans = b.at[:0], b.plans[:0]
	total := 0
	for _, node := range b.nodes {
		b.at = append(b.at, total)
		total += 1 + b.h.level(node)
	}
	b.at = append(b.at, total)
	b.plans = append(b.plans, make([][]uint32, total)...)
}

// levels is the number of levels of the i-th node.
func (b *batch) levels(i int) int { return b.at[i+1] - b.at[i] }

// plan finds the links of the i-th node on each of its levels, in the graph as it
// is before the batch, and among the nodes of the batch before it.
func (b *batch) plan(w *worker, i int) {
	h := b.h
	node := b.nodes[i]
	vec := h.vec(node)
	w.aim(vec, h.opts.Quantize)
	top := b.levels(i) - 1
	at := w.descend(min(top, h.top))
	for level := top; level >= 0; level-- {
		w.cands = w.cands[:0]
		if level <= h.top {
			at = w.walk(level, at)
		}
		b.mates(w, i, level)
		limit := h.places(level)
		links := w.picker.pick(w.cands, limit, limit)
		b.plans[b.at[i]+level] = slices.Clone(links)
	}
}

// walk adds the nodes that a walk from a node finds on a level to the candidates, without tombstones, and gives the closest
// node of all.
func (w *worker) walk(level int, from uint32) uint32 {
	h := w.h
	var set aside
	if h.tombs > 0 {
		set = func(to uint32, _ float32) bool { return h.state[to] == nodeTomb }
	}
	w.coded = h.opts.Quantize
	w.enter(h.opts.EfConstruction, from, set)
	w.beam(level, set)
	closest := w.pool.list[0].node & nodeMask
	w.take()
	return closest
}

// take makes candidates of what a walk found, at their keys by the vectors: links are
// chosen by those, whatever the walk went by. 25,000 vectors of set b of
// benchmarks/ann with codes, processor time of the build: 16.8 s when walks went by
// the vectors, 12.1 s by codes; recall@10 at ef 16, 32, 64, 128 .9063, .9470, .9723,
// .9850 and .9067, .9473, .9720, .9850.
func (w *worker) take() {
	coded := w.coded
	w.coded = false
	w.near = w.near[:0]
	for _, f := range w.pool.list {
		if f.node&asideFlag != 0 {
			continue
		}
		if w.near = append(w.near, f.node&nodeMask); !coded {
			w.cands = append(w.cands, found{f.key, f.node & nodeMask})
		}
	}
	if !coded {
		return
	}
	for i, key := range w.measure() {
		w.cands = append(w.cands, found{key, w.near[i]})
	}
	w.sort()
}

// mates adds the nodes of the batch before the i-th to its candidates.
func (b *batch) mates(w *worker, i, level int) {
	limit := everywhere
	if n := len(w.cands); n >= b.h.opts.EfConstruction {
		limit = w.cands[n-1].key
	}
	w.near = append(w.near[:0], b.nodes[:i]...)
	before := len(w.cands)
	for j, key := range w.measure() {
		if key < limit && b.levels(j) > level {
			w.cands = append(w.cands, found{key, b.nodes[j]})
		}
	}
	if len(w.cands) > before {
		w.sort()
		w.cands = w.cands[:min(len(w.cands), b.h.opts.EfConstruction)]
	}
}

// sort orders the candidates by key; equal keys by node, so that no order of arrival shows. Numbers that
// hold both are sorted in a third of the time of a comparison by fields.
func (w *worker) sort() {
	w.packed = w.packed[:0]
	for _, c := range w.cands {
		w.packed = append(w.packed, c.pack())
	}
	slices.Sort(w.packed)
	for i, p := range w.packed {
		w.cands[i] = unpack(p)
	}
}

// own writes the links of the i-th node, which nothing leads to yet: on level 0 the one that it is tied to, then those that were
// planned.
func (b *batch) own(i, level int) []uint32 {
	h := b.h
	node := b.nodes[i]
	list := h.list(node, level)[:0]
	parent := none
	if level == 0 {
		parent = b.parent[i]
		h.tied[node] = 0
		if parent != none {
			h.tied[node] = 1
			list = append(list, parent)
		}
	}
	for _, to := range b.plans[b.at[i]+level] {
		if to != parent && len(list) < h.places(level) {
			list = append(list, to)
		}
	}
	return list
}

// turn writes the planned links of the new nodes, which nothing leads to yet, and
// lists the links back, by level and target.
func (b *batch) turn() {
	h := b.h
	b.edges = b.edges[:0]
	for i, node := range b.nodes {
		for level := range b.levels(i) {
			for j, to := range b.own(i, level) {
				b.edges = append(b.edges, edge{level, to, node, level == 0 && j < int(h.tied[node])})
			}
		}
	}
	b.sortEdges()
	b.groups = b.groups[:0]
	for i, e := range b.edges {
		if i == 0 || e.target != b.edges[i-1].target || e.level != b.edges[i-1].level {
			b.groups = append(b.groups, i)
		}
	}
	b.groups = append(b.groups, len(b.edges))
	n := len(b.groups) - 1
	b.lists = slices.Grow(b.lists[:0], n*h.m0)[:n*h.m0]
	b.tied = slices.Grow(b.tied[:0], n)[:n]
}

// sortEdges orders the edges by level and target, those of one list as they are. It is done by one core while the
// others wait: numbers that hold level, target and place are sorted in a fifth of the time of a stable sort of the edges.
func (b *batch) sortEdges() {
	const targetBits, placeBits = 30, 29 // of maxNodes; maxBatch nodes have fewer edges
	b.order = b.order[:0]
	for i, e := range b.edges {
		b.order = append(b.order, uint64(e.level)<<(targetBits+placeBits)|uint64(e.target)<<placeBits|uint64(i))
	}
	slices.Sort(b.order)
	b.sorted = b.sorted[:0]
	for _, o := range b.order {
		b.sorted = append(b.sorted, b.edges[o&(1<<placeBits-1)])
	}
	b.edges, b.sorted = b.sorted, b.edges
}

// apply shows what the batch made. REQUIRES the lock.
func (b *batch) apply() {
	h := b.h
	for g := range len(b.groups) - 1 {
		e := b.edges[b.groups[g]]
		copy(h.list(e.target, e.level), b.lists[g*h.m0:])
		if e.level == 0 {
			h.tied[e.target] = b.tied[g]
		}
	}
	h.free = h.free[:len(h.free)-b.again]
	for i, node := range b.nodes {
		h.state[node] = nodeTomb // until its first id
		h.tombs++
		if top := b.levels(i) - 1; h.entry == none || top > h.top {
			h.entry, h.top = node, top
		}
	}
	for _, p := range b.ids {
		h.enrol(p)
	}
}

// enrol gives a node that is in use an id. REQUIRES the lock.
func (h *hnsw) enrol(p pair) {
	if h.state[p.node] == nodeTomb {
		h.state[p.node] = nodeLive
		h.tombs--
		h.post.start(p.node, p.id)
	} else {
		h.post.join(p.node, p.id)
	}
}
