package match

import (
	"context"
	"errors"

	"github.com/doppeldb/doppel/db"
)

// intake takes the records of a collection one after the other: equals are set aside,
// the vectors of the others are collected. Nothing holds all vectors but the finder.
type intake struct {
	*run
	twins  *twins
	finder *neighbourFinder
}

// intakeBatch is how many records are encoded together, and how often progress is shown.
const intakeBatch = 4096

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
		if i%intakeBatch == 0 {
			in.progress(min(i, n), n)
		}
		in.open(n, len(vector))
		if in.twins.add(values) {
			in.finder.add(vector)
		}
		return nil
	})
}

// encodeAll makes the vectors of records that have none.
func (in *intake) encodeAll(ctx context.Context, s *db.Snapshot) error {
	n, dim := s.Len(), s.Dim
	vectors := make([]float32, min(n, intakeBatch)*dim)
	for from := 0; from < n; from += intakeBatch {
		in.progress(from, n)
		var rows [][]string // without copies
		for _, values := range s.Rows[from:min(n, from+intakeBatch)] {
			if in.twins.add(values) {
				rows = append(rows, values)
			}
		}
		in.open(n, dim)
		part := vectors[:len(rows)*dim]
		err := s.Encoder.EncodeAll(ctx, len(rows), func(i int) []string { return rows[i] }, part, in.opts.Threads)
		if err != nil {
			return err
		}
		for i := range rows {
			in.finder.add(part[i*dim : (i+1)*dim])
		}
	}
	return nil
}

// open makes the finder when the first vector shows its dimension.
func (in *intake) open(n, dim int) {
	if in.finder == nil {
		in.finder = newNeighbourFinder(n, dim)
	}
}
