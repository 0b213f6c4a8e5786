package db

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/doppeldb/doppel/index"
)

// Building a graph costs 60 to 150 us of processor time a vector, many times what storing it does, so
// no writer waits for it. Commits go into flat, where they are found at once; a goroutine carries them
// over to the graph in chunks when writers are quiet, or when flat has become long.
const (
	// absorbChunk is how many vectors are carried over at once: Close waits for no more than
	// one chunk, about a quarter of a second.
	absorbChunk = 1024
	// absorbBulk is how many are carried over at once where somebody waits for all of them: for many that come together the
	// graph takes about half of the processor time. They are copied twice, a kilobyte each, and a context that ends is
	// heard between them, after up to some seconds.
	absorbBulk = 64 * absorbChunk
	// absorbAt is the length of flat from which it is carried over: a scan of 4,096 codes of 256
	// dimensions takes 40 us, a walk 130.
	absorbAt = 4 * absorbChunk
	// absorbLong is the length from which it is carried over beside writers too: the scan of
	// 65,536 takes .6 ms.
	absorbLong = 64 * absorbChunk
	// absorbCalm is how long there must have been no commit.
	absorbCalm = 100 * time.Millisecond
)

// graphEfConstruction is a quarter of what the index takes by itself, which is for graphs that are built once and asked
// for ever: this one is built while somebody waits, and wider walks make up for it. 100,000 made-up products, recall@10 at
// ef 64, 96, 128, 192: .981, .985, .988, .995, with 64 in the place of 48 .988, .993, .994, .997. The build takes about
// a third of the processor time of 200; 64 takes an eighth more.
const graphEfConstruction = 48

// graphOptions shape the graph.
func graphOptions(dim int) index.Options {
	return index.Options{Dim: dim, Engine: index.HNSW, Quantize: true, EfConstruction: graphEfConstruction}
}

// absorber carries vectors over in the background.
type absorber struct {
	carrying   sync.Mutex // held while a chunk is carried over, and while a graph is saved
	lastCommit atomic.Int64

	mu      sync.Mutex
	stopped bool
	stop    chan struct{} // closed by the end of the collection; nil: not running
	done    chan struct{} // closed when the goroutine has ended
}

// due says whether there is enough to carry over. REQUIRES memory.mu, for reading.
func (v *vectors) due() bool {
	if v.nStale >= absorbAt {
		return true
	}
	n := v.flat.Len()
	return n >= absorbAt && (v.graph != nil || index.Auto(n, v.encoder.Dim()) == index.HNSW)
}

// absorbSoon begins to carry over, if it is time to.
func (c *Collection) absorbSoon() {
	a := &c.absorber
	a.lastCommit.Store(time.Now().UnixNano())
	c.memory.mu.RLock()
	v := c.memory.vectors
	due := v != nil && v.due()
	c.memory.mu.RUnlock()
	if !due {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.stopped || a.stop != nil {
		return
	}
	a.stop, a.done = make(chan struct{}), make(chan struct{})
	go c.absorb(a.stop, a.done)
}

// absorb carries over until there is not enough left.
func (c *Collection) absorb(stop, done chan struct{}) {
	a := &c.absorber
	defer close(done)
	for {
		c.memory.mu.RLock()
		v := c.memory.vectors
		due := v != nil && (v.due() || v.graph != nil && v.flat.Len() >= absorbChunk)
		long := due && v.flat.Len() >= absorbLong
		c.memory.mu.RUnlock()
		quiet := time.Since(time.Unix(0, a.lastCommit.Load()))
		if !due && v != nil {
			c.saveGrown(v, stop)
		}
		a.mu.Lock()
		if !due || a.stopped {
			a.stop = nil
			a.mu.Unlock()
			return
		}
		a.mu.Unlock()
		if quiet < absorbCalm && !long {
			select {
			case <-stop:
			case <-time.After(absorbCalm - quiet):
			}
			continue
		}
		a.carrying.Lock()
		err := c.carry(v, absorbChunk)
		a.carrying.Unlock()
		if err != nil { // the next search reads the vectors anew
			c.forget(v)
		}
	}
}

// grownShare is the part of a graph that must be new for it to be stored before Close: a crash
// costs no more than building that part.
const grownShare = 1. / 4

// saveGrown stores a graph of which much is new.
func (c *Collection) saveGrown(v *vectors, stop chan struct{}) {
	if c.db.opts.ReadOnly || c.db.temporary {
		return
	}
	c.absorber.carrying.Lock()
	grown := v.graph != nil && float64(v.unsaved) > grownShare*float64(v.graph.Len())
	c.absorber.carrying.Unlock()
	if !grown {
		return
	}
	select {
	case c.writer <- struct{}{}:
	case <-stop:
		return
	}
	defer c.unlock()
	_ = c.saveGraph(v) // as in saveOnClose
}

// stopAbsorbing ends the goroutine, and waits for it.
func (c *Collection) stopAbsorbing() {
	a := &c.absorber
	a.mu.Lock()
	stop, done := a.stop, a.done
	if !a.stopped {
		a.stopped = true
		if stop != nil {
			close(stop)
		}
	}
	a.mu.Unlock()
	if done != nil {
		<-done
	}
}

// absorbAll carries everything over.
func (c *Collection) absorbAll(ctx context.Context, v *vectors) error {
	c.absorber.carrying.Lock()
	defer c.absorber.carrying.Unlock()
	return c.carryDown(ctx, v, 1)
}

// carryDown carries over until fewer than least are left. REQUIRES absorber.carrying.
func (c *Collection) carryDown(ctx context.Context, v *vectors, least int) error {
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		c.memory.mu.RLock()
		done := c.memory.vectors != v || v.flat.Len() < least && v.nStale == 0
		c.memory.mu.RUnlock()
		if done {
			return nil
		}
		if err := c.carry(v, absorbBulk); err != nil {
			c.forget(v)
			return err
		}
	}
}

