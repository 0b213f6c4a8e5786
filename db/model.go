package db

import (
	"encoding/binary"
	"fmt"

	bolt "go.etcd.io/bbolt"

	"github.com/doppeldb/doppel/encoder"
)

// A model is an encoder's bytes in chunks, and a head; after the frame's kind and
// version: size u64, chunks u32.

// putModel stores enc unless it is there.
func putModel(tx *bolt.Tx, enc *encoder.Encoder) error {
	models := tx.Bucket(bucketModels)
	fp := enc.Fingerprint()
	if models.Bucket(fp[:]) != nil {
		return nil
	}
	data, err := enc.MarshalBinary()
	if err != nil {
		return err
	}
	if len(data) > maxModel {
		return fmt.Errorf("%w: encoder of %d bytes", ErrTooLarge, len(data))
	}
	bucket, err := models.CreateBucket(fp[:])
	if err != nil {
		return err
	}
	chunks, err := putChunks(bucket, data)
	if err != nil {
		return err
	}
	head := binary.LittleEndian.AppendUint64(startFrame(nil, frameModel), uint64(len(data)))
	return bucket.Put(keyHead, sealFrame(binary.LittleEndian.AppendUint32(head, chunks), 0))
}

// modelBytes copies a model out of its transaction.
func modelBytes(tx *bolt.Tx, fp encoder.Fingerprint) ([]byte, error) {
	bucket := tx.Bucket(bucketModels).Bucket(fp[:])
	if bucket == nil {
		return nil, fmt.Errorf("%w: encoder %v is not in the file", ErrCorrupt, fp)
	}
	body, err := openFrame(bucket.Get(keyHead), frameModel, 0)
	if err != nil {
		return nil, fmt.Errorf("encoder %v: %w", fp, err)
	}
	f := fields{b: body}
	size, chunks := f.u64(), f.u32()
	if err := f.done(frameModel); err != nil {
		return nil, err
	}
	data, err := chunkBytes(bucket, size, chunks)
	if err != nil {
		return nil, fmt.Errorf("encoder %v: %w", fp, err)
	}
	return data, nil
}

// unmarshalModel makes the encoder that a generation names.
func unmarshalModel(data []byte, g generation) (*encoder.Encoder, error) {
	enc, err := encoder.Unmarshal(data)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	if enc.Fingerprint() != g.fingerprint || enc.Dim() != g.dim {
		return nil, fmt.Errorf("%w: the stored encoder is %v with %d dimensions, not %v with %d",
			ErrCorrupt, enc.Fingerprint(), enc.Dim(), g.fingerprint, g.dim)
	}
	return enc, nil
}

// dropUnusedModels removes the models that no generation of any collection names.
func dropUnusedModels(tx *bolt.Tx) error {
	used := map[string]bool{}
	all := tx.Bucket(bucketCollections)
	err := all.ForEachBucket(func(name []byte) error {
		b, err := openBuckets(tx, string(name))
		if err != nil {
			return err
		}
		return b.generations.ForEachBucket(func(key []byte) error {
			number, ok := orderedNumber(key)
			if !ok {
				return fmt.Errorf("%w: generation %x", ErrCorrupt, key)
			}
			g, err := b.generation(number)
			used[string(g.fingerprint[:])] = true
			return err
		})
	})
	if err != nil {
		return err
	}
	models := tx.Bucket(bucketModels)
	var unused [][]byte
	err = models.ForEachBucket(func(fp []byte) error {
		if !used[string(fp)] {
			unused = append(unused, append([]byte(nil), fp...))
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, fp := range unused {
		if err := models.DeleteBucket(fp); err != nil {
			return err
		}
	}
	return nil
}
