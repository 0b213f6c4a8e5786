package index

import (
	"math"
	"slices"

	"github.com/doppeldb/doppel/internal/f32"
)

// searcher is one goroutine's buffers over a graph.
type searcher struct {
	h      *hnsw
	stamps []uint16 // by node: the search that met it last, and a mark
	stamp  uint16
	pool   pool
	near   []uint32 // nodes to compute keys for
	over   []uint32 // nodes that a filter drops, to walk over
	keys   []float32

	query []float32
	coded bool // walk by int8 codes
	code  []int8
	scale float32
	dots  []int32
	look  []float32 // of a scan: dot products by codes, without the scale of the query

	seen   int // keys computed since the search began
	budget int // stop there; 0: never
}

func (h *hnsw) searcher() *searcher {
	s, _ := h.searchers.Get().(*searcher)
	if s == nil {
		s = &searcher{h: h}
	}
	s.fit()
	return s
}

// fit makes a stamp for each node. The lock, or the writer's turn, is held from
// here to the end of the search.
func (s *searcher) fit() {
	if n := s.h.nodes(); len(s.stamps) < n {
		s.stamps = make([]uint16, n+n/4)
		s.stamp = 0
	}
}

func (s *searcher) release() { s.h.searchers.Put(s) }

// aim sets the query of the searches that follow.
func (s *searcher) aim(query []float32, coded bool) {
	s.query, s.coded, s.seen, s.budget = query, coded, 0, 0
	if coded {
		s.code = slices.Grow(s.code[:0], len(query))[:len(query)]
		s.scale = encode(s.code, query)
	}
}

// What a search knows of a node, added to its stamp.
const (
	metMark     = iota // measured
	droppedMark        // dropped by the filter
	overMark           // dropped, and walked over
	marks
)

// begin makes every node unmet.
func (s *searcher) begin() {
	if s.stamp > math.MaxUint16-2*marks {
		clear(s.stamps)
		s.stamp = 0
	}
	s.stamp += marks
}

func (s *searcher) unmet(node uint32) bool { return s.stamps[node] < s.stamp }

func (s *searcher) is(node uint32, mark uint16) bool { return s.stamps[node] == s.stamp+mark }

func (s *searcher) mark(node uint32, mark uint16) { s.stamps[node] = s.stamp + mark }

// meet says whether node was not met before, and marks it.
func (s *searcher) meet(node uint32) bool {
	if !s.unmet(node) {
		return false
	}
	s.mark(node, metMark)
	return true
}

// measure computes the keys of the nodes in near.
func (s *searcher) measure() []float32 {
	s.seen += len(s.near)
	s.keys = grown(s.keys, len(s.near))
	if s.coded {
		s.dots = slices.Grow(s.dots[:0], len(s.near))[:len(s.near)]
		s.h.quant.keys(s.keys, s.dots, s.code, s.scale, s.near)
	} else {
		s.h.opts.Metric.keys(s.keys, s.query, s.h.vecs, s.near)
	}
	return s.keys
}

// descend walks greedily from the entry down to the level above the given one,
// and gives the node where it stands.
func (s *searcher) descend(to int) uint32 {
	h := s.h
	at := h.entry
	if h.top <= to {
		return at
	}
	s.near = append(s.near[:0], at)
	key := s.measure()[0]
	for level := h.top; level > to; level-- {
		for moved := true; moved; {
			moved = false
			s.near = append(s.near[:0], h.linked(at, level)...)
			for i, k := range s.measure() {
				if k < key {
					key, at, moved = k, s.near[i], true
				}
			}
		}
	}
	return at
}

// aside says whether a node met at key is to widen the pool.
type aside func(node uint32, key float32) bool

// enter starts the pool of a level with a node.
func (s *searcher) enter(width int, at uint32, set aside) {
	s.begin()
	s.pool.reset(width)
	s.meet(at)
	s.near = append(s.near[:0], at)
	key := s.measure()[0]
	s.pool.push(key, at, set != nil && set(at, key))
}

// beam follows links until the pool has nothing to expand. It gives false when
// the budget ran out. set may be nil: every node counts.
func (s *searcher) beam(level int, set aside) bool {
	h, p := s.h, &s.pool
	for {
		node, ok := p.expand()
		if !ok {
			return true
		}
		if s.budget > 0 && s.seen > s.budget {
			return false
		}
		// First which, then how far: the keys of a list are one call.
		s.near = s.near[:0]
		for _, to := range h.list(node, level) {
			if to == none {
				break
			}
			if s.meet(to) {
				s.near = append(s.near, to)
			}
		}
		bound := p.bound()
		for i, key := range s.measure() {
			if key < bound {
				p.push(key, s.near[i], set != nil && set(s.near[i], key))
				bound = p.bound()
			}
		}
	}
}

// keys writes each node's key for query: what orders nodes as their distances do,
// and is cheaper. The bits do not depend on which nodes are asked for together.
func (m Metric) keys(dst, query, vecs []float32, nodes []uint32) {
	if m == Euclidean {
		f32.SqDistGather(dst, query, vecs, len(query), nodes)
		return
	}
	f32.DotGather(dst, query, vecs, len(query), nodes)
	for i, v := range dst {
		dst[i] = 0 - v
	}
}

// distance is the distance of a key, with the same bits as pair gives.
func (m Metric) distance(key float32) float32 {
	switch m {
	case Euclidean:
		return float32(math.Sqrt(float64(key)))
	case InnerProduct:
		return key
	}
	return max(0, 1+key)
}

// key is a key that no distance up to d is beyond.
func (m Metric) key(d float32) float32 {
	switch m {
	case Euclidean:
		return math.Nextafter32(d*d, everywhere)
	case InnerProduct:
		return d
	}
	return math.Nextafter32(d-1, everywhere)
}
