package main

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/doppeldb/doppel/encoder"
	"github.com/doppeldb/doppel/internal/datasets"
	"github.com/doppeldb/doppel/internal/synth"
	"github.com/doppeldb/doppel/record"
)

// titleLength is the bar's: product titles of 70 characters.
const titleLength = 70

// encodeSpeed encodes real titles on one goroutine, five times, and gives the median.
func encodeSpeed(ctx context.Context, w *bytes.Buffer) error {
	titles, from := titles()
	rows := func(i int) []string { return titles[i : i+1] }
	e, err := encoder.Fit(ctx, record.Schema{{Name: "title", Kind: record.Text}}, len(titles), rows, encoder.Options{})
	if err != nil {
		return err
	}
	s, v := e.NewSession(), make([]float32, e.Dim())
	var rates []float64
	for range 5 {
		start := time.Now()
		for i := range titles {
			s.Encode(rows(i), v)
		}
		rates = append(rates, float64(len(titles))/time.Since(start).Seconds())
	}
	slices.Sort(rates)
	fmt.Fprintf(w, "| %d %s, one core | titles/s | bar |\n|---|---|---|\n| median of 5 (least %.0f) | **%.0f** | 120,000 |\n",
		len(titles), from, rates[0], rates[2])
	fmt.Fprintf(w, "\nPublished on other machines: fastText 11,000/s, scikit-learn's hashing alone 32,000/s.\n")
	return nil
}

// titles gives real titles, repeated or cut to 70 characters, or made-up ones.
func titles() ([]string, string) {
	from := "titles of the catalogue set, 70 characters"
	all, err := datasets.LoadTitles()
	if err != nil {
		from = "made-up titles, 70 characters"
		for _, r := range synth.CatalogueRows(50000).Rows {
			all = append(all, r[1]+" "+r[5])
		}
	}
	var out []string
	for i, t := range all {
		for next := i + 1; len([]rune(t)) < titleLength && next < len(all); next++ {
			t += " " + all[next]
		}
		if r := []rune(t); len(r) >= titleLength {
			out = append(out, string(r[:titleLength]))
		}
	}
	return out, from
}
