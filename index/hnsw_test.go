package index

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// openGraph makes an hnsw index over vectors, checked at the end of the test.
func openGraph(t testing.TB, opts Options, ids []uint32, vecs []float32) (*locked, *hnsw) {
	t.Helper()
	opts.Engine = HNSW
	x := open(t, opts)
	if err := x.AddBatch(ids, vecs); err != nil {
		t.Fatal(err)
	}
	return x, x.engine.(*hnsw)
}

// walked answers by the graph alone: what the planner would scan is walked too.
func walked(h *hnsw, queries []float32, w wanted) [][]Neighbour {
	h.settle()
	return walkedBy(h, queries, w, h.plan(w, 1))
}

// walkedBy does it by a plan.
func walkedBy(h *hnsw, queries []float32, w wanted, p *plan) [][]Neighbour {
	p.scan, p.budget = false, 0
	s := h.searcher()
	defer s.release()
	var answers [][]Neighbour
	for at := 0; at < len(queries); at += h.dim {
		q := slices.Clone(queries[at : at+h.dim])
		if err := h.opts.Metric.prepare(q); err != nil {
			panic(err)
		}
		b := newBest(w)
		s.aim(q, h.opts.Quantize)
		p.walk(s, &b)
		answers = append(answers, b.sorted())
	}
	return answers
}

// scanned answers by scanning.
func scanned(t testing.TB, h *hnsw, queries []float32, w wanted) [][]Neighbour {
	t.Helper()
	h.settle()
	p := h.plan(w, 1)
	s := h.searcher()
	defer s.release()
	var answers [][]Neighbour
	for at := 0; at < len(queries); at += h.dim {
		q := slices.Clone(queries[at : at+h.dim])
		if err := h.opts.Metric.prepare(q); err != nil {
			t.Fatal(err)
		}
		b := newBest(w)
		p.scanAll(s, q, &b)
		answers = append(answers, b.sorted())
	}
	return answers
}

// TestHNSWScansAreExact: the oracle of this file against the exact engine.
func TestHNSWScansAreExact(t *testing.T) {
	const n, dim, nq = 1500, 24, 20
	rng := rand.New(rand.NewPCG(21, 1))
	all := clustered(rng, n+nq, dim, 50)
	for _, m := range metrics {
		_, h := openGraph(t, Options{Dim: dim, Metric: m}, sequence(n), all[:n*dim])
		oracle := open(t, Options{Dim: dim, Metric: m})
		if err := oracle.AddBatch(sequence(n), all[:n*dim]); err != nil {
			t.Fatal(err)
		}
		for name, q := range map[string]*Query{"all": nil, "a third": {Keep: func(id uint32) bool { return id%3 == 0 }}} {
			w := wanted{k: 10, radius: everywhere}
			if q != nil {
				w.keep = q.Keep
			}
			want, err := oracle.NearestBatch(context.Background(), all[n*dim:], 10, q, 0)
			if err != nil {
				t.Fatal(err)
			}
			for i, got := range scanned(t, h, all[n*dim:], w) {
				if !slices.Equal(got, want[i]) {
					t.Fatalf("%v, %s, query %d: %v, want %v", m, name, i, got, want[i])
				}
			}
		}
	}
}

// TestHNSWRecall states what walks find of 4,000 clustered vectors of 32
// dimensions. The graph is the same everywhere, so the floors are tight.
func TestHNSWRecall(t *testing.T) {
	if testing.Short() {
		t.Skip("a gate of quality: not with -short")
	}
	const n, dim, nq = 4000, 32, 100
	rng := rand.New(rand.NewPCG(22, 1))
	all := clustered(rng, n+nq, dim, 80)
	vecs, queries := all[:n*dim], all[n*dim:]
	for _, c := range []struct {
		opts         Options
		near, within float64
	}{
		{Options{Metric: Cosine}, .99, .99},
		{Options{Metric: Cosine, Quantize: true}, .99, .99},
		{Options{Metric: Euclidean}, .99, .99},
		{Options{Metric: InnerProduct}, .97, .97},
	} {
		t.Run(fmt.Sprintf("%v/%t", c.opts.Metric, c.opts.Quantize), func(t *testing.T) {
			c.opts.Dim = dim
			_, h := openGraph(t, c.opts, sequence(n), vecs)
			w := wanted{k: 10, radius: everywhere}
			want := scanned(t, h, queries, w)
			near := recall(walked(h, queries, w), want)
			var radii []float32
			for _, a := range want {
				radii = append(radii, a[9].Distance)
			}
			slices.Sort(radii)
			ball := wanted{radius: radii[len(radii)/2]}
			within := recall(walked(h, queries, ball), scanned(t, h, queries, ball))
			t.Logf("recall@10 %.4f, within %.4f", near, within)
			if near < c.near || within < c.within {
				t.Errorf("recall@10 %.4f, within %.4f: under the floors %v, %v", near, within, c.near, c.within)
			}
		})
	}
}

