package index

import (
	"bytes"
	"errors"
	"math"
	"math/rand/v2"
	"testing"
	"time"
)

// TestModel plays random operations against a map. The exact engine must agree in
// everything; the others are small enough here to scan, so they must as well.
func TestModel(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	deadline := time.Now().Add(800 * time.Millisecond)
	games := 0
	for time.Now().Before(deadline) {
		for _, opts := range tableOptions() {
			rng := rand.New(rand.NewPCG(seed, uint64(games)))
			opts.Dim = 1 + rng.IntN(9)
			play(t, rng, opts)
			if t.Failed() {
				t.Fatalf("seed %d, game %d, %v", seed, games, opts)
			}
			games++
		}
	}
	t.Logf("%d games", games)
}

func play(t *testing.T, rng *rand.Rand, opts Options) {
	var x Index = open(t, opts)
	model := map[uint32][]float32{}
	for range 150 {
		id := uint32(rng.IntN(120))
		vec := gridVectors(rng, 1, opts.Dim)
		_, live := model[id]
		switch op := rng.IntN(24); {
		case op >= 20:
			ids := []uint32{id, (id + 1 + uint32(rng.IntN(5))) % 120}
			vecs := gridVectors(rng, 2, opts.Dim)
			p, err := x.Prepare(vecs)
			if err == nil {
				err = x.Put(ids, p)
			}
			if err != nil {
				t.Fatalf("Put of %d: %v", ids, err)
			}
			model[ids[0]], model[ids[1]] = vecs[:opts.Dim:opts.Dim], vecs[opts.Dim:]
			if err := x.Put([]uint32{id, id}, p); !errors.Is(err, ErrDuplicate) {
				t.Fatalf("an id twice: %v", err)
			}
			if err := x.Put(ids[:1], p); !errors.Is(err, ErrDim) {
				t.Fatalf("a vector too many: %v", err)
			}
		case op < 9:
			err := x.Add(id, vec)
			if live != errors.Is(err, ErrDuplicate) || !live && err != nil {
				t.Fatalf("Add of %d, live %t: %v", id, live, err)
			}
			if !live {
				model[id] = vec
			}
		case op < 14:
			if err := x.Delete(id); live != (err == nil) || !live && !errors.Is(err, ErrUnknownID) {
				t.Fatalf("Delete of %d, live %t: %v", id, live, err)
			}
			delete(model, id)
		case op < 19:
			ask(t, rng, x, model, vec)
		default:
			x = throughBytes(t, x)
		}
		if x.Len() != len(model) || x.Contains(id) != (model[id] != nil) {
			t.Fatalf("Len %d, want %d; Contains(%d) = %t", x.Len(), len(model), id, x.Contains(id))
		}
	}
	if err := x.Check(); err != nil {
		t.Fatal(err)
	}
}

// ask compares a nearest and a within query with the definition of the distance.
func ask(t *testing.T, rng *rand.Rand, x Index, model map[uint32][]float32, query []float32) {
	t.Helper()
	var q *Query
	if rng.IntN(3) == 0 {
		mod := uint32(1 + rng.IntN(4))
		q = &Query{Keep: func(id uint32) bool { return id%mod == 0 }}
	}
	want := map[uint32]float64{}
	for id, v := range model {
		if q == nil || q.Keep(id) {
			want[id] = distance(x.Metric(), query, v)
		}
	}
	k := 1 + rng.IntN(20)
	got, err := x.Nearest(query, k, q)
	if err != nil {
		t.Fatal(err)
	}
	agree(t, got, want, k, math.Inf(1))
	radius := rng.Float32() * 4
	if x.Metric() == InnerProduct {
		radius = -radius * 20
	}
	if got, err = x.Within(query, radius, q); err != nil {
		t.Fatal(err)
	}
	agree(t, got, want, 0, float64(radius))
}

// throughBytes gives the index after a snapshot and a restore.
func throughBytes(t *testing.T, x Index) Index {
	t.Helper()
	var first, second bytes.Buffer
	if err := x.Snapshot(&first); err != nil {
		t.Fatal(err)
	}
	in := append(bytes.Clone(first.Bytes()), "more"...)
	r := bytes.NewReader(in)
	y, err := Restore(r)
	if err != nil {
		t.Fatal(err)
	}
	if r.Len() != len("more") {
		t.Fatalf("Restore left %d bytes, want 4", r.Len())
	}
	if err := y.Snapshot(&second); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(first.Bytes(), second.Bytes()) {
		t.Fatal("a restored index has another snapshot")
	}
	return y
}
