package db

import (
	"bytes"
	"context"
	"fmt"

	bolt "go.etcd.io/bbolt"

	"github.com/doppeldb/doppel/encoder"
)

// SetEncoderOptions says how to make a generation. The zero value, and nil, are the default.
type SetEncoderOptions struct {
	// BatchRows is the number of vectors per transaction; 0 means 4096.
	BatchRows int
	// Threads is the number of goroutines that encode; 0 means GOMAXPROCS. What is
	// stored does not depend on it.
	Threads int
	// Progress, if set, is called after each batch with the number of records that
	// have their vector and the number of records. A run that goes on where another
	// was cut off begins with what that one has done.
	Progress func(done, total int)
}

// Validate returns an ErrOptions for values that make no sense.
func (o SetEncoderOptions) Validate() error {
	if o.BatchRows < 0 || o.Threads < 0 {
		return fmt.Errorf("%w: batch of %d rows, %d threads", ErrOptions, o.BatchRows, o.Threads)
	}
	return nil
}

// SetEncoder is [Collection.SetEncoderWith] with the default options.
func (c *Collection) SetEncoder(ctx context.Context, enc *encoder.Encoder) error {
	return c.SetEncoderWith(ctx, enc, nil)
}

// SetEncoderWith makes enc the collection's encoder: every record and every
// support of a class gets its vector by it. The vectors go into a new generation, in
// batches, while the one before serves and writers go on writing. Once few records
// are left, writers wait, the last ones get theirs, and one transaction makes the
// generation the current one and drops the one before.
//
// Until then, and after an error or a crash, everything is as it was, but what
// was embedded is kept: the next SetEncoder of the same encoder goes on there. One
// of any other encoder, the current one too, drops it.
//
// Errors: ErrSchema for an encoder of other fields, ErrOptions, ErrReadOnly,
// ErrCorrupt, ErrNotFound (dropped), the context's.
func (c *Collection) SetEncoderWith(ctx context.Context, enc *encoder.Encoder, opts *SetEncoderOptions) error {
	var o SetEncoderOptions
	if opts != nil {
		o = *opts
	}
	if err := o.Validate(); err != nil {
		return err
	}
	if o.BatchRows == 0 {
		o.BatchRows = defaultBatchRows
	}
	if !enc.Schema().Equal(c.schema) {
		return fmt.Errorf("collection %q: %w: the encoder is for %v, the collection has %v", c.name, ErrSchema, enc.Schema(), c.schema)
	}
	if err := take(ctx, c.embedder); err != nil {
		return err
	}
	defer func() { <-c.embedder }()
	g, err := c.begin(ctx, enc)
	if err != nil || g == 0 {
		return err
	}
	e := &embedding{c: c, enc: enc, generation: g, opts: o}
	for range embedRounds {
		n, err := e.round(ctx, true)
		if err != nil {
			return err
		}
		if n <= o.BatchRows {
			break
		}
	}
	if err := e.finish(ctx); err != nil {
		return err
	}
	if o.Progress != nil { // not before: it may write
		o.Progress(e.total, e.total)
	}
	return nil
}

// embedRounds bounds the walks over the rows before writers have to wait: the
// first embeds all, the second what was written meanwhile, and so on; each is
// shorter unless records are written faster than they are embedded.
const embedRounds = 6

func (c *Collection) begin(ctx context.Context, enc *encoder.Encoder) (uint32, error) {
	if err := c.lock(ctx); err != nil {
		return 0, err
	}
	defer c.unlock()
	return c.beginGeneration(enc)
}

// embedding is the making of a generation.
type embedding struct {
	c          *Collection
	enc        *encoder.Encoder
	generation uint32
	opts       SetEncoderOptions
	next       uint64    // id from which to look on
	seen       int       // records looked at in this round
	total      int       // records of the collection
	vectors    []float32 // (batch, dim)
}

