package db_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/doppeldb/doppel/db"
	"github.com/doppeldb/doppel/encoder"
)

// BenchmarkIngest puts 50,000 records, gives them vectors of 256 numbers and
// reads all back: rows/s of each, and the time to open the file.
func BenchmarkIngest(b *testing.B) {
	rs := someProducts(50000, 1)
	rows := func(i int) []string { return rs[i].Values }
	enc, err := encoder.Fit(background, products, len(rs), rows, encoder.Options{Dim: 256})
	if err != nil {
		b.Fatal(err)
	}
	var put, embed, load, opening time.Duration
	for b.Loop() {
		path := filepath.Join(b.TempDir(), "b.doppel")
		d, err := db.Open(path, nil)
		if err != nil {
			b.Fatal(err)
		}
		start := time.Now()
		c := create(b, d, rs)
		put += time.Since(start)
		start = time.Now()
		if err := c.SetEncoder(background, enc); err != nil {
			b.Fatal(err)
		}
		embed += time.Since(start)
		if err := d.Close(); err != nil {
			b.Fatal(err)
		}
		start = time.Now()
		if d, err = db.Open(path, nil); err != nil {
			b.Fatal(err)
		}
		opening += time.Since(start)
		start = time.Now()
		if _, err := open(b, d).Load(background); err != nil {
			b.Fatal(err)
		}
		load += time.Since(start)
		if err := d.Close(); err != nil {
			b.Fatal(err)
		}
	}
	rate := func(d time.Duration) float64 { return float64(b.N*len(rs)) / d.Seconds() }
	b.ReportMetric(rate(put), "put-rows/s")
	b.ReportMetric(rate(embed), "embed-rows/s")
	b.ReportMetric(rate(load), "load-rows/s")
	b.ReportMetric(float64(opening.Milliseconds())/float64(b.N), "open-ms")
}
