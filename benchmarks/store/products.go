package main

import (
	"context"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/doppeldb/doppel/db"
	"github.com/doppeldb/doppel/encoder"
	"github.com/doppeldb/doppel/internal/synth"
	"github.com/doppeldb/doppel/record"
)

const (
	manyRows  = 100_000
	fitSample = 20_000 // records that the encoder counts words of
)

var schema = record.Schema{
	{Name: "title", Kind: record.Text}, {Name: "brand", Kind: record.Category}, {Name: "price", Kind: record.Number},
	{Name: "category", Kind: record.Category}, {Name: "description", Kind: record.Text},
}

// products makes n records; the key is the first column.
func products(n int) []record.Record {
	out := make([]record.Record, 0, n)
	for _, row := range synth.Rows(synth.Options{Seed: 1, Rows: n}) {
		out = append(out, record.Record{Key: row[0], Values: row[1:]})
	}
	return out
}

// catalogue writes n products as CSV.
func (b *files) catalogue(n int) (string, error) {
	path := filepath.Join(b.dir, fmt.Sprintf("products-%d.csv", n))
	f, err := os.Create(path)
	if err != nil {
		return "", err
	}
	w := csv.NewWriter(f)
	if err := w.Write(synth.Header()); err != nil {
		return "", err
	}
	for _, r := range products(n) {
		if err := w.Write(append([]string{r.Key}, r.Values...)); err != nil {
			return "", err
		}
	}
	w.Flush()
	if err := w.Error(); err != nil {
		return "", err
	}
	return path, f.Close()
}

func fit(ctx context.Context, rs []record.Record) (*encoder.Encoder, error) {
	rs = rs[:min(len(rs), fitSample)]
	return encoder.Fit(ctx, schema, len(rs), func(i int) []string { return rs[i].Values }, encoder.Options{})
}

// collection makes a file with rs in a collection that has an encoder.
func (b *files) collection(ctx context.Context, name string, rs []record.Record) (*db.DB, *db.Collection, error) {
	d, err := db.Open(filepath.Join(b.dir, name), nil)
	if err != nil {
		return nil, nil, err
	}
	c, err := d.Create("products", schema)
	if err != nil {
		return nil, nil, err
	}
	enc, err := fit(ctx, rs)
	if err != nil {
		return nil, nil, err
	}
	if err := c.SetEncoder(ctx, enc); err != nil {
		return nil, nil, err
	}
	_, err = c.PutAll(ctx, db.Records(rs), nil)
	return d, c, err
}

// quantile gives the q-quantile of times, which it sorts.
func quantile(times []time.Duration, q float64) time.Duration {
	slices.Sort(times)
	return times[min(len(times)-1, int(q*float64(len(times))))]
}

func median(xs []float64) float64 {
	slices.Sort(xs)
	return xs[len(xs)/2]
}
