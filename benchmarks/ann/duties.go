package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"runtime"
	"time"

	"github.com/doppeldb/doppel/benchmarks/bench"
	"github.com/doppeldb/doppel/index"
)

// radius is the distance within which records are candidates for being one.
const radius = 0.2

// duties measures what else an index has to do, on one set with our graph.
func duties(w *bytes.Buffer, s *set) error {
	fmt.Fprintf(w, "\n## Duties, on set %s\n\nOne thread for searches, ef as by default unless it is said.\n\n| what | recall | q/s | |\n|---|---|---|---|\n", s.name)
	exact, _, err := buildOwn(s, index.Options{Engine: index.Exact})
	if err != nil {
		return err
	}
	if err := scans(w, s, exact); err != nil {
		return err
	}
	for _, quantize := range []bool{false, true} {
		opts := index.Options{Engine: index.HNSW, M: m, EfConstruction: efc, Quantize: quantize}
		x, _, err := buildOwn(s, opts)
		if err != nil {
			return err
		}
		d := &duty{w: w, set: s, exact: exact, x: x, name: "f32"}
		if quantize {
			d.name = "int8"
		}
		for _, do := range []func() error{d.filters, d.correlated, d.within, d.churn} {
			if err := do(); err != nil {
				return err
			}
		}
	}
	return sameForAnyWorkers(w, s)
}

// scans asks the exact engine one query at a time, with codes and without.
func scans(w *bytes.Buffer, s *set, exact index.Index) error {
	coded, _, err := buildOwn(s, index.Options{Engine: index.Exact, Quantize: true})
	if err != nil {
		return err
	}
	const asked = 100
	times := map[index.Index]time.Duration{}
	for range 3 {
		for _, x := range []index.Index{exact, coded} { // in turns
			start := bench.CPU()
			for i := range asked {
				if _, err := x.Nearest(s.queries[i*s.dim:(i+1)*s.dim], k, nil); err != nil {
					return err
				}
			}
			if took := bench.CPU() - start; times[x] == 0 || took < times[x] {
				times[x] = took
			}
		}
	}
	for _, x := range []index.Index{exact, coded} {
		name := "f32"
		if x.Stats().Quantize {
			name = "int8"
		}
		fmt.Fprintf(w, "| exact %s, one query a call | 1.0000 | %.0f | %.2f x f32 |\n", name, asked/times[x].Seconds(), times[exact].Seconds()/times[x].Seconds())
	}
	return nil
}

type duty struct {
	w        *bytes.Buffer
	set      *set
	exact, x index.Index
	name     string
}

func (d *duty) line(what string, recall float64, took time.Duration, note string) {
	fmt.Fprintf(d.w, "| %s, %s | %.4f | %.0f | %s |\n", d.name, what, recall, float64(d.set.nq())/took.Seconds(), note)
}

// nearest asks both indexes and gives the recall and the time of x.
func (d *duty) nearest(q *index.Query) (recall float64, took time.Duration, fewest int, err error) {
	want, err := d.exact.NearestBatch(context.Background(), d.set.queries, k, q, 0)
	if err != nil {
		return 0, 0, 0, err
	}
	var got [][]index.Neighbour
	var times []time.Duration
	for range 3 {
		start := bench.CPU()
		if got, err = d.x.NearestBatch(context.Background(), d.set.queries, k, q, 1); err != nil {
			return 0, 0, 0, err
		}
		times = append(times, bench.CPU()-start)
	}
	kth := make([]float32, len(want))
	fewest = k
	for i := range want {
		kth[i] = want[i][len(want[i])-1].Distance
		fewest = min(fewest, len(got[i]))
	}
	return share(got, kth), min(times[0], times[1], times[2]), fewest, nil
}

func (d *duty) filters() error {
	for _, per := range []uint32{1, 10, 100, 200, 500, 900, 990} {
		keep := func(id uint32) bool { return id*2654435761>>8%1000 < per }
		recall, took, fewest, err := d.nearest(&index.Query{Keep: keep})
		if err != nil {
			return err
		}
		d.line(fmt.Sprintf("filter that keeps %g %%", float64(per)/10), recall, took, fmt.Sprintf("at least %d answers", fewest))
	}
	return nil
}

// correlated keeps what is nearest to one vector, so that most queries are far from all
// that passes.
func (d *duty) correlated() error {
	all, err := d.exact.Nearest(d.set.base[:d.set.dim], d.set.n(), nil)
	if err != nil {
		return err
	}
	rank := make([]int, d.set.n())
	for i, n := range all {
		rank[n.ID] = i
	}
	for _, percent := range []int{1, 10, 50} {
		most := len(rank) * percent / 100
		keep := func(id uint32) bool { return rank[id] < most }
		recall, took, fewest, err := d.nearest(&index.Query{Keep: keep})
		if err != nil {
			return err
		}
		d.line(fmt.Sprintf("filter that keeps the %d %% nearest to a point", percent), recall, took, fmt.Sprintf("at least %d answers", fewest))
	}
	return nil
}

