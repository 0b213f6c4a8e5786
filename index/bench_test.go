package index

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
)

// benchIndex is an exact index over clustered vectors, and queries of the same kind.
func benchIndex(b *testing.B, opts Options, n, nq int) (*locked, []float32) {
	b.Helper()
	vecs := clustered(rand.New(rand.NewPCG(11, 11)), n+nq, opts.Dim, n/50)
	x := open(b, opts)
	if err := x.AddBatch(sequence(n), vecs[:n*opts.Dim]); err != nil {
		b.Fatal(err)
	}
	return x, vecs[n*opts.Dim:]
}

// BenchmarkExact is one thread over 100,000 vectors: 1 to 512 queries a call.
func BenchmarkExact(b *testing.B) {
	const n = 100_000
	for _, dim := range []int{128, 256} {
		for _, opts := range []Options{{}, {Quantize: true}} {
			opts.Dim = dim
			x, queries := benchIndex(b, opts, n, 512)
			e := x.engine.(*exact)
			for i := 0; i < len(queries); i += dim {
				if err := Cosine.prepare(queries[i : i+dim]); err != nil {
					b.Fatal(err)
				}
			}
			for _, nq := range []int{1, 4, 8, 16, 112, 512} {
				b.Run(fmt.Sprintf("dim=%d/int8=%t/queries=%d", dim, opts.Quantize, nq), func(b *testing.B) {
					measured, calls := 0, 0
					for b.Loop() {
						s := &scan{exact: e}
						at := calls * nq % 512
						for lo := at; lo < at+nq; lo += queryTile {
							hi := min(lo+queryTile, at+nq, 512)
							if err := s.run(context.Background(), queries[lo*dim:hi*dim], wanted{k: 10, radius: everywhere}, 0, e.len(), make([][]Neighbour, hi-lo)); err != nil {
								b.Fatal(err)
							}
						}
						measured += s.measured
						calls++
					}
					asked := float64(calls * nq)
					b.ReportMetric(b.Elapsed().Seconds()/asked*1e6, "us/query")
					b.ReportMetric(float64(measured)/asked, "measured/query")
				})
			}
		}
	}
}
