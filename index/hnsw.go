package index

import (
	"fmt"
	"math/bits"
	"sync"
)

// hnsw is the engine over our own graph: hierarchical navigable small worlds
// (Malkov and Yashunin, arXiv 1603.09320), with these differences.
//
//   - A node is a vector, not a record: ids with equal vectors share one node
//     (postings). A thousand identical vectors cannot fill each other's links.
//   - A link may be tied: it is there in both directions and is never pruned. The
//     tied links are a tree over all nodes, so level 0 is strongly connected and
//     every node can be reached from every other, whatever the data (ties.go).
//   - Vectors are inserted in batches: each node of a batch is planned against the
//     graph before the batch, and the plans are applied in order. So the graph is
//     the same for any number of threads (hnsw_insert.go).
//   - A deleted vector stays as a tombstone to walk over until enough of them are
//     taken out together in the background (hnsw_repair.go); its node is used again then.
//
// All arenas are flat and indexed by node:
//
//	vecs     dim x f32     the vector
//	codes    dim x i8      the same in int8, if quantized
//	links    m0  x u32     links of level 0, the first tied[n] of them tied; none after the last
//	upper    m   x u32     links of one level above 0; a node has as many blocks as its level
//	upperAt  u32           the node's first block in upper
//
// A writer prepares a change beside the readers and shows it under the lock: the
// lists of nodes that no link leads to may be written at any time, everything else
// changes inside publish only.
type hnsw struct {
	opts    Options // with defaults filled in
	dim     int
	m, m0   int
	workers int // 0: GOMAXPROCS

	vecs    []float32
	quant   quantized
	links   []uint32
	tied    []uint8
	upperAt []uint32
	upper   []uint32
	state   []state

	post    postings
	same    sameTable
	free    []uint32 // nodes to use again, the next one last
	tombs   int
	leaving int    // how many of the tombstones a repair is taking out
	entry   uint32 // a node of the highest level, none when there is no node
	top     int    // its level

	repaired  chan struct{} // closed when the repair that is under way is shown; nil: none
	searchers sync.Pool
}

// state is what a node is at the moment.
type state uint8

const (
	nodeFree state = iota // in no list, to be used again
	nodeLive              // stands for at least one id
	nodeTomb              // stands for no id, but links lead over it
)

const (
	// none ends a list of links.
	none = ^uint32(0)
	// maxNodes leaves the pool two bits of a node's number.
	maxNodes = 1 << 30
	// maxLevel bounds the hierarchy; with m = 2, the least, a level is half of the one below.
	maxLevel = 31
)

func newHNSW(opts Options) *hnsw {
	h := &hnsw{opts: opts, dim: opts.Dim, m: opts.M, m0: 2 * opts.M}
	h.quant.on = opts.Quantize
	h.reset()
	return h
}

// reset forgets everything.
func (h *hnsw) reset() {
	h.vecs, h.links, h.tied, h.upperAt, h.upper, h.state = nil, nil, nil, nil, nil, nil
	h.quant.reset()
	h.post, h.same, h.free = newPostings(), sameTable{}, nil
	h.tombs, h.leaving, h.entry, h.top = 0, 0, none, 0
}

// nodes is the number of nodes, free ones included.
func (h *hnsw) nodes() int { return len(h.state) }

// live is the number of nodes that stand for an id.
func (h *hnsw) live() int { return len(h.state) - len(h.free) - h.tombs }

func (h *hnsw) vec(node uint32) []float32 {
	return h.vecs[int(node)*h.dim:][:h.dim:h.dim]
}

// places is how many links a node can have on a level. A new node takes as many as
// it can get: the paper's m on level 0 too needs half as many keys again for the
// same recall (set b of benchmarks/ann: .990 at 2,300 keys a query, now at 1,450).
func (h *hnsw) places(level int) int {
	if level == 0 {
		return h.m0
	}
	return h.m
}

// list gives the memory of a node's links on a level.
func (h *hnsw) list(node uint32, level int) []uint32 {
	if level == 0 {
		return h.links[int(node)*h.m0:][:h.m0:h.m0]
	}
	return h.upper[(int(h.upperAt[node])+level-1)*h.m:][:h.m:h.m]
}

