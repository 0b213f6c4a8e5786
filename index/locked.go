package index

import (
	"context"
	"fmt"
	"io"
	"math"
	"runtime"
	"slices"
	"sync"
)

// engine is what differs between the kinds of index. Its input was checked. The
// methods of readers are called with the lock held for reading or in the writer's
// turn.
type engine interface {
	len() int
	has(id uint32) bool
	vector(id uint32) []float32 // of a live id; valid until the next change

	// add takes in ids that are not live, all or, with an error, none. It and delete
	// are called in the writer's turn, beside readers: what those look at changes
	// inside of functions handed to publish, which runs them under the lock.
	add(ids []uint32, vecs []float32, publish func(func())) error
	// delete forgets a live id.
	delete(id uint32, publish func(func())) error
	// reserve makes room for n more vectors, as add does.
	reserve(n int, publish func(func())) error

	search(ctx context.Context, queries []float32, w wanted, threads int) ([][]Neighbour, error)

	// write writes what comes after a snapshot's header; read fills an empty engine
	// of that many ids with it.
	write(out *snapshotWriter) error
	read(in *snapshotReader, count int) error
	check() error
	// stats fills in all but Options and Len.
	stats(s *Stats)
}

// locked is the Index of every engine: it checks what comes in and holds the locks.
type locked struct {
	opts   Options
	engine engine

	turn sync.Mutex   // a writer's, from its first look to its last change; before mu
	mu   sync.RWMutex // guards what searches read
}

func newLocked(opts Options) (*locked, error) {
	if err := opts.Validate(); err != nil {
		return nil, err
	}
	opts = opts.filled()
	e, err := newEngine(opts)
	if err != nil {
		return nil, err
	}
	return &locked{opts: opts, engine: e}, nil
}

func newEngine(opts Options) (engine, error) {
	switch opts.Engine {
	case Coder:
		return newCoder(newRows(opts))
	case HNSW:
		return newHNSW(opts), nil
	}
	return newExact(opts), nil
}

// publish runs f under the lock.
func (x *locked) publish(f func()) {
	x.mu.Lock()
	defer x.mu.Unlock()
	f()
}

func (x *locked) Add(id uint32, vec []float32) error {
	return x.AddBatch([]uint32{id}, vec)
}

func (x *locked) AddBatch(ids []uint32, vecs []float32) error {
	prepared, err := x.prepared(vecs)
	if err != nil {
		return err
	}
	if len(prepared) != len(ids)*x.opts.Dim {
		return fmt.Errorf("%w: %d numbers for %d vectors of dimension %d", ErrDim, len(vecs), len(ids), x.opts.Dim)
	}
	x.turn.Lock()
	defer x.turn.Unlock()
	for _, id := range ids {
		if x.engine.has(id) {
			return fmt.Errorf("%w: %d", ErrDuplicate, id)
		}
	}
	if id, repeats := repeated(ids); repeats {
		return fmt.Errorf("%w: %d", ErrDuplicate, id)
	}
	return x.engine.add(ids, prepared, x.publish)
}

func (x *locked) Prepare(vecs []float32) (*Prepared, error) {
	prepared, err := x.prepared(vecs)
	if err != nil {
		return nil, err
	}
	p := &Prepared{opts: x.opts, vecs: prepared}
	if e, ok := x.engine.(*exact); ok {
		p.codes = e.codes.of(prepared, x.opts.Dim)
	}
	return p, nil
}

func (x *locked) Put(ids []uint32, p *Prepared) error {
	if p.opts != x.opts {
		return fmt.Errorf("%w: prepared for %v, this is %v", ErrOptions, p.opts, x.opts)
	}
	if len(p.vecs) != len(ids)*x.opts.Dim {
		return fmt.Errorf("%w: %d numbers for %d vectors of dimension %d", ErrDim, len(p.vecs), len(ids), x.opts.Dim)
	}
	if id, repeats := repeated(ids); repeats {
		return fmt.Errorf("%w: %d", ErrDuplicate, id)
	}
	x.turn.Lock()
	defer x.turn.Unlock()
	if e, ok := x.engine.(*exact); ok {
		return e.put(ids, p, x.publish)
	}
	for _, id := range ids {
		if x.engine.has(id) {
			if err := x.engine.delete(id, x.publish); err != nil {
				return err
			}
		}
	}
	return x.engine.add(ids, p.vecs, x.publish)
}

// repeated gives an id that is there twice.
func repeated(ids []uint32) (id uint32, repeats bool) {
	if slices.IsSorted(ids) { // the usual case needs no map
		for i := 1; i < len(ids); i++ {
			if ids[i] == ids[i-1] {
				return ids[i], true
			}
		}
		return 0, false
	}
	seen := make(map[uint32]bool, len(ids))
	for _, id := range ids {
		if seen[id] {
			return id, true
		}
		seen[id] = true
	}
	return 0, false
}

