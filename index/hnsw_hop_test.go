package index

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
)

// TestHopRecall states what walks by two hops find, for filters that keep ids at
// random and such that keep what is near one point: there most queries begin far from
// all that passes. Dead nodes are among what is walked over.
func TestHopRecall(t *testing.T) {
	if testing.Short() {
		t.Skip("a gate of quality: not with -short")
	}
	const n, dim, nq = 4000, 24, 40
	rng := rand.New(rand.NewPCG(61, 1))
	all := clustered(rng, n+nq, dim, 120)
	vecs, queries := all[:n*dim], all[n*dim:]
	for _, quantize := range []bool{false, true} {
		x, h := openGraph(t, Options{Dim: dim, Quantize: quantize}, sequence(n), vecs)
		rank := map[uint32]int{}
		for i, f := range scannedAll(t, x, vecs[:dim]) {
			rank[f.ID] = i
		}
		for id := uint32(0); id < n; id += 9 {
			if err := x.Delete(id); err != nil {
				t.Fatal(err)
			}
		}
		for _, percent := range []int{1, 2, 5, 20} {
			for name, keep := range map[string]func(uint32) bool{
				"at random":    func(id uint32) bool { return mix(uint64(id))%100 < uint64(percent) },
				"near a point": func(id uint32) bool { return rank[id] < n*percent/100 },
			} {
				t.Run(fmt.Sprintf("%d %% %s, int8 %t", percent, name, quantize), func(t *testing.T) {
					w := wanted{k: 10, radius: everywhere, keep: keep}
					p := h.plan(w, 1)
					if p.hop != (percent <= 5) {
						t.Errorf("by two hops: %t", p.hop)
					}
					p.hop = true
					got, want := walkedBy(h, queries, w, p), scanned(t, h, queries, w)
					for i := range got {
						if len(got[i]) != 10 {
							t.Fatalf("query %d: %d answers", i, len(got[i]))
						}
						for _, f := range got[i] {
							if !keep(f.ID) || f.ID%9 == 0 {
								t.Fatalf("id %d must not be an answer", f.ID)
							}
						}
					}
					r := recall(got, want)
					t.Logf("recall %.4f", r)
					if r < .99 {
						t.Errorf("recall %.4f, under the floor .99", r)
					}
				})
			}
		}
	}
}

// TestHopFindsWhatFewThereAre: fewer pass than are asked for, none does, or the walk
// is given up: the answer is what a scan gives.
func TestHopFindsWhatFewThereAre(t *testing.T) {
	const n, dim = 3000, 8
	all := clustered(rand.New(rand.NewPCG(62, 1)), n+1, dim, 30)
	x, h := openGraph(t, Options{Dim: dim}, sequence(n), all[:n*dim])
	query := append([]float32(nil), all[n*dim:]...)
	if err := Cosine.prepare(query); err != nil {
		t.Fatal(err)
	}
	for _, few := range []uint32{0, 1, 5, 30} {
		for _, budget := range []int{0, 10} {
			w := wanted{k: 20, radius: everywhere, keep: func(id uint32) bool { return id < few }}
			p := h.plan(w, 1)
			if !p.hop {
				t.Fatal("not by two hops")
			}
			p.scan, p.budget = false, budget
			s := h.searcher()
			got := p.answer(s, query)
			s.release()
			if len(got) != int(min(few, 20)) {
				t.Errorf("%d pass, budget %d: %d answers", few, budget, len(got))
			}
			same, err := x.NearestBatch(context.Background(), query, 20, &Query{Keep: w.keep}, 1)
			if err != nil || few > 0 && recall([][]Neighbour{got}, same) < 1 {
				t.Errorf("%d pass: %v, want %v (%v)", few, got, same, err)
			}
		}
	}
}
