package main

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/doppeldb/doppel/encoder"
	"github.com/doppeldb/doppel/internal/datasets"
	"github.com/doppeldb/doppel/internal/f32"
	"github.com/doppeldb/doppel/record"
)

// split is a data set with its labels and its zero-label encoder.
type split struct {
	name               string
	rows               [][]string // left ones, then right ones
	left               int
	train, valid, test []encoder.Twin
	zero               *encoder.Encoder
}

func load(ctx context.Context, name string) (*split, error) {
	link, err := datasets.LoadLink(name)
	if err != nil {
		return nil, err
	}
	s := &split{name: name, rows: slices.Concat(link.Left.Rows, link.Right.Rows), left: len(link.Left.Rows)}
	for file, part := range map[string]*[]encoder.Twin{"train": &s.train, "valid": &s.valid, "test": &s.test} {
		pairs, err := link.Pairs(file)
		if err != nil {
			return nil, err
		}
		for _, p := range pairs {
			*part = append(*part, encoder.Twin{Left: uint32(p.Left), Right: uint32(s.left + p.Right), Match: p.Match})
		}
	}
	s.zero, err = encoder.Fit(ctx, record.Infer(link.Left.Header, s.rows), len(s.rows), s.row, encoder.Options{})
	return s, err
}

func (s *split) row(i int) []string { return s.rows[i] }

// tune is Tune on the standard split.
func (s *split) tune(ctx context.Context, opts encoder.TuneOptions) (*encoder.Encoder, *encoder.TuneReport, error) {
	return encoder.Tune(ctx, s.zero, len(s.rows), s.row, encoder.TuneSet{Train: s.train, Valid: s.valid, Left: s.left}, opts)
}

// score is how well vectors find the matches among pairs.
type score struct{ mrr, at1, at5, at10 float64 }

// find ranks with the first width numbers of the vectors, scaled to unit length again.
func (s *split) find(ctx context.Context, e *encoder.Encoder, pairs []encoder.Twin, width int) (score, error) {
	dim := e.Dim()
	all := make([]float32, len(s.rows)*dim)
	if err := e.EncodeAll(ctx, len(s.rows), s.row, all, 0); err != nil {
		return score{}, err
	}
	v := make([]float32, 0, len(s.rows)*width)
	for i := range s.rows {
		v = append(v, all[i*dim:i*dim+width]...)
		f32.Normalize(v[i*width:])
	}
	wanted := map[uint32][]uint32{}
	for _, p := range pairs {
		if p.Match {
			wanted[p.Left] = append(wanted[p.Left], p.Right)
		}
	}
	var sum score
	n, sims := 0., make([]float32, len(s.rows)-s.left)
	for a, matches := range wanted {
		f32.DotMany(sims, v[int(a)*width:int(a+1)*width], v[s.left*width:], width)
		for _, b := range matches {
			rank := 1
			for c, sim := range sims {
				row := uint32(s.left + c)
				mine := sims[int(b)-s.left]
				if (sim > mine || sim == mine && row < b) && !slices.Contains(matches, row) {
					rank++
				}
			}
			sum.mrr += 1 / float64(rank)
			sum.at1 += within(rank, 1)
			sum.at5 += within(rank, 5)
			sum.at10 += within(rank, 10)
			n++
		}
	}
	return score{sum.mrr / n, sum.at1 / n, sum.at5 / n, sum.at10 / n}, nil
}

func within(rank, k int) float64 {
	if rank <= k {
		return 1
	}
	return 0
}

// spread is a mean and a standard deviation.
type spread []float64

func (s spread) mean() (m float64) {
	for _, x := range s {
		m += x / float64(len(s))
	}
	return m
}

func (s spread) String() string {
	m, sq := s.mean(), 0.
	for _, x := range s {
		sq += (x - m) * (x - m)
	}
	return fmt.Sprintf("%.4f ± %.4f", m, math.Sqrt(sq/max(1, float64(len(s)-1))))
}
