package db

import (
	"context"
	"encoding/binary"
	"fmt"
	"iter"
	"sync"
	"sync/atomic"

	bolt "go.etcd.io/bbolt"

	"github.com/doppeldb/doppel/encoder"
	"github.com/doppeldb/doppel/record"
)

// Collection is the records of one schema in a [DB]. It is safe for concurrent
// use; writers of one collection take turns.
type Collection struct {
	db      *DB
	name    string
	schema  record.Schema
	dropped atomic.Bool

	// writer holds a token while somebody writes: from before a batch is encoded
	// until it is published, so that the encoder cannot change in between. It is
	// taken before db.writer, and is a channel so that waiting can be cancelled.
	writer chan struct{}

	// embedder holds a token while a generation is made; it is taken before writer.
	embedder chan struct{}

	mu     sync.RWMutex // guards served
	served *served      // nil until somebody needs it

	memory   memory   // derived from the file: memory.go
	absorber absorber // absorb.go
	upserts  upserts  // upsert.go

	classChanges atomic.Uint64 // counts commits that changed a set of classes
	classifiers  classifiers
}

// served is the generation in memory.
type served struct {
	generation uint32
	encoder    *encoder.Encoder
}

// Name is the collection's name.
func (c *Collection) Name() string { return c.name }

// DB is the file that the collection is in.
func (c *Collection) DB() *DB { return c.db }

// Schema is what records look like. The caller must not change it.
func (c *Collection) Schema() record.Schema { return c.schema }

func (c *Collection) lock(ctx context.Context) error {
	return take(ctx, c.writer)
}

// take waits for a token.
func take(ctx context.Context, token chan struct{}) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case token <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (c *Collection) unlock() { <-c.writer }

// view runs f on the collection's buckets in a read transaction.
func (c *Collection) view(f func(tx *bolt.Tx, b collectionBuckets) error) error {
	return c.db.view(func(tx *bolt.Tx) error { return c.with(tx, f) })
}

// update runs f on the collection's buckets in a write transaction. REQUIRES writer.
func (c *Collection) update(f func(tx *bolt.Tx, b collectionBuckets) error) error {
	return c.db.update(func(tx *bolt.Tx) error { return c.with(tx, f) })
}

func (c *Collection) with(tx *bolt.Tx, f func(tx *bolt.Tx, b collectionBuckets) error) error {
	if c.dropped.Load() {
		return fmt.Errorf("collection %q: %w: it was dropped", c.name, ErrNotFound)
	}
	b, err := openBuckets(tx, c.name)
	if err != nil {
		return err
	}
	if err := f(tx, b); err != nil {
		return fmt.Errorf("collection %q: %w", c.name, err)
	}
	return nil
}

// Len is the number of records.
func (c *Collection) Len() (int, error) {
	n := 0
	err := c.view(func(_ *bolt.Tx, b collectionBuckets) error {
		s, err := b.state()
		n = int(s.rows)
		return err
	})
	return n, err
}

// Get gives the record of a key, or ErrNotFound.
func (c *Collection) Get(key string) (record.Record, error) {
	var r record.Record
	err := c.view(func(_ *bolt.Tx, b collectionBuckets) error {
		id, ok, err := b.id(key)
		if err != nil {
			return err
		}
		if !ok {
			return fmt.Errorf("key %s: %w", quoteKey(key), ErrNotFound)
		}
		stored, err := b.row(id, len(c.schema))
		if err != nil {
			return err
		}
		if string(stored.key()) != key {
			return fmt.Errorf("%w: key %s leads to the row of another key", ErrCorrupt, quoteKey(key))
		}
		r = stored.record()
		return nil
	})
	return r, err
}

// id finds the dense id of a key.
func (b collectionBuckets) id(key string) (id uint32, ok bool, err error) {
	v := b.keys.Get([]byte(key))
	if v == nil {
		return 0, false, nil
	}
	if len(v) != 4 {
		return 0, false, fmt.Errorf("%w: key %s has no id", ErrCorrupt, quoteKey(key))
	}
	return binary.LittleEndian.Uint32(v), true, nil
}

func (b collectionBuckets) row(id uint32, fieldCount int) (row, error) {
	v := b.rows.Get(orderedKey(id))
	if v == nil {
		return row{}, fmt.Errorf("%w: row %d is missing", ErrCorrupt, id)
	}
	return openRow(v, id, fieldCount)
}

// readBatch is how many rows are read, and readBytes about how many bytes, in
// one short transaction of a long walk.
const (
	readBatch = 4096
	readBytes = 16 << 20
)

// All gives every record in the order of insertion. It reads in batches and
// holds no transaction while the caller works, so the caller may write: records
// under keys that are new since the walk began are not given, and of those ahead
// of it that were replaced or deleted it may give the old or the new state. An
// error is given once and ends it.
func (c *Collection) All() iter.Seq2[record.Record, error] {
	return func(yield func(record.Record, error) bool) {
		var b rowBatch
		for more := true; more; {
			var err error
			if more, err = c.readRows(&b); err != nil {
				yield(record.Record{}, err)
				return
			}
			for _, r := range b.records {
				if !yield(r, nil) {
					return
				}
			}
		}
	}
}

// rowBatch is some consecutive rows, copied out of the file.
type rowBatch struct {
	next    uint64 // id to go on from
	end     uint64 // the collection's next id at the first read; 0 before
	ids     []uint32
	records []record.Record
}

// readRows replaces b with the rows that come next; more says whether there can be others.
func (c *Collection) readRows(b *rowBatch) (more bool, err error) {
	err = c.view(func(_ *bolt.Tx, buckets collectionBuckets) error {
		more, err = c.takeRows(buckets, b)
		return err
	})
	return more, err
}

// takeRows is readRows within a transaction.
func (c *Collection) takeRows(buckets collectionBuckets, b *rowBatch) (more bool, err error) {
	b.ids, b.records = b.ids[:0], b.records[:0]
	if b.end == 0 {
		state, err := buckets.state()
		if err != nil {
			return false, err
		}
		b.end = state.next
	}
	if b.next >= b.end {
		return false, nil
	}
	cursor, size := buckets.rows.Cursor(), 0
	for k, v := cursor.Seek(orderedKey(uint32(b.next))); k != nil; k, v = cursor.Next() {
		if len(b.ids) == readBatch || size > readBytes {
			return true, nil
		}
		id, r, err := c.decodeRow(k, v)
		if err != nil {
			return false, err
		}
		if uint64(id) >= b.end {
			return false, nil
		}
		b.ids, b.records = append(b.ids, id), append(b.records, r.record())
		b.next = uint64(id) + 1
		size += len(v)
	}
	return false, nil
}

// maxID is the highest dense id.
const maxID = 1<<32 - 1

// decodeRow reads an entry of the rows bucket.
func (c *Collection) decodeRow(k, v []byte) (uint32, row, error) {
	id, ok := orderedNumber(k)
	if !ok {
		return 0, row{}, fmt.Errorf("%w: %x is not the id of a row", ErrCorrupt, k)
	}
	r, err := openRow(v, id, len(c.schema))
	return id, r, err
}
