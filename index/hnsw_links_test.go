package index

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"reflect"
	"slices"
	"sync"
	"testing"
)

// linked makes a graph with shared nodes, tombstones and free nodes, and its links.
func linkedGraph(t *testing.T, quantize bool) (x Index, vecs map[uint32][]float32, links []byte) {
	t.Helper()
	const n, dim = 1500, 16
	all := clustered(rand.New(rand.NewPCG(71, 1)), n, dim, 40)
	for i := 0; i < n; i += 10 { // copies
		copy(all[i*dim:(i+1)*dim], all[(i/2)*dim:(i/2+1)*dim])
	}
	x, _ = openGraph(t, Options{Dim: dim, Quantize: quantize}, sequence(n), all)
	for id := uint32(0); id < n; id += 4 {
		if err := x.Delete(id); err != nil {
			t.Fatal(err)
		}
	}
	if err := x.Check(); err != nil { // waits for the repair
		t.Fatal(err)
	}
	for id := uint32(1); id < 200; id += 8 {
		if err := x.Delete(id); err != nil {
			t.Fatal(err)
		}
	}
	vecs = map[uint32][]float32{}
	for id := range uint32(n) {
		if v := make([]float32, dim); x.Vector(id, v) {
			vecs[id] = v
		}
	}
	var buf bytes.Buffer
	if err := WriteLinks(x, &buf); err != nil {
		t.Fatal(err)
	}
	return x, vecs, buf.Bytes()
}

func rawVector(v []float32) []byte { return appendFloats(nil, v) }

// What is read from links and vectors is the graph that was written.
func TestLinks(t *testing.T) {
	for _, quantize := range []bool{false, true} {
		x, vecs, data := linkedGraph(t, quantize)
		for _, same := range []bool{false, true} {
			l, err := ReadLinks(bytes.NewReader(data), int64(len(data)))
			if err != nil {
				t.Fatal(err)
			}
			if l.Len() != x.Len() || l.Options() != x.Stats().Options {
				t.Fatalf("%d ids, %v", l.Len(), l.Options())
			}
			var wg sync.WaitGroup
			for part := range uint32(4) { // many goroutines may
				wg.Go(func() {
					for id, v := range vecs {
						if id%4 == part && !l.Put(id, rawVector(v), same) {
							t.Errorf("id %d is refused", id)
						}
					}
				})
			}
			wg.Wait()
			if l.Put(5000, rawVector(vecs[2]), same) || l.Put(2, nil, same) {
				t.Error("an unknown id, or a short vector, is taken")
			}
			y, err := l.Index()
			if err != nil {
				t.Fatal(err)
			}
			if err := y.Check(); err != nil {
				t.Fatal(err)
			}
			if a, b := x.Stats(), y.Stats(); a != b {
				t.Errorf("%+v, want %+v", b, a)
			}
			for id, v := range vecs {
				if id%50 != 3 {
					continue
				}
				for _, q := range []*Query{nil, {Keep: func(id uint32) bool { return id%3 == 0 }}} {
					want, err := x.Nearest(v, 9, q)
					if err != nil {
						t.Fatal(err)
					}
					if got, err := y.Nearest(v, 9, q); err != nil || !reflect.DeepEqual(got, want) {
						t.Fatalf("%v, %v, want %v", got, err, want)
					}
				}
			}
			growOn(t, y)
		}
	}
}