// TestHNSWIsTheSameForAnyWorkers: bytes, also after deletes and a repair, and with codes
// (the negative ones).
func TestHNSWIsTheSameForAnyWorkers(t *testing.T) {
	const n, dim = 2500, 16
	vecs := clustered(rand.New(rand.NewPCG(23, 1)), n, dim, 30)
	copy(vecs[100*dim:200*dim], vecs[:100*dim])
	want := map[bool][]byte{}
	for _, workers := range []int{1, 2, 4, 7, -1, -3} {
		quantize := workers < 0
		x := open(t, Options{Dim: dim, Engine: HNSW, Seed: 5, Quantize: quantize})
		x.engine.(*hnsw).workers = max(workers, -workers)
		for lo := 0; lo < n; lo += 1250 {
			if err := x.AddBatch(sequence(n)[lo:lo+1250], vecs[lo*dim:(lo+1250)*dim]); err != nil {
				t.Fatal(err)
			}
			for id := lo; id < lo+600; id += 2 {
				if err := x.Delete(uint32(id)); err != nil {
					t.Fatal(err)
				}
			}
		}
		var got bytes.Buffer
		if err := x.Snapshot(&got); err != nil {
			t.Fatal(err)
		}
		if want[quantize] == nil {
			want[quantize] = got.Bytes()
		} else if !bytes.Equal(want[quantize], got.Bytes()) {
			t.Errorf("%d workers make another graph", workers)
		}
	}
}

// TestHNSWOneVectorManyIDs: identical vectors are one node and all found.
func TestHNSWOneVectorManyIDs(t *testing.T) {
	const twins, n, dim = 1062, 2000, 16
	rng := rand.New(rand.NewPCG(24, 1))
	vecs := clustered(rng, n, dim, 20)
	for i := range twins {
		copy(vecs[(i+500)*dim:][:dim], vecs[:dim])
	}
	x, h := openGraph(t, Options{Dim: dim, Metric: Euclidean}, sequence(n), vecs)
	if got := x.Stats().Nodes; got != n-twins {
		t.Errorf("%d nodes, want %d", got, n-twins)
	}
	got := walked(h, vecs[:dim], wanted{radius: 0})[0]
	if len(got) != twins+1 || got[0].ID != 0 || got[1].ID != 500 {
		t.Errorf("%d within 0, want %d", len(got), twins+1)
	}
	near := walked(h, vecs[:dim], wanted{k: 700, radius: everywhere})[0]
	if len(near) != 700 || near[699].ID != 500+698 {
		t.Errorf("%d nearest", len(near))
	}
	for id := uint32(500); id < 500+twins; id++ {
		if err := x.Delete(id); err != nil {
			t.Fatal(err)
		}
	}
	if s := x.Stats(); s.Dead != 0 || s.Nodes != n-twins {
		t.Errorf("deleting twins: %+v", s)
	}
}

// TestHNSWNearTwins: a fifth of the vectors exact, a fifth near copies. Check says
// that every node is reached; each must be found by its own vector.
func TestHNSWNearTwins(t *testing.T) {
	const n, dim = 2500, 24
	rng := rand.New(rand.NewPCG(25, 1))
	vecs := clustered(rng, n, dim, 60)
	for i := range n / 5 {
		from, to := rng.IntN(n), rng.IntN(n)
		copy(vecs[to*dim:][:dim], vecs[from*dim:][:dim])
		from, to = rng.IntN(n), rng.IntN(n)
		copy(vecs[to*dim:][:dim], vecs[from*dim:][:dim])
		vecs[to*dim+i%dim] += 1e-4
	}
	for _, opts := range []Options{{Metric: Cosine}, {Metric: Euclidean}, {Quantize: true}} {
		if testing.Short() && opts.Quantize {
			continue
		}
		m := opts.Metric
		opts.Dim = dim
		x, h := openGraph(t, opts, sequence(n), vecs)
		lost := 0
		for i, got := range walked(h, vecs, wanted{k: 1, ef: 32, radius: everywhere}) {
			self := float32(0)
			if m == Cosine {
				self = 1e-6
			}
			if got[0].Distance > self {
				lost++
				t.Logf("id %d is not found: %v", i, got[0])
			}
		}
		if lost > 0 || x.Check() != nil {
			t.Errorf("%v: %d of %d are not found by their own vectors; %v", m, lost, n, x.Check())
		}
	}
}

