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
// encoder, while the one before is written, rows and vectors together in one
// transaction. On an error, from records or from ctx too, the batches before it stay
// and the result counts them. Values are copied as they come, so records may use their
// slice again; a record may be asked for before the batch of the one before it is in the file.
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
	p := putting{collection: c, opts: o, fill: &putBatch{}, spare: &putBatch{}}
	err := p.run(ctx, records)
	if e := p.wait(); err == nil {
		err = e
	}
	return p.total, err
}

// putting is one PutAll: a batch is encoded while the one before is written.
type putting struct {
	collection  *Collection
	opts        PutOptions
	fill, spare *putBatch
	writing     chan error // of the batch that is being written, nil when none is
	written     PutResult  // of that batch, once writing has given its error
	total       PutResult
	given       int // records given to be written
}

func (p *putting) run(ctx context.Context, records iter.Seq2[record.Record, error]) error {
	n := 0
	for r, err := range records {
		n++
		if err == nil {
			err = checkRecord(p.collection.schema, r)
		}
		if err != nil {
			return fmt.Errorf("record %d: %w", n, err)
		}
		p.fill.add(r)
		if len(p.fill.records) >= p.opts.BatchRows || p.fill.bytes >= batchBytes {
			if err := p.flush(ctx); err != nil {
				return err
			}
		}
	}
	if len(p.fill.records) == 0 {
		return ctx.Err()
	}
	return p.flush(ctx)
}

// flush encodes the batch, waits until the one before is written, and has this one written.
func (p *putting) flush(ctx context.Context) error {
	b := p.fill
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := p.collection.encodeBatch(ctx, b, p.opts.Threads); err != nil {
		return err
	}
	if err := p.wait(); err != nil {
		return err
	}
	p.given += len(b.records)
	if p.opts.Bookmark != nil {
		b.markName, b.mark = p.opts.Bookmark(p.given)
	}
	p.writing = make(chan error, 1)
	go func(done chan<- error) {
		var err error
		p.written, err = p.collection.putBatch(ctx, b, p.opts)
		done <- err
	}(p.writing)
	p.fill, p.spare = p.spare, b
	p.fill.reset()
	return nil
}

// wait ends with the batch that is being written.
func (p *putting) wait() error {
	if p.writing == nil {
		return nil
	}
	err := <-p.writing
	p.writing = nil
	if err != nil {
		return err
	}
	p.total.Inserted += p.written.Inserted
	p.total.Updated += p.written.Updated
	if p.opts.Progress != nil {
		p.opts.Progress(p.total.Inserted + p.total.Updated)
	}
	return nil
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

	encoded bool
	served  *served   // what made vectors; nil without an encoder
	vectors []float32 // (records, dim)

	markName string // of the bookmark, "" for none
	mark     []byte
}

func (b *putBatch) reset() {
	b.records, b.values, b.bytes = b.records[:0], b.values[:0], 0
	b.encoded, b.served, b.vectors = false, nil, nil // the vectors are the memory's now
}

func (b *putBatch) add(r record.Record) {
	b.bytes += textSize(r)
	from := len(b.values)
	b.values = append(b.values, r.Values...) // records before keep the old array when it moves
	r.Values = b.values[from:len(b.values):len(b.values)]
	b.records = append(b.records, r)
}

// putBatch is the walk of one batch that is encoded: one transaction, publish.
func (c *Collection) putBatch(ctx context.Context, b *putBatch, o PutOptions) (PutResult, error) {
	if err := c.lock(ctx); err != nil {
		return PutResult{}, err
	}
	defer c.unlock()
	w, err := c.writeBatch(ctx, b, o)
	if err != nil {
		return PutResult{}, err
	}
	return PutResult{Inserted: len(w.fresh), Updated: len(b.records) - len(w.fresh)}, nil
}

// encodeBatch makes the vectors of a batch by the encoder of now.
func (c *Collection) encodeBatch(ctx context.Context, b *putBatch, threads int) error {
	now, err := c.serve()
	if err != nil {
		return err
	}
	b.encoded, b.served, b.vectors = true, now, nil
	if now == nil {
		return nil
	}
	b.vectors = make([]float32, len(b.records)*now.encoder.Dim())
	values := func(i int) []string { return b.records[i].Values }
	return now.encoder.EncodeAll(ctx, len(b.records), values, b.vectors, threads)
}

// writeBatch is putBatch for who has the lock. A batch that is not encoded, or by an encoder that is
// not the collection's any more, is encoded here. REQUIRES writer.
func (c *Collection) writeBatch(ctx context.Context, b *putBatch, o PutOptions) (*batchWrite, error) {
	now, err := c.serve()
	if err != nil {
		return nil, err
	}
	if !b.encoded || now.number() != b.served.number() {
		if err := c.encodeBatch(ctx, b, o.Threads); err != nil {
			return nil, err
		}
	}
	w := &batchWrite{collection: c, records: b.records, insert: o.Insert, vectors: b.vectors, markName: b.markName, mark: b.mark}
	if b.served != nil {
		w.served, w.dim = b.served, b.served.encoder.Dim()
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
