package index

import (
	"bytes"
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"sync"
	"testing"
)

func TestOptions(t *testing.T) {
	for _, bad := range []Options{{}, {Dim: -1}, {Dim: MaxDim + 1}, {Dim: 2, Metric: 3}, {Dim: 2, Engine: 3}, {Dim: 2, M: 4},
		{Dim: 2, Engine: HNSW, M: 1}, {Dim: 2, Engine: HNSW, M: MaxM + 1}, {Dim: 2, Engine: HNSW, EfConstruction: 15},
		{Dim: 2, Engine: HNSW, Metric: Euclidean, Quantize: true}, {Dim: 2, Metric: Euclidean, Quantize: true},
		{Dim: 2, Engine: Coder, Quantize: true}, {Dim: 2, Seed: 1}} {
		if _, err := New(bad); !errors.Is(err, ErrOptions) {
			t.Errorf("New(%v): %v, want ErrOptions", bad, err)
		}
	}
	for _, m := range metrics {
		if got, err := ParseMetric(m.String()); got != m || err != nil {
			t.Errorf("ParseMetric(%q) = %v, %v", m, got, err)
		}
	}
	for _, e := range []Engine{Exact, Coder, HNSW} {
		if got, err := ParseEngine(e.String()); got != e || err != nil {
			t.Errorf("ParseEngine(%q) = %v, %v", e, got, err)
		}
	}
	if _, err := ParseMetric("hamming"); !errors.Is(err, ErrOptions) {
		t.Errorf("ParseMetric(hamming): %v", err)
	}
}

func TestBadInput(t *testing.T) {
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	eachIndex(t, 2, func(t *testing.T, opts Options) {
		x := open(t, opts)
		if err := x.Add(7, []float32{1, 0}); err != nil {
			t.Fatal(err)
		}
		nearest := func(q []float32, k int) error { _, err := x.Nearest(q, k, nil); return err }
		within := func(q []float32, r float32) error { _, err := x.Within(q, r, nil); return err }
		var zero, negative, huge error = ErrZeroVector, ErrRadius, nil
		switch opts.Metric {
		case Euclidean:
			zero, huge = nil, ErrNotFinite
		case InnerProduct:
			zero, huge, negative = nil, ErrNotFinite, nil
		}
		for name, c := range map[string]struct{ got, want error }{
			"add live id":            {x.Add(7, []float32{0, 1}), ErrDuplicate},
			"add too short":          {x.Add(8, []float32{1}), ErrDim},
			"add nothing":            {x.Add(8, nil), ErrDim},
			"add two for one":        {x.Add(8, []float32{1, 2, 3, 4}), ErrDim},
			"add NaN":                {x.Add(8, []float32{1, nan}), ErrNotFinite},
			"add Inf":                {x.Add(8, []float32{-inf, 1}), ErrNotFinite},
			"batch repeats an id":    {x.AddBatch([]uint32{8, 8}, []float32{1, 2, 3, 4}), ErrDuplicate},
			"batch has a live id":    {x.AddBatch([]uint32{8, 7}, []float32{1, 2, 3, 4}), ErrDuplicate},
			"batch ends in NaN":      {x.AddBatch([]uint32{8, 9}, []float32{1, 2, 3, nan}), ErrNotFinite},
			"batch lacks a vector":   {x.AddBatch([]uint32{8, 9}, []float32{1, 2}), ErrDim},
			"delete unknown":         {x.Delete(8), ErrUnknownID},
			"nearest zero":           {nearest([]float32{0, 0}, 1), zero},
			"nearest NaN":            {nearest([]float32{nan, 0}, 1), ErrNotFinite},
			"nearest short":          {nearest([]float32{1}, 1), ErrDim},
			"nearest of two queries": {nearest([]float32{1, 2, 3, 4}, 1), ErrDim},
			"nearest of none":        {nearest(nil, 1), ErrDim},
			"nearest huge":           {nearest([]float32{math.MaxFloat32, 1}, 1), huge},
			"k = 0":                  {nearest([]float32{1, 1}, 0), ErrK},
			"k < 0":                  {nearest([]float32{1, 1}, -3), ErrK},
			"radius NaN":             {within([]float32{1, 1}, nan), ErrRadius},
			"radius < 0":             {within([]float32{1, 1}, -0.5), negative},
			"radius Inf":             {within([]float32{1, 1}, inf), nil},
		} {
			if !errors.Is(c.got, c.want) {
				t.Errorf("%s: %v, want %v", name, c.got, c.want)
			}
		}
		if x.Len() != 1 || x.Contains(8) || x.Contains(9) {
			t.Errorf("a refused vector is in the index: %+v", x.Stats())
		}
	})
}

