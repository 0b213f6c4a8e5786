package db

import (
	"encoding/binary"
	"math"
	"path/filepath"
	"testing"

	bolt "go.etcd.io/bbolt"

	"github.com/doppeldb/doppel/internal/f32"
)

// BenchmarkVectorWrites writes 50,000 vectors of 256 numbers in transactions of
// 1,000: as doppel does, with checksums and room for single updates, and to plain
// bbolt by the best layout for it, 16 vectors to a value under ascending keys and
// pages filled to nine tenths. Both sync each transaction.
func BenchmarkVectorWrites(b *testing.B) {
	const n, dim, batch = 50_000, 256, 1000
	vectors := make([]float32, n*dim)
	for i := range vectors {
		vectors[i] = float32(math.Sin(float64(i)))
	}
	for i := range n {
		f32.Normalize(vectors[i*dim:][:dim])
	}
	ids := make([]uint32, n)
	for i := range ids {
		ids[i] = uint32(i)
	}
	writers := []struct {
		name string
		put  func(bucket *bolt.Bucket, from int) error
	}{
		{"doppel", func(bucket *bolt.Bucket, from int) error {
			return putVectors(bucket, ids[from:from+batch], vectors[from*dim:(from+batch)*dim], dim)
		}},
		{"bbolt", func(bucket *bolt.Bucket, from int) error {
			for at := from - from%blockVectors; at < from+batch; at += blockVectors {
				value := make([]byte, 0, 4*dim*blockVectors)
				for _, x := range vectors[at*dim : min(at+blockVectors, from+batch)*dim] {
					value = binary.LittleEndian.AppendUint32(value, math.Float32bits(x))
				}
				if err := bucket.Put(orderedKey(uint32(at/blockVectors)), value); err != nil {
					return err
				}
			}
			return nil
		}},
	}
	for _, w := range writers {
		b.Run(w.name, func(b *testing.B) {
			b.SetBytes(n * dim * 4)
			for b.Loop() {
				d, err := bolt.Open(filepath.Join(b.TempDir(), "vectors"), fileMode, &bolt.Options{FreelistType: bolt.FreelistMapType})
				if err != nil {
					b.Fatal(err)
				}
				for from := 0; from < n && err == nil; from += batch {
					err = d.Update(func(tx *bolt.Tx) error {
						bucket, err := tx.CreateBucketIfNotExists(bucketBlocks)
						if err != nil {
							return err
						}
						bucket.FillPercent = sequentialFill
						return w.put(bucket, from)
					})
				}
				if err != nil {
					b.Fatal(err)
				}
				if err := d.Close(); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(n*b.N)/b.Elapsed().Seconds(), "vectors/s")
		})
	}
}
