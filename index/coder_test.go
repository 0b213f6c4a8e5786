//go:build !windows

package index

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"reflect"
	"testing"

	coderhnsw "github.com/coder/hnsw"
)

// TestCoderRecall states what the baseline finds of the exact answers: 3,000
// clustered vectors of 32 dimensions, 100 queries.
func TestCoderRecall(t *testing.T) {
	if testing.Short() {
		t.Skip("a gate of quality: not with -short")
	}
	const n, dim, nq, k = 3000, 32, 100, 10
	rng := rand.New(rand.NewPCG(9, 9))
	all := clustered(rng, n+nq, dim, 60)
	vecs, queries := all[:n*dim], all[n*dim:]
	// Ten builds gave, by metric, recall@10 of .88-.96, .90-.93, .87-.93 and within
	// of .92-.97, .92-.95, .92-.97: builds differ, so the floors keep a distance.
	const nearFloor, withinFloor = 0.80, 0.85
	for _, m := range metrics {
		t.Run(m.String(), func(t *testing.T) {
			oracle, x := open(t, Options{Dim: dim, Metric: m}), open(t, Options{Dim: dim, Metric: m, Engine: Coder})
			for _, ix := range []Index{oracle, x} {
				if err := ix.AddBatch(sequence(n), vecs); err != nil {
					t.Fatal(err)
				}
			}
			ctx := context.Background()
			want, err := oracle.NearestBatch(ctx, queries, k, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			got, err := x.NearestBatch(ctx, queries, k, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			near := recall(got, want)
			radius := want[0][k-1].Distance
			if want, err = oracle.WithinBatch(ctx, queries, radius, nil, 0); err != nil {
				t.Fatal(err)
			}
			if got, err = x.WithinBatch(ctx, queries, radius, nil, 0); err != nil {
				t.Fatal(err)
			}
			within := recall(got, want)
			t.Logf("%v: recall@%d %.3f, within %.3f", m, k, near, within)
			if near < nearFloor || within < withinFloor {
				t.Errorf("recall under the floors %v, %v", nearFloor, withinFloor)
			}
		})
	}
}

// filled is a coder index large enough that searches use the graph.
func filled(t *testing.T, n int) (*locked, *coder) {
	t.Helper()
	x := open(t, Options{Dim: 8, Metric: Euclidean, Engine: Coder})
	if err := x.AddBatch(sequence(n), clustered(rand.New(rand.NewPCG(10, 10)), n, 8, 25)); err != nil {
		t.Fatal(err)
	}
	return x, x.engine.(*coder)
}

// TestCoderTopLayer: with one node in it a search has one way in, and repeats.
func TestCoderTopLayer(t *testing.T) {
	for _, n := range []int{1, 2, 7, 8, 9, 31, 32, 33, 128, 129, 2100} {
		x, c := filled(t, n)
		layers := (&coderhnsw.Analyzer[uint32]{Graph: c.graph}).Topography()
		if len(layers) != c.level.layers || layers[len(layers)-1] != 1 || layers[0] != n {
			t.Errorf("n=%d: layers of %v nodes, want %d layers, one node on top", n, layers, c.level.layers)
		}
		query := []float32{1, 0, 1, 0, 1, 0, 1, 0}
		first, err := x.Nearest(query, 10, nil)
		if err != nil {
			t.Fatal(err)
		}
		for range 20 {
			if again, _ := x.Nearest(query, 10, nil); !reflect.DeepEqual(first, again) {
				t.Fatalf("n=%d: one search, two answers:\n%v\n%v", n, first, again)
			}
		}
	}
}

func TestCoderDropsTheDead(t *testing.T) {
	x, c := filled(t, 1000)
	for id := range uint32(900) {
		if err := x.Delete(id); err != nil {
			t.Fatal(err)
		}
		if c.dead() > x.Len() {
			t.Fatalf("%d dead nodes for %d living", c.dead(), x.Len())
		}
		if id%50 == 0 {
			got, err := x.Nearest(make([]float32, 8), 10, nil)
			if err != nil || len(got) != 10 || got[0].ID <= id {
				t.Fatalf("after deleting to %d: %v, %v", id, got, err)
			}
		}
	}
	if err := x.Check(); err != nil {
		t.Fatal(err)
	}
}

// TestCoderPanics: a panic of the library is an error, nothing is half added, and
// the index still answers, and mends itself with the next vector.
func TestCoderPanics(t *testing.T) {
	x, c := filled(t, 1000)
	query := []float32{1, 1, 1, 1, 1, 1, 1, 1}
	healthy := c.graph.Distance
	c.graph.Distance = func(a, b []float32) float32 { panic("boom") }
	if _, err := x.Nearest(query, 3, nil); !errors.Is(err, ErrEngine) {
		t.Errorf("Nearest: %v, want ErrEngine", err)
	}
	if _, err := x.NearestBatch(context.Background(), append(query, query...), 3, nil, 2); !errors.Is(err, ErrEngine) {
		t.Errorf("NearestBatch: %v, want ErrEngine", err)
	}
	c.graph.Distance = func(a, b []float32) float32 {
		if a[0] == 77 || b[0] == 77 {
			panic("boom")
		}
		return healthy(a, b)
	}
	bad := []float32{0, 1, 2, 3, 4, 5, 6, 7, 77, 1, 1, 1, 1, 1, 1, 1}
	if err := x.AddBatch([]uint32{5000, 5001}, bad); !errors.Is(err, ErrEngine) {
		t.Fatalf("AddBatch: %v, want ErrEngine", err)
	}
	if x.Len() != 1000 || x.Contains(5000) || x.Check() != nil {
		t.Fatalf("after a failed batch: %+v, %v", x.Stats(), x.Check())
	}
	want := map[uint32]float64{}
	for slot, id := range x.engine.(*coder).ids {
		want[id] = distance(Euclidean, query, x.engine.(*coder).vec(slot))
	}
	got, err := x.Nearest(query, 10, nil)
	if err != nil {
		t.Fatal(err)
	}
	agree(t, got, want, 10, math.Inf(1))
	if err := x.Add(5000, bad[8:]); err != nil {
		t.Fatal(err)
	}
	if c.graph == nil || c.graph.Len() != 1001 {
		t.Error("the graph was not built again")
	}
}

// BenchmarkCoderSIFT reports what the baseline finds on real vectors, and how fast.
func BenchmarkCoderSIFT(b *testing.B) {
	base, queries, truth, dim, k := sift(b)
	x := open(b, Options{Dim: dim, Metric: Euclidean, Engine: Coder})
	if err := x.AddBatch(sequence(len(base)/dim), base); err != nil {
		b.Fatal(err)
	}
	want := make([][]Neighbour, len(queries)/dim)
	for i := range want {
		for _, id := range truth[i*k : i*k+10] {
			want[i] = append(want[i], Neighbour{ID: uint32(id)})
		}
	}
	var got [][]Neighbour
	for b.Loop() {
		var err error
		if got, err = x.NearestBatch(context.Background(), queries, 10, nil, 1); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(recall(got, want), "recall@10")
	b.ReportMetric(float64(b.N*len(want))/b.Elapsed().Seconds(), "queries/s")
}