func TestEmptyAndFew(t *testing.T) {
	eachIndex(t, 2, func(t *testing.T, opts Options) {
		x := open(t, opts)
		for round := range 3 { // emptied and filled again
			if got, err := x.Nearest([]float32{1, 1}, 5, nil); err != nil || len(got) != 0 {
				t.Fatalf("round %d: empty index gives %v, %v", round, got, err)
			}
			if got, err := x.Within([]float32{1, 1}, 1, &Query{Keep: func(uint32) bool { return true }}); err != nil || len(got) != 0 {
				t.Fatalf("round %d: empty index gives %v within 1, %v", round, got, err)
			}
			if got, err := x.WithinBatch(context.Background(), nil, 1, nil, 0); err != nil || len(got) != 0 {
				t.Fatalf("no queries give %v, %v", got, err)
			}
			if err := x.Reserve(1000 * round); err != nil || x.Len() != 0 {
				t.Fatalf("Reserve: %v, Len %d", err, x.Len())
			}
			if err := x.AddBatch([]uint32{4, math.MaxUint32, 0}, []float32{1, 0, 0, 1, 1, 1}); err != nil {
				t.Fatal(err)
			}
			got, err := x.Nearest([]float32{1, 0.9}, math.MaxInt, nil)
			if err != nil || len(got) != 3 || got[0].ID != 0 {
				t.Fatalf("k > n gives %v, %v", got, err)
			}
			for _, id := range []uint32{0, 4, math.MaxUint32} {
				if err := x.Delete(id); err != nil {
					t.Fatal(err)
				}
			}
			if x.Len() != 0 {
				t.Fatalf("Len %d after deleting all", x.Len())
			}
		}
	})
}

func TestVectorIsACopy(t *testing.T) {
	eachIndex(t, 2, func(t *testing.T, opts Options) {
		x := open(t, opts)
		in, want, far := []float32{3, 4}, []float32{3, 4}, float32(0)
		switch opts.Metric {
		case Cosine:
			want = []float32{0.6, 0.8}
		case InnerProduct:
			far = -25
		}
		if err := x.Add(1, in); err != nil {
			t.Fatal(err)
		}
		in[0] = 99
		dst := make([]float32, 2)
		if !x.Vector(1, dst) || !slices.Equal(dst, want) {
			t.Errorf("Vector gives %v, want %v", dst, want)
		}
		dst[0] = -1
		if got, err := x.Nearest([]float32{3, 4}, 1, nil); err != nil || math.Abs(float64(got[0].Distance-far)) > 1e-6 {
			t.Errorf("the stored vector moved: %v", got)
		}
		if x.Vector(2, dst) || x.Vector(1, dst[:1]) || dst[0] != -1 {
			t.Error("Vector answers for an unknown id or a wrong length")
		}
	})
}

// TestDuplicatesAreAllFound: equal vectors are our work, and lie at distance 0.
func TestDuplicatesAreAllFound(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 3))
	eachIndex(t, 8, func(t *testing.T, opts Options) {
		x := open(t, opts)
		other := clustered(rng, 600, 8, 20)
		twin := other[:8]
		for i := range 60 {
			if err := x.Add(uint32(1000-i), twin); err != nil {
				t.Fatal(err)
			}
		}
		if err := x.AddBatch(sequence(600), other); err != nil {
			t.Fatal(err)
		}
		if opts.Metric == InnerProduct {
			return // nothing is nearest to itself there
		}
		got, err := x.Within(twin, 1e-6, nil)
		if err != nil {
			t.Fatal(err)
		}
		if opts.Engine == Exact && len(got) != 61 {
			t.Fatalf("%d of 61 twins", len(got))
		}
		for i, n := range got {
			if opts.Metric == Euclidean && n.Distance != 0 {
				t.Fatalf("twin at %v", n)
			}
			if i > 0 && n.Distance == got[i-1].Distance && n.ID <= got[i-1].ID {
				t.Fatalf("ties out of order: %v before %v", got[i-1], n)
			}
		}
	})
}

