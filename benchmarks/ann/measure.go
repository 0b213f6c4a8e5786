package main

import (
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/doppeldb/doppel/benchmarks/bench"
	"github.com/doppeldb/doppel/index"
)

var widths = []int{10, 12, 16, 20, 24, 32, 40, 48, 64, 96, 128, 200, 400}

// measure builds all engines over a set and searches with them.
func measure(s *set, rounds int, only string) ([]*result, error) {
	wanted := func(name string) bool { return only == "" || strings.Contains(only, name) }
	started := time.Now()
	kth, exactTime, err := truth(s)
	if err != nil {
		return nil, err
	}
	fmt.Fprintf(os.Stderr, "set %s: %d x %d, %d queries; truth in %v\n", s.name, s.n(), s.dim, s.nq(), time.Since(started).Round(time.Millisecond))
	var results []*result
	var engines []engine
	add := func(r *result, e engine, ef []int) {
		for _, width := range ef {
			r.points = append(r.points, point{ef: width})
		}
		results, engines = append(results, r), append(engines, e)
		fmt.Fprintf(os.Stderr, "  %-14s built in %6.1f s (processor %.1f), %d MB %s\n", r.engine, r.build.Seconds(), r.work.Seconds(), r.bytes>>20, r.note)
	}
	exact := &result{engine: "exact", note: "scan", points: []point{{recall: 1, times: []time.Duration{exactTime}}}}

	for _, c := range []struct {
		name string
		opts index.Options
		ef   []int
	}{
		{"doppel f32", index.Options{Engine: index.HNSW, M: m, EfConstruction: efc}, widths},
		// Our graphs find more than hnswlib's at the same efConstruction: with this one
		// they find about the same, which is where a comparison of builds is fair.
		{narrow, index.Options{Engine: index.HNSW, M: m, EfConstruction: narrowEfc}, widths},
		{"doppel int8", index.Options{Engine: index.HNSW, M: m, EfConstruction: efc, Quantize: true}, widths},
		{"coder", index.Options{Engine: index.Coder}, []int{0}},
	} {
		if !wanted(c.name) || c.name == "coder" && s.n() > 100_000 { // it takes minutes there
			continue
		}
		x, r, err := buildOwn(s, c.opts)
		if err != nil {
			return nil, err
		}
		// Check walks the ties from the entry: an unreachable node ends the run.
		if err := x.Check(); err != nil {
			return nil, err
		}
		st := x.Stats()
		r.engine = c.name
		if c.opts.Engine == index.HNSW {
			r.note = fmt.Sprintf("vectors %d MB, codes %d MB, links %d MB, %d nodes, 0 unreachable", st.Bytes>>20, st.CodeBytes>>20, st.LinkBytes>>20, st.Nodes)
		}
		if c.name == "doppel int8" {
			r.bytes -= st.Bytes
			r.note += "; memory without the vectors"
		}
		add(r, &own{x, s, kth}, c.ef)
	}
	if wanted("hnswlib") || wanted("faiss") {
		p, err := peers(s, kth, wanted, add)
		if err != nil {
			return nil, err
		}
		defer p.close()
	}
	for range rounds {
		if err := round(results, engines); err != nil {
			return nil, err
		}
	}
	results = append(results, exact)
	settle(results, s.nq())
	for _, r := range results {
		for _, p := range r.points {
			fmt.Fprintf(os.Stderr, "  %-14s ef %3d  recall %.4f  %8.0f q/s\n", r.engine, p.ef, p.recall, p.qps)
		}
	}
	return results, nil
}

// truth gives the distance of each query's k-th neighbour, and the time of that.
func truth(s *set) ([]float32, time.Duration, error) {
	x, _, err := buildOwn(s, index.Options{Engine: index.Exact})
	if err != nil {
		return nil, 0, err
	}
	start := bench.CPU()
	got, err := x.NearestBatch(context.Background(), s.queries, k, nil, 1)
	if err != nil {
		return nil, 0, err
	}
	took := bench.CPU() - start
	kth := make([]float32, len(got))
	for i, answer := range got {
		kth[i] = answer[k-1].Distance
	}
	return kth, took, nil
}

// peers builds the engines of the peer process.
func peers(s *set, kth []float32, wanted func(string) bool, add func(*result, engine, []int)) (*peer, error) {
	p, err := startPeer()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "doppel-ann")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	load := request{Op: "load", Dim: s.dim}
	for _, f := range []struct {
		name string
		path *string
		data []float32
	}{{"base", &load.Base, s.base}, {"queries", &load.Queries, s.queries}, {"kth", &load.Kth, kth}} {
		*f.path = filepath.Join(dir, f.name)
		if err := os.WriteFile(*f.path, raw(f.data), 0o600); err != nil {
			return nil, err
		}
	}
	if _, err := p.ask(load); err != nil {
		return nil, err
	}
	for _, name := range []string{"hnswlib", "faiss"} {
		if !wanted(name) {
			continue
		}
		a, err := p.ask(request{Op: "build", Engine: name, M: m, Efc: efc, Threads: 2})
		if err != nil {
			return nil, err
		}
		add(&result{engine: name, build: a.time(), work: seconds(a.CPU), bytes: a.Bytes, note: "version " + a.Version}, &other{p, name}, widths)
	}
	return p, nil
}

func raw(v []float32) []byte {
	out := make([]byte, 0, 4*len(v))
	for _, x := range v {
		out = binary.LittleEndian.AppendUint32(out, math.Float32bits(x))
	}
	return out
}
