package index

import (
	"cmp"
	"context"
	"math"
	"runtime"
	"slices"
	"sync"

	"github.com/doppeldb/doppel/internal/f32"
)

// A partition is how a bulk finds its candidates, and a join its neighbours: the vectors are split into leaves that overlap, and within a
// leaf every new vector is compared with every other one by a product of matrices, at a fraction of the price of as many steps
// of a walk. It is the way of Pick-in-Partitions Nearest Neighbors (Rubel and others, arXiv 2602.21247), without the hashes
// by which that bounds its memory: here a node keeps its nearest.
//
// The figures were chosen on 99,000 made-up products of 256 dimensions. With 48 candidates: 24, 12, 8 and 6 leaders for leafMax vectors
// give graphs of recall@10 .981, .992, .995 and .994 at ef 64 in 7.0, 7.7, 9.2 and 8.9 s of processor time (by walks .983 in 9.2 s);
// with 200 of them, 8 leaders .999 in 13.7 s (by walks .999 in 32 s). More leaders to follow cost more than larger leaves do. Few candidates
// come from smaller leaves.
const (
	leafMax       = 4096 // vectors of a leaf
	leastLeaders  = 8    // for each leafMax vectors that are split
	mostLeaders   = 12
	leaderShare   = 576  // leaders times candidates of a node, between those two
	maxLeaders    = 1024 // of one split
	firstFollowed = 3    // leaders that a vector of a bulk follows in the first split
	laterFollowed = 2    // and in those of too large groups
	maxSplits     = 16   // one below the other
	partitionTile = 128  // vectors whose products are computed together
	maxCandidates = 128  // of a node, for the memory of a bulk
)

type partition struct {
	vecs  []float32 // by node, of unit length
	dim   int
	seed  uint64
	both  bool       // of two new nodes that share a leaf, each is a candidate of the other, not only the first of the second
	fan   int        // leaders that a vector follows in the first split
	share int        // leaders for each leafMax vectors that are split
	keep  int        // candidates of a leaf
	limit int        // candidates of a node
	place []int32    // by node: its place among the new ones; -1: it is none
	near  [][]uint64 // by place: its candidates so far, packed, sorted
	locks [256]sync.Mutex
}

// candidates finds, for each of the nodes, some of those that are near to it and are in the graph or come before it in
// nodes, closest first and packed. linked are the live nodes of the graph. The result does not depend on threads.
func (h *hnsw) candidates(linked, nodes []uint32, threads int) [][]uint64 {
	limit := min(h.opts.EfConstruction, maxCandidates)
	leaders := min(max(leaderShare/limit, leastLeaders), mostLeaders)
	p := &partition{vecs: h.vecs, dim: h.dim, seed: h.opts.Seed, fan: firstFollowed, share: leaders, keep: max(8, limit/2), limit: limit}
	p.expect(h.nodes(), nodes)
	// The context never ends.
	_ = p.run(context.Background(), slices.Concat(linked, nodes), threads, func(int) {})
	return p.near
}

// expect makes room for the candidates of nodes, out of n in all.
func (p *partition) expect(n int, nodes []uint32) {
	p.place = make([]int32, n)
	for i := range p.place {
		p.place[i] = -1
	}
	p.near = make([][]uint64, len(nodes))
	room := make([]uint64, len(nodes)*p.limit)
	for i, node := range nodes {
		p.place[node] = int32(i)
		p.near[i] = room[i*p.limit:][:0:p.limit]
	}
}