// round walks once over all rows, embeds those that have no vector yet, and
// gives their number. free says that others write meanwhile.
func (e *embedding) round(ctx context.Context, free bool) (embedded int, err error) {
	e.next, e.seen = 0, 0
	for more := true; more; {
		if err := ctx.Err(); err != nil {
			return embedded, err
		}
		var batch rowBatch
		if batch, more, err = e.missing(); err != nil {
			return embedded, err
		}
		if err := e.embed(ctx, batch); err != nil {
			return embedded, err
		}
		embedded += len(batch.ids)
		if e.opts.Progress != nil && free {
			e.opts.Progress(min(e.seen, e.total), e.total)
		}
	}
	return embedded, nil
}

// lookRows bounds the rows that are looked at in one read transaction.
const lookRows = 1 << 16

// missing reads the next rows without a vector; more says whether there can be others.
func (e *embedding) missing() (batch rowBatch, more bool, err error) {
	err = e.c.view(func(_ *bolt.Tx, b collectionBuckets) error {
		state, err := b.state()
		if err != nil {
			return err
		}
		blocks, err := b.blocks(e.generation)
		if err != nil {
			return err
		}
		e.total = int(state.rows)
		if e.next > maxID {
			return nil
		}
		cursor, size, looked := b.rows.Cursor(), 0, 0
		have, number := block{}, int64(-1)
		for k, v := cursor.Seek(orderedKey(uint32(e.next))); k != nil; k, v = cursor.Next() {
			if len(batch.ids) == e.opts.BatchRows || size > readBytes || looked == lookRows {
				more = true
				return nil
			}
			id, ok := orderedNumber(k)
			if !ok {
				return fmt.Errorf("%w: %x is not the id of a row", ErrCorrupt, k)
			}
			e.next = uint64(id) + 1
			e.seen++
			looked++
			if at := int64(id / blockVectors); at != number {
				have, number = block{}, at
				if value := blocks.Get(orderedKey(id / blockVectors)); value != nil {
					if have, err = openBlock(value, id/blockVectors, e.enc.Dim()); err != nil {
						return err
					}
				}
			}
			if have.has(int(id % blockVectors)) {
				continue
			}
			_, r, err := e.c.decodeRow(k, v)
			if err != nil {
				return err
			}
			batch.ids, batch.records = append(batch.ids, id), append(batch.records, r.record())
			size += len(v)
		}
		return nil
	})
	return batch, more, err
}

// embed writes the vectors of a batch; of a row that has changed since it was
// read, none.
func (e *embedding) embed(ctx context.Context, batch rowBatch) error {
	n, dim := len(batch.ids), e.enc.Dim()
	if n == 0 {
		return nil
	}
	if cap(e.vectors) < n*dim {
		e.vectors = make([]float32, n*dim)
	}
	vectors := e.vectors[:n*dim]
	values := func(i int) []string { return batch.records[i].Values }
	if err := e.enc.EncodeAll(ctx, n, values, vectors, e.opts.Threads); err != nil {
		return err
	}
	return e.c.update(func(_ *bolt.Tx, b collectionBuckets) error {
		blocks, err := b.blocks(e.generation)
		if err != nil {
			return err
		}
		kept := 0
		for i, id := range batch.ids {
			r := batch.records[i]
			if !bytes.Equal(b.rows.Get(orderedKey(id)), appendRow(nil, id, r.Key, r.Values)) {
				continue
			}
			batch.ids[kept] = id
			copy(vectors[kept*dim:(kept+1)*dim], vectors[i*dim:(i+1)*dim])
			kept++
		}
		return putVectors(blocks, batch.ids[:kept], vectors[:kept*dim], dim)
	})
}

// finish embeds what is left while writers wait, and flips.
func (e *embedding) finish(ctx context.Context) error {
	c := e.c
	if err := c.lock(ctx); err != nil {
		return err
	}
	defer c.unlock()
	if _, err := e.round(ctx, false); err != nil {
		return err
	}
	sets, err := e.supports(ctx)
	if err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := c.flip(e.generation, sets); err != nil {
		return err
	}
	c.mu.Lock()
	c.served = &served{generation: e.generation, encoder: e.enc}
	c.mu.Unlock()
	c.classChanges.Add(1)
	return nil
}