// linked gives the node's links on a level.
func (h *hnsw) linked(node uint32, level int) []uint32 {
	list := h.list(node, level)
	for i, to := range list {
		if to == none {
			return list[:i]
		}
	}
	return list
}

// level of a node follows from its number and the seed: each level has a share of
// 1/m of the nodes of the one below. Only integers decide, so that every platform
// agrees.
func (h *hnsw) level(node uint32) int {
	u := mix(h.opts.Seed + uint64(node))
	m := uint64(h.m)
	level := 0
	for level < maxLevel {
		hi, lo := bits.Mul64(u, m)
		if hi != 0 {
			return level
		}
		u = lo
		level++
	}
	return level
}

// mix spreads a number over 64 bits (the finalizer of SplitMix64).
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

func (h *hnsw) len() int { return len(h.post.nodeOf) }

func (h *hnsw) has(id uint32) bool {
	_, live := h.post.nodeOf[id]
	return live
}

func (h *hnsw) vector(id uint32) []float32 { return h.vec(h.post.nodeOf[id]) }

// rebuildShare is the share of nodes that stand for nothing past which a new
// index of the same vectors is the better use of memory.
const rebuildShare = 0.5

func (h *hnsw) stats(s *Stats) {
	s.Dead = h.tombs + len(h.free)
	s.Nodes = h.live()
	s.Bytes = int64(len(h.vecs)) * 4
	s.CodeBytes = h.quant.bytes()
	s.LinkBytes = int64(len(h.links)+len(h.upper)+len(h.upperAt))*4 + int64(len(h.tied)+len(h.state))
	s.Rebuild = float64(s.Dead) > rebuildShare*float64(h.nodes())
}

// grow makes room for n more nodes beyond those that there are. Arenas that have
// to move are copied beside the readers.
func (h *hnsw) grow(n int, publish func(func())) error {
	total := h.nodes() + n
	if total > maxNodes {
		return fmt.Errorf("%w: %d nodes, at most %d", ErrFull, total, maxNodes)
	}
	blocks := 0
	for node := h.nodes(); node < total; node++ {
		blocks += h.level(uint32(node))
	}
	vecs := room(h.vecs, n*h.dim)
	codes, scales := h.quant.room(n, h.dim)
	links, tied := room(h.links, n*h.m0), room(h.tied, n)
	upperAt, upper := room(h.upperAt, n), room(h.upper, blocks*h.m)
	states := room(h.state, n)
	publish(func() {
		h.vecs, h.links, h.tied, h.upperAt, h.upper, h.state = vecs, links, tied, upperAt, upper, states
		h.quant.codes, h.quant.scales = codes, scales
	})
	return nil
}

// room gives s with capacity for n more, a quarter more than that when it has to
// move and was not empty.
func room[T any](s []T, n int) []T {
	if cap(s)-len(s) >= n {
		return s
	}
	spare := 0
	if len(s) > 0 {
		spare = (len(s) + n) / 4
	}
	moved := make([]T, len(s), len(s)+n+spare)
	copy(moved, s)
	return moved
}

// append takes n nodes into use, free and without links. REQUIRES room for them,
// and the lock.
func (h *hnsw) append(n int) {
	first := h.nodes()
	h.vecs = h.vecs[:len(h.vecs)+n*h.dim]
	h.quant.extend(n, h.dim)
	h.links = unlinked(h.links, n*h.m0)
	h.tied = h.tied[:first+n]
	for node := first; node < first+n; node++ {
		h.upperAt = append(h.upperAt, uint32(len(h.upper)/h.m))
		h.upper = unlinked(h.upper, h.level(uint32(node))*h.m)
		h.state = append(h.state, nodeFree)
	}
}

func unlinked(s []uint32, n int) []uint32 {
	s = s[:len(s)+n]
	for i := len(s) - n; i < len(s); i++ {
		s[i] = none
	}
	return s
}
