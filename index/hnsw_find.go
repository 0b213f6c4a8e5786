package index

import (
	"context"
	"sync"
)

const (
	// defaultEf is the width of a search that does not name one.
	defaultEf = 64
	// sampleSize is how many nodes are asked to estimate what a filter keeps.
	sampleSize = 512
)

// search answers each query by the graph, or by a scan where that is cheaper or
// the graph does not give enough.
func (h *hnsw) search(ctx context.Context, queries []float32, w wanted, threads int) ([][]Neighbour, error) {
	answers := make([][]Neighbour, len(queries)/h.dim)
	p := h.plan(w, len(answers))
	err := eachTile(ctx, len(answers), threads, func() func(int) error {
		// Not given back when a panic of w.keep comes through: it is in no known state.
		s := h.searcher()
		return func(i int) error {
			answers[i] = p.answer(s, queries[i*h.dim:][:h.dim])
			return nil
		}
	})
	if err != nil {
		return nil, err
	}
	return answers, nil
}

// plan is how the queries of one call are answered.
type plan struct {
	h      *hnsw
	w      wanted
	ef     int
	scan   bool
	hop    bool // walk by two hops
	budget int  // keys a walk may compute before a scan is the cheaper way
	once   sync.Once
	nodes  []uint32 // those with an id that is wanted; made by once
}

// What things cost, in keys computed by a scan; see calibrate.md.
const (
	walkCost   = 4.0  // a key computed on a walk
	askCost    = 0.35 // asking the filter about a node
	findCost   = 1.5  // finding the node of an id
	walkDegree = 15.0 // keys computed per node expanded
	// A walk by two hops: what asking about a node costs there, its links included, how
	// many it asks about per node that it has to find, and per node that there is.
	hopCost   = 1.0
	hopDegree = 21.0
	hopMost   = 1.2
	// hopShare is the largest share of nodes for which it is the better walk, and
	// hopWidth how much wider it has to be: it sees less of what lies around.
	hopShare = 0.05
	hopWidth = 2
	// patience is how far a walk may go beyond what a scan costs: a filter that
	// drops all that is near makes a walk long, and no sample shows that.
	patience = 2
)

// plan decides by how many nodes pass the filter. To find ef of them by the graph,
// about ef/share nodes have to be expanded, each for some degree of new keys, in
// no order that memory likes; a scan computes the keys of those that pass, after
// asking the filter about every node once for all queries. Where few pass, the walk
// goes over the others (hnsw_hop.go); where more do, they widen the pool.
func (h *hnsw) plan(w wanted, queries int) *plan {
	p := &plan{h: h, w: w, ef: w.ef}
	if p.ef <= 0 {
		p.ef = defaultEf
	}
	p.ef = min(max(p.ef, w.k), max(1, h.nodes())) // a wider pool has nothing to hold
	share := h.share(w)
	scan := share * float64(h.live())
	switch {
	case w.ids != nil:
		scan += findCost * float64(len(w.ids)) / float64(max(1, queries))
	case w.keep != nil:
		scan += askCost * float64(h.nodes()) / float64(max(1, queries))
	}
	walk := walkCost * walkDegree * float64(p.ef) / share
	if p.hop = w.k > 0 && share <= hopShare; p.hop {
		p.ef *= hopWidth
		walk = hopCost * min(hopDegree*float64(p.ef)/share, hopMost*float64(h.nodes()))
	}
	p.scan = w.scan || walk >= scan
	p.budget = 1 + int(patience*scan/walkCost)
	return p
}

// share is which part of the ids passes a filter, or else an estimate of which part of the
// nodes does. It is never 0.
func (h *hnsw) share(w wanted) float64 {
	keep := w.keep
	if keep == nil {
		return 1
	}
	if w.kept > 0 {
		return min(1, (float64(w.kept)+0.5)/(float64(h.len())+1))
	}
	asked, kept := 0, 0
	step := max(1, h.nodes()/sampleSize)
	for i := 0; i < h.nodes(); i += step {
		// Not the multiples of step: the filter may go by a number like that.
		node := uint32(i + int(mix(uint64(i))%uint64(min(step, h.nodes()-i))))
		if h.state[node] == nodeLive {
			asked++
			if h.post.kept(node, keep) {
				kept++
			}
		}
	}
	return (float64(kept) + 0.5) / (float64(asked) + 1)
}

func (p *plan) answer(s *searcher, query []float32) []Neighbour {
	b := newBest(p.w)
	if p.h.live() == 0 {
		return b.sorted()
	}
	s.aim(query, p.h.opts.Quantize)
	if !p.scan && p.walk(s, &b) {
		p.tell(Trace{Walked: true, Keys: s.seen})
		return b.sorted()
	}
	before := s.seen
	b = newBest(p.w)
	p.scanAll(s, query, &b)
	p.tell(Trace{Walked: !p.scan, Scanned: true, Keys: before + len(p.nodes)})
	return b.sorted()
}

func (p *plan) tell(t Trace) {
	if p.w.trace != nil {
		*p.w.trace = t
	}
}

// walk searches by the graph. It gives false when that found too little or took
// too long.
func (p *plan) walk(s *searcher, b *best) bool {
	h, w := p.h, p.w
	s.budget = p.budget
	inside := h.opts.Metric.key(w.radius)
	if s.coded {
		inside += h.quant.slack(s.scale)
	}
	var set aside
	if h.tombs > 0 || w.keep != nil || w.k == 0 {
		set = func(node uint32, key float32) bool {
			return w.k == 0 && key <= inside || h.state[node] != nodeLive || !h.post.kept(node, w.keep)
		}
	}
	at := s.descend(0)
	s.enter(p.ef, at, set)
	done := false
	if p.hop {
		done = s.hop(func(node uint32) bool { return h.state[node] == nodeLive && h.post.kept(node, w.keep) })
	} else {
		done = s.beam(0, set)
	}
	if !done {
		return false
	}
	s.near = s.near[:0]
	for _, f := range s.pool.list {
		if w.k == 0 && f.key > inside {
			break
		}
		node := f.node & nodeMask
		if h.state[node] == nodeLive {
			s.near = append(s.near, node)
		}
	}
	p.offer(s, b)
	most := h.len()
	if w.kept > 0 {
		most = w.kept
	}
	return w.k == 0 || w.keep == nil || len(b.list) >= min(w.k, most)
}

// offer measures the nodes in near by their vectors and offers their ids.
func (p *plan) offer(s *searcher, b *best) {
	s.coded = false
	for i, key := range s.measure() {
		if d := p.h.opts.Metric.distance(key); d <= b.limit {
			p.h.post.offer(b, s.near[i], d, p.w)
		}
	}
}
