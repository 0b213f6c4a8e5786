package db

import (
	"cmp"
	"context"
	"encoding/binary"
	"fmt"
	"iter"
	"slices"

	bolt "go.etcd.io/bbolt"

	"github.com/doppeldb/doppel/record"
)

// PutOptions says how to put records. The zero value, and nil, are the default.
type PutOptions struct {
	// Insert gives ErrDuplicateKey for a key that is taken, or comes twice.
	// Otherwise the later record replaces the earlier, and keeps its place in the
	// order of insertion.
	Insert bool
	// BatchRows is the number of records per transaction; 0 means 4096.
	BatchRows int
	// Threads is the number of goroutines that encode; 0 means GOMAXPROCS. What is
	// stored does not depend on it.
	Threads int
	// Progress, if set, is called after each commit with the number of records put so far.
	Progress func(done int)
	// Bookmark, if set, is called for each batch with the number of records that
	// are put once it is committed, and what it gives is stored in the same
	// transaction; see [Collection.Bookmark].
	Bookmark func(done int) (name string, data []byte)
}

// PutResult counts what was committed.
type PutResult struct {
	Inserted, Updated int
}

const (
	// defaultBatchRows is the middle of the range where bbolt's throughput is flat,
	// 500 to 5,000 rows a transaction.
	defaultBatchRows = 4096
	// batchBytes ends a batch of large records early.
	batchBytes = 16 << 20
)

// Validate returns an ErrOptions for values that make no sense.
func (o PutOptions) Validate() error {
	if o.BatchRows < 0 || o.Threads < 0 {
		return fmt.Errorf("%w: batch of %d rows, %d threads", ErrOptions, o.BatchRows, o.Threads)
	}
	return nil
}

// Records gives a slice as [Collection.PutAll] takes it.
func Records(rs []record.Record) iter.Seq2[record.Record, error] {
	return func(yield func(record.Record, error) bool) {
		for _, r := range rs {
			if !yield(r, nil) {
				return
			}
		}
	}
}

// PutAll stores records, in batches: each is encoded, if the collection has an
// encoder, and then written in one transaction, rows and vectors together. On an
// error, from records or from ctx too, the batches before it stay and the result
// counts them. Values are copied as they come, so records may use their slice again.
//
// Errors: ErrKey, ErrSchema, ErrTooLarge, ErrDuplicateKey, ErrNotFound (dropped),
// ErrReadOnly, ErrCorrupt, and what records gives.
func (c *Collection) PutAll(ctx context.Context, records iter.Seq2[record.Record, error], opts *PutOptions) (PutResult, error) {
	var o PutOptions
	if opts != nil {
		o = *opts
	}
	var total PutResult
	if err := o.Validate(); err != nil {
		return total, err
	}
	if o.BatchRows == 0 {
		o.BatchRows = defaultBatchRows
	}
	var b putBatch
	flush := func() error {
		done, err := c.putBatch(ctx, &b, o, total)
		if err != nil {
			return err
		}
		total.Inserted += done.Inserted
		total.Updated += done.Updated
		b.reset()
		if o.Progress != nil {
			o.Progress(total.Inserted + total.Updated)
		}
		return nil
	}
	n := 0
	for r, err := range records {
		n++
		if err == nil {
			err = checkRecord(c.schema, r)
		}
		if err != nil {
			return total, fmt.Errorf("record %d: %w", n, err)
		}
		b.add(r)
		if len(b.records) >= o.BatchRows || b.bytes >= batchBytes {
			if err := flush(); err != nil {
				return total, err
			}
		}
	}
	if len(b.records) == 0 {
		return total, ctx.Err()
	}
	return total, flush()
}

// Put stores a few records, replacing those with the same keys; see [Collection.PutAll].
func (c *Collection) Put(ctx context.Context, records ...record.Record) error {
	_, err := c.PutAll(ctx, Records(records), nil)
	return err
}

// putBatch is the records of one transaction.
type putBatch struct {
	records []record.Record
	values  []string // backs records[i].Values
	bytes   int
}

func (b *putBatch) reset() { b.records, b.values, b.bytes = b.records[:0], b.values[:0], 0 }

func (b *putBatch) add(r record.Record) {
	b.bytes += textSize(r)
	from := len(b.values)
	b.values = append(b.values, r.Values...) // records before keep the old array when it moves
	r.Values = b.values[from:len(b.values):len(b.values)]
	b.records = append(b.records, r)
}

// putBatch is the walk of one batch: encode, one transaction, publish.
func (c *Collection) putBatch(ctx context.Context, b *putBatch, o PutOptions, before PutResult) (PutResult, error) {
	if err := c.lock(ctx); err != nil {
		return PutResult{}, err
	}
	defer c.unlock()
	w, err := c.writeBatch(ctx, b, o, before.Inserted+before.Updated+len(b.records))
	if err != nil {
		return PutResult{}, err
	}
	return PutResult{Inserted: len(w.fresh), Updated: len(b.records) - len(w.fresh)}, nil
}

