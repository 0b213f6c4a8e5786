package index

import (
	"context"
	"fmt"
	"io"
	"math"
	"runtime"
	"sync"
)

// engine is what differs between the kinds of index. It is called with the lock
// held (for writing by added and deleted), with input that was checked, and looks
// at the same rows.
type engine interface {
	// added takes in the slots from first on. After an error the rows are taken
	// back, and deleted is not called for them.
	added(first int) error
	// deleted forgets an id, after the rows did.
	deleted(id uint32) error
	search(ctx context.Context, queries []float32, w wanted, threads int) ([][]Neighbour, error)
	check() error
	// extra is what the engine holds beside the rows: dead vectors, bytes of vectors.
	extra() (dead int, bytes int64)
}

// locked is the Index of every engine: it checks what comes in and holds the lock.
type locked struct {
	opts Options

	mu     sync.RWMutex // guards rows and engine
	rows   *rows
	engine engine
}

func newLocked(opts Options) (*locked, error) {
	if err := opts.Validate(); err != nil {
		return nil, err
	}
	x := &locked{opts: opts, rows: newRows(opts)}
	var err error
	if x.engine, err = newEngine(opts, x.rows); err != nil {
		return nil, err
	}
	return x, nil
}

func newEngine(opts Options, r *rows) (engine, error) {
	if opts.Engine == Coder {
		return newCoder(r)
	}
	return &exact{rows: r}, nil
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
	x.mu.Lock()
	defer x.mu.Unlock()
	fresh := make(map[uint32]bool, len(ids))
	for _, id := range ids {
		if _, live := x.rows.slots[id]; live || fresh[id] {
			return fmt.Errorf("%w: %d", ErrDuplicate, id)
		}
		fresh[id] = true
	}
	first := x.rows.len()
	x.rows.add(ids, prepared)
	if err := x.engine.added(first); err != nil {
		x.rows.truncate(first)
		return err
	}
	return nil
}

func (x *locked) Delete(id uint32) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	if _, live := x.rows.slots[id]; !live {
		return fmt.Errorf("%w: %d", ErrUnknownID, id)
	}
	x.rows.delete(id)
	return x.engine.deleted(id)
}

// prepared copies whole vectors and brings each into stored form.
func (x *locked) prepared(vecs []float32) ([]float32, error) {
	d := x.opts.Dim
	if len(vecs)%d != 0 {
		return nil, fmt.Errorf("%w: %d numbers are not whole vectors of dimension %d", ErrDim, len(vecs), d)
	}
	out := append([]float32(nil), vecs...)
	for lo := 0; lo < len(out); lo += d {
		if err := x.opts.Metric.prepare(out[lo : lo+d]); err != nil {
			return nil, fmt.Errorf("vector %d: %w", lo/d, err)
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
	if threads <= 0 {
		threads = runtime.GOMAXPROCS(0)
	}
	threads = max(1, min(threads, len(prepared)/x.opts.Dim))
	if q != nil {
		w.keep = q.Keep
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
	return x.rows.len()
}

func (x *locked) Contains(id uint32) bool {
	x.mu.RLock()
	defer x.mu.RUnlock()
	_, live := x.rows.slots[id]
	return live
}

func (x *locked) Vector(id uint32, dst []float32) bool {
	x.mu.RLock()
	defer x.mu.RUnlock()
	slot, live := x.rows.slots[id]
	if !live || len(dst) != x.opts.Dim {
		return false
	}
	copy(dst, x.rows.vec(slot))
	return true
}

func (x *locked) Snapshot(w io.Writer) error {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return writeSnapshot(w, x.opts, x.rows)
}

func (x *locked) Check() error {
	x.mu.RLock()
	defer x.mu.RUnlock()
	if err := x.rows.check(); err != nil {
		return err
	}
	return x.engine.check()
}

func (x *locked) Stats() Stats {
	x.mu.RLock()
	defer x.mu.RUnlock()
	dead, bytes := x.engine.extra()
	return Stats{Options: x.opts, Len: x.rows.len(), Dead: dead, Bytes: bytes + int64(len(x.rows.vecs))*4}
}