// run compares the members of the same leaves; new nodes come last among them. They are more than one leaf holds. done hears how many
// members the leaves have had that are ready, out of fan for each member. It returns the context's error.
func (p *partition) run(ctx context.Context, members []uint32, threads int, done func(n int)) error {
	s := &splitter{partition: p}
	leaders := s.lead(members, 0)
	rows := s.gather(nil, leaders)
	to := make([]uint32, len(members)*p.fan)
	const tile = 8 * partitionTile
	err := eachTile(ctx, (len(members)+tile-1)/tile, threads, func() func(int) error {
		s := &splitter{partition: p}
		return func(t int) error {
			lo, hi := t*tile, min(len(members), (t+1)*tile)
			s.follow(to[lo*p.fan:hi*p.fan], members[lo:hi], rows, len(leaders), p.fan)
			return nil
		}
	})
	if err != nil {
		return err
	}
	groups := grouped(to, members, len(leaders), p.fan)
	// The largest first, so that no thread is left with it at the end.
	slices.SortStableFunc(groups, func(a, b []uint32) int { return cmp.Compare(len(b), len(a)) })
	return eachTile(ctx, len(groups), threads, func() func(int) error {
		s := &splitter{partition: p}
		return func(t int) error {
			s.split(groups[t], 1)
			done(len(groups[t]))
			return nil
		}
	})
}

// splitter is one goroutine's buffers of a partition.
type splitter struct {
	*partition
	rows   []float32
	dots   []float32
	best   []uint64
	merged []uint64
}

// gather copies the nodes' vectors to dst.
func (s *splitter) gather(dst []float32, nodes []uint32) []float32 {
	dst = slices.Grow(dst[:0], len(nodes)*s.dim)
	for _, node := range nodes {
		dst = append(dst, s.vecs[int(node)*s.dim:][:s.dim]...)
	}
	return dst
}

// split makes leaves of members, which are too many for one, or not.
func (s *splitter) split(members []uint32, depth int) {
	if len(members) <= leafMax {
		s.leaf(members)
		return
	}
	const fan = laterFollowed
	leaders := s.lead(members, depth)
	to := make([]uint32, len(members)*fan)
	s.follow(to, members, s.gather(nil, leaders), len(leaders), fan)
	for _, group := range grouped(to, members, len(leaders), fan) {
		if depth < maxSplits && len(group) < len(members)-len(members)/8 {
			s.split(group, depth+1)
			continue
		}
		// They are all alike: no leader tells them apart.
		for part := range slices.Chunk(group, leafMax) {
			s.leaf(part)
		}
	}
}

// lead draws the leaders of a split, two or more.
func (s *splitter) lead(members []uint32, depth int) []uint32 {
	want := min(maxLeaders, max(2, len(members)*s.share/leafMax))
	limit := ^uint64(0) / uint64(len(members)) * uint64(want)
	var leaders []uint32
	for _, node := range members {
		if mix(s.seed^uint64(depth+1)<<40^uint64(node)) < limit {
			leaders = append(leaders, node)
		}
	}
	if len(leaders) < s.fan {
		leaders = members[:s.fan]
	}
	return leaders
}

// follow gives each node the fan leaders that it is closest to: fan numbers a node.
func (s *splitter) follow(to, nodes []uint32, leaders []float32, count, fan int) {
	for lo := 0; lo < len(nodes); lo += partitionTile {
		hi := min(lo+partitionTile, len(nodes))
		s.rows = s.gather(s.rows, nodes[lo:hi])
		s.dots = grown(s.dots, (hi-lo)*count)
		f32.MatMulNT(s.dots, s.rows, leaders, hi-lo, count, s.dim, f32.Mul{Threads: 1})
		for i := lo; i < hi; i++ {
			s.best = closest(s.best, s.dots[(i-lo)*count:][:count], -everywhere, fan, nil)
			for f, b := range s.best {
				to[i*fan+f] = unpack(b).node
			}
		}
		runtime.Gosched()
	}
}

// grouped collects the followers of each leader, in the order of nodes.
func grouped(to, nodes []uint32, count, fan int) [][]uint32 {
	sizes := make([]int, count)
	for _, leader := range to {
		sizes[leader]++
	}
	groups := make([][]uint32, count)
	for leader, n := range sizes {
		groups[leader] = make([]uint32, 0, n)
	}
	for i, node := range nodes {
		for _, leader := range to[i*fan:][:fan] {
			groups[leader] = append(groups[leader], node)
		}
	}
	return groups
}

