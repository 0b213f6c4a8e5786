package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"time"

	"github.com/doppeldb/doppel/db"
	"github.com/doppeldb/doppel/record"
)

// importing measures doppel import as a process, and PutAll without an index.
func (b *files) importing(ctx context.Context, w *bytes.Buffer) error {
	path, err := b.catalogue(manyRows)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "%d rows, median of 3.\n\n| what | seconds | rows/s | bar |\n|---|---|---|---|\n", manyRows)
	var whole, indexed, rows []float64
	for range 3 {
		for _, kind := range []struct {
			into *[]float64
			more []string
		}{{&whole, nil}, {&indexed, []string{"--index"}}} {
			took, err := b.importOnce(ctx, path, kind.more...)
			if err != nil {
				return err
			}
			*kind.into = append(*kind.into, took.Seconds())
		}
	}
	rs := products(manyRows)
	for i := range 3 {
		took, err := b.putWithoutIndex(ctx, fmt.Sprintf("rows-%d.doppel", i), rs)
		if err != nil {
			return err
		}
		rows = append(rows, took.Seconds())
	}
	for _, line := range []struct {
		name    string
		seconds float64
		bar     int
	}{{"`doppel import`: parse, encode, store, durable, searchable by a scan; the whole process", median(whole), 20_000},
		{"`doppel import --index`: the same, and the graph built and stored", median(indexed), 20_000},
		{"`PutAll`: encode, rows and vectors, durable; no index", median(rows), 60_000}} {
		fmt.Fprintf(w, "| %s | %.2f | **%.0f** | %d |\n", line.name, line.seconds, manyRows/line.seconds, line.bar)
	}
	fmt.Fprint(w, "\nSearches find the rows from then on by a scan. The graph, which quicker searches need, is built later, beside them, or at once by\n`doppel import --index`.\n")
	return nil
}

// importOnce times one run of doppel import.
func (b *files) importOnce(ctx context.Context, path string, more ...string) (time.Duration, error) {
	file := filepath.Join(b.dir, "import.doppel")
	args := append([]string{"import", path, "--db", file, "--collection", "products", "-q"}, more...)
	start := time.Now()
	if msg, err := exec.CommandContext(ctx, b.bin, args...).CombinedOutput(); err != nil {
		return 0, fmt.Errorf("doppel %v: %w\n%s", args, err, msg)
	}
	return time.Since(start), os.Remove(file)
}

func (b *files) putWithoutIndex(ctx context.Context, name string, rs []record.Record) (took time.Duration, err error) {
	d, c, err := b.collection(ctx, name, nil)
	if err != nil {
		return 0, err
	}
	defer os.Remove(d.Path())
	enc, err := fit(ctx, rs)
	if err == nil {
		err = c.SetEncoder(ctx, enc)
	}
	if err != nil {
		return 0, err
	}
	start := time.Now()
	if _, err := c.PutAll(ctx, db.Records(rs), nil); err != nil {
		return 0, err
	}
	took = time.Since(start)
	return took, d.Close()
}

// vectors runs the benchmark of package db, which can write vectors alone.
func (b *files) vectors(ctx context.Context, w *bytes.Buffer) error {
	out, err := exec.CommandContext(ctx, "go", "test", "./db", "-run", "^$", "-bench", "^BenchmarkVectorWrites$", "-benchtime", "5x", "-count", "3").CombinedOutput()
	if err != nil {
		return fmt.Errorf("%w\n%s", err, out)
	}
	fmt.Fprintf(w, "50,000 vectors of 256 dimensions in transactions of 1,000; bar: 80 %% of plain bbolt with blocks of 16 vectors in a value.\n\n```\n%s```\n", out)
	return nil
}

