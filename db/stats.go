package db

import (
	"context"
	"fmt"
	"time"

	bolt "go.etcd.io/bbolt"

	"github.com/doppeldb/doppel/record"
)

// Stats is what a file holds, and what it weighs.
type Stats struct {
	Path        string
	Format      int       // version of the file's format
	Created     time.Time // to the second
	Size        int64     // bytes of the file
	PageSize    int
	FreePages   int // pages that hold nothing, or the list of those
	Collections []CollectionStats
	Encoders    int // distinct ones, of all generations
	Models      []ModelInfo
	Labels      int // of all pairs of collections, those of records that are gone too
}

// CollectionStats is one collection. Bytes are those of whole pages.
type CollectionStats struct {
	Name   string
	Schema record.Schema
	Rows   int
	Bytes  int64 // all of it
	// RowBytes and VectorBytes are parts of Bytes: rows with their keys, and the
	// vectors of all generations.
	RowBytes, VectorBytes int64
	Generation            int    // 0 without an encoder
	Encoder               string // fingerprint, "" without an encoder
	Dim                   int
	Pending               int // generation that a SetEncoder is making or has left, 0 for none
	Classes               []Class
	Labels                int // of pairs with a record of this collection
}

// Stats reads what [Stats] says. It looks at every page but reads no row; values
// that are damaged give ErrCorrupt, see [DB.Check].
func (db *DB) Stats(ctx context.Context) (*Stats, error) {
	s := &Stats{Path: db.path}
	err := db.view(func(tx *bolt.Tx) error {
		info, err := db.file.Stat()
		if err != nil {
			return err
		}
		s.Size = info.Size()
		return s.read(ctx, tx)
	})
	if err != nil {
		return nil, err
	}
	return s, nil
}

func (s *Stats) read(ctx context.Context, tx *bolt.Tx) error {
	head, err := decodeFileHead(tx.Bucket(bucketMeta).Get(keyHead))
	if err != nil {
		return err
	}
	s.Format, s.Created = int(head.version), time.Unix(int64(head.created), 0).UTC()
	s.PageSize = tx.DB().Info().PageSize
	if s.Models, err = listModels(tx); err != nil {
		return err
	}
	labels, err := s.labels(tx)
	if err != nil {
		return err
	}
	err = tx.Bucket(bucketModels).ForEachBucket(func([]byte) error { s.Encoders++; return nil })
	if err != nil {
		return err
	}
	err = tx.Bucket(bucketCollections).ForEachBucket(func(name []byte) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		c, err := collectionStats(tx, string(name))
		c.Labels = labels[c.Name]
		s.Collections = append(s.Collections, c)
		return err
	})
	if err != nil {
		return err
	}
	used := 3 // the meta pages, and that of the bucket that holds all others
	err = tx.ForEach(func(_ []byte, b *bolt.Bucket) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		used += pages(b.Stats())
		return nil
	})
	s.FreePages = int(s.Size/int64(s.PageSize)) - used
	return err
}

func pages(b bolt.BucketStats) int {
	return b.BranchPageN + b.BranchOverflowN + b.LeafPageN + b.LeafOverflowN
}

// allocated is the whole pages of a bucket and all in it. A small bucket sits in its
// parent's page and has none of its own.
func allocated(b *bolt.Bucket) int64 {
	s := b.Stats()
	return int64(s.BranchAlloc + s.LeafAlloc)
}

// labels counts the labels of each collection.
func (s *Stats) labels(tx *bolt.Tx) (map[string]int, error) {
	count := map[string]int{}
	all := tx.Bucket(bucketLabels)
	if all == nil {
		return count, nil
	}
	err := all.ForEachBucket(func(left []byte) error {
		return all.Bucket(left).ForEachBucket(func(right []byte) error {
			n := all.Bucket(left).Bucket(right).Stats().KeyN
			s.Labels += n
			count[string(left)] += n
			if string(left) != string(right) {
				count[string(right)] += n
			}
			return nil
		})
	})
	return count, err
}

func collectionStats(tx *bolt.Tx, name string) (s CollectionStats, err error) {
	s.Name = name
	b, err := openBuckets(tx, name)
	if err != nil {
		return s, err
	}
	if s.Schema, err = decodeSchema(b.root.Get(keySchema)); err != nil {
		return s, fmt.Errorf("collection %q: %w", name, err)
	}
	state, err := b.state()
	if err != nil {
		return s, fmt.Errorf("collection %q: %w", name, err)
	}
	s.Rows, s.Generation = int(state.rows), int(state.current)
	s.Bytes = allocated(b.root)
	s.RowBytes = allocated(b.rows) + allocated(b.keys)
	s.VectorBytes = allocated(b.generations)
	if state.current != 0 {
		var g generation
		if g, err = b.generation(state.current); err != nil {
			return s, fmt.Errorf("collection %q: %w", name, err)
		}
		s.Encoder, s.Dim = g.fingerprint.String(), g.dim
	}
	pending, err := b.pending(state.current)
	if err != nil {
		return s, fmt.Errorf("collection %q: %w", name, err)
	}
	for _, n := range pending {
		s.Pending = int(n)
	}
	if s.Classes, err = b.listClasses(len(s.Schema)); err != nil {
		return s, fmt.Errorf("collection %q: %w", name, err)
	}
	return s, nil
}
