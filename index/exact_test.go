package index

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"testing"
)

// TestExactLooksMissNothing compares the first looks, by codes and by products of
// matrices, with measuring everything: the same answers, bit for bit, that is a recall
// of 1. Among the vectors are some that codes fit badly: one number dwarfs the rest.
func TestExactLooksMissNothing(t *testing.T) {
	const n, nq, k = 1200, productTile + 5, 10
	for _, dim := range []int{1, 33, 256} {
		if testing.Short() && dim != 33 {
			continue
		}
		rng := rand.New(rand.NewPCG(41, uint64(dim)))
		vecs := clustered(rng, n+nq, dim, 12)
		for i := 0; i < n; i += 3 {
			vecs[i*dim] += float32(i) // in one direction, more and more
		}
		vecs, queries := vecs[:n*dim], vecs[n*dim:]
		for _, m := range metrics {
			for _, quantize := range []bool{false, m == Cosine} {
				t.Run(fmt.Sprintf("%d/%v/%t", dim, m, quantize), func(t *testing.T) {
					plain, x := open(t, Options{Dim: dim, Metric: m}), open(t, Options{Dim: dim, Metric: m, Quantize: quantize})
					for _, ix := range []*locked{plain, x} {
						if err := ix.AddBatch(sequence(n), vecs); err != nil {
							t.Fatal(err)
						}
					}
					third := func(id uint32) bool { return id%3 == 0 }
					for _, q := range []*Query{nil, {Keep: third}, {Keep: func(id uint32) bool { return id > 100 && id < 700 }}} {
						compareLooks(t, plain, x, queries, k, q)
					}
				})
			}
		}
	}
}

// compareLooks asks plain one query at a time, for then it looks at distances.
func compareLooks(t *testing.T, plain, x *locked, queries []float32, k int, q *Query) {
	t.Helper()
	ctx, dim := context.Background(), x.Dim()
	near, err := x.NearestBatch(ctx, queries, k, q, 1)
	if err != nil {
		t.Fatal(err)
	}
	radius := near[0][k-1].Distance // one that a vector has: on the edge and in
	ball, err := x.WithinBatch(ctx, queries, radius, q, 1)
	if err != nil {
		t.Fatal(err)
	}
	for i := range near {
		query := queries[i*dim : (i+1)*dim]
		for what, got := range map[string]func() ([]Neighbour, []Neighbour, error){
			"nearest": func() ([]Neighbour, []Neighbour, error) {
				one, err := x.Nearest(query, k, q)
				return one, near[i], err
			},
			"within": func() ([]Neighbour, []Neighbour, error) {
				one, err := x.Within(query, radius, q)
				return one, ball[i], err
			},
		} {
			one, many, err := got()
			if err != nil {
				t.Fatal(err)
			}
			want, err := plain.Nearest(query, k, q)
			if what == "within" {
				want, err = plain.Within(query, radius, q)
			}
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(one, want) || !reflect.DeepEqual(many, want) {
				t.Fatalf("query %d, %s: alone %v, in a batch %v, want %v", i, what, one, many, want)
			}
		}
	}
}

// TestExactProductsOfAnySize: lengths from where squares vanish to where they nearly
// overflow, so that one bound for all would fail somewhere.
func TestExactProductsOfAnySize(t *testing.T) {
	const n, dim, nq = 600, 16, productTile + 5
	rng := rand.New(rand.NewPCG(42, 1))
	all := clustered(rng, n+nq, dim, 40)
	for i := range n + nq {
		stretch := float32(math.Pow(10, float64(i%5)*10-24))
		for j := range dim {
			all[i*dim+j] *= stretch
		}
	}
	x := open(t, Options{Dim: dim, Metric: InnerProduct})
	if err := x.AddBatch(sequence(n), all[:n*dim]); err != nil {
		t.Fatal(err)
	}
	compareLooks(t, x, x, all[n*dim:], 10, nil)
	compareLooks(t, x, x, all[n*dim:], 10, &Query{Keep: func(id uint32) bool { return id%5 == 0 }}) // the small ones
}

// TestExactMeasuresFew: what the first look by codes leaves to measure. It is a
// matter of speed alone; calibrate.md has the figures of large sets.
func TestExactMeasuresFew(t *testing.T) {
	const n, dim = 10_000, 64
	vecs := clustered(rand.New(rand.NewPCG(43, 1)), n+1, dim, 200)
	x := open(t, Options{Dim: dim, Quantize: true})
	if err := x.AddBatch(sequence(n), vecs[:n*dim]); err != nil {
		t.Fatal(err)
	}
	e := x.engine.(*exact)
	query := append([]float32(nil), vecs[n*dim:]...)
	if err := Cosine.prepare(query); err != nil {
		t.Fatal(err)
	}
	s := &scan{exact: e}
	if err := s.run(context.Background(), query, wanted{k: 10, radius: everywhere}, 0, n, make([][]Neighbour, 1)); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d of %d measured", s.measured, n)
	if s.measured < 10 || s.measured > n/10 {
		t.Errorf("%d of %d rows were measured", s.measured, n)
	}
}

func TestExactCheckSeesOtherCodes(t *testing.T) {
	for name, damage := range map[string]func(c *rowCodes){
		"code":  func(c *rowCodes) { c.data[5]++ },
		"scale": func(c *rowCodes) { c.rows[1].scale *= 2 },
		"bound": func(c *rowCodes) { c.rows[2].left = 0 },
		"size":  func(c *rowCodes) { c.rows = c.rows[:3] },
	} {
		x, err := newLocked(Options{Dim: 4, Quantize: true})
		if err != nil {
			t.Fatal(err)
		}
		if err := x.AddBatch(sequence(9), clustered(rand.New(rand.NewPCG(44, 1)), 9, 4, 3)); err != nil {
			t.Fatal(err)
		}
		damage(&x.engine.(*exact).codes)
		if x.Check() == nil {
			t.Errorf("%s: not seen", name)
		}
	}
}

// A scan for one query in parts gives what one thread finds, to the bit: equal distances across the parts, too.
func TestExactInParts(t *testing.T) {
	const n, dim, k = 4*leastPart + 17, 3, 25
	rng := rand.New(rand.NewPCG(43, 1))
	all := gridVectors(rng, n+5, dim)
	for _, opts := range []Options{{Dim: dim, Metric: Euclidean}, {Dim: dim, Quantize: true}} {
		x := open(t, opts)
		if opts.Metric == Cosine {
			for i := range n + 5 {
				all[i*dim] += 9 // none is zero
			}
		}
		if err := x.AddBatch(sequence(n), all[:n*dim]); err != nil {
			t.Fatal(err)
		}
		e := x.engine.(*exact)
		for i := range 5 {
			query := all[(n+i)*dim:][:dim]
			for _, q := range []*Query{nil, {Keep: func(id uint32) bool { return id%4 != 1 }}} {
				w := wanted{k: k, radius: everywhere}
				prepared, err := x.prepared(query)
				if err != nil {
					t.Fatal(err)
				}
				if q != nil {
					w.keep = q.Keep
				}
				for _, w.k = range []int{k, 0} {
					if w.k == 0 {
						w.radius = .3
					}
					want, err := e.search(context.Background(), prepared, w, 1)
					if err != nil {
						t.Fatal(err)
					}
					for threads := 2; threads <= 5; threads++ {
						got, err := e.search(context.Background(), prepared, w, threads)
						if err != nil || !reflect.DeepEqual(got, want) {
							t.Fatalf("%v, query %d, k %d, %d threads: %v, %v, want %v", opts, i, w.k, threads, got, err, want)
						}
					}
				}
			}
		}
	}
}
