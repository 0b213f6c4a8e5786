package db

import (
	"context"
	"fmt"

	bolt "go.etcd.io/bbolt"

	"github.com/doppeldb/doppel/encoder"
)

// SetEncoder makes enc the collection's encoder: every record gets its vector
// by it. The vectors go into a new generation, in batches; one last transaction
// makes it the current one and drops the one before. Until then, and after an
// error, everything is as it was. Other writers of the collection wait.
//
// Errors: ErrSchema for an encoder of other fields, ErrReadOnly, ErrCorrupt,
// ErrNotFound (dropped), the context's.
func (c *Collection) SetEncoder(ctx context.Context, enc *encoder.Encoder) error {
	if !enc.Schema().Equal(c.schema) {
		return fmt.Errorf("collection %q: %w: the encoder is for %v, the collection has %v", c.name, ErrSchema, enc.Schema(), c.schema)
	}
	if err := c.lock(ctx); err != nil {
		return err
	}
	defer c.unlock()
	now, err := c.serve()
	if err != nil {
		return err
	}
	if now != nil && now.encoder.Fingerprint() == enc.Fingerprint() {
		return nil
	}
	g, err := c.beginGeneration(enc)
	if err != nil {
		return err
	}
	if err := c.embed(ctx, g, enc); err != nil {
		// Best effort: nobody reads a generation that is not current, and the
		// next SetEncoder drops it.
		_ = c.update(func(tx *bolt.Tx, b collectionBuckets) error {
			if err := b.keepGeneration(now.number()); err != nil {
				return err
			}
			return dropUnusedModels(tx)
		})
		return err
	}
	if err := c.flip(g); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.served = &served{generation: g, encoder: enc}
	return nil
}

// number is the generation, 0 for none.
func (s *served) number() uint32 {
	if s == nil {
		return 0
	}
	return s.generation
}

// beginGeneration stores the model and makes an empty generation for it.
func (c *Collection) beginGeneration(enc *encoder.Encoder) (g uint32, err error) {
	err = c.update(func(tx *bolt.Tx, b collectionBuckets) error {
		state, err := b.state()
		if err != nil {
			return err
		}
		if err := b.keepGeneration(state.current); err != nil {
			return err
		}
		if err := putModel(tx, enc); err != nil {
			return err
		}
		state.last++
		g = state.last
		bucket, err := b.generations.CreateBucket(orderedKey(g))
		if err != nil {
			return err
		}
		if _, err := bucket.CreateBucket(bucketBlocks); err != nil {
			return err
		}
		head := generation{fingerprint: enc.Fingerprint(), dim: enc.Dim()}
		if err := bucket.Put(keyHead, head.encode(g)); err != nil {
			return err
		}
		return b.putState(state)
	})
	return g, err
}

// embed writes the vectors of all rows into generation g, batch by batch.
// REQUIRES writer, so no row changes meanwhile.
func (c *Collection) embed(ctx context.Context, g uint32, enc *encoder.Encoder) error {
	var rows rowBatch
	var vectors []float32
	dim := enc.Dim()
	for more := true; more; {
		var err error
		if more, err = c.readRows(&rows); err != nil {
			return err
		}
		n := len(rows.ids)
		if cap(vectors) < n*dim {
			vectors = make([]float32, n*dim)
		}
		vectors = vectors[:n*dim]
		values := func(i int) []string { return rows.records[i].Values }
		if err := enc.EncodeAll(ctx, n, values, vectors, 0); err != nil {
			return err
		}
		err = c.update(func(_ *bolt.Tx, b collectionBuckets) error {
			blocks, err := b.blocks(g)
			if err != nil {
				return err
			}
			return putVectors(blocks, rows.ids, vectors, dim)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// flip makes g the current generation and drops all others.
func (c *Collection) flip(g uint32) error {
	return c.update(func(tx *bolt.Tx, b collectionBuckets) error {
		state, err := b.state()
		if err != nil {
			return err
		}
		state.current = g
		if err := b.putState(state); err != nil {
			return err
		}
		if err := b.keepGeneration(g); err != nil {
			return err
		}
		return dropUnusedModels(tx)
	})
}

// keepGeneration drops all generations but g.
func (b collectionBuckets) keepGeneration(g uint32) error {
	var others [][]byte
	err := b.generations.ForEachBucket(func(k []byte) error {
		if n, ok := orderedNumber(k); !ok || n != g {
			others = append(others, append([]byte(nil), k...))
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, k := range others {
		if err := b.generations.DeleteBucket(k); err != nil {
			return err
		}
	}
	return nil
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