func (x *locked) Reserve(n int) error {
	x.turn.Lock()
	defer x.turn.Unlock()
	return x.engine.reserve(max(0, n), x.publish)
}

func (x *locked) Delete(id uint32) error {
	x.turn.Lock()
	defer x.turn.Unlock()
	if !x.engine.has(id) {
		return fmt.Errorf("%w: %d", ErrUnknownID, id)
	}
	return x.engine.delete(id, x.publish)
}

// prepared copies whole vectors and brings each into stored form.
func (x *locked) prepared(vecs []float32) ([]float32, error) {
	d := x.opts.Dim
	if len(vecs)%d != 0 {
		return nil, fmt.Errorf("%w: %d numbers are not whole vectors of dimension %d", ErrDim, len(vecs), d)
	}
	out := append([]float32(nil), vecs...)
	errs := make([]error, len(out)/d)
	inRanges(len(errs), func(from, to int) {
		for i := from; i < to; i++ {
			errs[i] = x.opts.Metric.prepare(out[i*d : (i+1)*d])
		}
	})
	for i, err := range errs {
		if err != nil {
			return nil, fmt.Errorf("vector %d: %w", i, err)
		}
	}
	return out, nil
}

func (x *locked) Nearest(query []float32, k int, q *Query) ([]Neighbour, error) {
	return one(x, query, func() ([][]Neighbour, error) {
		return x.NearestBatch(context.Background(), query, k, q, 1)
	})
}

func (x *locked) Within(query []float32, radius float32, q *Query) ([]Neighbour, error) {
	return one(x, query, func() ([][]Neighbour, error) {
		return x.WithinBatch(context.Background(), query, radius, q, 1)
	})
}

// one runs a batch that has to be of one query.
func one(x *locked, query []float32, batch func() ([][]Neighbour, error)) ([]Neighbour, error) {
	if len(query) != x.opts.Dim {
		return nil, fmt.Errorf("%w: a query of %d numbers, want %d", ErrDim, len(query), x.opts.Dim)
	}
	answers, err := batch()
	if err != nil {
		return nil, err
	}
	return answers[0], nil
}

func (x *locked) NearestBatch(ctx context.Context, queries []float32, k int, q *Query, threads int) ([][]Neighbour, error) {
	if k <= 0 {
		return nil, fmt.Errorf("%w: %d", ErrK, k)
	}
	return x.search(ctx, queries, wanted{k: k, radius: everywhere}, q, threads)
}

func (x *locked) WithinBatch(ctx context.Context, queries []float32, radius float32, q *Query, threads int) ([][]Neighbour, error) {
	if math.IsNaN(float64(radius)) || radius < 0 && x.opts.Metric != InnerProduct {
		return nil, fmt.Errorf("%w: %v under %v", ErrRadius, radius, x.opts.Metric)
	}
	return x.search(ctx, queries, wanted{radius: radius}, q, threads)
}

func (x *locked) search(ctx context.Context, queries []float32, w wanted, q *Query, threads int) ([][]Neighbour, error) {
	prepared, err := x.prepared(queries)
	if err != nil {
		return nil, err
	}
	threads = orAll(threads)
	threads = max(1, min(threads, max(len(prepared)/x.opts.Dim, runtime.GOMAXPROCS(0))))
	if q != nil {
		w.keep, w.ids, w.kept, w.scan, w.ef = q.Keep, q.IDs, q.Kept, q.Scan, q.Ef
		if len(prepared) == x.opts.Dim {
			w.trace = q.Trace
		}
	}
	if w.keep == nil {
		w.ids, w.kept = nil, 0
	}
	x.mu.RLock()
	defer x.mu.RUnlock()
	return x.engine.search(ctx, prepared, w, threads)
}

func (x *locked) Dim() int       { return x.opts.Dim }
func (x *locked) Metric() Metric { return x.opts.Metric }

func (x *locked) Len() int {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return x.engine.len()
}

func (x *locked) Contains(id uint32) bool {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return x.engine.has(id)
}

func (x *locked) Vector(id uint32, dst []float32) bool {
	x.mu.RLock()
	defer x.mu.RUnlock()
	if len(dst) != x.opts.Dim || !x.engine.has(id) {
		return false
	}
	copy(dst, x.engine.vector(id))
	return true
}

// Snapshot keeps writers out, not readers.
func (x *locked) Snapshot(w io.Writer) error {
	x.turn.Lock()
	defer x.turn.Unlock()
	out := &snapshotWriter{w: w}
	if err := out.header(x.opts, x.engine.len()); err != nil {
		return err
	}
	return x.engine.write(out)
}

// Check keeps writers out, not readers.
func (x *locked) Check() error {
	x.turn.Lock()
	defer x.turn.Unlock()
	return x.engine.check()
}

func (x *locked) Stats() Stats {
	x.mu.RLock()
	defer x.mu.RUnlock()
	s := Stats{Options: x.opts, Len: x.engine.len()}
	x.engine.stats(&s)
	return s
}
