package db

import (
	bolt "go.etcd.io/bbolt"

	"github.com/doppeldb/doppel/index"
)

// change is what a transaction did to a collection, and brings it into the memory.
type change interface {
	// changed gives the ids, ascending.
	changed() []uint32
	// publish is called after the commit, with the lock.
	publish(m *memory)
}

// commit runs write in a transaction, and after the commit, before the next, brings what changed
// into the memory. After one that fails the memory is as it was. REQUIRES writer.
func (c *Collection) commit(write func(tx *bolt.Tx, b collectionBuckets) error, ch change) error {
	err := c.update(func(tx *bolt.Tx, b collectionBuckets) error {
		if err := write(tx, b); err != nil {
			return err
		}
		c.memory.commits(tx)
		return nil
	})
	if err != nil {
		c.memory.end(nil, nil)
		return err
	}
	c.memory.end(ch.changed(), func() { ch.publish(&c.memory) })
	c.absorbSoon()
	return nil
}

func (w *batchWrite) changed() []uint32 { return w.ids }

func (w *batchWrite) publish(m *memory) {
	if m.columns != nil {
		m.columns.put(w.ids, func(i int) []string { return w.records[w.from[i]].Values })
	}
	v := m.vectors
	if v == nil {
		return
	}
	// Of another generation: the next search reads the current one.
	if w.served == nil || v.generation != w.served.generation || v.put(w.ids, w.vectors) != nil {
		m.vectors = nil
	}
}

// reserve makes room for n vectors before the commit: publish then copies no more than those. What
// goes wrong here goes wrong there, too.
func (c *Collection) reserve(n int) {
	c.memory.mu.RLock()
	v := c.memory.vectors
	var flat index.Index
	if v != nil {
		flat = v.flat
	}
	c.memory.mu.RUnlock()
	if flat != nil {
		_ = flat.Reserve(n)
	}
}

// deletion is the ids that a transaction deleted.
type deletion []uint32

func (d *deletion) changed() []uint32 { return *d }

func (d *deletion) publish(m *memory) {
	if m.columns != nil {
		m.columns.remove(*d)
	}
	if m.vectors != nil && m.vectors.remove(*d) != nil {
		m.vectors = nil
	}
}
