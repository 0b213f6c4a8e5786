package index

import (
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"testing"
)

var metrics = []Metric{Cosine, Euclidean, InnerProduct}

// engines are those that this platform has.
var engines = func() (all []Engine) {
	for e := range engineNames {
		if Engine(e) != Coder || runtime.GOOS != "windows" {
			all = append(all, Engine(e))
		}
	}
	return all
}()

// open makes an index that is checked when the test ends.
func open(t testing.TB, opts Options) *locked {
	t.Helper()
	x, err := newLocked(opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := x.Check(); err != nil {
			t.Errorf("Check at the end: %v", err)
		}
	})
	return x
}

// eachIndex runs a test for every engine and metric: the one table that all
// engines have to pass.
func eachIndex(t *testing.T, dim int, f func(t *testing.T, opts Options)) {
	for _, opts := range tableOptions() {
		name := opts.Engine.String() + "/" + opts.Metric.String()
		if opts.Quantize {
			name += "/int8"
		}
		opts.Dim = dim
		t.Run(name, func(t *testing.T) { f(t, opts) })
	}
}

// tableOptions are the rows of the table: every engine and metric, with codes too
// where there can be.
func tableOptions() (all []Options) {
	for _, e := range engines {
		for _, m := range metrics {
			all = append(all, Options{Metric: m, Engine: e})
		}
		if e != Coder {
			all = append(all, Options{Engine: e, Quantize: true})
		}
	}
	return all
}

// distance is the metric in float64, by its definition and by no kernel.
func distance(m Metric, a, b []float32) float64 {
	var dot, sq, aa, bb float64
	for i := range a {
		x, y := float64(a[i]), float64(b[i])
		dot, sq, aa, bb = dot+x*y, sq+(x-y)*(x-y), aa+x*x, bb+y*y
	}
	switch m {
	case Euclidean:
		return math.Sqrt(sq)
	case InnerProduct:
		return -dot
	}
	return max(0, 1-dot/math.Sqrt(aa*bb))
}

// agree says whether got is a correct answer over want's distances: every id is
// one that counts, at its true distance, in order, and none that is left out is
// closer than one that is in (beyond rounding). want lists all distances.
func agree(t *testing.T, got []Neighbour, want map[uint32]float64, k int, radius float64) {
	t.Helper()
	const slack = 1e-5
	if !slices.IsSortedFunc(got, compare) {
		t.Fatalf("not in order: %v", got)
	}
	seen := map[uint32]bool{}
	last := math.Inf(-1)
	for _, n := range got {
		d, live := want[n.ID]
		if !live || seen[n.ID] {
			t.Fatalf("id %d: live %t, seen before %t", n.ID, live, seen[n.ID])
		}
		if math.Abs(d-float64(n.Distance)) > slack*(1+math.Abs(d)) {
			t.Fatalf("id %d at %v, want %v", n.ID, n.Distance, d)
		}
		if d > radius+slack*(1+math.Abs(radius)) {
			t.Fatalf("id %d at %v is outside radius %v", n.ID, d, radius)
		}
		seen[n.ID], last = true, max(last, d)
	}
	if k > 0 && len(got) < min(k, len(want)) && math.IsInf(radius, 1) {
		t.Fatalf("%d of %d answers over %d vectors", len(got), k, len(want))
	}
	bound := radius
	if k > 0 && len(got) == k {
		bound = last
	}
	for id, d := range want {
		if !seen[id] && d < bound-slack*(1+math.Abs(bound)) {
			t.Fatalf("id %d at %v is missing; the answer reaches to %v", id, d, bound)
		}
	}
}

// gridVectors are small integers: sums are exact in float32 and ties are many.
func gridVectors(rng *rand.Rand, n, dim int) []float32 {
	out := make([]float32, n*dim)
	for i := range out {
		out[i] = float32(rng.IntN(7) - 3)
	}
	for i := 0; i < len(out); i += dim {
		out[i] += 8 // no zero vector
	}
	return out
}

// clustered draws vectors around a few hundred centres, as embeddings lie.
func clustered(rng *rand.Rand, n, dim, clusters int) []float32 {
	centres := make([]float32, clusters*dim)
	for i := range centres {
		centres[i] = float32(rng.NormFloat64())
	}
	out := make([]float32, n*dim)
	for i := range n {
		c := rng.IntN(clusters)
		for j := range dim {
			out[i*dim+j] = centres[c*dim+j] + 0.4*float32(rng.NormFloat64())
		}
	}
	return out
}

func sequence(n int) []uint32 {
	ids := make([]uint32, n)
	for i := range ids {
		ids[i] = uint32(i)
	}
	return ids
}

// recall is the share of want's ids that got has.
func recall(got, want [][]Neighbour) float64 {
	hit, all := 0, 0
	for i := range want {
		in := map[uint32]bool{}
		for _, n := range got[i] {
			in[n.ID] = true
		}
		for _, n := range want[i] {
			if in[n.ID] {
				hit++
			}
		}
		all += len(want[i])
	}
	return float64(hit) / float64(max(1, all))
}

// readBeside searches for 4 neighbours of vecs in two goroutines, narrow enough to walk a graph, until stop is called; found hears of each.
func readBeside(t *testing.T, x Index, vecs []float32, found func(Neighbour)) (stop func()) {
	dim := x.Stats().Dim
	done := make(chan struct{})
	var readers sync.WaitGroup
	for r := range 2 {
		readers.Go(func() {
			for at := r * dim; ; at = (at + 7*dim) % len(vecs) {
				select {
				case <-done:
					return
				default:
				}
				got, err := x.Nearest(vecs[at:at+dim], 4, &Query{Ef: 4})
				if err != nil || len(got) != 4 {
					t.Errorf("reader: %v, %v", got, err)
					return
				}
				for _, g := range got {
					found(g)
				}
				x.Stats()
				x.Contains(uint32(at / dim))
			}
		})
	}
	return func() {
		close(done)
		readers.Wait()
	}
}
