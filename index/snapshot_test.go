package index

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"math/rand/v2"
	"runtime"
	"testing"
	"testing/iotest"
)

// snapshotOf fills an index and gives its bytes.
func snapshotOf(t testing.TB, opts Options, n int) []byte {
	t.Helper()
	x := open(t, opts)
	rng := rand.New(rand.NewPCG(8, 8))
	if err := x.AddBatch(sequence(n), gridVectors(rng, n, opts.Dim)); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := x.Snapshot(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// header makes a snapshot header with a valid crc.
func header(version uint32, engine, metric byte, dim uint32, count uint64) []byte {
	h := append([]byte(nil), snapshotMagic...)
	h = binary.LittleEndian.AppendUint32(h, version)
	h = append(h, engine, metric, 0, 0) // no flags: those of version 2 are in the tests that need them
	h = binary.LittleEndian.AppendUint32(h, dim)
	h = binary.LittleEndian.AppendUint64(h, count)
	return binary.LittleEndian.AppendUint32(h, crc32.Checksum(h, castagnoli))
}

func TestSnapshotForgetsHistory(t *testing.T) {
	eachIndex(t, 3, func(t *testing.T, opts Options) {
		if opts.Engine == HNSW {
			t.Skip("a graph remembers the order of calls")
		}
		want := snapshotOf(t, opts, 50)
		x := open(t, opts)
		vecs := gridVectors(rand.New(rand.NewPCG(8, 8)), 50, 3)
		for i := 49; i >= 0; i-- {
			for _, id := range []uint32{uint32(i), uint32(i + 1000)} {
				if err := x.Add(id, vecs[i*3:][:3]); err != nil {
					t.Fatal(err)
				}
			}
		}
		for i := range uint32(50) {
			if err := x.Delete(1000 + i); err != nil {
				t.Fatal(err)
			}
		}
		var got bytes.Buffer
		if err := x.Snapshot(&got); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got.Bytes(), want) {
			t.Error("same vectors, other bytes")
		}
	})
}

func TestRestoreSeesEveryFlipAndCut(t *testing.T) {
	for _, c := range []struct {
		n    int
		opts Options
	}{
		{0, Options{Metric: Euclidean}}, {1, Options{Metric: Euclidean}}, {9, Options{Metric: Euclidean}},
		{9, Options{Metric: Euclidean, Engine: HNSW, M: 2, EfConstruction: 4}}, {9, Options{Quantize: true}},
	} {
		n, opts := c.n, c.opts
		opts.Dim = 3
		whole := snapshotOf(t, opts, n)
		for i := range whole {
			for bit := range 8 {
				bad := bytes.Clone(whole)
				bad[i] ^= 1 << bit
				if _, err := Restore(bytes.NewReader(bad)); !errors.Is(err, ErrCorrupt) {
					t.Fatalf("%v, n=%d, bit %d of byte %d flipped: %v", opts, n, bit, i, err)
				}
			}
			if _, err := Restore(bytes.NewReader(whole[:i])); !errors.Is(err, ErrCorrupt) {
				t.Fatalf("%v, n=%d, cut to %d of %d bytes: %v", opts, n, i, len(whole), err)
			}
		}
	}
}

// TestRestoreOverBlocks crosses block borders: ids must ascend across them.
func TestRestoreOverBlocks(t *testing.T) {
	const dim = 2048
	n := 2*blockRows(dim) + 3
	whole := snapshotOf(t, Options{Dim: dim, Metric: Euclidean}, n)
	x, err := Restore(iotest.OneByteReader(bytes.NewReader(whole)))
	if err != nil || x.Len() != n || x.Check() != nil {
		t.Fatalf("%v", err)
	}
	block := 4*blockRows(dim)*(1+dim) + 4
	swapped := bytes.Clone(whole)
	copy(swapped[headerSize:], whole[headerSize+block:][:block])
	copy(swapped[headerSize+block:], whole[headerSize:][:block])
	if _, err := Restore(bytes.NewReader(swapped)); !errors.Is(err, ErrCorrupt) {
		t.Errorf("exchanged blocks: %v", err)
	}
}

func TestRestoreHeader(t *testing.T) {
	for name, c := range map[string]struct {
		in   []byte
		want error
	}{
		"newer version":     {header(snapshotVersion+1, 9, 9, 0, 0), ErrVersion},
		"version 2, none":   {header(2, 0, 0, 4, 0), ErrCorrupt},
		"version 0":         {header(0, 0, 0, 4, 0), ErrCorrupt},
		"unknown engine":    {header(1, 3, 0, 4, 0), ErrCorrupt},
		"unknown metric":    {header(1, 0, 3, 4, 0), ErrCorrupt},
		"dimension 0":       {header(1, 0, 0, 0, 0), ErrCorrupt},
		"dimension 2^32-1":  {header(1, 0, 0, 1<<32-1, 0), ErrCorrupt},
		"count over 32 bit": {header(1, 0, 0, 4, 1<<32+1), ErrCorrupt},
		"count 2^64-1":      {header(1, 0, 0, 4, 1<<64-1), ErrCorrupt},
		"count, no vectors": {header(1, 0, 0, MaxDim, 1<<32), ErrCorrupt},
		"nothing":           {nil, ErrCorrupt},
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := Restore(bytes.NewReader(c.in))
		runtime.ReadMemStats(&after)
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
		if got := after.TotalAlloc - before.TotalAlloc; got > 4<<20 {
			t.Errorf("%s: allocated %d bytes", name, got)
		}
	}
}

// TestRestoreHostileGraph: sizes that would allocate gigabytes, with checksums that fit.
func TestRestoreHostileGraph(t *testing.T) {
	for name, c := range map[string]struct {
		dim, m, ef, flags, nodes, entry uint32
	}{
		"all the nodes that there can be": {256, 16, 200, 0, maxNodes, 0},
		"more than that":                  {256, 16, 200, 0, maxNodes + 1, 0},
		"2^32-1 nodes of MaxDim":          {MaxDim, MaxM, 200, 0, 1<<32 - 1, 0},
		"MaxDim, the most links":          {MaxDim, MaxM, 200, 1, maxNodes, 0},
		"links beyond reason":             {4, 1 << 31, 200, 0, 5, 0},
		"no links":                        {4, 0, 200, 0, 5, 0},
		"no candidates":                   {4, 16, 0, 0, 5, 0},
		"candidates beyond reason":        {4, 16, 1<<32 - 1, 0, 5, 0},
		"unknown flags":                   {4, 16, 200, 2, 5, 0},
		"an entry into nothing":           {4, 16, 200, 0, 0, 7},
	} {
		var b bytes.Buffer
		out := &snapshotWriter{w: &b}
		if err := out.header(Options{Dim: int(c.dim), Engine: HNSW}, 5); err != nil {
			t.Fatal(err)
		}
		le := binary.LittleEndian
		graph := le.AppendUint64(le.AppendUint32(le.AppendUint32(nil, c.m), c.ef), 0)
		graph = le.AppendUint32(le.AppendUint32(le.AppendUint32(graph, c.flags), c.nodes), c.entry)
		if err := out.piece(graph); err != nil {
			t.Fatal(err)
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := Restore(bytes.NewReader(b.Bytes()))
		runtime.ReadMemStats(&after)
		if !errors.Is(err, ErrCorrupt) {
			t.Errorf("%s: %v, want ErrCorrupt", name, err)
		}
		if got := after.TotalAlloc - before.TotalAlloc; got > 4<<20 {
			t.Errorf("%s: allocated %d bytes", name, got)
		}
	}
}

func TestIOErrorsComeThrough(t *testing.T) {
	broken := errors.New("disk on fire")
	whole := snapshotOf(t, Options{Dim: 2, Metric: Euclidean}, 5)
	r := io.MultiReader(bytes.NewReader(whole[:40]), iotest.ErrReader(broken))
	if _, err := Restore(r); !errors.Is(err, broken) || errors.Is(err, ErrCorrupt) {
		t.Errorf("Restore: %v", err)
	}
	x := open(t, Options{Dim: 2})
	if err := x.Add(1, []float32{1, 0}); err != nil {
		t.Fatal(err)
	}
	for room := range 2 {
		if err := x.Snapshot(&fullDisk{room: room, err: broken}); !errors.Is(err, broken) {
			t.Errorf("Snapshot: %v", err)
		}
	}
}

// fullDisk takes room writes and fails then.
type fullDisk struct {
	room int
	err  error
}

func (w *fullDisk) Write(p []byte) (int, error) {
	if w.room == 0 {
		return 0, w.err
	}
	w.room--
	return len(p), nil
}

// FuzzRestore: whatever comes in, no panic; what is accepted is consistent and
// writes the same bytes again.
func FuzzRestore(f *testing.F) {
	for i, opts := range tableOptions() {
		opts.Dim = 1 + i%3
		for _, n := range []int{0, 1, 5} {
			f.Add(snapshotOf(f, opts, n), true)
		}
	}
	// A graph with levels, twins and tombstones.
	x := open(f, Options{Dim: 2, Metric: Euclidean, Engine: HNSW, M: 2, EfConstruction: 4})
	for id := range uint32(40) {
		if err := x.Add(id, []float32{float32(id % 7), float32(id % 5)}); err != nil {
			f.Fatal(err)
		}
	}
	for _, id := range []uint32{3, 38, 12} {
		if err := x.Delete(id); err != nil {
			f.Fatal(err)
		}
	}
	var graph bytes.Buffer
	if err := x.Snapshot(&graph); err != nil {
		f.Fatal(err)
	}
	f.Add(graph.Bytes(), true)
	f.Add([]byte{}, true)
	f.Add(header(2, 0, 0, 4, 1), true)
	f.Add(append(header(1, 0, 1, 1, 1), 0, 0, 0, 0, 0, 0, 0, 0x7f), true)
	f.Fuzz(func(t *testing.T, in []byte, mend bool) {
		if mend { // make the checksums fit, or the fuzzer never gets past them
			in = mended(in)
		}
		x, err := Restore(bytes.NewReader(in))
		if err != nil {
			if !errors.Is(err, ErrCorrupt) && !errors.Is(err, ErrVersion) {
				t.Fatalf("not a sentinel: %v", err)
			}
			return
		}
		if err := x.Check(); err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		if err := x.Snapshot(&out); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(out.Bytes(), in[:out.Len()]) {
			t.Fatal("accepted bytes are not what is written")
		}
	})
}

// mended is in with the checksums that a snapshot of this header would have, as
// far as it goes and for few vectors.
func mended(in []byte) []byte {
	in = bytes.Clone(in)
	le := binary.LittleEndian
	at, sum := 0, uint32(0)
	piece := func(n int) []byte { // nil when there is none, or its size is not of a small index
		if n < 0 || n > 1<<16 || at+n+4 > len(in) {
			return nil
		}
		out := in[at : at+n]
		sum = crc32.Update(sum, castagnoli, out)
		le.PutUint32(in[at+n:], sum)
		sum = crc32.Update(sum, castagnoli, in[at+n:][:4])
		at += n + 4
		return out
	}
	if len(in) < headerSize {
		return in
	}
	copy(in, snapshotMagic)
	h := piece(headerSize - 4)
	dim, count := int(le.Uint32(h[16:])), int(le.Uint32(h[20:]))
	if dim > 64 || count > 64 {
		return in
	}
	if Engine(h[12]) != HNSW {
		if count > 0 {
			piece(4 * count * (1 + dim))
		}
		return in
	}
	g := piece(graphSize)
	if g == nil {
		return in
	}
	m, nodes := int(le.Uint32(g)), int(le.Uint32(g[20:]))
	if m > MaxM || nodes > 64 {
		return in
	}
	blocks := 0
	shape := &hnsw{m: m, opts: Options{Seed: le.Uint64(g[8:])}}
	for node := range nodes {
		if m > 1 {
			blocks += shape.level(uint32(node))
		}
	}
	for _, size := range []int{nodes * (6 + 8*m + 4*dim), 4 * blocks * m, 4 * count} {
		if size > 0 && piece(size) == nil {
			return in
		}
	}
	return in
}
