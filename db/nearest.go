package db

import (
	"context"
	"fmt"
	"slices"

	bolt "go.etcd.io/bbolt"

	"github.com/doppeldb/doppel/index"
	"github.com/doppeldb/doppel/record"
)

// Hit is one answer of Nearest.
type Hit struct {
	record.Record
	// Distance is 1 - cosine of the two vectors, 0 to 2; smaller is closer.
	Distance float32
}

// Nearest gives the k records whose vectors are closest to that of values,
// closest first, equal distances in the order of insertion. Records without any
// feature have no direction: they are never an answer, and as values give none.
//
// The first call reads all vectors into an exact index, 4*Dim bytes a record,
// after writers of the collection are done; later commits go into it. Errors:
// ErrNoEncoder, ErrSchema, ErrCorrupt, ErrNotFound (dropped), index.ErrK.
func (c *Collection) Nearest(ctx context.Context, values []string, k int) ([]Hit, error) {
	if err := c.schema.Check(values); err != nil {
		return nil, fmt.Errorf("collection %q: %w: %w", c.name, ErrSchema, err)
	}
	if k <= 0 {
		return nil, fmt.Errorf("%w: %d", index.ErrK, k)
	}
	now, err := c.indexed(ctx)
	if err != nil {
		return nil, err
	}
	query := make([]float32, now.encoder.Dim())
	now.encoder.Encode(values, query)
	if isZero(query) {
		return nil, nil
	}
	// A row that was deleted after the search is searched around: the index
	// learns of a commit only after it.
	gone := map[uint32]bool{}
	for {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		c.mu.RLock()
		found, err := now.index.Nearest(query, k, keepBut(gone))
		c.mu.RUnlock()
		if err != nil {
			return nil, err
		}
		hits, missing, err := c.hits(found)
		if err != nil {
			return nil, err
		}
		if len(missing) == 0 {
			return hits, nil
		}
		for _, id := range missing {
			gone[id] = true
		}
	}
}

func keepBut(gone map[uint32]bool) *index.Query {
	if len(gone) == 0 {
		return nil
	}
	return &index.Query{Keep: func(id uint32) bool { return !gone[id] }}
}

// hits reads the records that were found; missing are those that are not there any more.
func (c *Collection) hits(found []index.Neighbour) (hits []Hit, missing []uint32, err error) {
	err = c.view(func(_ *bolt.Tx, b collectionBuckets) error {
		for _, n := range found {
			v := b.rows.Get(orderedKey(n.ID))
			if v == nil {
				missing = append(missing, n.ID)
				continue
			}
			r, err := openRow(v, n.ID, len(c.schema))
			if err != nil {
				return err
			}
			hits = append(hits, Hit{r.record(), n.Distance})
		}
		return nil
	})
	return hits, missing, err
}

// indexed gives the current generation with its index, and builds it if need be.
func (c *Collection) indexed(ctx context.Context) (*served, error) {
	if c.dropped.Load() {
		return nil, fmt.Errorf("collection %q: %w: it was dropped", c.name, ErrNotFound)
	}
	c.mu.RLock()
	now := c.served
	ready := now != nil && now.index != nil
	c.mu.RUnlock()
	if ready {
		return now, nil
	}
	if err := c.lock(ctx); err != nil { // no commit while it is built
		return nil, err
	}
	defer c.unlock()
	now, err := c.serve()
	if err != nil {
		return nil, err
	}
	if now == nil {
		return nil, fmt.Errorf("collection %q: %w", c.name, ErrNoEncoder)
	}
	if now.index != nil { // only who holds the token sets it
		return now, nil
	}
	idx, err := c.buildIndex(ctx, now)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	// A new one, not a new field: others read the old one without the lock.
	c.served = &served{generation: now.generation, encoder: now.encoder, index: idx}
	return c.served, nil
}

// buildIndex reads the vectors of a generation. REQUIRES writer.
func (c *Collection) buildIndex(ctx context.Context, now *served) (index.Index, error) {
	dim := now.encoder.Dim()
	idx, err := index.New(index.Options{Dim: dim})
	if err != nil {
		return nil, err
	}
	err = c.view(func(_ *bolt.Tx, b collectionBuckets) error {
		blocks, err := b.blocks(now.generation)
		if err != nil {
			return err
		}
		ids, vectors := make([]uint32, 0, blockVectors), make([]float32, blockVectors*dim)
		cursor := blocks.Cursor()
		for k, v := cursor.First(); k != nil; k, v = cursor.Next() {
			if err := ctx.Err(); err != nil {
				return err
			}
			number, ok := orderedNumber(k)
			if !ok || number > maxID/blockVectors {
				return fmt.Errorf("%w: %x is not a vector block", ErrCorrupt, k)
			}
			blk, err := openBlock(v, number, dim)
			if err != nil {
				return err
			}
			ids = ids[:0]
			for slot := range blockVectors {
				if !blk.has(slot) {
					continue
				}
				dst := vectors[len(ids)*dim : (len(ids)+1)*dim]
				if blk.read(slot, dst); !isZero(dst) {
					ids = append(ids, number*blockVectors+uint32(slot))
				}
			}
			if err := idx.AddBatch(ids, vectors[:len(ids)*dim]); err != nil {
				return fmt.Errorf("%w: vector block %d: %w", ErrCorrupt, number, err)
			}
		}
		return nil
	})
	return idx, err
}

// publish brings a committed batch into the index; vectors is (len(ids), dim).
// REQUIRES writer, and the commit.
func (c *Collection) publish(now *served, ids []uint32, vectors []float32) {
	if now == nil || now.index == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	dim := now.encoder.Dim()
	for i, id := range ids {
		v := vectors[i*dim : (i+1)*dim]
		var err error
		if now.index.Contains(id) {
			err = now.index.Delete(id)
		}
		if err == nil && !isZero(v) {
			err = now.index.Add(id, v)
		}
		if err != nil { // the next Nearest reads the file again
			c.served = &served{generation: now.generation, encoder: now.encoder}
			return
		}
	}
}

// unpublish takes deleted rows out of the index. REQUIRES writer, and the commit.
func (c *Collection) unpublish(ids []uint32) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.served == nil || c.served.index == nil {
		return
	}
	for _, id := range ids {
		if c.served.index.Contains(id) && c.served.index.Delete(id) != nil {
			c.served = &served{generation: c.served.generation, encoder: c.served.encoder}
			return
		}
	}
}

func isZero(v []float32) bool { return !slices.ContainsFunc(v, func(x float32) bool { return x != 0 }) }
