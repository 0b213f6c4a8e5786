package index

import (
	"slices"

	"github.com/doppeldb/doppel/internal/f32"
)

// A bulk is a batch as large as the graph, or nearly so. A partition finds the candidates of its nodes, where a batch walks.
// Only the nodes of the upper levels, one in m, walk, in batches, before the others: searches enter by them.
//
// A bulk is never larger than the graph: links from near to near make no small world. A graph of 99,000 vectors of which all but the
// upper levels came in one bulk had recall@10 .94 at ef 64 where one that doubled five times has .98.
const (
	leastLinked = 4096    // nodes of the smallest graph that takes a bulk
	leastBulk   = 1024    // ids of the smallest bulk
	mostBulk    = 1 << 18 // and of the largest, for its memory, up to a kilobyte each
	bulkShare   = 8       // a bulk is at least an eighth of the graph: all of that is partitioned
	bulkPiece   = 2048    // what is shown in one go, so that no search waits long
)

// bulkSize is how many of left ids are best taken in as a bulk; 0: none. Products of matrices have to be fast, and only under
// [Cosine] their rounding is known to be small beside distances. Free nodes are left to batches, which use them again.
func (h *hnsw) bulkSize(left int) int {
	n := h.nodes()
	size := min(left, n, mostBulk)
	if h.opts.Metric != Cosine || f32.Path() == "generic" || len(h.free) > 0 || n < leastLinked || size < max(leastBulk, n/bulkShare) {
		return 0
	}
	return size
}

// bulk takes all ids in. REQUIRES bulkSize to be their number, and room.
func (b *batch) bulk(ids []uint32, vecs []float32) {
	h := b.h
	before := uint32(h.nodes())
	var starts, joins []pair // the first id of each new node, and all others
	for at := 0; at < len(ids); {
		next := before + uint32(len(starts))
		n := b.take(ids[at:], vecs[at*h.dim:], bulkPiece)
		for _, p := range b.ids {
			if p.node == next {
				starts = append(starts, p)
				next++
			} else {
				joins = append(joins, p)
			}
		}
		at += n
	}
	upper := func(p pair) bool { return h.level(p.node) > 0 }
	rest := slices.DeleteFunc(slices.Clone(starts), upper)
	tops := slices.DeleteFunc(starts, func(p pair) bool { return !upper(p) })
	b.again = 0
	for part := range slices.Chunk(tops, maxBatch) {
		b.set(part)
		b.run()
	}
	b.set(rest)
	b.layout()
	b.near = h.candidates(h.alive(), b.nodes, len(b.workers))
	b.each(len(b.nodes), b.choosePlan)
	b.near = nil
	b.tie()
	for i := range b.nodes {
		b.own(i, 0)
	}
	b.show(b.linkBack(before), joins)
}

// set makes a batch of new nodes with an id each.
func (b *batch) set(pairs []pair) {
	b.ids, b.nodes = pairs, b.nodes[:0]
	for _, p := range pairs {
		b.nodes = append(b.nodes, p.node)
	}
}

// alive gives the live nodes.
func (h *hnsw) alive() []uint32 {
	nodes := make([]uint32, 0, h.live())
	for node, s := range h.state {
		if s == nodeLive {
			nodes = append(nodes, uint32(node))
		}
	}
	return nodes
}

// choosePlan finds the links of the i-th node of a bulk on level 0: among its candidates, or by a walk where a leaf of hardly
// any others left it without.
func (b *batch) choosePlan(w *worker, i int) {
	h := b.h
	w.aim(h.vec(b.nodes[i]), h.opts.Quantize)
	w.cands = w.cands[:0]
	if len(b.near[i]) < h.m {
		w.walk(0, w.descend(0))
	}
	for _, packed := range b.near[i] {
		w.cands = append(w.cands, unpack(packed))
	}
	if !h.opts.Quantize || len(b.near[i]) < h.m {
		w.measureAll()
	}
	w.picker.coded = h.opts.Quantize
	b.plans[b.at[i]] = slices.Clone(w.picker.pick(w.cands, h.m0, h.m0))
	w.picker.coded = false
}

// measureAll gives the candidates the keys that their vectors have one by one: a product of matrices rounds
// otherwise, and tells apart what is at the same distance. Candidates that are there twice are so once.
func (w *worker) measureAll() {
	w.coded = false
	w.near = w.near[:0]
	for _, c := range w.cands {
		w.near = append(w.near, c.node)
	}
	slices.Sort(w.near)
	w.near = slices.Compact(w.near)
	w.cands = w.cands[:0]
	for i, key := range w.measure() {
		w.cands = append(w.cands, found{key, w.near[i]})
	}
	w.sort()
}

// relinked are new lists of nodes that readers may be looking at.
type relinked struct {
	nodes []uint32
	lists []uint32 // m0 of each node
	tied  []uint8
}

// linkBack gives the nodes that the batch leads to their links back: new ones of the batch at once, the others beside the readers.
func (b *batch) linkBack(before uint32) relinked {
	h := b.h
	// By node, where its links back begin in back; one more than nodes.
	from := make([]uint32, h.nodes()+1)
	for _, node := range b.nodes {
		for _, to := range h.linked(node, 0) {
			from[to+1]++
		}
	}
	for i := range h.nodes() {
		from[i+1] += from[i]
	}
	back, fill := make([]uint32, from[h.nodes()]), slices.Clone(from)
	for _, node := range b.nodes {
		for i, to := range h.linked(node, 0) {
			back[fill[to]] = node
			if i < int(h.tied[node]) {
				back[fill[to]] |= tiedFlag
			}
			fill[to]++
		}
	}
	var r relinked
	for node := range h.state {
		if h.state[node] != nodeFree && from[node] < from[node+1] {
			r.nodes = append(r.nodes, uint32(node))
		}
	}
	r.lists, r.tied = make([]uint32, len(r.nodes)*h.m0), make([]uint8, len(r.nodes))
	b.each(len(r.nodes), func(w *worker, i int) {
		node := r.nodes[i]
		r.tied[i] = w.extend(r.lists[i*h.m0:][:h.m0], node, 0, back[from[node]:from[node+1]])
	})
	b.each(len(b.nodes), func(w *worker, i int) {
		node := b.nodes[i]
		h.tied[node] = w.extend(h.list(node, 0), node, 0, back[from[node]:from[node+1]])
	})
	return r
}

// show makes the ids of a bulk known, and then the links to them. No link leads to a node whose own
// list is not written, and no walk meets one without an id.
func (b *batch) show(r relinked, joins []pair) {
	h := b.h
	for part := range slices.Chunk(b.ids, bulkPiece) {
		b.shown(func() {
			for _, p := range part {
				h.state[p.node] = nodeLive
				h.post.start(p.node, p.id)
			}
		})
	}
	for part := range slices.Chunk(joins, bulkPiece) {
		b.shown(func() {
			for _, p := range part {
				h.enrol(p)
			}
		})
	}
	for lo := 0; lo < len(r.nodes); lo += bulkPiece {
		hi := min(lo+bulkPiece, len(r.nodes))
		b.shown(func() {
			for i, node := range r.nodes[lo:hi] {
				copy(h.list(node, 0), r.lists[(lo+i)*h.m0:][:h.m0])
				h.tied[node] = r.tied[lo+i]
			}
		})
	}
}
