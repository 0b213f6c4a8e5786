package index

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"
)

func TestAuto(t *testing.T) {
	for _, c := range []struct {
		n, dim int
		want   Engine
	}{
		{0, 256, Exact},
		{10_000, 256, Exact},
		{autoVectors, 256, Exact},
		{autoVectors + 1, 2, HNSW},
		{autoBytes / (4 * 1024), 1024, Exact},
		{autoBytes/(4*1024) + 1, 1024, HNSW},
		{1 << 31, MaxDim, HNSW},
	} {
		if got := Auto(c.n, c.dim); got != c.want {
			t.Errorf("Auto(%d, %d) = %v, want %v", c.n, c.dim, got, c.want)
		}
	}
}

// BenchmarkJoin is what calibrate.md is made of: an index of n vectors and a query
// for each of them, on one thread. Of the queries 2,000 are run and scaled up.
func BenchmarkJoin(b *testing.B) {
	for _, dim := range []int{128, 256, 512} {
		for _, n := range []int{8_000, 16_000, 32_000, 64_000} {
			vecs := clustered(rand.New(rand.NewPCG(31, 1)), n, dim, n/50)
			for _, e := range []Engine{Exact, HNSW} {
				b.Run(fmt.Sprintf("%v/n=%d/dim=%d", e, n, dim), func(b *testing.B) {
					var build, ask time.Duration
					for b.Loop() {
						x, err := newLocked(Options{Dim: dim, Engine: e})
						if err != nil {
							b.Fatal(err)
						}
						if h, ok := x.engine.(*hnsw); ok {
							h.workers = 1
						}
						start := time.Now()
						if err := x.AddBatch(sequence(n), vecs); err != nil {
							b.Fatal(err)
						}
						build += time.Since(start)
						const asked = 2000
						start = time.Now()
						if _, err := x.NearestBatch(context.Background(), vecs[:asked*dim], 10, nil, 1); err != nil {
							b.Fatal(err)
						}
						ask += time.Since(start) * time.Duration(n) / asked
					}
					b.ReportMetric(float64(n*dim*4)/(1<<20), "MB")
					b.ReportMetric((build+ask).Seconds()/float64(b.N), "s/join")
					b.ReportMetric(ask.Seconds()/float64(b.N)/float64(n)*1e6, "us/query")
				})
			}
		}
	}
}