// TestHNSWLattice: all neighbours of a point of a lattice are equally far.
func TestHNSWLattice(t *testing.T) {
	const side = 12
	var vecs []float32
	for i := range side * side * side {
		vecs = append(vecs, float32(i%side), float32(i/side%side), float32(i/side/side))
	}
	n := len(vecs) / 3
	_, h := openGraph(t, Options{Dim: 3, Metric: Euclidean}, sequence(n), vecs)
	w := wanted{radius: 1}
	if got := recall(walked(h, vecs, w), scanned(t, h, vecs, w)); got < 1 {
		t.Errorf("recall within 1 is %v", got)
	}
	// One orthogonal vector for each dimension: all pairs are equally far.
	const dim = 150
	axes := make([]float32, dim*dim)
	for i := range dim {
		axes[i*dim+i] = 1
	}
	x, h := openGraph(t, Options{Dim: dim}, sequence(dim), axes)
	for i, got := range walked(h, axes, wanted{k: 1, ef: dim, radius: everywhere}) {
		if got[0].ID != uint32(i) {
			t.Errorf("axis %d finds %v", i, got[0])
		}
	}
	if err := x.Check(); err != nil {
		t.Error(err)
	}
}

// TestHNSWDeletesAndInserts replaces half of the vectors, three times.
func TestHNSWDeletesAndInserts(t *testing.T) {
	if testing.Short() {
		t.Skip("a gate of quality: not with -short")
	}
	const n, dim, nq = 3000, 24, 50
	rng := rand.New(rand.NewPCG(26, 1))
	all := clustered(rng, 3*n+nq, dim, 60)
	queries := all[3*n*dim:]
	x, h := openGraph(t, Options{Dim: dim}, sequence(n), all[:n*dim])
	ids := sequence(n)
	next := n
	w := wanted{k: 10, radius: everywhere}
	for round := range 3 {
		rng.Shuffle(len(ids), func(i, j int) { ids[i], ids[j] = ids[j], ids[i] })
		for _, id := range ids[:n/2] {
			if err := x.Delete(id); err != nil {
				t.Fatal(err)
			}
		}
		if err := x.Check(); err != nil {
			t.Fatal(err)
		}
		if got := recall(walked(h, queries, w), scanned(t, h, queries, w)); got < .98 {
			t.Errorf("round %d, after the deletes: recall %v", round, got)
		}
		fresh := sequence(next + n/2)[next:]
		if err := x.AddBatch(fresh, all[next*dim:(next+n/2)*dim]); err != nil {
			t.Fatal(err)
		}
		ids, next = append(ids[n/2:], fresh...), next+n/2
		if err := x.Check(); err != nil {
			t.Fatal(err)
		}
		got := recall(walked(h, queries, w), scanned(t, h, queries, w))
		t.Logf("round %d: recall %.4f", round, got)
		if got < .98 {
			t.Errorf("round %d: recall %v", round, got)
		}
	}
	if s := x.Stats(); s.Dead > n/3 || h.nodes() > n+n/3 {
		t.Errorf("places of the deleted are not used again: %+v", s)
	}
}

// TestHNSWFilters: always k, and close to the exact ones, whatever the filter keeps.
func TestHNSWFilters(t *testing.T) {
	if testing.Short() {
		t.Skip("many graphs on one goroutine: not with -short")
	}
	const n, dim, nq = 5000, 24, 50
	rng := rand.New(rand.NewPCG(27, 1))
	all := clustered(rng, n+nq, dim, 100)
	vecs, queries := all[:n*dim], all[n*dim:]
	x, _ := openGraph(t, Options{Dim: dim}, sequence(n), vecs)
	oracle := open(t, Options{Dim: dim})
	if err := oracle.AddBatch(sequence(n), vecs); err != nil {
		t.Fatal(err)
	}
	far := map[uint32]bool{} // what is farthest from the first query: no walk begins near
	for _, f := range scannedAll(t, oracle, queries[:dim])[n-n/3:] {
		far[f.ID] = true
	}
	filters := map[string]func(uint32) bool{
		"far": func(id uint32) bool { return far[id] },
		"run": func(id uint32) bool { return id >= 3000 && id < 7000 },
	}
	for _, per := range []uint64{1, 10, 100, 500, 900, 990} {
		filters[fmt.Sprintf("%d/1000", per)] = func(id uint32) bool { return mix(uint64(id))%1000 < per }
	}
	for name, keep := range filters {
		for _, ef := range []int{0, 10} {
			q := &Query{Keep: keep, Ef: ef}
			want, err := oracle.NearestBatch(context.Background(), queries, 10, q, 0)
			if err != nil {
				t.Fatal(err)
			}
			got, err := x.NearestBatch(context.Background(), queries, 10, q, 0)
			if err != nil {
				t.Fatal(err)
			}
			for i := range got {
				if len(got[i]) != len(want[i]) {
					t.Errorf("%s, ef %d: %d of %d answers", name, ef, len(got[i]), len(want[i]))
				}
				for _, f := range got[i] {
					if !keep(f.ID) {
						t.Errorf("%s: id %d does not pass", name, f.ID)
					}
				}
			}
			r := recall(got, want)
			t.Logf("%s, ef %d: recall %.4f", name, ef, r)
			if ef == 0 && r < .98 || r < .85 {
				t.Errorf("%s, ef %d: recall %v", name, ef, r)
			}
		}
	}
}

func scannedAll(t *testing.T, x Index, query []float32) []Neighbour {
	t.Helper()
	got, err := x.Nearest(query, x.Len(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return got
}
