package index

import (
	"bytes"
	"math/rand/v2"
	"runtime"
	"testing"
	"time"
)

// TestRepairBesideDeletesIsTheSame: whether the next call comes while a repair is
// under way or after it makes no difference to the graph.
func TestRepairBesideDeletesIsTheSame(t *testing.T) {
	const n, dim = 1200, 12
	vecs := clustered(rand.New(rand.NewPCG(51, 1)), 2*n, dim, 40)
	var want []byte
	for _, wait := range []string{"never", "always", "sometimes"} {
		x := open(t, Options{Dim: dim, Engine: HNSW, M: 6, EfConstruction: 40})
		h := x.engine.(*hnsw)
		rng := rand.New(rand.NewPCG(51, 2))
		repairs := 0
		ids, next := sequence(n), uint32(n)
		if err := x.AddBatch(ids, vecs[:n*dim]); err != nil {
			t.Fatal(err)
		}
		for round := range 3 {
			for range n / 2 { // past several repairs in a row
				at := rng.IntN(len(ids))
				if err := x.Delete(ids[at]); err != nil {
					t.Fatal(err)
				}
				ids[at] = ids[len(ids)-1]
				ids = ids[:len(ids)-1]
				if h.repaired != nil {
					repairs++
				}
				if wait == "always" || wait == "sometimes" && at%7 == 0 {
					h.settle()
				}
			}
			fresh := sequence(int(next) + n/3)[next:]
			row := int(next) % n * dim
			if err := x.AddBatch(fresh, vecs[row:row+len(fresh)*dim]); err != nil {
				t.Fatal(err)
			}
			ids, next = append(ids, fresh...), next+uint32(len(fresh))
			if err := x.Check(); err != nil {
				t.Fatalf("%s, round %d: %v", wait, round, err)
			}
		}
		if repairs < 3 {
			t.Fatalf("%s: %d deletes saw a repair", wait, repairs)
		}
		var got bytes.Buffer
		if err := x.Snapshot(&got); err != nil {
			t.Fatal(err)
		}
		if want == nil {
			want = got.Bytes()
		} else if !bytes.Equal(want, got.Bytes()) {
			t.Errorf("waiting %s makes another graph", wait)
		}
	}
}

// TestRepairBesideReaders is for the race detector: readers, deletes and inserts
// beside repairs. Afterwards all is consistent, and no goroutine is left.
func TestRepairBesideReaders(t *testing.T) {
	const n, dim = 600, 8
	before := runtime.NumGoroutine()
	vecs := clustered(rand.New(rand.NewPCG(52, 1)), 2*n, dim, 30)
	for _, quantize := range []bool{false, true} {
		x := open(t, Options{Dim: dim, Engine: HNSW, M: 4, EfConstruction: 16, Quantize: quantize})
		if err := x.AddBatch(sequence(n), vecs[:n*dim]); err != nil {
			t.Fatal(err)
		}
		stop := readBeside(t, x, vecs[:n*dim], func(Neighbour) {})
		for i := range n {
			if err := x.Delete(uint32(i)); err != nil {
				t.Fatal(err)
			}
			if i%3 == 0 {
				if err := x.Add(uint32(n+i), vecs[(n+i)*dim:][:dim]); err != nil {
					t.Fatal(err)
				}
			}
			if i == n-10 { // enough is left for the readers
				break
			}
		}
		stop()
		if err := x.Check(); err != nil {
			t.Fatal(err)
		}
	}
	for range 100 { // a goroutine that has closed its channel may need a moment to end
		if runtime.NumGoroutine() <= before {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("%d goroutines, %d before", runtime.NumGoroutine(), before)
}

// TestStatsProposeARebuild: past half of the places dead, and not after they are used again.
func TestStatsProposeARebuild(t *testing.T) {
	const n, dim = 1000, 8
	vecs := clustered(rand.New(rand.NewPCG(53, 1)), n, dim, 20)
	x := open(t, Options{Dim: dim, Engine: HNSW})
	if err := x.AddBatch(sequence(n), vecs); err != nil {
		t.Fatal(err)
	}
	proposed := func(deleted int) {
		t.Helper()
		s := x.Stats()
		if s.Dead != deleted || s.Nodes != n-deleted || s.Rebuild != (deleted > n/2) {
			t.Fatalf("after %d deletes: %d dead, %d nodes, rebuild %t", deleted, s.Dead, s.Nodes, s.Rebuild)
		}
	}
	proposed(0)
	for id := range n - 1 {
		if err := x.Delete(uint32(id)); err != nil {
			t.Fatal(err)
		}
		proposed(id + 1)
	}
	if err := x.AddBatch(sequence(n - 1)[:n/2], vecs[:n/2*dim]); err != nil {
		t.Fatal(err)
	}
	proposed(n/2 - 1)
	// What it proposes: the same vectors in a new index.
	fresh := open(t, x.Stats().Options)
	vec := make([]float32, dim)
	for id := range uint32(n) {
		if x.Vector(id, vec) {
			if err := fresh.Add(id, vec); err != nil {
				t.Fatal(err)
			}
		}
	}
	if s := fresh.Stats(); s.Dead != 0 || s.Len != x.Len() {
		t.Errorf("rebuilt: %+v", s)
	}
}
