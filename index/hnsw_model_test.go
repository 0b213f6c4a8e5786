package index

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"
)

// TestHNSWWalksInModel plays with a small graph by walks as wide as the graph: all
// of it is connected, so they have to agree with brute force exactly.
func TestHNSWWalksInModel(t *testing.T) {
	for game := range uint64(30) {
		rng := rand.New(rand.NewPCG(28, game))
		opts := Options{Dim: 1 + rng.IntN(9), Metric: metrics[game%3], Engine: HNSW, M: 2 + rng.IntN(4), Seed: game}
		opts.EfConstruction = opts.M + rng.IntN(8)
		var x Index = open(t, opts)
		model := map[uint32][]float32{}
		for range 300 {
			id := uint32(rng.IntN(150))
			switch op := rng.IntN(20); {
			case model[id] == nil:
				model[id] = gridVectors(rng, 1, opts.Dim)
				if err := x.Add(id, model[id]); err != nil {
					t.Fatal(err)
				}
			case op < 16:
				if err := x.Delete(id); err != nil {
					t.Fatal(err)
				}
				delete(model, id)
			case op == 16:
				x = throughBytes(t, x)
			}
			if len(model) == 0 {
				continue
			}
			h := x.(*locked).engine.(*hnsw)
			query := gridVectors(rng, 1, opts.Dim)
			mod := uint32(1 + rng.IntN(3))
			w := wanted{k: 1 + rng.IntN(12), ef: h.nodes(), radius: everywhere, keep: func(id uint32) bool { return id%mod == 0 }}
			want := map[uint32]float64{}
			for id, v := range model {
				if w.keep(id) {
					want[id] = distance(opts.Metric, query, v)
				}
			}
			agree(t, walked(h, query, w)[0], want, w.k, math.Inf(1))
			by := h.plan(w, 1)
			by.hop = true
			agree(t, walkedBy(h, query, w, by)[0], want, w.k, math.Inf(1))
			w.k, w.radius = 0, rng.Float32()*5
			agree(t, walked(h, query, w)[0], want, 0, float64(w.radius))
			if err := x.Check(); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// TestHNSWCheckSeesDamage: each invariant that Check names, broken.
func TestHNSWCheckSeesDamage(t *testing.T) {
	for name, damage := range map[string]func(h *hnsw){
		"arena":             func(h *hnsw) { h.vecs = h.vecs[:len(h.vecs)-1] },
		"state":             func(h *hnsw) { h.state[3] = 9 },
		"count":             func(h *hnsw) { h.tombs++ },
		"entry":             func(h *hnsw) { h.entry = none },
		"posting":           func(h *hnsw) { h.post.first[5] = 6 },
		"id":                func(h *hnsw) { h.post.nodeOf[1000] = 5 },
		"twin vectors":      func(h *hnsw) { copy(h.vec(7), h.vec(8)) },
		"vector":            func(h *hnsw) { h.vec(7)[0] = float32(math.NaN()) },
		"link to itself":    func(h *hnsw) { h.list(4, 0)[h.tied[4]] = 4 },
		"link out of range": func(h *hnsw) { h.list(4, 0)[h.tied[4]] = 1 << 20 },
		"gap":               func(h *hnsw) { h.list(4, 0)[len(h.linked(4, 0))-2] = none },
		"untied":            func(h *hnsw) { h.tied[4]-- },
		"upper":             func(h *hnsw) { h.upperAt[9]++ },
		"split": func(h *hnsw) { // two nodes tied twice to each other: enough links, no tree
			leaf := uint32(0)
			for h.tied[leaf] != 1 {
				leaf++
			}
			h.list(leaf, 0)[0] = (leaf + 1) % uint32(h.nodes())
		},
	} {
		x, err := newLocked(Options{Dim: 4, Metric: Euclidean, Engine: HNSW, M: 4})
		if err != nil {
			t.Fatal(err)
		}
		if err := x.AddBatch(sequence(200), clustered(rand.New(rand.NewPCG(29, 1)), 200, 4, 10)); err != nil {
			t.Fatal(err)
		}
		if err := x.Check(); err != nil {
			t.Fatal(err)
		}
		damage(x.engine.(*hnsw))
		if err := x.Check(); !errors.Is(err, ErrCorrupt) {
			t.Errorf("%s: %v, want ErrCorrupt", name, err)
		}
	}
}
