package match

import (
	"context"
	"errors"
	"fmt"

	"github.com/doppeldb/doppel/db"
	"github.com/doppeldb/doppel/encoder"
)

// prepare loads the collections with vectors of one encoder. Where they have
// none, or not the same, a zero-label encoder is fitted on all their records
// and, unless the file is open for reading only, stored in each.
func prepare(ctx context.Context, opts Options, cs ...*db.Collection) ([]*db.Snapshot, error) {
	snaps := make([]*db.Snapshot, len(cs))
	for i, c := range cs {
		var err error
		if snaps[i], err = c.Load(ctx); err != nil {
			return nil, err
		}
		if !snaps[i].Schema.Equal(snaps[0].Schema) {
			return nil, fmt.Errorf("%w: %q has the schema %s, %q has %s; collections to be linked need the same schema",
				db.ErrSchema, cs[0].Name(), snaps[0].Schema, c.Name(), snaps[i].Schema)
		}
	}
	if shareEncoder(snaps) {
		return snaps, nil
	}
	enc, err := fit(ctx, snaps, opts.Threads)
	if err != nil {
		return nil, err
	}
	for i, c := range cs {
		if snaps[i], err = embedded(ctx, c, snaps[i], enc, opts.Threads); err != nil {
			return nil, err
		}
	}
	return snaps, nil
}

// embedded gives the records of c with vectors of enc, which it has afterwards; where the file is open for
// reading only, the vectors are made for this once.
func embedded(ctx context.Context, c *db.Collection, s *db.Snapshot, enc *encoder.Encoder, threads int) (*db.Snapshot, error) {
	err := c.SetEncoder(ctx, enc)
	if err == nil {
		return c.Load(ctx)
	}
	if !errors.Is(err, db.ErrReadOnly) {
		return nil, err
	}
	out := &db.Snapshot{Schema: s.Schema, Keys: s.Keys, Rows: s.Rows, Encoder: enc, Dim: enc.Dim(), Vectors: make([]float32, s.Len()*enc.Dim())}
	return out, enc.EncodeAll(ctx, s.Len(), func(i int) []string { return s.Rows[i] }, out.Vectors, threads)
}

func shareEncoder(snaps []*db.Snapshot) bool {
	for _, s := range snaps {
		if s.Encoder == nil || s.Encoder.Fingerprint() != snaps[0].Encoder.Fingerprint() {
			return false
		}
	}
	return true
}

func fit(ctx context.Context, snaps []*db.Snapshot, threads int) (*encoder.Encoder, error) {
	n := 0
	for _, s := range snaps {
		n += s.Len()
	}
	return encoder.Fit(ctx, snaps[0].Schema, n, rowsOfAll(snaps), encoder.Options{Threads: threads})
}

// rowsOfAll numbers the records of several snapshots, one after the other.
func rowsOfAll(snaps []*db.Snapshot) encoder.Rows {
	return func(i int) []string {
		for _, s := range snaps {
			if i < s.Len() {
				return s.Rows[i]
			}
			i -= s.Len()
		}
		panic("match: row out of range")
	}
}
