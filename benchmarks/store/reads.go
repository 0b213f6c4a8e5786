package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"

	"github.com/doppeldb/doppel/db"
	"github.com/doppeldb/doppel/record"
)

// opening times Open together with the first search.
func (b *files) opening(ctx context.Context, w *bytes.Buffer) error {
	fmt.Fprint(w, "`Open`, then the first `Nearest`: the index is in the file. The file is in the system's cache. Median of 5.\n\n| records | open, ms | first search, ms | together | bar |\n|---|---|---|---|---|\n")
	sizes := []struct{ n, bar int }{{manyRows, 150}}
	if b.million {
		sizes = append(sizes, struct{ n, bar int }{1_000_000, 1500})
	}
	for _, s := range sizes {
		rs := products(s.n)
		d, c, err := b.collection(ctx, fmt.Sprintf("open-%d.doppel", s.n), rs)
		if err != nil {
			return err
		}
		if _, err := c.Nearest(ctx, rs[0].Values, 10); err != nil {
			return err
		}
		if err := d.SaveIndexes(ctx); err != nil { // builds the graph
			return err
		}
		if err := d.Close(); err != nil {
			return err
		}
		var opens, firsts, both []time.Duration
		for range 5 {
			open, first, err := openAndAsk(ctx, d.Path(), rs[1].Values)
			if err != nil {
				return err
			}
			opens, firsts, both = append(opens, open), append(firsts, first), append(both, open+first)
		}
		fmt.Fprintf(w, "| %d | %.0f | %.0f | **%.0f** | %d |\n", s.n, ms(quantile(opens, .5)), ms(quantile(firsts, .5)), ms(quantile(both, .5)), s.bar)
		if err := os.Remove(d.Path()); err != nil {
			return err
		}
	}
	return nil
}

func openAndAsk(ctx context.Context, path string, values []string) (open, first time.Duration, err error) {
	start := time.Now()
	d, err := db.Open(path, nil)
	if err != nil {
		return 0, 0, err
	}
	open = time.Since(start)
	start = time.Now()
	c, err := d.Collection("products")
	if err != nil {
		return 0, 0, err
	}
	if _, err := c.Nearest(ctx, values, 10); err != nil {
		return 0, 0, err
	}
	first = time.Since(start)
	return open, first, d.Close()
}

// nearest times searches alone, and while another goroutine puts records.
func (b *files) nearest(ctx context.Context, w *bytes.Buffer) error {
	all := products(2*manyRows + 5000)
	rs, late, asked := all[:manyRows], all[manyRows:2*manyRows], all[2*manyRows:]
	d, c, err := b.collection(ctx, "nearest.doppel", rs)
	if err != nil {
		return err
	}
	defer os.Remove(d.Path())
	defer d.Close()
	if _, err := c.Nearest(ctx, rs[0].Values, 10); err != nil {
		return err
	}
	fmt.Fprintf(w, "%d records, 10 nearest of %d records that are not among them, encoding included, one goroutine.\n\n| | p50, ms | p99, ms | longest, ms | bar p50 / p99 |\n|---|---|---|---|---|\n", manyRows, len(asked))
	var times []time.Duration
	row := func(name, bar string) {
		fmt.Fprintf(w, "| %s | **%.2f** | **%.2f** | %.1f | %s |\n", name, ms(quantile(times, .5)), ms(quantile(times, .99)), ms(quantile(times, 1)), bar)
	}
	alone := func(name string) error {
		times, err = ask(ctx, c, asked, func(i int) bool { return i < len(asked) })
		row(name, ".5 / 2")
		return err
	}
	if err := alone("just put: no graph yet, a scan of the codes"); err != nil {
		return err
	}
	start := time.Now()
	if err := d.SaveIndexes(ctx); err != nil {
		return err
	}
	built := time.Since(start)
	if err := alone(fmt.Sprintf("alone, with the graph, which took %.1f s to build", built.Seconds())); err != nil {
		return err
	}
	found, err := recall(ctx, c, asked[:1000])
	if err != nil {
		return err
	}
	done := make(chan error, 1)
	start = time.Now()
	var took time.Duration
	go func() {
		_, err := c.PutAll(ctx, db.Records(late), nil)
		took = time.Since(start)
		done <- err
	}()
	running := true
	times, err = ask(ctx, c, asked, func(int) bool {
		select {
		case err = <-done:
			running = false
		default:
		}
		return running
	})
	if err != nil {
		return err
	}
	row(fmt.Sprintf("while %d records more are put, in %.1f s", len(late), took.Seconds()), "- / 10")
	fmt.Fprintf(w, "\nrecall@10 of the graph, alone, against a scan: **%.4f** (bar .98).\n", found)
	return nil
}

// recall is the share of the hits of asked that are no farther than the farthest of as many true ones.
func recall(ctx context.Context, c *db.Collection, asked []record.Record) (float64, error) {
	found, all := 0, 0
	for _, r := range asked {
		truth, err := c.Search(ctx, db.Search{Values: r.Values, K: 10, Engine: db.SearchExact})
		if err != nil {
			return 0, err
		}
		near, err := c.Nearest(ctx, r.Values, 10)
		if err != nil || len(truth.Hits) == 0 {
			return 0, err
		}
		all += len(truth.Hits)
		for _, h := range near {
			if h.Distance <= truth.Hits[len(truth.Hits)-1].Distance {
				found++
			}
		}
	}
	return float64(found) / float64(max(1, all)), nil
}

