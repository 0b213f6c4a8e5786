package db

import (
	"encoding/binary"
	"fmt"
	"time"

	bolt "go.etcd.io/bbolt"

	"github.com/doppeldb/doppel/encoder"
)

// A generation that is being made has a mark beside its head, frame 'p', with
// the time at which it was begun: u64, Unix seconds. Without the mark it is either
// the current one or a left-over of version 1, which did not keep INVARIANT 7.

// beginGeneration makes an empty generation for enc, or finds the one that a
// cut-off run has begun; 0 if enc made the current one. All others go. REQUIRES writer.
func (c *Collection) beginGeneration(enc *encoder.Encoder) (g uint32, err error) {
	err = c.update(func(tx *bolt.Tx, b collectionBuckets) error {
		state, err := b.state()
		if err != nil {
			return err
		}
		g, err = b.findGeneration(state.current, enc)
		switch {
		case err != nil:
			return err
		case g != 0 && g == state.current:
			g = 0
			err = b.keepGenerations(state.current)
		case g != 0:
			err = b.keepGenerations(state.current, g)
		default:
			if err = b.keepGenerations(state.current); err != nil {
				return err
			}
			state.last++
			g = state.last
			if err = b.makeGeneration(g, enc); err != nil {
				return err
			}
			if err = putModel(tx, enc); err != nil {
				return err
			}
			err = b.putState(state)
		}
		if err != nil {
			return err
		}
		return dropUnusedModels(tx)
	})
	return g, err
}

// findGeneration gives the generation of enc, current or pending; 0 for none. A
// damaged pending one is none.
func (b collectionBuckets) findGeneration(current uint32, enc *encoder.Encoder) (uint32, error) {
	if current != 0 {
		g, err := b.generation(current)
		if err != nil || g.fingerprint == enc.Fingerprint() {
			return current, err
		}
	}
	numbers, err := b.pending(current)
	if err != nil {
		return 0, nil
	}
	for _, n := range numbers {
		if g, err := b.generation(n); err == nil && g.fingerprint == enc.Fingerprint() && g.dim == enc.Dim() {
			return n, nil
		}
	}
	return 0, nil
}

// pending lists the generations that are being made or wait to be gone on with.
func (b collectionBuckets) pending(current uint32) (numbers []uint32, err error) {
	err = b.generations.ForEachBucket(func(k []byte) error {
		n, ok := orderedNumber(k)
		if !ok || n == current {
			return nil
		}
		mark := b.generations.Bucket(k).Get(keyPending)
		if mark == nil {
			return nil
		}
		if _, err := openFrame(mark, framePending, n); err != nil {
			return fmt.Errorf("generation %d: %w", n, err)
		}
		numbers = append(numbers, n)
		return nil
	})
	return numbers, err
}

// makeGeneration makes generation g, empty and pending.
func (b collectionBuckets) makeGeneration(g uint32, enc *encoder.Encoder) error {
	bucket, err := b.generations.CreateBucket(orderedKey(g))
	if err != nil {
		return err
	}
	if _, err := bucket.CreateBucket(bucketBlocks); err != nil {
		return err
	}
	mark := binary.LittleEndian.AppendUint64(startFrame(nil, framePending), uint64(time.Now().Unix()))
	if err := bucket.Put(keyPending, sealFrame(mark, g)); err != nil {
		return err
	}
	return bucket.Put(keyHead, generation{fingerprint: enc.Fingerprint(), dim: enc.Dim()}.encode(g))
}

// keepGenerations drops all generations but these.
func (b collectionBuckets) keepGenerations(keep ...uint32) error {
	var others [][]byte
	err := b.generations.ForEachBucket(func(k []byte) error {
		n, ok := orderedNumber(k)
		for _, g := range keep {
			if ok && n == g {
				return nil
			}
		}
		others = append(others, append([]byte(nil), k...))
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

// forgetPending takes the vectors of rows that changed, or are gone, out of
// pending generations: INVARIANT 7. ids ascend. It costs a look at one small
// bucket where nothing is pending.
func (b collectionBuckets) forgetPending(current uint32, ids []uint32) error {
	numbers, err := b.pending(current)
	if err != nil {
		return err
	}
	for _, n := range numbers {
		g, err := b.generation(n)
		if err != nil {
			return err
		}
		blocks, err := b.blocks(n)
		if err != nil {
			return err
		}
		if err := removeVectors(blocks, ids, g.dim); err != nil {
			return err
		}
	}
	return nil
}