func TestFilter(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 4))
	const n, dim = 900, 16
	vecs, query := clustered(rng, n, dim, 30), clustered(rng, 1, dim, 1)
	eachIndex(t, dim, func(t *testing.T, opts Options) {
		x := open(t, opts)
		if err := x.AddBatch(sequence(n), vecs); err != nil {
			t.Fatal(err)
		}
		for name, keep := range map[string]func(uint32) bool{
			"none": func(uint32) bool { return false },
			"one":  func(id uint32) bool { return id == 777 },
			"1 %":  func(id uint32) bool { return id%100 == 3 },
			"run":  func(id uint32) bool { return id >= 300 && id < 700 },
			"half": func(id uint32) bool { return id%2 == 1 },
			"all":  func(uint32) bool { return true },
		} {
			want := map[uint32]float64{}
			for id := range uint32(n) {
				if keep(id) {
					want[id] = distance(opts.Metric, query, vecs[id*dim:(id+1)*dim])
				}
			}
			got, err := x.Nearest(query, 10, &Query{Keep: keep})
			if err != nil {
				t.Fatal(err)
			}
			if opts.Engine == Exact {
				agree(t, got, want, 10, math.Inf(1))
			} else if len(got) != min(10, len(want)) {
				t.Errorf("%s: %d answers of %d", name, len(got), min(10, len(want)))
			}
			for _, g := range got {
				if !keep(g.ID) {
					t.Errorf("%s: id %d does not pass", name, g.ID)
				}
			}
		}
	})
}

func TestBatchIsTheSameForAnyThreads(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 5))
	const n, dim, nq = 700, 33, 31
	vecs, queries := clustered(rng, n, dim, 40), clustered(rng, nq, dim, 40)
	eachIndex(t, dim, func(t *testing.T, opts Options) {
		x := open(t, opts)
		if err := x.AddBatch(sequence(n), vecs); err != nil {
			t.Fatal(err)
		}
		odd := &Query{Keep: func(id uint32) bool { return id%3 != 0 }}
		for _, q := range []*Query{nil, odd} {
			var near [][]Neighbour
			for i := range nq {
				query := queries[i*dim : (i+1)*dim]
				one, err := x.Nearest(query, 9, q)
				if err != nil {
					t.Fatal(err)
				}
				near = append(near, one)
			}
			radius := near[0][8].Distance
			ball := make([][]Neighbour, nq)
			for i := range ball {
				var err error
				if ball[i], err = x.Within(queries[i*dim:(i+1)*dim], radius, q); err != nil {
					t.Fatal(err)
				}
			}
			for _, threads := range []int{1, 2, 4, 500, 0} {
				got, err := x.NearestBatch(context.Background(), queries, 9, q, threads)
				if err != nil || !reflect.DeepEqual(got, near) {
					t.Fatalf("%d threads differ from one by one (%v)", threads, err)
				}
				many, err := x.WithinBatch(context.Background(), queries, radius, q, threads)
				if err != nil || !reflect.DeepEqual(many, ball) {
					t.Fatalf("within, %d threads differ from one by one (%v)", threads, err)
				}
			}
		}
	})
}

func TestCancelledBatch(t *testing.T) {
	eachIndex(t, 2, func(t *testing.T, opts Options) {
		x := open(t, opts)
		if err := x.Add(1, []float32{1, 1}); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		if got, err := x.NearestBatch(ctx, []float32{1, 1, 2, 2}, 1, nil, 2); !errors.Is(err, context.Canceled) || got != nil {
			t.Errorf("%v, %v after cancel", got, err)
		}
	})
}