func (d *duty) within() error {
	ctx := context.Background()
	want, err := d.exact.WithinBatch(ctx, d.set.queries, radius, nil, 0)
	if err != nil {
		return err
	}
	start := bench.CPU()
	got, err := d.x.WithinBatch(ctx, d.set.queries, radius, nil, 1)
	if err != nil {
		return err
	}
	took := bench.CPU() - start
	found, all := 0, 0
	for i := range want {
		in := map[uint32]bool{}
		for _, n := range got[i] {
			in[n.ID] = true
		}
		for _, n := range want[i] {
			if in[n.ID] {
				found++
			}
		}
		all += len(want[i])
	}
	d.line(fmt.Sprintf("within %v", radius), float64(found)/float64(max(1, all)), took, fmt.Sprintf("%d answers in all", all))
	return nil
}

// churn deletes a random half of the vectors and inserts it again under new ids,
// three times.
func (d *duty) churn() error {
	wide := &index.Query{Ef: 128}
	recall, fresh, _, err := d.nearest(wide)
	if err != nil {
		return err
	}
	d.line("fresh, ef 128", recall, fresh, "")
	rng := rand.New(rand.NewPCG(seed, 1))
	dim := d.set.dim
	ids := make([]uint32, d.set.n())
	rows := make([]int, len(ids)) // by position in ids
	for i := range ids {
		ids[i], rows[i] = uint32(i), i
	}
	for round := 1; round <= 3; round++ {
		rng.Shuffle(len(ids), func(i, j int) {
			ids[i], ids[j], rows[i], rows[j] = ids[j], ids[i], rows[j], rows[i]
		})
		half := len(ids) / 2
		start := bench.CPU()
		for _, id := range ids[:half] {
			if err := d.x.Delete(id); err != nil {
				return err
			}
		}
		if err := d.x.Check(); err != nil { // it waits for the repair
			return err
		}
		deleted := bench.CPU() - start
		var vecs []float32
		for i, row := range rows[:half] {
			ids[i] += uint32(len(ids)) // ids of a round never come back
			vecs = append(vecs, d.set.base[row*dim:(row+1)*dim]...)
		}
		start = bench.CPU()
		if err := d.x.AddBatch(ids[:half], vecs); err != nil {
			return err
		}
		added := bench.CPU() - start
		recall, took, _, err := d.nearest(wide) // the same vectors: distances tell
		if err != nil {
			return err
		}
		if err := d.x.Check(); err != nil {
			return err
		}
		d.line(fmt.Sprintf("half replaced, round %d, ef 128", round), recall, took,
			fmt.Sprintf("%.2f of fresh; processor time of deletes, repairs and a check %.1f s, inserts %.1f s", fresh.Seconds()/took.Seconds(), deleted.Seconds(), added.Seconds()))
	}
	return nil
}

// growth builds a tenth of a set and says how the time of a build grows.
func growth(w *bytes.Buffer, s *set, whole *result) error {
	part := &set{name: s.name, dim: s.dim, base: s.base[:s.n()/10*s.dim], queries: s.queries}
	_, tenth, err := buildOwn(part, index.Options{Engine: index.HNSW, M: m, EfConstruction: efc, Quantize: true})
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "\nOne round, and none of the peers. A tenth of it, %d vectors: %.1f s of processor time, %.1f s by the clock. The time of a build grows with the power %.2f of the number\nof vectors by processor time, %.2f by the clock.\n",
		part.n(), tenth.work.Seconds(), tenth.build.Seconds(), math.Log10(whole.work.Seconds()/tenth.work.Seconds()), math.Log10(whole.build.Seconds()/tenth.build.Seconds()))
	return nil
}

// sameForAnyWorkers builds a part of the set with 1, 2 and 4 threads.
func sameForAnyWorkers(w *bytes.Buffer, s *set) error {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	part := min(s.n(), 20_000)
	ids := make([]uint32, part)
	for i := range ids {
		ids[i] = uint32(i)
	}
	fmt.Fprintf(w, "\nSHA-256 of the snapshot of the first %d vectors, by threads of the build:\n\n", part)
	for _, threads := range []int{1, 2, 4} {
		runtime.GOMAXPROCS(threads)
		x, err := index.New(index.Options{Dim: s.dim, Engine: index.HNSW})
		if err != nil {
			return err
		}
		if err := x.AddBatch(ids, s.base[:part*s.dim]); err != nil {
			return err
		}
		hash := sha256.New()
		if err := x.Snapshot(io.Writer(hash)); err != nil {
			return err
		}
		fmt.Fprintf(w, "    %d  %x\n", threads, hash.Sum(nil))
	}
	return nil
}
