//go:build !windows

package index

import (
	"context"
	"fmt"
	"math/rand"
	"slices"

	coderhnsw "github.com/coder/hnsw"
)

// coder is the engine over github.com/coder/hnsw v0.6.1. It is a baseline, not a
// recommendation. Its recall@10 is about 0.9 on 3,000 clustered vectors of 32
// dimensions (TestCoderRecall) and 0.22 on 5,000 SIFT vectors (BenchmarkCoderSIFT),
// where the plain library with the same parameters gave 0.21 to 0.24. Within is
// approximate in the same measure; filters and k are filled up by scanning.
//
// The library's traps, and what is done about each:
//
//   - Adding a key twice, and searching after a layer was emptied, panic; its
//     delete repairs links by cosine distance whatever the metric. So the graph
//     never sees a delete, nor a key twice: a deleted vector's node stays as a dead
//     one that is skipped in answers, and the graph is built anew when the dead
//     outnumber the living.
//   - A search enters at a random node of the top layer, so two equal searches
//     differ. Here the top layer always has one node (see level), and searches of
//     one graph repeat. Two builds of one input still differ, and nothing outside the
//     library changes that: where a list is full, its addNeighbor drops a link, and
//     replenish fills the other end with the first candidates that ranging over two
//     maps, the neighbours and theirs, happens to give. The maps are unexported, Go's
//     order of them has no seed, and neither Rng nor the order of insertion nor a
//     single goroutine has a part in it. Only lists as long as the graph avoid it. Its
//     Import would take links that were chosen here: another graph than the library's.
//   - The answer's bound k is also the width of the search. So more is asked for
//     than is wanted (fetch), the rest is dropped, and where too few are left the
//     rows are scanned.
//   - Anything else that panics becomes an ErrEngine.
type coder struct {
	*rows
	graph *coderhnsw.Graph[uint32] // nil after a failure: the rows are scanned
	level levels
	nodes []node            // by key of the graph
	keyOf map[uint32]uint32 // live id -> key
}

// node is what a key of the graph stands for.
type node struct {
	id   uint32
	dead bool
}

const (
	// coderM is the links of a node; FACTS: recall@10 rises from 0.16 at 16 links
	// to 0.57 at 32 with 200 fetched, on 100,000 vectors.
	coderM = 32
	// coderFetch is the least number of candidates to ask for.
	coderFetch = 200
	// coderShrink is the inverse of the layers' growth: each is a quarter of the
	// one below, the library's own default.
	coderShrink = 0.25
	coderSeed   = 0x9e3779b97f4a7c15
)

func newCoder(r *rows) (engine, error) {
	c := &coder{rows: r}
	c.reset()
	return c, nil
}

// reset empties the graph.
func (c *coder) reset() {
	c.level = newLevels()
	c.graph = &coderhnsw.Graph[uint32]{
		Distance: c.rows.metric.pair,
		Rng:      rand.New(&c.level),
		M:        coderM,
		Ml:       coderShrink,
		EfSearch: coderFetch,
	}
	c.nodes, c.keyOf = nil, map[uint32]uint32{}
}

// rebuild makes a graph of the rows.
func (c *coder) rebuild() error {
	c.reset()
	return c.insert(0)
}

func (c *coder) add(ids []uint32, vecs []float32, publish func(func())) (err error) {
	publish(func() {
		first := c.rows.len()
		c.rows.add(ids, vecs)
		if err = c.added(first); err != nil {
			c.rows.truncate(first)
		}
	})
	return err
}

// added takes in the slots from first on.
func (c *coder) added(first int) error {
	if c.graph == nil { // an earlier failure: the rows may suit the library now
		first = 0
		c.reset()
	}
	if err := c.insert(first); err != nil {
		c.graph = nil // half an insertion is in it
		return err
	}
	return nil
}

func (c *coder) read(in *snapshotReader, count int) error {
	if err := c.rows.read(in, count); err != nil {
		return err
	}
	return c.added(0)
}

// insert puts the slots from first on into the graph.
func (c *coder) insert(first int) (err error) {
	defer recovered(&err)
	for slot := first; slot < c.rows.len(); slot++ {
		id, key := c.rows.ids[slot], uint32(len(c.nodes))
		c.level.next(len(c.nodes))
		// The arena moves under rows; the graph keeps what it is given.
		c.graph.Add(coderhnsw.MakeNode(key, slices.Clone(c.rows.vec(slot))))
		c.nodes = append(c.nodes, node{id: id})
		c.keyOf[id] = key
	}
	return nil
}

