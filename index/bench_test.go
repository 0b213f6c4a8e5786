package index

import (
	"context"
	"math/rand/v2"
	"testing"
)

func benchIndex(b *testing.B, n, dim int) *locked {
	b.Helper()
	rng := rand.New(rand.NewPCG(11, 11))
	vecs := make([]float32, n*dim)
	for i := range vecs {
		vecs[i] = float32(rng.NormFloat64())
	}
	x := open(b, Options{Dim: dim})
	if err := x.AddBatch(sequence(n), vecs); err != nil {
		b.Fatal(err)
	}
	return x
}

func report(b *testing.B, queries, n, dim int) {
	seconds := b.Elapsed().Seconds()
	b.ReportMetric(float64(b.N*queries)/seconds, "queries/s")
	b.ReportMetric(2*float64(b.N)*float64(queries)*float64(n)*float64(dim)/seconds/1e9, "GFLOP/s")
}

// BenchmarkExactOne is one query over 100,000 vectors of 256 dimensions.
func BenchmarkExactOne(b *testing.B) {
	const n, dim = 100_000, 256
	x := benchIndex(b, n, dim)
	query := append([]float32(nil), x.engine.(*exact).vec(5)...)
	for b.Loop() {
		if _, err := x.Nearest(query, 10, nil); err != nil {
			b.Fatal(err)
		}
	}
	report(b, 1, n, dim)
}

// BenchmarkExactBatch is 1,000 queries over 20,000 vectors of 512 dimensions.
func BenchmarkExactBatch(b *testing.B) {
	const n, dim, nq = 20_000, 512, 1000
	x := benchIndex(b, n, dim)
	queries := append([]float32(nil), x.engine.(*exact).vecs[:nq*dim]...)
	for b.Loop() {
		if _, err := x.NearestBatch(context.Background(), queries, 10, nil, 0); err != nil {
			b.Fatal(err)
		}
	}
	report(b, nq, n, dim)
}
