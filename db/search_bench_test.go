package db_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/doppeldb/doppel/db"
	"github.com/doppeldb/doppel/encoder"
	"github.com/doppeldb/doppel/internal/synth"
	"github.com/doppeldb/doppel/record"
)

var (
	benchRows = flag.Int("bench-rows", 20000, "records of the benchmarks of searches; above 64,000 there is a graph")
	benchFile = flag.String("bench-file", "", "where to keep the file of the benchmarks of searches; built when it is not there")
)

var catalogue = record.Schema{
	{Name: "title", Kind: record.Text}, {Name: "brand", Kind: record.Category}, {Name: "price", Kind: record.Number},
	{Name: "category", Kind: record.Category}, {Name: "description", Kind: record.Text},
}

// catalogueRecords are made-up products from row from on.
func catalogueRecords(from, n int) []record.Record {
	var out []record.Record
	at := 0
	for _, row := range synth.Rows(synth.Options{Rows: from + n}) {
		if at++; at > from {
			out = append(out, record.Record{Key: row[0], Values: row[1:]})
		}
	}
	return out
}

// catalogueFile gives the file of -bench-rows records with vectors of 256 numbers and, if they are many, a stored graph.
func catalogueFile(b *testing.B) string {
	b.Helper()
	path := *benchFile
	if path == "" {
		path = filepath.Join(b.TempDir(), "catalogue.doppel")
	}
	if _, err := os.Stat(path); err == nil {
		return path
	}
	rs := catalogueRecords(0, *benchRows)
	sample := rs[:min(len(rs), 50000)]
	enc, err := encoder.Fit(background, catalogue, len(sample), func(i int) []string { return sample[i].Values }, encoder.Options{Dim: 256})
	if err != nil {
		b.Fatal(err)
	}
	d, err := db.Open(path, &db.Options{NoSync: true})
	if err != nil {
		b.Fatal(err)
	}
	c, err := d.Create("products", catalogue)
	if err != nil {
		b.Fatal(err)
	}
	if err := c.SetEncoder(background, enc); err != nil {
		b.Fatal(err)
	}
	start := time.Now()
	if _, err := c.PutAll(background, db.Records(rs), nil); err != nil {
		b.Fatal(err)
	}
	put := time.Since(start)
	if err := d.SaveIndexes(background); err != nil {
		b.Fatal(err)
	}
	b.Logf("%d rows: put %v, graph %v", len(rs), put, time.Since(start)-put)
	if err := d.Close(); err != nil {
		b.Fatal(err)
	}
	return path
}

func openCatalogue(b *testing.B, path string) (*db.DB, *db.Collection) {
	b.Helper()
	d, err := db.Open(path, nil)
	if err != nil {
		b.Fatal(err)
	}
	return d, open(b, d)
}

// BenchmarkOpen opens a file until the first answer of a search, and of a filter.
func BenchmarkOpen(b *testing.B) {
	path := catalogueFile(b)
	query := catalogueRecords(*benchRows, 1)[0].Values
	var opened, searched, filtered time.Duration
	for b.Loop() {
		start := time.Now()
		d, c := openCatalogue(b, path)
		opened += time.Since(start)
		if _, err := c.Nearest(background, query, 10); err != nil {
			b.Fatal(err)
		}
		searched += time.Since(start)
		start = time.Now()
		if _, err := c.CountWhere(background, db.Equal("brand", query[1])); err != nil {
			b.Fatal(err)
		}
		filtered += time.Since(start)
		if err := d.Close(); err != nil {
			b.Fatal(err)
		}
	}
	ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 / float64(b.N) }
	b.ReportMetric(ms(opened), "open-ms")
	b.ReportMetric(ms(searched), "searched-ms")
	b.ReportMetric(ms(filtered), "first-filter-ms")
}

// latencies reports the middle and the 99th of a hundred.
func latencies(b *testing.B, took []time.Duration) {
	slices.Sort(took)
	us := func(q float64) float64 {
		return float64(took[min(len(took)-1, int(q*float64(len(took))))].Nanoseconds()) / 1000
	}
	b.ReportMetric(us(.5), "p50-us")
	b.ReportMetric(us(.99), "p99-us")
}