// upserts compares one goroutine with eight that each write one record at a time.
func (b *files) upserts(ctx context.Context, w *bytes.Buffer) error {
	rs := products(10_000)
	d, c, err := b.collection(ctx, "upsert.doppel", rs)
	if err != nil {
		return err
	}
	defer d.Close()
	const span = 3 * time.Second
	rate := func(writers int) (float64, error) {
		ctx, cancel := context.WithTimeout(ctx, span)
		defer cancel()
		var wg sync.WaitGroup
		counts, errs := make([]int, writers), make([]error, writers)
		start := time.Now()
		for g := range writers {
			wg.Go(func() {
				for i := g; time.Since(start) < span; i += writers {
					if _, errs[g] = c.Upsert(context.WithoutCancel(ctx), rs[i%len(rs)]); errs[g] != nil {
						return
					}
					counts[g]++
				}
			})
		}
		wg.Wait()
		total := 0
		for g, n := range counts {
			total += n
			if errs[g] != nil {
				return 0, errs[g]
			}
		}
		return float64(total) / time.Since(start).Seconds(), nil
	}
	fmt.Fprintf(w, "Each call of `Upsert` writes one record and returns when it is durable. %v each, three rounds in turn, medians.\n\n| goroutines | writes/s | against one | bar |\n|---|---|---|---|\n", span)
	var one, eight []float64
	for range 3 {
		for _, round := range []struct {
			writers int
			into    *[]float64
		}{{1, &one}, {8, &eight}} {
			r, err := rate(round.writers)
			if err != nil {
				return err
			}
			*round.into = append(*round.into, r)
		}
	}
	fmt.Fprintf(w, "| 1 | %.0f | | |\n| 8 | %.0f | **%.1f x** | 4 x |\n", median(one), median(eight), median(eight)/median(one))
	return nil
}

// size compares the file with what is in it.
func (b *files) size(ctx context.Context, w *bytes.Buffer) error {
	rs := products(manyRows)
	d, c, err := b.collection(ctx, "size.doppel", rs)
	if err != nil {
		return err
	}
	text := 0
	for _, r := range rs {
		text += len(r.Key)
		for _, v := range r.Values {
			text += len(v)
		}
	}
	if _, err := c.Nearest(ctx, rs[0].Values, 10); err != nil {
		return err
	}
	if err := d.SaveIndexes(ctx); err != nil { // with its graph
		return err
	}
	if err := d.Close(); err != nil {
		return err
	}
	path := d.Path()
	full, err := fileSize(path)
	if err != nil {
		return err
	}
	const dim, links = 256, 130 // bytes of links a vector of a graph with M 16: benchmarks/results/ann.md
	content := text + manyRows*(4*dim+dim+links)
	if d, err = db.Open(path, nil); err != nil {
		return err
	}
	if c, err = d.Collection("products"); err != nil {
		return err
	}
	for from := 0; from < len(rs); from += 2000 {
		var keys []string
		for _, r := range rs[from:min(from+2000, len(rs))] {
			if len(keys) < 1000 {
				keys = append(keys, r.Key)
			}
		}
		if _, err := c.Delete(ctx, keys...); err != nil {
			return err
		}
	}
	if err := d.Close(); err != nil {
		return err
	}
	deleted, err := fileSize(path)
	if err != nil {
		return err
	}
	if msg, err := exec.CommandContext(ctx, b.bin, "compact", path).CombinedOutput(); err != nil {
		return fmt.Errorf("doppel compact: %w\n%s", err, msg)
	}
	compact, err := fileSize(path)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "%d rows: keys and values %.1f MB, f32 vectors %.1f MB, int8 codes %.1f MB, links %.1f MB.\n\n| file | MB | ratio | bar |\n|---|---|---|---|\n",
		manyRows, mb(text), mb(manyRows*4*dim), mb(manyRows*dim), mb(manyRows*links))
	fmt.Fprintf(w, "| all rows, with index | %.1f | **%.2f** of its content | 1.5 |\n", mb(full), float64(full)/float64(content))
	fmt.Fprintf(w, "| half deleted | %.1f | %.2f of before | |\n", mb(deleted), float64(deleted)/float64(full))
	fmt.Fprintf(w, "| then compacted | %.1f | **%.2f** of before | .6 |\n", mb(compact), float64(compact)/float64(full))
	return nil
}

func fileSize(path string) (int, error) {
	info, err := os.Stat(path)
	if err != nil {
		return 0, err
	}
	return int(info.Size()), nil
}

func mb(n int) float64 { return float64(n) / 1e6 }