// leaf compares each new node of a leaf with the others.
func (s *splitter) leaf(members []uint32) {
	at := slices.IndexFunc(members, func(node uint32) bool { return s.place[node] >= 0 })
	if at < 0 || len(members) < 2 {
		return
	}
	s.rows = s.gather(s.rows, members)
	for lo := at; lo < len(members); lo += partitionTile {
		s.compare(members, s.rows, lo, min(lo+partitionTile, len(members)))
		runtime.Gosched() // as in eachWorker
	}
}

// compare offers the new nodes from lo to hi what is close to them among the members, whose vectors are rows.
func (s *splitter) compare(members []uint32, rows []float32, lo, hi int) {
	n := hi
	if s.both {
		n = len(members)
	}
	s.dots = grown(s.dots, (hi-lo)*n)
	f32.MatMulNT(s.dots, rows[lo*s.dim:hi*s.dim], rows[:n*s.dim], hi-lo, n, s.dim, f32.Mul{Threads: 1})
	for i := lo; i < hi; i++ {
		dots := s.dots[(i-lo)*n:][:n]
		if s.both {
			dots[i] = -everywhere
		} else {
			dots = dots[:i]
		}
		s.best = closest(s.best, dots, s.floor(members[i]), s.keep, members)
		s.offer(members[i])
	}
}

// closest gives the keep largest of dots above bound, packed and sorted as keys are: each with its node, or its place when nodes is nil.
func closest(best []uint64, dots []float32, bound float32, keep int, nodes []uint32) []uint64 {
	best = best[:0]
	const block = 32 // most have nothing that is close enough
	for lo := 0; lo < len(dots); lo += block {
		part := dots[lo:min(len(dots), lo+block)]
		if f32.Max(part) <= bound {
			continue
		}
		for j, dot := range part {
			if dot <= bound {
				continue
			}
			node := uint32(lo + j)
			if nodes != nil {
				node = nodes[lo+j]
			}
			f := found{-dot, node}.pack()
			at := len(best)
			if at < keep {
				best = append(best, f)
			} else {
				at--
			}
			for ; at > 0 && best[at-1] > f; at-- {
				best[at] = best[at-1]
			}
			best[at] = f
			if len(best) == keep {
				bound = -unpack(best[keep-1]).key
			}
		}
	}
	return best
}

// floor is a dot product up to which nothing can be among the candidates of a node any more.
func (s *splitter) floor(node uint32) float32 {
	lock := &s.locks[node%uint32(len(s.locks))]
	lock.Lock()
	defer lock.Unlock()
	near := s.near[s.place[node]]
	if len(near) < s.limit {
		return -everywhere
	}
	// What is as far as the last may come before it, by its number.
	return math.Nextafter32(-unpack(near[s.limit-1]).key, -everywhere)
}

// offer adds best to what a node has. The order in which leaves come does not show: what is kept are the limit closest of
// all that are offered, and the key of a pair is the same in each leaf.
func (s *splitter) offer(node uint32) {
	lock := &s.locks[node%uint32(len(s.locks))]
	lock.Lock()
	defer lock.Unlock()
	near := &s.near[s.place[node]]
	a, b, out := *near, s.best, s.merged[:0]
	for len(out) < s.limit && len(a)+len(b) > 0 {
		switch {
		case len(b) == 0 || len(a) > 0 && a[0] < b[0]:
			out, a = append(out, a[0]), a[1:]
		case len(a) == 0 || b[0] < a[0]:
			out, b = append(out, b[0]), b[1:]
		default: // a neighbour in two leaves
			a = a[1:]
		}
	}
	s.merged = out
	*near = append((*near)[:0], out...)
}