// reserve does nothing: the library's graph grows as it likes.
func (c *coder) reserve(int, func(func())) error { return nil }

func (c *coder) delete(id uint32, publish func(func())) error {
	publish(func() {
		c.rows.delete(id)
		c.deleted(id)
	})
	return nil
}

// deleted forgets an id, after the rows did.
func (c *coder) deleted(id uint32) {
	if c.graph == nil {
		return
	}
	c.nodes[c.keyOf[id]].dead = true
	delete(c.keyOf, id)
	if c.dead() <= c.rows.len() {
		return
	}
	if err := c.rebuild(); err != nil {
		c.graph = nil // the delete itself is done; searches scan
	}
}

func (c *coder) dead() int { return len(c.nodes) - len(c.keyOf) }

// search answers each query from the graph where it can, else from the rows.
func (c *coder) search(ctx context.Context, queries []float32, w wanted, threads int) ([][]Neighbour, error) {
	scanner := &exact{rows: c.rows}
	if c.graph == nil {
		return scanner.search(ctx, queries, w, threads)
	}
	d := c.rows.dim
	answers := make([][]Neighbour, len(queries)/d)
	err := eachTile(ctx, len(answers), threads, func() func(int) error {
		return func(i int) error {
			query := queries[i*d : (i+1)*d]
			found, enough, err := c.find(query, w)
			if err == nil && !enough {
				var scanned [][]Neighbour
				if scanned, err = scanner.search(ctx, query, w, 1); err == nil {
					found = scanned[0]
				}
			}
			answers[i] = found
			return err
		}
	})
	if err != nil {
		return nil, err
	}
	return answers, nil
}

// find asks the graph. It is not enough when the graph would have to give half
// of its nodes, or gave fewer than the k that are there to be found.
func (c *coder) find(query []float32, w wanted) (found []Neighbour, enough bool, err error) {
	defer recovered(&err)
	fetch := coderFetch
	if w.k > 0 {
		fetch = max(fetch, 4*min(w.k, len(c.nodes)))
	}
	for ; fetch <= len(c.nodes)/2; fetch *= 2 {
		near := c.graph.Search(query, fetch)
		b := newBest(w)
		inside := 0
		for _, n := range near {
			dist := c.rows.metric.pair(query, n.Value)
			if dist <= w.radius {
				inside++
			}
			if at := c.nodes[n.Key]; !at.dead && (w.keep == nil || w.keep(at.id)) {
				b.offer(Neighbour{ID: at.id, Distance: dist})
			}
		}
		if w.k > 0 {
			return b.sorted(), len(b.list) >= min(w.k, c.rows.len()), nil
		}
		if inside < len(near) { // the ball ends inside what was fetched
			return b.sorted(), true, nil
		}
	}
	return nil, false, nil
}

func (c *coder) check() error {
	if err := c.rows.check(); err != nil {
		return err
	}
	if c.graph == nil {
		return nil
	}
	if c.graph.Len() != len(c.nodes) || len(c.keyOf) != c.rows.len() {
		return fmt.Errorf("%w: a graph of %d for %d nodes, %d live keys for %d vectors", ErrCorrupt,
			c.graph.Len(), len(c.nodes), len(c.keyOf), c.rows.len())
	}
	for slot, id := range c.rows.ids {
		key, live := c.keyOf[id]
		if !live || int(key) >= len(c.nodes) || c.nodes[key] != (node{id: id}) {
			return fmt.Errorf("%w: id %d has no live node", ErrCorrupt, id)
		}
		if vec, ok := c.graph.Lookup(key); !ok || !slices.Equal(vec, c.rows.vec(slot)) {
			return fmt.Errorf("%w: the graph has another vector for id %d", ErrCorrupt, id)
		}
	}
	return nil
}

func (c *coder) stats(s *Stats) {
	s.Nodes, s.Bytes = c.rows.len(), int64(len(c.vecs))*4
	if c.graph != nil {
		s.Dead = c.dead()
		s.Bytes += int64(len(c.nodes)) * int64(c.rows.dim) * 4
	}
}

// recovered turns a panic of the library into an ErrEngine.
func recovered(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("%w: github.com/coder/hnsw: %v", ErrEngine, p)
	}
}
