package db

import (
	"context"
	"fmt"

	bolt "go.etcd.io/bbolt"

	"github.com/doppeldb/doppel/encoder"
	"github.com/doppeldb/doppel/record"
)

// Snapshot is a collection in memory, as one transaction saw it. Record i, 0 <= i
// < len(Keys), has the key Keys[i], the values Rows[i] and the vector
// Vectors[i*Dim : (i+1)*Dim]. The order is that of insertion. i is not the id in
// the file: deletes leave holes there, and none here.
//
// Strings share large pieces of text: keeping one of them keeps about a
// megabyte; clone what is to outlive the snapshot.
type Snapshot struct {
	Schema  record.Schema
	Keys    []string
	Rows    [][]string       // (n, fields)
	Vectors []float32        // (n, Dim) row-major, unit or zero; nil without an encoder, and after LoadEach
	Dim     int              // 0 without an encoder
	Encoder *encoder.Encoder // what made Vectors; nil without one
}

// Len is the number of records.
func (s *Snapshot) Len() int { return len(s.Keys) }

// Vector is the vector of record i, a part of Vectors. REQUIRES an encoder.
func (s *Snapshot) Vector(i int) []float32 { return s.Vectors[i*s.Dim : (i+1)*s.Dim] }

// Load reads the whole collection, with all checksums. A file that is written
// meanwhile grows, because the pages of this transaction are kept until the end.
//
// Memory: the text once, 24 bytes a record and 16 bytes a value for the headers,
// 16 bytes a key, 4*Dim bytes a vector.
func (c *Collection) Load(ctx context.Context) (*Snapshot, error) {
	return c.load(ctx, nil)
}

// LoadEach is Load without Vectors: each record's vector, len Dim, goes to visit
// instead, in order, beside its values, which are those of the snapshot. The vector is good
// until visit returns; an error of visit ends the work. Without an encoder visit is not called.
func (c *Collection) LoadEach(ctx context.Context, visit func(i int, values []string, vector []float32) error) (*Snapshot, error) {
	return c.load(ctx, visit)
}

func (c *Collection) load(ctx context.Context, visit visitVector) (*Snapshot, error) {
	s := &Snapshot{Schema: c.schema}
	var g generation
	var model []byte
	err := c.view(func(tx *bolt.Tx, b collectionBuckets) error {
		state, err := b.state()
		if err != nil {
			return err
		}
		var vectors *vectorWalk
		if state.current != 0 {
			if g, err = b.generation(state.current); err != nil {
				return err
			}
			if model, err = modelBytes(tx, g.fingerprint); err != nil {
				return err
			}
			blocks, err := b.blocks(state.current)
			if err != nil {
				return err
			}
			vectors = newVectorWalk(blocks, g.dim)
		}
		return s.read(ctx, c, b, vectors, visit, state.rows, uint64(tx.Size()))
	})
	if err != nil {
		return nil, err
	}
	if model != nil {
		if s.Encoder, err = unmarshalModel(model, g); err != nil {
			return nil, fmt.Errorf("collection %q: %w", c.name, err)
		}
	}
	return s, nil
}

type visitVector = func(i int, values []string, vector []float32) error

// leastRow is the least size of a row in the file: frame, sizes, a key of one byte.
const leastRow = frameOverhead + 4 + 4 + 1

// read fills s with rows and vectors. What is allocated in advance is bounded
// by the size of the file, whatever the counts in it say.
func (s *Snapshot) read(ctx context.Context, c *Collection, b collectionBuckets, vectors *vectorWalk, visit visitVector, rows, fileSize uint64) error {
	if rows > fileSize/leastRow {
		return fmt.Errorf("%w: %d rows in %d bytes", ErrCorrupt, rows, fileSize)
	}
	s.Keys, s.Rows = make([]string, 0, rows), make([][]string, 0, rows)
	if vectors != nil {
		s.Dim = vectors.dim
		if rows > fileSize/uint64(4*s.Dim) {
			return fmt.Errorf("%w: %d vectors of %d numbers in %d bytes", ErrCorrupt, rows, s.Dim, fileSize)
		}
		if visit == nil {
			s.Vectors = make([]float32, int(rows)*s.Dim)
		}
	}
	vector := make([]float32, s.Dim)
	var text slab
	cursor := b.rows.Cursor()
	for k, v := cursor.First(); k != nil; k, v = cursor.Next() {
		n := len(s.Keys)
		if n&1023 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		id, r, err := c.decodeRow(k, v)
		if err != nil {
			return err
		}
		if uint64(n) == rows {
			return fmt.Errorf("%w: more than the %d rows that are counted", ErrCorrupt, rows)
		}
		key, values := text.record(r)
		s.Keys, s.Rows = append(s.Keys, key), append(s.Rows, values)
		if vectors == nil {
			continue
		}
		if visit == nil {
			vector = s.Vector(n)
		}
		if err := vectors.read(id, vector); err != nil {
			return err
		}
		if visit != nil {
			if err := visit(n, values, vector); err != nil {
				return err
			}
		}
	}
	if uint64(len(s.Keys)) != rows {
		return fmt.Errorf("%w: %d rows, %d are counted", ErrCorrupt, len(s.Keys), rows)
	}
	return nil
}
