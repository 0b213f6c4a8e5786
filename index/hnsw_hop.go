package index

// hop is the walk under a filter that keeps a small part of the nodes: over those that
// it drops it goes on to their neighbours, without a look at how far either are (the two
// hops of ACORN-1: Patel, Kraft, Guestrin and Zaharia, arXiv 2403.04871). Only nodes
// that pass are measured and fill the pool, so it costs links and questions to the filter
// where a wider pool costs keys. What ACORN lacks: until the pool is full, dropped
// nodes are measured too and walked over, or a filter that drops all that is near
// would end the walk where it began.
//
// It gives false when the budget ran out.
func (s *searcher) hop(passes func(node uint32) bool) bool {
	h, p := s.h, &s.pool
	asked := 0
	for {
		node, ok := p.expand()
		if !ok {
			return true
		}
		if s.budget > 0 && s.seen+int(hopCost/walkCost*float64(asked)) > s.budget {
			return false
		}
		s.near, s.over = s.near[:0], s.over[:0]
		for _, to := range h.list(node, 0) {
			if to == none {
				break
			}
			switch {
			case s.unmet(to):
				asked++
				if passes(to) {
					s.mark(to, metMark)
					s.near = append(s.near, to)
					continue
				}
				fallthrough
			case s.is(to, droppedMark):
				s.mark(to, overMark)
				s.over = append(s.over, to)
			}
		}
		for _, by := range s.over {
			for _, to := range h.list(by, 0) {
				if to == none {
					break
				}
				if !s.unmet(to) {
					continue
				}
				asked++
				if passes(to) {
					s.mark(to, metMark)
					s.near = append(s.near, to)
				} else {
					s.mark(to, droppedMark)
				}
			}
		}
		s.pushNear(false)
		if !p.full() {
			s.near = append(s.near[:0], s.over...)
			s.pushNear(true)
		}
	}
}

// pushNear measures the nodes in near and puts them into the pool.
func (s *searcher) pushNear(aside bool) {
	p := &s.pool
	bound := p.bound()
	for i, key := range s.measure() {
		if key < bound {
			p.push(key, s.near[i], aside)
			bound = p.bound()
		}
	}
}
