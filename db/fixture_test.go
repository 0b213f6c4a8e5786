package db_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/doppeldb/doppel/db"
	"github.com/doppeldb/doppel/encoder"
	"github.com/doppeldb/doppel/record"
)

var background = context.Background()

var products = record.Schema{
	{Name: "title", Kind: record.Text}, {Name: "brand", Kind: record.Category}, {Name: "price", Kind: record.Number},
}

var words = []string{"kettle", "drill", "lamp", "steel", "cordless", "18V", "Tarvo", "Olden", "mini", "pro", "set", "über", "茶"}

// product makes a record whose values depend on r alone; one in ten has no text.
func product(r *rand.Rand, key string) record.Record {
	title := ""
	if r.IntN(10) > 0 {
		for range 1 + r.IntN(6) {
			title += words[r.IntN(len(words))] + " "
		}
		title += fmt.Sprint(r.IntN(1000))
	}
	brand := ""
	if title != "" {
		brand = words[r.IntN(len(words))]
	}
	return record.Record{Key: key, Values: []string{title, brand, fmt.Sprintf("%.2f", r.Float64()*100)}}
}

func someProducts(n int, seed uint64) []record.Record {
	r := rand.New(rand.NewPCG(seed, 1))
	out := make([]record.Record, n)
	for i := range out {
		out[i] = product(r, fmt.Sprintf("p%05d", i))
	}
	return out
}

func fit(t testing.TB, rs []record.Record, dim int) *encoder.Encoder {
	t.Helper()
	enc, err := fitter(rs, dim)
	if err != nil {
		t.Fatal(err)
	}
	return enc
}

// fitter is fit where there is no test to fail.
func fitter(rs []record.Record, dim int) (*encoder.Encoder, error) {
	rows := func(i int) []string { return rs[i].Values }
	return encoder.Fit(background, products, len(rs), rows, encoder.Options{Dim: dim, LogBuckets: 8})
}

// encode is what the vectors of rs must be.
func encode(t testing.TB, enc *encoder.Encoder, rs []record.Record) []float32 {
	t.Helper()
	out := make([]float32, len(rs)*enc.Dim())
	if err := enc.EncodeAll(background, len(rs), func(i int) []string { return rs[i].Values }, out, 1); err != nil {
		t.Fatal(err)
	}
	return out
}

func create(t testing.TB, d *db.DB, rs []record.Record) *db.Collection {
	t.Helper()
	c, err := d.Create("products", products)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.PutAll(background, db.Records(rs), nil); err != nil {
		t.Fatal(err)
	}
	return c
}

func open(t testing.TB, d *db.DB) *db.Collection {
	t.Helper()
	c, err := d.Collection("products")
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func load(t testing.TB, c *db.Collection) *db.Snapshot {
	t.Helper()
	s, err := c.Load(background)
	if err != nil {
		t.Fatal(err)
	}
	return s
}
