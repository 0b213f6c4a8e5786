package db

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/doppeldb/doppel/encoder"
	"github.com/doppeldb/doppel/index"
)

// vectors is the vectors of one generation in memory, to be searched. An id is in flat, which is
// scanned, or in the graph, which is walked. Commits go into flat; what is in the graph and was
// replaced or deleted is stale. absorb.go carries flat over to the graph, beside readers and writers.
//
// INVARIANT 5: the answer of a search is that over the ids of flat and those of the graph that are
// not stale. An id is in both only while it is carried over, with one vector.
type vectors struct {
	generation uint32
	encoder    *encoder.Encoder
	sessions   sync.Pool // of *encoder.Session

	flat  index.Index // exact
	order []uint32    // the ids of flat in the order that they came, others among them
	graph index.Index // nil: none, there are few vectors

	stale   idSet // ids whose vector in the graph is not that of their row
	nStale  int
	carried idSet // ids that are on their way into the graph; nil: none
	unsaved int   // changes of the graph since it was stored; guarded by absorber.carrying
}

func newVectors(now *served) (*vectors, error) {
	flat, err := index.New(flatOptions(now.encoder.Dim()))
	return &vectors{generation: now.generation, encoder: now.encoder, flat: flat}, err
}

// flatOptions are those of a scan: codes first, a quarter of the memory to read.
func flatOptions(dim int) index.Options { return index.Options{Dim: dim, Quantize: true} }

// encode gives the vector of a record's values.
func (v *vectors) encode(values []string) []float32 {
	s, _ := v.sessions.Get().(*encoder.Session)
	if s == nil {
		s = v.encoder.NewSession()
	}
	vec := make([]float32, v.encoder.Dim())
	s.Encode(values, vec)
	v.sessions.Put(s)
	return vec
}

// vector copies the vector of id to dst; false when it has none, or one without direction.
func (v *vectors) vector(id uint32, dst []float32) bool {
	return v.flat.Vector(id, dst) || v.graph != nil && !v.stale.has(id) && v.graph.Vector(id, dst)
}

// len is the number of ids that can be found.
func (v *vectors) len() int {
	n := v.flat.Len()
	if v.graph != nil {
		n += v.graph.Len() - v.nStale
	}
	return n
}

// retire makes the vector of id in the graph, if it has one, no answer any more.
func (v *vectors) retire(id uint32) {
	if v.graph != nil && !v.stale.has(id) && (v.carried.has(id) || v.graph.Contains(id)) {
		v.stale.add(id)
		v.nStale++
	}
}

// put brings committed vectors in: ids have changed, and those that are staged have a vector now.
// REQUIRES the lock.
func (v *vectors) put(ids []uint32, s staged) error {
	rest := s.ids
	for _, id := range ids {
		v.retire(id)
		if len(rest) > 0 && rest[0] == id {
			rest = rest[1:]
			if !v.flat.Contains(id) {
				v.order = append(v.order, id)
			}
		} else if v.flat.Contains(id) {
			if err := v.flat.Delete(id); err != nil {
				return err
			}
		}
	}
	return v.flat.Put(s.ids, s.ready)
}

// withDirection leaves out the records that have no feature, and so no direction: nothing finds them.
func withDirection(ids []uint32, vecs []float32, dim int) ([]uint32, []float32) {
	all := true
	for i := range ids {
		all = all && !isZero(vecs[i*dim:(i+1)*dim])
	}
	if all {
		return ids, vecs
	}
	var some []uint32
	var rest []float32
	for i, id := range ids {
		if vec := vecs[i*dim : (i+1)*dim]; !isZero(vec) {
			some, rest = append(some, id), append(rest, vec...)
		}
	}
	return some, rest
}

// remove takes ids out. REQUIRES the lock.
func (v *vectors) remove(ids []uint32) error {
	for _, id := range ids {
		v.retire(id)
		if v.flat.Contains(id) {
			if err := v.flat.Delete(id); err != nil {
				return err
			}
		}
	}
	return nil
}

func isZero(v []float32) bool { return !slices.ContainsFunc(v, func(x float32) bool { return x != 0 }) }

// searchable gives the vectors of the current generation, and reads them if need be, after writers
// of the collection are done.
func (c *Collection) searchable(ctx context.Context) (*vectors, error) {
	if c.dropped.Load() {
		return nil, fmt.Errorf("collection %q: %w: it was dropped", c.name, ErrNotFound)
	}
	c.memory.mu.RLock()
	v := c.memory.vectors
	c.memory.mu.RUnlock()
	if v != nil {
		return v, nil
	}
	if err := c.lock(ctx); err != nil { // no commit while they are read
		return nil, err
	}
	defer c.unlock()
	now, err := c.serve()
	if err != nil {
		return nil, err
	}
	if now == nil {
		return nil, fmt.Errorf("collection %q: %w", c.name, ErrNoEncoder)
	}
	if v := c.memory.vectors; v != nil && v.generation == now.generation { // only who holds the token sets it
		return v, nil
	}
	if v, err = c.readVectors(ctx, now, true); err != nil {
		return nil, err
	}
	c.memory.mu.Lock()
	c.memory.vectors = v
	c.memory.mu.Unlock()
	c.absorbSoon()
	return v, nil
}

// forget drops vectors that are of no use: of another generation, or not to be trusted.
func (c *Collection) forget(v *vectors) {
	c.memory.mu.Lock()
	defer c.memory.mu.Unlock()
	if c.memory.vectors == v {
		c.memory.vectors = nil
	}
}