// BenchmarkSearch asks for the ten nearest of new records, encoding included: alone, under filters on
// a number that keep a share of the records, and beside a writer that imports.
func BenchmarkSearch(b *testing.B) {
	d, c := openCatalogue(b, catalogueFile(b))
	defer d.Close()
	queries := catalogueRecords(*benchRows, 1000)
	ask := func(b *testing.B, where db.Filter) (plan db.SearchPlan) {
		var took []time.Duration
		for i := 0; b.Loop(); i++ {
			start := time.Now()
			a, err := c.Search(background, db.Search{Values: queries[i%len(queries)].Values, K: 10, Where: where})
			if err != nil {
				b.Fatal(err)
			}
			took = append(took, time.Since(start))
			plan = a.Plan
			if want := min(10, max(plan.Kept, 10*min(1, -plan.Kept))); len(a.Hits) != want {
				b.Fatalf("%d hits, want %d: %+v", len(a.Hits), want, plan)
			}
		}
		latencies(b, took)
		return plan
	}
	b.Run("alone", func(b *testing.B) { b.Log(ask(b, nil)) })
	var prices []float64
	for n, err := range c.Numbers(background, "price", nil) {
		if err != nil {
			b.Fatal(err)
		}
		prices = append(prices, n)
	}
	slices.Sort(prices)
	for _, percent := range []float64{.1, 1, 5, 10, 20, 50, 90, 99} {
		high := prices[int(percent/100*float64(len(prices)-1))]
		b.Run(fmt.Sprintf("filter %g %%", percent), func(b *testing.B) {
			b.Log(ask(b, db.Between("price", 0, high, db.Closed)))
		})
	}
	b.Run("beside an import", func(b *testing.B) {
		ctx, cancel := context.WithCancel(background)
		var wg sync.WaitGroup
		var written atomic.Int64
		wg.Go(func() {
			more := catalogueRecords(*benchRows, 30000)
			for ctx.Err() == nil {
				n, _ := c.PutAll(ctx, db.Records(more), nil)
				written.Add(int64(n.Inserted + n.Updated))
			}
		})
		start := time.Now()
		b.Log(ask(b, nil))
		b.ReportMetric(float64(written.Load())/time.Since(start).Seconds(), "put-rows/s")
		cancel()
		wg.Wait()
	})
}

// BenchmarkAggregate counts, sums and groups under a filter: rows/s where memory serves it, and where rows are read.
func BenchmarkAggregate(b *testing.B) {
	d, c := openCatalogue(b, catalogueFile(b))
	defer d.Close()
	where := db.And(db.Between("price", 20, 500, db.Closed), db.Not(db.Missing("brand")))
	run := func(name string, f func() error) {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if err := f(); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N)*float64(*benchRows)/b.Elapsed().Seconds(), "rows/s")
		})
	}
	run("count", func() error { _, err := c.CountWhere(background, where); return err })
	run("group", func() error {
		for _, err := range c.Values(background, "brand", where) {
			if err != nil {
				return err
			}
		}
		return nil
	})
	run("sum", func() error {
		sum := 0.
		for n, err := range c.Numbers(background, "price", where) {
			if err != nil {
				return err
			}
			sum += n
		}
		return nil
	})
	run("read", func() error {
		for _, err := range c.Select(background, db.Test("long", func(r record.Record) bool { return len(r.Values[0]) > 30 })) {
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// BenchmarkUpsert stores single records durably, by one goroutine and by eight.
func BenchmarkUpsert(b *testing.B) {
	for _, goroutines := range []int{1, 8} {
		b.Run(fmt.Sprint(goroutines), func(b *testing.B) {
			d, err := db.Open(filepath.Join(b.TempDir(), "u.doppel"), nil)
			if err != nil {
				b.Fatal(err)
			}
			defer d.Close()
			c := create(b, d, someProducts(1000, 1))
			if err := c.SetEncoder(background, fit(b, someProducts(1000, 1), 256)); err != nil {
				b.Fatal(err)
			}
			rs := someProducts(20000, 2)
			var next atomic.Int64
			var wg sync.WaitGroup
			b.ResetTimer()
			for range goroutines {
				wg.Go(func() {
					for i := next.Add(1); i <= int64(b.N); i = next.Add(1) {
						if _, err := c.Upsert(background, rs[i%int64(len(rs))]); err != nil {
							b.Error(err)
							return
						}
					}
				})
			}
			wg.Wait()
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "upserts/s")
		})
	}
}

// BenchmarkImport puts products with vectors of 256 numbers durably: into a collection that nobody has searched, and into
// one whose searches are to find each batch.
func BenchmarkImport(b *testing.B) {
	rs := catalogueRecords(0, *benchRows)
	enc, err := encoder.Fit(background, catalogue, len(rs), func(i int) []string { return rs[i].Values }, encoder.Options{Dim: 256})
	if err != nil {
		b.Fatal(err)
	}
	for _, searched := range []bool{false, true} {
		b.Run(fmt.Sprintf("searched %t", searched), func(b *testing.B) {
			for b.Loop() {
				d, err := db.Open(filepath.Join(b.TempDir(), "i.doppel"), nil)
				if err != nil {
					b.Fatal(err)
				}
				c, err := d.Create("products", catalogue)
				if err == nil {
					err = c.SetEncoder(background, enc)
				}
				if err == nil && searched {
					_, err = c.Nearest(background, rs[0].Values, 1)
				}
				if err == nil {
					_, err = c.PutAll(background, db.Records(rs), nil)
				}
				if err != nil {
					b.Fatal(err)
				}
				b.StopTimer()
				if err := d.Close(); err != nil {
					b.Fatal(err)
				}
				b.StartTimer()
			}
			b.ReportMetric(float64(b.N)*float64(len(rs))/b.Elapsed().Seconds(), "rows/s")
		})
	}
}