// growOn adds to an index and deletes from it.
func growOn(t *testing.T, x Index) {
	t.Helper()
	more := clustered(rand.New(rand.NewPCG(72, 1)), 600, x.Dim(), 40)
	ids := sequence(600)
	for i := range ids {
		ids[i] += 10_000
	}
	if err := x.AddBatch(ids, more); err != nil {
		t.Fatal(err)
	}
	for id := uint32(2); id < 600; id += 4 {
		if x.Contains(id) {
			if err := x.Delete(id); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := x.Check(); err != nil {
		t.Fatal(err)
	}
}

// Ids whose vectors do not come, or are others, are not in the index; the rest is found.
func TestLinksWithoutSomeVectors(t *testing.T) {
	for _, drop := range []uint32{2, 3, 100, 1} { // one id in so many stays away; 1: all
		if testing.Short() && drop != 3 {
			continue
		}
		_, vecs, data := linkedGraph(t, true)
		l, err := ReadLinks(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			t.Fatal(err)
		}
		want := 0
		for id, v := range vecs {
			switch {
			case id%drop == 0 && id%2 == 0:
			case id%drop == 0:
				other := slices.Clone(v)
				other[0], other[1] = -other[1], other[0]
				if l.Put(id, rawVector(other), false) {
					t.Fatal("another vector is taken")
				}
			default:
				want++
				if !l.Put(id, rawVector(v), false) {
					t.Fatalf("id %d is refused", id)
				}
			}
		}
		x, err := l.Index()
		if err != nil {
			t.Fatal(err)
		}
		if x.Len() != want {
			t.Fatalf("%d ids, want %d", x.Len(), want)
		}
		if err := x.Check(); err != nil {
			t.Fatal(err)
		}
		for id, v := range vecs {
			if id%drop == 0 || id%20 != 7 {
				continue
			}
			if got, err := x.Nearest(v, 1, nil); err != nil || len(got) != 1 || got[0].Distance > 1e-5 {
				t.Fatalf("id %d: %v, %v", id, got, err)
			}
		}
		growOn(t, x)
	}
}

// Damage is refused, newer versions are told from it, other indexes have no links.
func TestLinksDamage(t *testing.T) {
	_, _, data := linkedGraph(t, true)
	read := func(b []byte) error {
		_, err := ReadLinks(bytes.NewReader(b), int64(len(b)))
		return err
	}
	r := rand.New(rand.NewPCG(73, 1))
	for range 300 {
		bad := slices.Clone(data)
		bad[r.IntN(len(bad))] ^= byte(1 + r.IntN(255))
		if err := read(bad); !errors.Is(err, ErrCorrupt) {
			t.Fatalf("a flipped byte: %v", err)
		}
		if err := read(data[:r.IntN(len(data))]); !errors.Is(err, ErrCorrupt) {
			t.Fatalf("cut: %v", err)
		}
	}
	newer := slices.Clone(data)
	binary.LittleEndian.PutUint32(newer[8:], linksVersion+1)
	in := &snapshotWriter{w: &bytes.Buffer{}}
	if err := in.piece(newer[:linksHeader:linksHeader]); err != nil {
		t.Fatal(err)
	}
	if err := read(in.w.(*bytes.Buffer).Bytes()); !errors.Is(err, ErrVersion) {
		t.Errorf("newer: %v", err)
	}
	x, err := New(Options{Dim: 4})
	if err != nil {
		t.Fatal(err)
	}
	if err := WriteLinks(x, &bytes.Buffer{}); !errors.Is(err, ErrEngine) {
		t.Errorf("exact: %v", err)
	}
}

// Right checksums over wrong links give an error, never a panic.
func TestLinksThatLeadAstray(t *testing.T) {
	const dim, n = 4, 60
	all := clustered(rand.New(rand.NewPCG(74, 1)), n, dim, 5)
	r := rand.New(rand.NewPCG(75, 1))
	refused, many := 0, 400
	if testing.Short() {
		many = 100
	}
	for range many {
		x, err := newLocked(Options{Dim: dim, Engine: HNSW}) // not openGraph, which checks it in the end
		if err == nil {
			err = x.AddBatch(sequence(n), all)
		}
		if err != nil {
			t.Fatal(err)
		}
		h := x.engine.(*hnsw)
		switch node := r.IntN(h.nodes()); r.IntN(5) {
		case 0:
			h.links[r.IntN(len(h.links))] = r.Uint32N(100)
		case 1:
			h.tied[node] = uint8(r.IntN(40))
		case 2:
			h.state[node] = nodeFree
		case 3:
			h.entry = r.Uint32N(80)
		case 4:
			if len(h.upper) > 0 {
				h.upper[r.IntN(len(h.upper))] = r.Uint32N(100)
			}
		}
		var buf bytes.Buffer
		if err := WriteLinks(x, &buf); err != nil {
			t.Fatal(err)
		}
		l, err := ReadLinks(&buf, int64(buf.Len()))
		if err != nil {
			refused++
			continue
		}
		for id := range uint32(n) {
			l.Put(id, rawVector(all[id*dim:(id+1)*dim]), true)
		}
		if y, err := l.Index(); err == nil {
			if _, err := y.Nearest(all[:dim], 5, nil); err != nil {
				t.Fatal(err)
			}
		}
	}
	if refused < many/8 {
		t.Errorf("%d of %d refused: the test does not test", refused, many)
	}
}

// A scan over listed ids gives what a scan that asks about all gives, and says so.
func TestListedIDs(t *testing.T) {
	const n, dim = 2000, 12
	all := clustered(rand.New(rand.NewPCG(76, 1)), n, dim, 40)
	for _, opts := range []Options{{Dim: dim}, {Dim: dim, Quantize: true}, {Dim: dim, Engine: HNSW}, {Dim: dim, Engine: HNSW, Quantize: true}} {
		x, err := New(opts)
		if err != nil {
			t.Fatal(err)
		}
		if err := x.AddBatch(sequence(n), all); err != nil {
			t.Fatal(err)
		}
		for id := uint32(0); id < n; id += 7 {
			if err := x.Delete(id); err != nil {
				t.Fatal(err)
			}
		}
		for _, step := range []uint32{1, 3, 40, 900} {
			var ids []uint32
			kept := 0
			for id := uint32(0); id < n; id += step {
				ids = append(ids, id)
				if id%7 != 0 {
					kept++
				}
			}
			keep := func(id uint32) bool { return id%step == 0 }
			for i := range 20 {
				query := all[i*90*dim : (i*90+1)*dim]
				plain, err := x.Nearest(query, 10, &Query{Keep: keep, Scan: true})
				if err != nil {
					t.Fatal(err)
				}
				var trace Trace
				got, err := x.Nearest(query, 10, &Query{Keep: keep, IDs: ids, Kept: kept, Scan: true, Trace: &trace})
				if err != nil || !reflect.DeepEqual(got, plain) {
					t.Fatalf("%v, step %d: %v, %v, want %v", opts, step, got, err, plain)
				}
				if !trace.Scanned || trace.Walked || trace.Keys < min(10, kept) || trace.Keys > n {
					t.Fatalf("%v, step %d: trace %+v", opts, step, trace)
				}
				free, err := x.Nearest(query, 10, &Query{Keep: keep, IDs: ids, Kept: kept, Trace: &trace})
				if err != nil || len(free) != len(plain) || trace.Keys == 0 {
					t.Fatalf("%v, step %d: %d hits, want %d; %+v, %v", opts, step, len(free), len(plain), trace, err)
				}
			}
		}
	}
}
