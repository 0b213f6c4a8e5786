package db

import (
	bolt "go.etcd.io/bbolt"

	"github.com/doppeldb/doppel/index"
)

// change is what a transaction did to a collection, and brings it into the memory.
type change interface {
	// stage does before the commit what publish would else have to do after it.
	stage(m *memory)
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
		ch.stage(&c.memory)
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

// staged is vectors that are ready to be published, those with a direction.
type staged struct {
	vectors *vectors
	ids     []uint32
	ready   *index.Prepared
}

// stage makes the codes of the vectors, and room for them: publish, while searches wait, only copies.
func (w *batchWrite) stage(m *memory) {
	m.mu.RLock()
	v := m.vectors
	var flat index.Index
	if v != nil {
		flat = v.flat
	}
	m.mu.RUnlock()
	if v == nil || w.served == nil || v.generation != w.served.generation {
		return
	}
	ids, vecs := withDirection(w.ids, w.vectors, w.dim)
	ready, err := flat.Prepare(vecs)
	if err == nil {
		err = flat.Reserve(len(ids))
	}
	if err == nil {
		w.staged = staged{v, ids, ready}
	}
}

func (w *batchWrite) changed() []uint32 { return w.ids }

func (w *batchWrite) publish(m *memory) {
	if m.columns != nil {
		m.columns.put(w.ids, func(i int) []string { return w.records[w.from[i]].Values })
	}
	// What is not ready is of another generation, or not to be had: the next search reads the file.
	if v := m.vectors; v != nil && (v != w.staged.vectors || v.put(w.ids, w.staged) != nil) {
		m.vectors = nil
	}
}

// deletion is the ids that a transaction deleted.
type deletion []uint32

func (d *deletion) stage(*memory) {}

func (d *deletion) changed() []uint32 { return *d }

func (d *deletion) publish(m *memory) {
	if m.columns != nil {
		m.columns.remove(*d)
	}
	if m.vectors != nil && m.vectors.remove(*d) != nil {
		m.vectors = nil
	}
}
