package db

import (
	"context"
	"iter"

	bolt "go.etcd.io/bbolt"

	"github.com/doppeldb/doppel/record"
)

// Embedded is a record with its vector.
type Embedded struct {
	record.Record
	Vector []float32 // unit or zero; nil without an encoder
}

// Embedded gives every record with its vector in the order of insertion. Like
// [Collection.All] it reads in batches, in short transactions; each batch is of one
// moment, and its vectors are of the encoder that the collection had then. The
// vector is good until the next step.
func (c *Collection) Embedded(ctx context.Context) iter.Seq2[Embedded, error] {
	return func(yield func(Embedded, error) bool) {
		var b rowBatch
		var vectors []float32
		for more := true; more; {
			err := ctx.Err()
			if err == nil {
				more, err = c.readEmbedded(&b, &vectors)
			}
			if err != nil {
				yield(Embedded{}, err)
				return
			}
			dim := 0
			if n := len(b.records); n > 0 {
				dim = len(vectors) / n
			}
			for i, r := range b.records {
				e := Embedded{Record: r}
				if dim > 0 {
					e.Vector = vectors[i*dim : (i+1)*dim : (i+1)*dim]
				}
				if !yield(e, nil) {
					return
				}
			}
		}
	}
}

// readEmbedded replaces b with the rows that come next and vectors with theirs,
// (rows, dim); without an encoder with none.
func (c *Collection) readEmbedded(b *rowBatch, vectors *[]float32) (more bool, err error) {
	*vectors = (*vectors)[:0]
	err = c.view(func(_ *bolt.Tx, buckets collectionBuckets) error {
		if more, err = c.takeRows(buckets, b); err != nil {
			return err
		}
		state, err := buckets.state()
		if err != nil || state.current == 0 {
			return err
		}
		g, err := buckets.generation(state.current)
		if err != nil {
			return err
		}
		blocks, err := buckets.blocks(state.current)
		if err != nil {
			return err
		}
		walk := newVectorWalk(blocks, g.dim)
		if n := len(b.ids) * g.dim; cap(*vectors) < n {
			*vectors = make([]float32, n)
		} else {
			*vectors = (*vectors)[:n]
		}
		for i, id := range b.ids {
			if err := walk.read(id, (*vectors)[i*g.dim:(i+1)*g.dim]); err != nil {
				return err
			}
		}
		return nil
	})
	return more, err
}
