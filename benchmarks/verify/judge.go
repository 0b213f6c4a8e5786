package main

import (
	"context"
	"fmt"
	"math"

	"github.com/doppeldb/doppel/encoder/vision"
	"github.com/doppeldb/doppel/internal/f32"
	"github.com/doppeldb/doppel/internal/measure"
	"github.com/doppeldb/doppel/record/picture"
)

// vectors are unit vectors of pictures.
type vectors struct {
	at  []float32 // (pictures, dim)
	dim int
}

func (v vectors) row(i int) []float32 { return v.at[i*v.dim : (i+1)*v.dim] }

func embed(ctx context.Context, net *vision.Net, pictures []*picture.Raster, threads int) (vectors, error) {
	at, err := net.EmbedAll(ctx, pictures, threads)
	return vectors{at, net.Dim()}, err
}

// scores gives the negative distance of each pair.
func (v vectors) scores(t *measure.Trials) []float64 {
	out := make([]float64, t.Len())
	for i := range out {
		out[i] = float64(f32.Dot(v.row(t.Left[i]), v.row(t.Right[i]))) - 1
	}
	return out
}

// pixels are the vectors of doing nothing: a picture of 23x28 or 55x37 grey values, less their mean.
func pixels(pictures []*picture.Raster, w, h int) vectors {
	v := vectors{dim: w * h}
	for _, r := range pictures {
		x := make([]float32, w*h)
		for y := range r.Height {
			for c := range r.Width {
				x[(y*h/r.Height)*w+c*w/r.Width] += float32(r.Pix[(y*r.Width+c)*r.Channels])
			}
		}
		mean := f32.Sum(x) / float32(len(x))
		for i := range x {
			x[i] -= mean
		}
		f32.Normalize(x)
		v.at = append(v.at, x...)
	}
	return v
}

// percent writes a share.
func percent(x float64) string { return fmt.Sprintf("%.2f %%", 100*x) }

// within writes an interval of shares in brackets.
func within(i measure.Interval) string {
	if math.IsNaN(i.Low) || math.IsNaN(i.High) {
		return ""
	}
	return fmt.Sprintf(" [%.2f, %.2f]", 100*i.Low, 100*i.High)
}

// bar says whether a figure keeps to its bar.
func bar(ok bool) string {
	if ok {
		return "kept"
	}
	return "**missed**"
}