// setVectors is the vectors of the supports of one set.
type setVectors struct {
	set     string
	numbers []uint32
	vectors []float32 // (numbers, dim)
	dim     int
}

// supports embeds the supports of all sets. REQUIRES writer.
func (e *embedding) supports(ctx context.Context) ([]setVectors, error) {
	var out []setVectors
	var values [][][]string
	err := e.c.view(func(_ *bolt.Tx, b collectionBuckets) error {
		sets, err := b.classSets()
		if err != nil {
			return err
		}
		for _, set := range sets {
			s, err := b.classSet(set)
			if err != nil {
				return err
			}
			one, rows := setVectors{set: set, dim: e.enc.Dim()}, [][]string{}
			err = s.each(len(e.c.schema), func(n uint32, sup support) error {
				one.numbers, rows = append(one.numbers, n), append(rows, sup.Values)
				return nil
			})
			if err != nil {
				return err
			}
			out, values = append(out, one), append(values, rows)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for i := range out {
		rows := values[i]
		out[i].vectors = make([]float32, len(rows)*e.enc.Dim())
		if err := e.enc.EncodeAll(ctx, len(rows), func(r int) []string { return rows[r] }, out[i].vectors, e.opts.Threads); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// flip makes g, which has all vectors of rows, the current generation with
// those of supports, and drops all others.
func (c *Collection) flip(g uint32, sets []setVectors) error {
	return c.update(func(tx *bolt.Tx, b collectionBuckets) error {
		state, err := b.state()
		if err != nil {
			return err
		}
		for _, s := range sets {
			blocks, err := b.makeSupportBlocks(g, s.set)
			if err != nil {
				return err
			}
			if err := putVectors(blocks, s.numbers, s.vectors, s.dim); err != nil {
				return err
			}
		}
		if err := b.generations.Bucket(orderedKey(g)).Delete(keyPending); err != nil {
			return err
		}
		state.current = g
		if err := b.putState(state); err != nil {
			return err
		}
		if err := b.keepGenerations(g); err != nil {
			return err
		}
		return dropUnusedModels(tx)
	})
}

// number is the generation, 0 for none.
func (s *served) number() uint32 {
	if s == nil {
		return 0
	}
	return s.generation
}

// Encoder gives the encoder that made the collection's vectors, or ErrNoEncoder.
func (c *Collection) Encoder() (*encoder.Encoder, error) {
	s, err := c.serve()
	if err != nil {
		return nil, err
	}
	if s == nil {
		return nil, fmt.Errorf("collection %q: %w", c.name, ErrNoEncoder)
	}
	return s.encoder, nil
}

// serve gives the current generation, reading its encoder when it is not in
// memory; nil when the collection has none. Without the writer's token it may
// be replaced at any moment, which its reader then does not see.
func (c *Collection) serve() (*served, error) {
	c.mu.RLock()
	have := c.served
	c.mu.RUnlock()
	var current uint32
	var g generation
	var data []byte
	err := c.view(func(tx *bolt.Tx, b collectionBuckets) error {
		state, err := b.state()
		if err != nil {
			return err
		}
		current = state.current
		if current == 0 || current == have.number() {
			return nil
		}
		if g, err = b.generation(current); err != nil {
			return err
		}
		data, err = modelBytes(tx, g.fingerprint)
		return err
	})
	switch {
	case err != nil:
		return nil, err
	case current == 0:
		return nil, nil
	case current == have.number():
		return have, nil
	}
	enc, err := unmarshalModel(data, g)
	if err != nil {
		return nil, fmt.Errorf("collection %q: %w", c.name, err)
	}
	if !enc.Schema().Equal(c.schema) { // or Encode would panic on every record
		return nil, fmt.Errorf("collection %q: %w: its encoder is for %v", c.name, ErrCorrupt, enc.Schema())
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.served.number() < current { // numbers only grow: never go back
		c.served = &served{generation: current, encoder: enc}
	}
	return c.served, nil
}