func ask(ctx context.Context, c *db.Collection, asked []record.Record, more func(i int) bool) (times []time.Duration, err error) {
	for i := 0; more(i); i++ {
		start := time.Now()
		if _, err := c.Nearest(ctx, asked[i%len(asked)].Values, 10); err != nil {
			return nil, err
		}
		times = append(times, time.Since(start))
	}
	return times, nil
}

func ms(d time.Duration) float64 { return d.Seconds() * 1000 }

// chromem compares with chromem-go over the same vectors, at the same answers.
func (b *files) chromem(ctx context.Context, w *bytes.Buffer) error {
	const queries = 200
	peers := os.Getenv("DOPPEL_PEERS")
	if peers == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			return err
		}
		peers = filepath.Join(home, ".cache", "doppel-peers")
	}
	program := filepath.Join(peers, "bin", "chromem")
	if _, err := os.Stat(program); err != nil {
		return fmt.Errorf("no peers: run benchmarks/peers/install first: %w", err)
	}
	all := products(manyRows + queries)
	rs, asked := all[:manyRows], all[manyRows:]
	start := time.Now()
	d, c, err := b.collection(ctx, "ours.doppel", rs)
	if err != nil {
		return err
	}
	if _, err := c.Nearest(ctx, asked[0].Values, 10); err != nil {
		return err
	}
	if err := d.SaveIndexes(ctx); err != nil {
		return err
	}
	insert := time.Since(start)
	snapshot, err := c.Load(ctx)
	if err != nil {
		return err
	}
	if err := d.Close(); err != nil {
		return err
	}
	asks := make([]float32, queries*snapshot.Dim)
	if err := snapshot.Encoder.EncodeAll(ctx, queries, func(i int) []string { return asked[i].Values }, asks, 0); err != nil {
		return err
	}
	base, query := filepath.Join(b.dir, "base.f32"), filepath.Join(b.dir, "query.f32")
	if err := writeVectors(base, snapshot.Vectors); err != nil {
		return err
	}
	if err := writeVectors(query, asks); err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, program, base, query, strconv.Itoa(snapshot.Dim), filepath.Join(b.dir, "chromem"))
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("chromem: %w", err)
	}
	var theirs struct {
		Insert, Open float64
		Count        int
		Query        []float64
		IDs          [][]int
	}
	if err := json.Unmarshal(out, &theirs); err != nil {
		return err
	}
	open, first, err := openAndAsk(ctx, d.Path(), asked[0].Values)
	if err != nil {
		return err
	}
	if d, err = db.Open(d.Path(), nil); err != nil {
		return err
	}
	defer d.Close()
	if c, err = d.Collection("products"); err != nil {
		return err
	}
	ours, agree, err := askVectors(ctx, c, asks, snapshot, theirs.IDs, db.SearchAuto)
	if err != nil {
		return err
	}
	scans, same, err := askVectors(ctx, c, asks, snapshot, theirs.IDs, db.SearchExact)
	if err != nil {
		return err
	}
	theirQuery := theirs.Query[len(theirs.Query)/2]
	fmt.Fprintf(w, "%d vectors of %d dimensions, %d queries for 10. chromem-go v0.7.0 keeps a file for each vector and compares a query with all on all cores.\n", manyRows, snapshot.Dim, queries)
	fmt.Fprintf(w, "After it was opened again it has %d of the vectors: its files are named by 32 bits of a hash, and two can meet.\n", theirs.Count)
	fmt.Fprintf(w, "Of its answers, which are exact, doppel's graph gives **%.2f %%**, its scan %.2f %% (what is missing are ties). doppel's insert encodes and stores\nthe records too, and builds the graph.\n\n", 100*agree, 100*same)
	fmt.Fprint(w, "| | doppel | chromem-go | ratio | bar |\n|---|---|---|---|---|\n")
	fmt.Fprintf(w, "| insert, s | %.1f | %.1f | %.1f x | |\n", insert.Seconds(), theirs.Insert, theirs.Insert/insert.Seconds())
	both := (open + first).Seconds()
	fmt.Fprintf(w, "| open, ready to search, s | %.3f | %.3f | **%.1f x** | 10 x |\n", both, theirs.Open, theirs.Open/both)
	fmt.Fprintf(w, "| query by a scan, exact, median, ms | %.3f | %.3f | **%.1f x** | 10 x |\n", ms(quantile(scans, .5)), 1000*theirQuery, theirQuery/quantile(scans, .5).Seconds())
	fmt.Fprintf(w, "| query by the graph, median, ms | %.3f | %.3f | **%.1f x** | 10 x |\n", ms(quantile(ours, .5)), 1000*theirQuery, theirQuery/quantile(ours, .5).Seconds())
	return nil
}

// askVectors searches by vector and counts how much of the expected answers is found.
func askVectors(ctx context.Context, c *db.Collection, asks []float32, s *db.Snapshot, want [][]int, engine db.SearchEngine) (times []time.Duration, agree float64, err error) {
	found, all := 0, 0
	for i, ids := range want {
		start := time.Now()
		a, err := c.Search(ctx, db.Search{Vector: asks[i*s.Dim : (i+1)*s.Dim], K: len(ids), Engine: engine})
		if err != nil {
			return nil, 0, err
		}
		times = append(times, time.Since(start))
		have := map[string]bool{}
		for _, h := range a.Hits {
			have[h.Key] = true
		}
		for _, id := range ids {
			all++
			if have[s.Keys[id]] {
				found++
			}
		}
	}
	return times, float64(found) / float64(all), nil
}

func writeVectors(path string, v []float32) error {
	b := make([]byte, 4*len(v))
	for i, x := range v {
		binary.LittleEndian.PutUint32(b[4*i:], math.Float32bits(x))
	}
	return os.WriteFile(path, b, 0o666)
}
