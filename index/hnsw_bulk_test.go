package index

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"github.com/doppeldb/doppel/internal/f32"
)

// enough is a number of vectors of which the last ones come in bulks.
const enough = 2*leastLinked + 3*leastBulk

// needBulks skips where there are none.
func needBulks(t *testing.T) {
	t.Helper()
	if f32.Path() == "generic" {
		t.Skip("no bulks without fast products of matrices")
	}
}

// TestBulkRecall: a graph that came in bulks finds what one finds that came in batches.
func TestBulkRecall(t *testing.T) {
	needBulks(t)
	if testing.Short() {
		t.Skip("takes seconds")
	}
	const n, dim, nq = enough, 24, 200
	all := clustered(rand.New(rand.NewPCG(61, 1)), n+nq, dim, n)
	vecs, queries := all[:n*dim], all[n*dim:]
	for _, opts := range []Options{{EfConstruction: 48}, {EfConstruction: 48, Quantize: true}, {Quantize: true}} {
		opts.Dim = dim
		x, bulks := openGraph(t, opts, sequence(n), vecs)
		if err := x.Check(); err != nil {
			t.Fatal(err)
		}
		opts.Engine = HNSW
		y := open(t, opts)
		for lo := 0; lo < n; lo += leastBulk - 1 { // too few for a bulk
			hi := min(n, lo+leastBulk-1)
			if err := y.AddBatch(sequence(n)[lo:hi], vecs[lo*dim:hi*dim]); err != nil {
				t.Fatal(err)
			}
		}
		for _, ef := range []int{16, 64} {
			w := wanted{k: 10, ef: ef, radius: everywhere}
			want := scanned(t, bulks, queries, w)
			got, walks := recall(walked(bulks, queries, w), want), recall(walked(y.engine.(*hnsw), queries, w), want)
			t.Logf("efConstruction %d, codes %t, ef %d: recall@10 %.4f in bulks, %.4f in batches", opts.EfConstruction, opts.Quantize, ef, got, walks)
			if floor := walks - .03; got < floor || ef == 64 && got < .97 {
				t.Errorf("recall@10 %.4f at ef %d, in batches %.4f", got, ef, walks)
			}
		}
	}
}

// TestBulkIsTheSameForAnyWorkers, with vectors that are there twice, and after deletes.
func TestBulkIsTheSameForAnyWorkers(t *testing.T) {
	needBulks(t)
	const n, dim = enough, 8
	vecs := clustered(rand.New(rand.NewPCG(62, 1)), n, dim, 200)
	copy(vecs[(n-2000)*dim:], vecs[:1000*dim])
	copy(vecs[(n-1000)*dim:], vecs[(n-3000)*dim:(n-2000)*dim])
	var want []byte
	for _, workers := range []int{1, 2, 5} {
		x := open(t, Options{Dim: dim, Engine: HNSW, Seed: 5, Quantize: true, M: 6, EfConstruction: 20})
		h := x.engine.(*hnsw)
		h.workers = workers
		const first = leastLinked + 500
		if err := x.AddBatch(sequence(first), vecs[:first*dim]); err != nil {
			t.Fatal(err)
		}
		for id := range uint32(50) { // tombstones, too few for a repair
			if err := x.Delete(id); err != nil {
				t.Fatal(err)
			}
		}
		if h.bulkSize(n-first) == 0 || h.tombs == 0 {
			t.Fatalf("no bulk with %d tombstones", h.tombs)
		}
		if err := x.AddBatch(sequence(n)[first:], vecs[first*dim:]); err != nil {
			t.Fatal(err)
		}
		if err := x.Check(); err != nil {
			t.Fatal(err)
		}
		if x.Len() != n-50 {
			t.Fatalf("%d vectors", x.Len())
		}
		var got bytes.Buffer
		if err := x.Snapshot(&got); err != nil {
			t.Fatal(err)
		}
		if want == nil {
			want = got.Bytes()
		} else if !bytes.Equal(want, got.Bytes()) {
			t.Errorf("%d workers make another graph", workers)
		}
	}
}

// TestBulkOfTheAlike: vectors that no leader tells apart, and hardly any that differ, make a sound graph.
func TestBulkOfTheAlike(t *testing.T) {
	needBulks(t)
	if testing.Short() {
		t.Skip("takes seconds")
	}
	const n, dim = enough, 6
	rng := rand.New(rand.NewPCG(63, 1))
	for name, vec := range map[string]func(v []float32){
		"a point and its noise": func(v []float32) {
			for i := range v {
				v[i] = 1 + 1e-5*float32(rng.NormFloat64())
			}
		},
		"one vector": func(v []float32) { v[0] = 1 },
		"axes and few others": func(v []float32) {
			v[rng.IntN(dim)] = 1
			if rng.IntN(3) > 0 {
				v[rng.IntN(dim)] += float32(rng.NormFloat64())
			}
		},
		"a line": func(v []float32) { v[0], v[1] = 1, float32(rng.IntN(1<<20))/(1<<20) },
	} {
		t.Run(name, func(t *testing.T) {
			vecs := make([]float32, n*dim)
			for at := 0; at < len(vecs); at += dim {
				for vec(vecs[at : at+dim]); sumSq(vecs[at:at+dim]) == 0; {
					vec(vecs[at : at+dim])
				}
			}
			for _, quantize := range []bool{false, true} {
				x, h := openGraph(t, Options{Dim: dim, Quantize: quantize, M: 6, EfConstruction: 32}, sequence(n), vecs)
				if err := x.Check(); err != nil || x.Len() != n {
					t.Fatal(x.Len(), err)
				}
				lost := 0
				for _, got := range walked(h, vecs[:500*dim], wanted{k: 1, ef: 64, radius: everywhere}) {
					if got[0].Distance > 1e-6 {
						lost++
					}
				}
				if lost > 0 && !quantize { // codes do not tell these apart
					t.Errorf("%d of 500 are not found by their own vectors", lost)
				}
			}
		})
	}
}

// TestBulkBesideReaders: a search sees whole lists and nodes with ids, at any time.
func TestBulkBesideReaders(t *testing.T) {
	needBulks(t)
	const n, dim = enough, 8
	vecs := clustered(rand.New(rand.NewPCG(64, 1)), n, dim, 100)
	x := open(t, Options{Dim: dim, Engine: HNSW, M: 4, EfConstruction: 16, Quantize: true})
	if err := x.AddBatch(sequence(leastLinked), vecs[:leastLinked*dim]); err != nil {
		t.Fatal(err)
	}
	stop := readBeside(t, x, vecs, func(got Neighbour) {
		if !x.Contains(got.ID) {
			t.Errorf("found %d, which is not there", got.ID)
		}
	})
	if err := x.AddBatch(sequence(n)[leastLinked:], vecs[leastLinked*dim:]); err != nil {
		t.Fatal(err)
	}
	stop()
	if err := x.Check(); err != nil || x.Len() != n {
		t.Fatal(x.Len(), err)
	}
}
