package db

import (
	"context"
	"fmt"
	"runtime"
	"sync"

	bolt "go.etcd.io/bbolt"

	"github.com/doppeldb/doppel/index"
)

const (
	// partBlocks is how many blocks a goroutine reads in one go: 4,096 vectors.
	partBlocks = 256
	// lostShare is the part of a stored graph that may have been deleted or changed since. Those are
	// nodes without a vector that a walk goes over blindly; with more of them the graph is built anew.
	lostShare = .2
)

// readVectors reads the vectors of a generation: into the graph that is stored, where they fit it, and into
// flat where not. REQUIRES writer: the goroutines see one state.
func (c *Collection) readVectors(ctx context.Context, now *served, cached bool) (*vectors, error) {
	v, err := newVectors(now)
	if err != nil {
		return nil, err
	}
	r := vectorReader{collection: c, now: now, dim: now.encoder.Dim()}
	last, any := uint32(0), false
	err = c.view(func(tx *bolt.Tx, b collectionBuckets) error {
		blocks, err := b.blocks(now.generation)
		if err != nil {
			return err
		}
		if k, _ := blocks.Cursor().Last(); k != nil {
			if last, any = orderedNumber(k); !any || last > maxID/blockVectors {
				return fmt.Errorf("%w: %x is not a vector block", ErrCorrupt, k)
			}
		}
		if cached {
			// What is wrong with it is Check's to say. Here it is as if there were none.
			r.links, r.sums, _ = readGraph(b, now.generation, tx.Size())
		}
		return nil
	})
	if err != nil || !any {
		return v, err
	}
	if r.links != nil && !serves(r.links.Options(), r.dim) {
		r.links = nil
	}
	if err := r.all(ctx, v, int64(last)+1); err != nil {
		return nil, err
	}
	if r.links == nil {
		return v, nil
	}
	had := r.links.Len()
	if v.graph, err = r.links.Index(); err != nil {
		return nil, err
	}
	v.unsaved = had - v.graph.Len()
	if float64(v.unsaved) > lostShare*float64(had) {
		return c.readVectors(ctx, now, false)
	}
	return v, nil
}

// serves says whether a graph of these options can be used. How many links it has and how carefully
// it was built may have been another doppel's choice.
func serves(o index.Options, dim int) bool {
	want := graphOptions(dim)
	want.M, want.EfConstruction, want.Seed = o.M, o.EfConstruction, o.Seed
	return o == want
}

// vectorReader reads blocks in parallel.
type vectorReader struct {
	collection *Collection
	now        *served
	dim        int
	links      *index.Links // nil: all go into flat
	sums       []uint32     // by block: the checksum that it had when the links were stored
}

// part is what a goroutine found that the graph does not have.
type part struct {
	ids  []uint32
	vecs []float32
	err  error
}

// all reads the blocks below end, and puts into flat, in order, what the graph does not have.
func (r *vectorReader) all(ctx context.Context, v *vectors, end int64) error {
	parts := make([]part, runtime.GOMAXPROCS(0))
	for lo := int64(0); lo < end; {
		var wg sync.WaitGroup
		n := 0
		for ; n < len(parts) && lo < end; n++ {
			p, from, to := &parts[n], lo, min(lo+partBlocks, end)
			wg.Go(func() { r.read(ctx, p, uint32(from), to) })
			lo = to
		}
		wg.Wait()
		for _, p := range parts[:n] {
			if p.err != nil {
				return p.err
			}
			v.order = append(v.order, p.ids...)
			if err := v.flat.AddBatch(p.ids, p.vecs); err != nil {
				return fmt.Errorf("collection %q: %w: vectors: %w", r.collection.name, ErrCorrupt, err)
			}
		}
	}
	return nil
}

// read reads the blocks from number from to before end.
func (r *vectorReader) read(ctx context.Context, p *part, from uint32, end int64) {
	p.ids, p.vecs = p.ids[:0], p.vecs[:0]
	p.err = r.collection.view(func(_ *bolt.Tx, b collectionBuckets) error {
		blocks, err := b.blocks(r.now.generation)
		if err != nil {
			return err
		}
		cursor := blocks.Cursor()
		for k, v := cursor.Seek(orderedKey(from)); k != nil; k, v = cursor.Next() {
			if err := ctx.Err(); err != nil {
				return err
			}
			number, ok := orderedNumber(k)
			if !ok || number > maxID/blockVectors {
				return fmt.Errorf("%w: %x is not a vector block", ErrCorrupt, k)
			}
			if int64(number) >= end {
				return nil
			}
			blk, err := openBlock(v, number, r.dim)
			if err != nil {
				return err
			}
			r.block(p, number, blk, blockSum(v))
		}
		return nil
	})
}

// block hands the vectors of a block to the graph, or to p.
func (r *vectorReader) block(p *part, number uint32, blk block, sum uint32) {
	same := int64(number) < int64(len(r.sums)) && r.sums[number] == sum
	size := 4 * r.dim
	for slot := range blockVectors {
		if !blk.has(slot) {
			continue
		}
		id := number*blockVectors + uint32(slot)
		if r.links != nil && r.links.Put(id, blk.bytes(slot, size), same) {
			continue
		}
		at := len(p.vecs)
		p.vecs = append(p.vecs, make([]float32, r.dim)...)
		if blk.read(slot, p.vecs[at:]); isZero(p.vecs[at:]) {
			p.vecs = p.vecs[:at]
			continue
		}
		p.ids = append(p.ids, id)
	}
}