// writeBatch is putBatch for who has the lock; done is the number of records put
// when the batch is. REQUIRES writer.
func (c *Collection) writeBatch(ctx context.Context, b *putBatch, o PutOptions, done int) (*batchWrite, error) {
	now, err := c.serve()
	if err != nil {
		return nil, err
	}
	w := &batchWrite{collection: c, records: b.records, insert: o.Insert}
	if o.Bookmark != nil {
		w.markName, w.mark = o.Bookmark(done)
	}
	if now != nil {
		w.served, w.dim = now, now.encoder.Dim()
		w.vectors = make([]float32, len(b.records)*w.dim)
		values := func(i int) []string { return b.records[i].Values }
		if err := now.encoder.EncodeAll(ctx, len(b.records), values, w.vectors, o.Threads); err != nil {
			return nil, err
		}
	}
	return w, c.commit(w.run, w)
}

// batchWrite writes one batch in one transaction. Records stay in the order of
// the input until they have ids; then everything goes in the order of its bucket.
type batchWrite struct {
	collection *Collection
	records    []record.Record
	insert     bool
	served     *served // nil without an encoder
	dim        int
	markName   string // of the bookmark, "" for none
	mark       []byte

	vectors []float32         // (records, dim); after run (ids, dim)
	ids     []uint32          // after run: what was written, ascending
	from    []int             // after run: which of records each of ids is
	fresh   map[string]uint32 // keys that are new
	staged  staged            // after stage: publish.go
}

func (w *batchWrite) run(_ *bolt.Tx, b collectionBuckets) error {
	state, err := b.state()
	if err != nil {
		return err
	}
	ids, err := w.assign(b, &state)
	if err != nil {
		return err
	}
	if err := w.putKeys(b); err != nil {
		return err
	}
	order := lastOfEach(ids)
	w.from = order
	w.sortBy(order, ids)
	for i, at := range order {
		r := w.records[at]
		frame := make([]byte, 0, frameOverhead+8+4*len(r.Values)+textSize(r))
		if err := b.rows.Put(orderedKey(w.ids[i]), appendRow(frame, w.ids[i], r.Key, r.Values)); err != nil {
			return err
		}
	}
	if w.served != nil {
		blocks, err := b.blocks(w.served.generation)
		if err != nil {
			return err
		}
		if err := putVectors(blocks, w.ids, w.vectors, w.dim); err != nil {
			return err
		}
	}
	if err := b.forgetPending(state.current, w.ids); err != nil {
		return err
	}
	if w.markName != "" {
		if err := b.putBookmark(w.markName, w.mark); err != nil {
			return err
		}
	}
	return b.putState(state)
}

// assign finds the id of each record and gives new keys the next ones.
func (w *batchWrite) assign(b collectionBuckets, state *collectionState) ([]uint32, error) {
	w.fresh = map[string]uint32{}
	ids := make([]uint32, len(w.records))
	for i, r := range w.records {
		id, taken := w.fresh[r.Key]
		if !taken {
			var err error
			if id, taken, err = b.id(r.Key); err != nil {
				return nil, err
			}
		}
		if taken && w.insert {
			return nil, fmt.Errorf("key %s: %w", quoteKey(r.Key), ErrDuplicateKey)
		}
		if !taken {
			if state.next > maxID {
				return nil, fmt.Errorf("%w: all ids are used up; export and import the collection", ErrTooLarge)
			}
			id = uint32(state.next)
			state.next++
			state.rows++
			w.fresh[r.Key] = id
		}
		ids[i] = id
	}
	return ids, nil
}

// putKeys writes the new keys in the order of their bucket, which touches each page once.
func (w *batchWrite) putKeys(b collectionBuckets) error {
	keys := make([]string, 0, len(w.fresh))
	for k := range w.fresh {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	for _, k := range keys {
		if err := b.keys.Put([]byte(k), binary.LittleEndian.AppendUint32(nil, w.fresh[k])); err != nil {
			return err
		}
	}
	return nil
}

// lastOfEach gives the positions of ids in ascending order of id, and of equal
// ids only the last.
func lastOfEach(ids []uint32) []int {
	order := make([]int, len(ids))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Or(cmp.Compare(ids[a], ids[b]), b-a) })
	return slices.CompactFunc(order, func(a, b int) bool { return ids[a] == ids[b] })
}

// sortBy brings ids and vectors in the order of the rows to write.
func (w *batchWrite) sortBy(order []int, ids []uint32) {
	w.ids = make([]uint32, len(order))
	sorted := len(order) == len(ids)
	for i, at := range order {
		w.ids[i] = ids[at]
		sorted = sorted && i == at
	}
	if sorted { // all new: the usual case needs no second copy
		return
	}
	vectors := make([]float32, 0, len(order)*w.dim)
	for _, at := range order {
		vectors = append(vectors, w.vectors[at*w.dim:(at+1)*w.dim]...)
	}
	w.vectors = vectors
}
