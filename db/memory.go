package db

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"

	bolt "go.etcd.io/bbolt"
)

// memory is what a collection keeps in memory of its rows and vectors: derived from the file
// when it is first needed, changed after each commit, before the next.
//
// A reader takes mu first and then its transaction. No commit is brought in while it holds mu, so its
// transaction shows all that the memory has, and at most one commit more: that between its meta page
// and publish. inStep tells by the writer's transaction id, and waits for it. So memory and
// transaction are one state, and an answer is that of one moment.
type memory struct {
	mu      sync.RWMutex
	columns *columns // nil until a filter needs it
	vectors *vectors // nil until a search needs it

	// writing is the transaction of the commit that is under way, 0 for none.
	writing atomic.Uint64
	turn    sync.Mutex // guards turned and watchers
	turned  chan struct{}
	watched map[*watcher]struct{}
}

// watcher collects the ids that change while somebody reads rows without a lock.
type watcher struct{ changed []uint32 }

func (m *memory) watch() *watcher {
	w := &watcher{}
	m.turn.Lock()
	defer m.turn.Unlock()
	if m.watched == nil {
		m.watched = map[*watcher]struct{}{}
	}
	m.watched[w] = struct{}{}
	return w
}

func (m *memory) unwatch(w *watcher) {
	m.turn.Lock()
	defer m.turn.Unlock()
	delete(m.watched, w)
}

// taken gives what changed since the last call.
func (m *memory) taken(w *watcher) []uint32 {
	m.turn.Lock()
	defer m.turn.Unlock()
	ids := w.changed
	w.changed = nil
	return ids
}

// commits says that tx is about to be committed. Each is followed by end.
func (m *memory) commits(tx *bolt.Tx) { m.writing.Store(uint64(tx.ID())) }

// end brings a commit in by publish, or, after one that failed, with nil, leaves all as it was; ids
// are those that changed.
func (m *memory) end(ids []uint32, publish func()) {
	m.mu.Lock()
	if publish != nil {
		publish()
	}
	m.turn.Lock()
	m.writing.Store(0)
	for w := range m.watched {
		w.changed = append(w.changed, ids...)
	}
	if m.turned != nil {
		close(m.turned)
		m.turned = nil
	}
	m.turn.Unlock()
	m.mu.Unlock()
}

// settled gives a channel that is closed when the commit that is under way is brought in; nil if none is.
func (m *memory) settled() <-chan struct{} {
	m.turn.Lock()
	defer m.turn.Unlock()
	if m.writing.Load() == 0 {
		return nil
	}
	if m.turned == nil {
		m.turned = make(chan struct{})
	}
	return m.turned
}

// errBehind says that the memory lacks a commit that the transaction shows.
var errBehind = errors.New("memory is behind")

// inStep runs f with the memory and a transaction of the same state. f may call release when it needs
// the memory no more; the transaction stays.
func (c *Collection) inStep(ctx context.Context, f func(tx *bolt.Tx, b collectionBuckets, release func()) error) error {
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		err := c.tryInStep(f)
		if !errors.Is(err, errBehind) {
			return err
		}
		if settled := c.memory.settled(); settled != nil {
			select {
			case <-settled:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
	}
}

func (c *Collection) tryInStep(f func(tx *bolt.Tx, b collectionBuckets, release func()) error) error {
	m := &c.memory
	m.mu.RLock()
	held := true
	release := func() {
		if held {
			held = false
			m.mu.RUnlock()
		}
	}
	defer release()
	return c.view(func(tx *bolt.Tx, b collectionBuckets) error {
		if w := m.writing.Load(); w != 0 && w <= uint64(tx.ID()) {
			return errBehind
		}
		return f(tx, b, release)
	})
}

// filtered runs f in step with the set of the records that a condition keeps, which is f's to
// change; a nil condition gives a nil set.
func (c *Collection) filtered(ctx context.Context, where condition, f func(tx *bolt.Tx, b collectionBuckets, kept idSet, release func()) error) error {
	if where == nil {
		return c.inStep(ctx, func(tx *bolt.Tx, b collectionBuckets, release func()) error { return f(tx, b, nil, release) })
	}
	if err := c.columned(ctx, fieldsOf(where)); err != nil {
		return err
	}
	w := c.memory.watch() // before the first look, or a change after it could be missed
	defer c.memory.unwatch(w)
	var looked bounds
	done := false
	err := c.inStep(ctx, func(tx *bolt.Tx, b collectionBuckets, release func()) error {
		var err error
		looked, err = where.bounds(&evaluation{columns: c.memory.columns, buckets: b})
		if err != nil || !looked.exact {
			return err
		}
		done = true
		return f(tx, b, looked.sure, release)
	})
	if err != nil || done {
		return err
	}
	kept, err := c.lookAt(ctx, looked, where)
	if err != nil {
		return err
	}
	return c.inStep(ctx, func(tx *bolt.Tx, b collectionBuckets, release func()) error {
		for _, id := range c.memory.taken(w) {
			kept.remove(id)
			v := b.rows.Get(orderedKey(id))
			if v == nil {
				continue
			}
			r, err := openRow(v, id, len(c.schema))
			if err != nil {
				return err
			}
			if where.match(r.record()) {
				kept.add(id)
			}
		}
		return f(tx, b, kept, release)
	})
}

// fieldsOf lists the fields whose columns a condition looks at.
func fieldsOf(where condition) []int {
	fields := []int{} // not nil: rows alone are columns, too
	if where != nil {
		where.fields(func(f int) { fields = append(fields, f) })
	}
	return fields
}

// lookAt reads the rows that bounds leave open, in short transactions: the watcher has what
// changes meanwhile.
func (c *Collection) lookAt(ctx context.Context, looked bounds, where condition) (idSet, error) {
	kept := looked.sure
	open := looked.open.andNot(looked.sure).list(0)
	for len(open) > 0 {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		err := c.view(func(_ *bolt.Tx, b collectionBuckets) error {
			n, err := c.rowsOf(b, open, func(id uint32, r row) bool {
				if where.match(r.record()) {
					kept.add(id)
				}
				return true
			})
			open = open[n:]
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return kept, nil
}

// rowsOf gives the rows of ids, which ascend, as many as one transaction should read, until f
// gives false; those that are gone are left out. n is how many ids are done.
func (c *Collection) rowsOf(b collectionBuckets, ids []uint32, f func(id uint32, r row) bool) (n int, err error) {
	cursor, size := b.rows.Cursor(), 0
	var k, v []byte
	for i, id := range ids {
		if i == readBatch || size > readBytes {
			return i, nil
		}
		at, ok := uint32(0), false
		if k != nil {
			k, v = cursor.Next()
			at, ok = orderedNumber(k)
		}
		if !ok || at < id {
			k, v = cursor.Seek(orderedKey(id))
			if at, ok = orderedNumber(k); !ok {
				continue
			}
		}
		if at != id { // gone; the next one may be this
			if at > id {
				k, v = cursor.Prev()
			}
			continue
		}
		r, err := openRow(v, id, len(c.schema))
		if err != nil {
			return i, err
		}
		size += len(v)
		if !f(id, r) {
			return i + 1, nil
		}
	}
	return len(ids), nil
}