// carry takes what is stale out of the graph and the n oldest vectors of flat into it. Searches and
// commits go on beside it. REQUIRES absorber.carrying: nobody else changes the graph.
func (c *Collection) carry(v *vectors, n int) error {
	m := &c.memory
	if err := v.dropStale(m); err != nil {
		return err
	}
	if v.graph == nil {
		graph, err := index.New(graphOptions(v.encoder.Dim()))
		if err != nil {
			return err
		}
		m.mu.Lock()
		v.graph = graph
		m.mu.Unlock()
	}
	ids, looked := v.begin(m, n)
	// From here on a commit of one of these ids makes it stale.
	dim := v.encoder.Dim()
	vecs := make([]float32, 0, len(ids)*dim)
	some := ids[:0]
	for _, id := range ids {
		if vec := vecs[len(some)*dim : (len(some)+1)*dim]; v.flat.Vector(id, vec) {
			some = append(some, id)
		}
	}
	if err := v.graph.AddBatch(some, vecs[:len(some)*dim]); err != nil {
		return err
	}
	v.unsaved += len(some)
	return v.finish(m, some, looked)
}

// dropStale takes what is stale out of the graph.
func (v *vectors) dropStale(m *memory) error {
	m.mu.RLock()
	var ids []uint32
	if v.nStale > 0 {
		ids = v.stale.list(v.nStale)
	}
	m.mu.RUnlock()
	for _, id := range ids {
		if v.graph.Contains(id) {
			if err := v.graph.Delete(id); err != nil {
				return err
			}
		}
	}
	v.unsaved += len(ids)
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, id := range ids {
		v.stale.remove(id)
	}
	v.nStale -= len(ids)
	return nil
}

// begin chooses the ids to carry over; looked is how far it went in order.
func (v *vectors) begin(m *memory, n int) (ids []uint32, looked int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	carried := idSet{}
	for ; looked < len(v.order) && len(ids) < n; looked++ {
		// One that is stale is in the graph still: it is carried over in the next turn.
		id := v.order[looked]
		if v.flat.Contains(id) && !carried.has(id) && !v.stale.has(id) {
			carried.add(id)
			ids = append(ids, id)
		}
	}
	v.carried = carried
	return ids, looked
}

// finishPiece is how many vectors are taken out of flat while searches wait.
const finishPiece = 128

// finish takes out of flat what the graph has now.
func (v *vectors) finish(m *memory, ids []uint32, looked int) error {
	for piece := range slices.Chunk(ids, finishPiece) {
		if err := v.leaveFlat(m, piece); err != nil {
			return err
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	v.carried = nil
	var left []uint32
	for _, id := range v.order[:looked] {
		if v.flat.Contains(id) {
			left = append(left, id)
		}
	}
	v.order = append(v.order[looked:], left...)
	if v.flat.Len() > 0 {
		return nil
	}
	flat, err := index.New(flatOptions(v.encoder.Dim())) // gives the memory back
	v.flat, v.order = flat, nil
	return err
}

func (v *vectors) leaveFlat(m *memory, ids []uint32) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, id := range ids {
		if v.stale.has(id) {
			continue
		}
		if err := v.flat.Delete(id); err != nil {
			return err
		}
	}
	return nil
}
