package match

import (
	"context"
	"errors"

	"github.com/doppeldb/doppel/db"
)

// intake takes the records of a collection one after the other: equals are set aside,
// the vectors of the others go into an index. Nothing holds all vectors but the index.
type intake struct {
	*run
	twins  *twins
	finder *neighbourFinder
}

// fitted gives the records of a collection without an encoder, and one that was fitted on
// them; nil where the collection has an encoder. Unless its file is a temporary one, or open for reading
// only, it has it afterwards: what nobody reads again is not written.
func fitted(ctx context.Context, c *db.Collection, threads int) (*db.Snapshot, error) {
	if _, err := c.Encoder(); !errors.Is(err, db.ErrNoEncoder) {
		return nil, err
	}
	s, err := c.Load(ctx)
	if err != nil {
		return nil, err
	}
	if s.Encoder, err = fit(ctx, []*db.Snapshot{s}, threads); err != nil {
		return nil, err
	}
	s.Dim = s.Encoder.Dim()
	if c.DB().Temporary() {
		return s, nil
	}
	if err := c.SetEncoder(ctx, s.Encoder); !errors.Is(err, db.ErrReadOnly) {
		return nil, err
	}
	return s, nil
}

// load reads records and vectors out of the file.
func (in *intake) load(ctx context.Context, c *db.Collection) (*db.Snapshot, error) {
	n, err := c.Len()
	if err != nil {
		return nil, err
	}
	return c.LoadEach(ctx, func(i int, values []string, vector []float32) error {
		if i%addBatch == 0 {
			in.progress(min(i, n), n)
		}
		if err := in.open(n, len(vector)); err != nil || !in.twins.add(values) {
			return err
		}
		return in.finder.add(vector)
	})
}

// encodeAll makes the vectors of records that have none.
func (in *intake) encodeAll(ctx context.Context, s *db.Snapshot) error {
	n, dim := s.Len(), s.Dim
	vectors := make([]float32, min(n, addBatch)*dim)
	for from := 0; from < n; from += addBatch {
		in.progress(from, n)
		var rows [][]string // without copies
		for _, values := range s.Rows[from:min(n, from+addBatch)] {
			if in.twins.add(values) {
				rows = append(rows, values)
			}
		}
		if err := in.open(n, dim); err != nil {
			return err
		}
		part := vectors[:len(rows)*dim]
		err := s.Encoder.EncodeAll(ctx, len(rows), func(i int) []string { return rows[i] }, part, in.opts.Threads)
		if err != nil {
			return err
		}
		for i := range rows {
			if err := in.finder.add(part[i*dim : (i+1)*dim]); err != nil {
				return err
			}
		}
	}
	return nil
}

// open makes the index when the first vector shows its dimension.
func (in *intake) open(n, dim int) (err error) {
	if in.finder == nil {
		in.finder, err = newNeighbourFinder(n, dim)
	}
	return err
}
