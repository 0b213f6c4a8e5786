package main

import (
	"context"
	"runtime"
	"time"

	"github.com/doppeldb/doppel/benchmarks/bench"
	"github.com/doppeldb/doppel/index"
)

const (
	k    = 10
	m    = 16
	efc  = 200
	fits = 1e-5 // what float32 may move a distance

	narrow    = "doppel f32, efConstruction 150"
	narrowEfc = 150
)

// result is one way of searching a set, at all its widths.
type result struct {
	engine string
	build  time.Duration // on two threads, by the clock
	work   time.Duration // the same, processor time
	bytes  int64
	note   string
	points []point
}

// point is one width: the median processor time of all queries, on one thread.
type point struct {
	ef     int
	recall float64
	qps    float64
	times  []time.Duration
}

// engine searches a set that it was built over.
type engine interface {
	search(ef int) (recall float64, took time.Duration, err error)
}

// own is an engine of this module.
type own struct {
	x   index.Index
	set *set
	kth []float32
}

func (o *own) search(ef int) (float64, time.Duration, error) {
	start := bench.CPU()
	got, err := o.x.NearestBatch(context.Background(), o.set.queries, k, &index.Query{Ef: ef}, 1)
	took := bench.CPU() - start
	if err != nil {
		return 0, 0, err
	}
	return share(got, o.kth), took, nil
}

// share is the recall: answers no farther than the true k-th.
func share(got [][]index.Neighbour, kth []float32) float64 {
	good := 0
	for i, answer := range got {
		for _, n := range answer {
			if n.Distance <= kth[i]+fits {
				good++
			}
		}
	}
	return float64(good) / float64(k*len(got))
}

// buildOwn builds an index on two threads and measures its memory.
func buildOwn(s *set, opts index.Options) (x index.Index, r *result, err error) {
	ids := make([]uint32, s.n())
	for i := range ids {
		ids[i] = uint32(i)
	}
	opts.Dim = s.dim
	if x, err = index.New(opts); err != nil {
		return nil, nil, err
	}
	runtime.GOMAXPROCS(2)
	before := heap()
	start, busy := time.Now(), bench.CPU()
	if err = x.AddBatch(ids, s.base); err != nil {
		return nil, nil, err
	}
	r = &result{build: time.Since(start), work: bench.CPU() - busy}
	r.bytes = heap() - before
	return x, r, nil
}

// heap is the memory in use after a collection.
func heap() int64 {
	runtime.GC()
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return int64(stats.HeapAlloc)
}

// other is an engine of the peer process.
type other struct {
	p    *peer
	name string
}

func (o *other) search(ef int) (float64, time.Duration, error) {
	a, err := o.p.ask(request{Op: "search", Engine: o.name, Ef: ef, K: k})
	return a.Recall, seconds(a.CPU), err
}
