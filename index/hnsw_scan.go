package index

import (
	"math"
	"slices"

	"github.com/doppeldb/doppel/internal/f32"
)

const (
	// scanTile is how many nodes are measured in one call of a scan.
	scanTile = 256
	// leastCoded is how many nodes are looked at by their codes first, and mostCoded the largest k: the vectors of few nodes
	// stay in the cache, and many neighbours leave nothing to spare.
	leastCoded = 2048
	mostCoded  = 256
	// halfStep is more than what a component of a code is off, in steps: encode rounds to the nearest.
	halfStep = .501
)

// scanAll measures every node that has an id that is wanted, or finds out by its code that it need not.
func (p *plan) scanAll(s *searcher, query []float32, b *best) {
	p.once.Do(p.list)
	if p.h.opts.Quantize && len(p.nodes) >= leastCoded && p.w.k <= mostCoded {
		p.scanCodes(s, query, b)
		return
	}
	s.aim(query, false)
	for lo := 0; lo < len(p.nodes); lo += scanTile {
		s.near = append(s.near[:0], p.nodes[lo:min(lo+scanTile, len(p.nodes))]...)
		p.offer(s, b)
	}
}

// scanCodes looks at the codes of all nodes, a quarter of the memory to read, measures the k best by those, and then what
// could be as close as the farthest of them; see scan.coded, whose bound it is, but for the length of what a row's code leaves: that is not
// kept here, it is at most halfStep steps in each component. So the answer is that of measuring all.
func (p *plan) scanCodes(s *searcher, query []float32, b *best) {
	h, n := p.h, len(p.nodes)
	s.aim(query, false)
	s.code = grown(s.code, h.dim)
	q := encodeRow(s.code, query)
	s.look, s.dots = grown(s.look, n), grown(s.dots, n)
	f32.DotI8Gather(s.dots, s.code, h.quant.codes, h.dim, p.nodes)
	s.begin()
	s.pool.reset(p.w.k)
	for i, node := range p.nodes {
		s.look[i] = float32(s.dots[i]) * h.quant.scales[node]
		if p.w.k > 0 && -s.look[i] < s.pool.bound() {
			s.pool.push(-s.look[i], node, false)
		}
	}
	s.near = s.near[:0]
	for _, f := range s.pool.list {
		s.near = append(s.near, f.node)
		s.meet(f.node)
	}
	p.offer(s, b)

	off := 2*roundingError(h.dim) + float64(q.left)*(1+unitSlack)
	perStep := (1 + unitSlack + q.left) / q.scale * float32(halfStep*math.Sqrt(float64(h.dim))) * (1 + 1e-6)
	for lo := 0; lo < n; lo += scanTile {
		least := h.opts.Metric.leastDot(b.limit, off) / q.scale
		s.near = s.near[:0]
		for i, node := range p.nodes[lo:min(lo+scanTile, n)] {
			if s.look[lo+i]+float32(perStep*h.quant.scales[node]) >= least && s.meet(node) {
				s.near = append(s.near, node)
			}
		}
		p.offer(s, b)
	}
}

// list lists the nodes to scan, by the ids that are wanted or, where those are many, by asking about every node.
func (p *plan) list() {
	h := p.h
	if p.w.ids == nil || findCost*float64(len(p.w.ids)) > askCost*float64(h.nodes()) {
		for node, state := range h.state {
			if state == nodeLive && h.post.kept(uint32(node), p.w.keep) {
				p.nodes = append(p.nodes, uint32(node))
			}
		}
		return
	}
	p.nodes = make([]uint32, 0, len(p.w.ids))
	for _, id := range p.w.ids {
		if node, live := h.post.nodeOf[id]; live {
			p.nodes = append(p.nodes, node)
		}
	}
	slices.Sort(p.nodes)
	p.nodes = slices.Compact(p.nodes)
}
