package db

import (
	"encoding/binary"
	"fmt"

	bolt "go.etcd.io/bbolt"

	"github.com/doppeldb/doppel/encoder"
)

// A model is an encoder's bytes in chunks: one value of many megabytes would
// need as many pages in a row. After the frame's kind and version:
//
//	head   size u64, chunks u32
//	chunk  bytes
const modelChunk = 1 << 20

// maxModel bounds what a model's head may claim.
const maxModel = 1 << 30

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
	bucket.FillPercent = sequentialFill
	chunks := uint32(0)
	for from := 0; from < len(data); from += modelChunk {
		chunk := append(startFrame(nil, frameChunk), data[from:min(from+modelChunk, len(data))]...)
		if err := bucket.Put(orderedKey(chunks), sealFrame(chunk, chunks)); err != nil {
			return err
		}
		chunks++
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
	var data []byte
	for i := range chunks {
		chunk, err := openFrame(bucket.Get(orderedKey(i)), frameChunk, i)
		if err != nil {
			return nil, fmt.Errorf("encoder %v: %w", fp, err)
		}
		data = append(data, chunk...)
	}
	if uint64(len(data)) != size {
		return nil, fmt.Errorf("%w: encoder %v has %d bytes of %d", ErrCorrupt, fp, len(data), size)
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
