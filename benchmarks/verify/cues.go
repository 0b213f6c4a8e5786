package main

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/doppeldb/doppel/internal/measure"
	"github.com/doppeldb/doppel/record/picture"
)

// cue is a number of a signature that says nothing of its shape.
type cue struct {
	name  string
	value func(*picture.Raster) float64
}

var cues = []cue{
	{"darkest pixel", func(r *picture.Raster) float64 { return float64(slices.Min(r.Pix)) }},
	{"mean of the ink", func(r *picture.Raster) float64 {
		sum, n := 0., 0.
		for _, v := range r.Pix {
			if v < inkBelow {
				sum, n = sum+float64(v), n+1
			}
		}
		return sum / math.Max(n, 1)
	}},
	{"width of strokes", strokeWidth},
}

// strokeWidth is the ink for each pixel of its edge.
func strokeWidth(r *picture.Raster) float64 {
	ink, edge := 0., 0.
	for y := range r.Height - 1 {
		for x := range r.Width - 1 {
			at := r.Pix[y*r.Width+x] < inkBelow
			if at {
				ink++
			}
			if at != (r.Pix[y*r.Width+x+1] < inkBelow) {
				edge++
			}
			if at != (r.Pix[(y+1)*r.Width+x] < inkBelow) {
				edge++
			}
		}
	}
	return ink / math.Max(edge, 1)
}

// cues measures how far a single number tells genuine signatures from forgeries, for each way to prepare the
// ink: what a network could use without learning anything about signatures.
func (r run) cues(_ context.Context, w *bytes.Buffer) error {
	all, err := loadSignatures()
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "EER of the test's pairs by the difference of one number alone, 50 %% being chance. Where it is lower, a network can cheat; lines of one width leave little to cheat with.\n\n| ink |")
	for _, c := range cues {
		fmt.Fprintf(w, " %s |", c.name)
	}
	fmt.Fprintf(w, "\n|---|---|---|---|\n")
	for _, ink := range inks {
		_, test := split(all, ink)
		fmt.Fprintf(w, "| %s |", ink.name)
		t, _ := forgeryTrials(test)
		for _, c := range cues {
			values := make([]float64, len(test))
			for i, s := range test {
				values[i] = c.value(s.picture)
			}
			score := make([]float64, t.Len())
			for i := range score {
				score[i] = -math.Abs(values[t.Left[i]] - values[t.Right[i]])
			}
			fmt.Fprintf(w, " %s |", percent(measure.EER(measure.NewOrder(score, t.Same).Sweep(nil))))
		}
		fmt.Fprintln(w)
	}
	return nil
}