// TestEfOfAnySize: narrower than k, none, nonsense, and wider than all there is. The
// answer has k, and by walks too.
func TestEfOfAnySize(t *testing.T) {
	if testing.Short() {
		t.Skip("many graphs on one goroutine: not with -short")
	}
	const n, dim = 900, 6
	vecs := clustered(rand.New(rand.NewPCG(7, 7)), n, dim, 30)
	eachIndex(t, dim, func(t *testing.T, opts Options) {
		x := open(t, opts)
		if err := x.AddBatch(sequence(n), vecs); err != nil {
			t.Fatal(err)
		}
		few := func(id uint32) bool { return id%50 == 0 }
		for _, ef := range []int{math.MinInt, -1, 0, 1, 9, 1 << 20, math.MaxInt} {
			for _, k := range []int{1, 10, n, n + 1, math.MaxInt} {
				for _, q := range []*Query{{Ef: ef}, {Ef: ef, Keep: few}} {
					want := min(k, n)
					if q.Keep != nil {
						want = min(k, n/50)
					}
					got, err := x.Nearest(vecs[:dim], k, q)
					if err != nil || len(got) != want {
						t.Fatalf("k %d, ef %d: %d answers, want %d (%v)", k, ef, len(got), want, err)
					}
					if h, ok := x.engine.(*hnsw); ok {
						w := wanted{k: k, radius: everywhere, keep: q.Keep, ef: ef}
						if got := walked(h, vecs[:dim], w)[0]; len(got) != want {
							t.Fatalf("k %d, ef %d: a walk gives %d answers, want %d", k, ef, len(got), want)
						}
					}
				}
			}
		}
	})
}

// TestDeletedIsUnknown: twice deleted, looked up, and there again after a new Add.
func TestDeletedIsUnknown(t *testing.T) {
	eachIndex(t, 2, func(t *testing.T, opts Options) {
		x := open(t, opts)
		for id := range uint32(3) {
			if err := x.Add(id, []float32{1, float32(id)}); err != nil {
				t.Fatal(err)
			}
		}
		if err := x.Delete(1); err != nil {
			t.Fatal(err)
		}
		if err := x.Delete(1); !errors.Is(err, ErrUnknownID) {
			t.Errorf("deleted twice: %v", err)
		}
		if x.Contains(1) || x.Vector(1, make([]float32, 2)) {
			t.Error("a deleted id is there")
		}
		if got, err := x.Nearest([]float32{1, 1}, 3, nil); err != nil || len(got) != 2 {
			t.Errorf("after the delete: %v, %v", got, err)
		}
		if err := x.Add(1, []float32{0, 1}); err != nil {
			t.Errorf("added again: %v", err)
		}
	})
}

// TestReadersBesideAWriter is for the race detector; the readers also check that
// each answer is of one state.
func TestReadersBesideAWriter(t *testing.T) {
	eachIndex(t, 4, func(t *testing.T, opts Options) {
		rng := rand.New(rand.NewPCG(6, 6))
		x := open(t, opts)
		vecs := gridVectors(rng, 700, 4)
		if err := x.AddBatch(sequence(500), vecs[:500*4]); err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		for r := range 3 {
			wg.Go(func() {
				for i := range 30 {
					q := vecs[(i+r*30)*4:][:4]
					got, err := x.Nearest(q, 5, &Query{Ef: 5}) // narrow enough to walk a graph
					if err != nil || len(got) != 5 || !slices.IsSortedFunc(got, compare) {
						t.Errorf("reader: %v, %v", got, err)
					}
					x.Contains(uint32(i))
					x.Stats()
					if i%10 == 0 {
						if err := x.Snapshot(&bytes.Buffer{}); err != nil {
							t.Error(err)
						}
					}
				}
			})
		}
		wg.Go(func() {
			for i := range 200 {
				if err := x.Add(uint32(500+i), vecs[(500+i)*4:][:4]); err != nil {
					t.Error(err)
				}
				if err := x.Delete(uint32(i)); err != nil {
					t.Error(err)
				}
			}
		})
		wg.Wait()
		if x.Len() != 500 {
			t.Errorf("Len %d, want 500", x.Len())
		}
	})
}
