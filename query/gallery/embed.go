package gallery

import (
	"context"

	"github.com/doppeldb/doppel/encoder"
	"github.com/doppeldb/doppel/record"
	"github.com/doppeldb/doppel/record/picture"
)

// schema is of records that are a picture and nothing else.
var schema = record.Schema{{Name: "image", Kind: record.Image}}

// Embed gives the unit vectors (pictures, dim) of a model; for nil, of what the pictures look like beside the mean
// of the set (the zero-label view). A picture on which nothing is to be seen has the zero vector.
func (s *Set) Embed(ctx context.Context, m *Model, threads int) (vectors []float32, dim int, err error) {
	if m != nil {
		vectors, err = m.Encoder.Net().EmbedAll(ctx, s.rasters(), threads)
		return vectors, m.Encoder.Dim(), err
	}
	looks, err := s.looks(ctx, threads)
	if err != nil {
		return nil, 0, err
	}
	e, err := fitLooks(ctx, looks, threads)
	if err != nil {
		return nil, 0, err
	}
	vectors = make([]float32, len(looks)*e.Dim())
	return vectors, e.Dim(), e.EncodeAll(ctx, len(looks), func(i int) []string { return looks[i : i+1] }, vectors, threads)
}

// ZeroLabel gives an encoder that has learned nothing but what the pictures of the set have in common.
func (s *Set) ZeroLabel(ctx context.Context, threads int) (*encoder.Encoder, error) {
	looks, err := s.looks(ctx, threads)
	if err != nil {
		return nil, err
	}
	return fitLooks(ctx, looks, threads)
}

func fitLooks(ctx context.Context, looks []string, threads int) (*encoder.Encoder, error) {
	return encoder.Fit(ctx, schema, len(looks), func(i int) []string { return looks[i : i+1] }, encoder.Options{Threads: threads})
}

// looks describes every picture.
func (s *Set) looks(ctx context.Context, threads int) ([]string, error) {
	out := make([]string, len(s.Pictures))
	return out, each(ctx, len(out), threads, func(i int) { out[i] = encoder.Looked(s.Pictures[i].Value) })
}

func (s *Set) rasters() []*picture.Raster {
	out := make([]*picture.Raster, len(s.Pictures))
	for i, p := range s.Pictures {
		out[i] = p.Raster
	}
	return out
}
