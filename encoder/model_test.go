package encoder

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/doppeldb/doppel/record"
)

// smallModel gives an encoder of 2^8 rows and its bytes.
func smallModel(tb testing.TB) (*Encoder, []byte) {
	tb.Helper()
	e := mustFit(tb, shopSchema, shopRows(100), Options{Dim: 16, LogBuckets: 8})
	b, err := e.MarshalBinary()
	if err != nil {
		tb.Fatal(err)
	}
	return e, b
}

// reseal writes the checksum that b ought to have.
func reseal(b []byte) []byte {
	n := len(b) - 4
	binary.LittleEndian.PutUint32(b[n:], crc32.Checksum(b[:n], crc32.MakeTable(crc32.Castagnoli)))
	return b
}

func TestModelRoundTrip(t *testing.T) {
	rows := shopRows(100)
	for _, opts := range []Options{{}, {Dim: 16, LogBuckets: 8}, {Dim: 1000, LogBuckets: 10}} {
		e := mustFit(t, shopSchema, rows, opts)
		b, err := e.MarshalBinary()
		if err != nil {
			t.Fatal(err)
		}
		back, err := Unmarshal(b)
		if err != nil {
			t.Fatal(err)
		}
		if back.Fingerprint() != e.Fingerprint() || back.Docs() != 100 || back.Dim() != e.Dim() || !back.Schema().Equal(shopSchema) {
			t.Errorf("%+v: fingerprint %v, docs %d, dim %d, schema %v", opts, back.Fingerprint(), back.Docs(), back.Dim(), back.Schema())
		}
		if !bytes.Equal(bytesOf(encodeAll(t, back, rows, 1)), bytesOf(encodeAll(t, e, rows, 1))) {
			t.Errorf("%+v: other vectors", opts)
		}
		if again, _ := back.MarshalBinary(); !bytes.Equal(again, b) {
			t.Errorf("%+v: other bytes", opts)
		}
	}
}

func TestFingerprintTellsApart(t *testing.T) {
	rows, seen := shopRows(100), map[string]string{}
	other := append(record.Schema{}, shopSchema...)
	other[1].Kind = record.Text
	for name, e := range map[string]*Encoder{
		"base": mustFit(t, shopSchema, rows, Options{LogBuckets: 8}), "dim": mustFit(t, shopSchema, rows, Options{LogBuckets: 8, Dim: 64}),
		"buckets": mustFit(t, shopSchema, rows, Options{LogBuckets: 9}), "rows": mustFit(t, shopSchema, rows[:99], Options{LogBuckets: 8}),
		"kind": mustFit(t, other, rows, Options{LogBuckets: 8}),
	} {
		f := e.Fingerprint().String()
		if len(f) != 32 || seen[f] != "" {
			t.Errorf("%s and %s share the fingerprint %s", name, seen[f], f)
		}
		seen[f] = name
	}
}

func TestTruncatedModel(t *testing.T) {
	_, b := smallModel(t)
	for n := range b {
		if _, err := Unmarshal(b[:n]); !errors.Is(err, ErrCorrupt) {
			t.Fatalf("%d of %d bytes: %v", n, len(b), err)
		}
		// A truncation that carries a right checksum must be found by its sizes.
		if n < 18 {
			continue
		}
		if _, err := Unmarshal(reseal(bytes.Clone(b[:n]))); !errors.Is(err, ErrCorrupt) {
			t.Fatalf("%d of %d bytes, resealed: %v", n, len(b), err)
		}
	}
	if _, err := Unmarshal(append(bytes.Clone(b), 0)); !errors.Is(err, ErrCorrupt) {
		t.Errorf("a byte too many: %v", err)
	}
}

func TestDamagedModel(t *testing.T) {
	_, b := smallModel(t)
	r := rand.New(rand.NewPCG(1, 1))
	row, v := shopRows(1)[0], make([]float32, 0, maxDim)
	for range 1000 {
		bad := bytes.Clone(b)
		at := r.IntN(len(bad))
		bad[at] ^= byte(1 + r.IntN(255))
		if _, err := Unmarshal(bad); !errors.Is(err, ErrCorrupt) && !errors.Is(err, ErrVersion) {
			t.Fatalf("byte %d changed: %v", at, err)
		}
		// With a right checksum it may be a model, but then one that works.
		e, err := Unmarshal(reseal(bad))
		if err != nil || len(e.Schema()) != len(row) {
			continue
		}
		v = v[:e.Dim()]
		e.Encode(row, v)
		for _, x := range v {
			if math.IsNaN(float64(x)) || math.IsInf(float64(x), 0) {
				t.Fatalf("byte %d changed: the vector is not finite", at)
			}
		}
	}
}

func TestModelOfNewerVersion(t *testing.T) {
	_, b := smallModel(t)
	binary.LittleEndian.PutUint16(b[len(modelMagic):], pictureVersion+1)
	// The version is read first: a newer layout may have its checksum elsewhere.
	for _, data := range [][]byte{b, reseal(bytes.Clone(b))} {
		if _, err := Unmarshal(data); !errors.Is(err, ErrVersion) {
			t.Errorf("error %v", err)
		}
	}
}

// hostileModel is a header that promises what does not follow, under a right checksum.
func hostileModel(dim, logBuckets uint32, docs uint64, fields uint32, rest ...byte) []byte {
	le := binary.LittleEndian
	b := le.AppendUint16([]byte(modelMagic), modelVersion)
	b = le.AppendUint32(le.AppendUint32(b, dim), logBuckets)
	b = le.AppendUint32(le.AppendUint64(b, docs), fields)
	return reseal(append(append(b, rest...), 0, 0, 0, 0))
}

func TestHostileSizes(t *testing.T) {
	field := []byte{0, 0, 0, 0x80, 0x3f, 1, 0, 0, 0, 'a'}
	longName := []byte{0, 0, 0, 0x80, 0x3f, 0xff, 0xff, 0xff, 0xff, 'a'}
	floats := make([]byte, 8<<8)
	nan := bytes.Clone(floats)
	binary.LittleEndian.PutUint32(nan[40:], math.Float32bits(float32(math.NaN())))
	huge := bytes.Clone(floats)
	binary.LittleEndian.PutUint32(huge[40:], math.Float32bits(2*maxWeight))
	join := func(parts ...[]byte) []byte { return bytes.Join(parts, nil) }
	const top = math.MaxUint32
	for name, b := range map[string][]byte{
		"buckets":       hostileModel(256, maxLogBuckets, 1, 1, field...),
		"more buckets":  hostileModel(256, top, 1, 1, field...),
		"fields":        hostileModel(256, 8, 1, top, field...),
		"many fields":   hostileModel(256, 8, 1, maxFields, field...),
		"long name":     hostileModel(256, 8, 1, 1, longName...),
		"no field":      hostileModel(256, 8, 1, 0, floats...),
		"dim":           hostileModel(top, 8, 1, 1, join(field, floats)...),
		"dim 0":         hostileModel(0, 8, 1, 1, join(field, floats)...),
		"few buckets":   hostileModel(256, 7, 1, 1, join(field, floats[:8<<7])...),
		"docs":          hostileModel(256, 8, math.MaxUint64, 1, join(field, floats)...),
		"same field":    hostileModel(256, 8, 1, 2, join(field, field, floats)...),
		"NaN":           hostileModel(256, 8, 1, 1, join(field, nan)...),
		"huge weight":   hostileModel(256, 8, 1, 1, join(field, huge)...),
		"bytes at last": hostileModel(256, 8, 1, 1, join(field, floats, floats)...),
		"unknown kind":  hostileModel(256, 8, 1, 1, join([]byte{99}, field[1:], floats)...),
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := Unmarshal(b)
		runtime.ReadMemStats(&after)
		if !errors.Is(err, ErrCorrupt) {
			t.Errorf("%s: error %v", name, err)
		}
		if n := after.TotalAlloc - before.TotalAlloc; n > 1<<20 {
			t.Errorf("%s: %d bytes allocated for %d", name, n, len(b))
		}
	}
	if _, err := Unmarshal(hostileModel(256, 8, 1, 1, join(field, floats)...)); err != nil {
		t.Errorf("the frame of these tests is no model itself: %v", err)
	}
}

// tunedModel gives an encoder with a dense layer of its own making and its bytes.
func tunedModel(tb testing.TB) (*Encoder, []byte) {
	tb.Helper()
	e, _ := smallModel(tb)
	n := newNet(e, 64, []uint32{0, 1, 2}, func(i int) []string { return shopRows(3)[i] })
	for i := range n.p.all {
		n.p.all[i] = float32(i%7) / 10
	}
	tuned := n.encoder()
	tuned.seal()
	b, err := tuned.MarshalBinary()
	if err != nil {
		tb.Fatal(err)
	}
	return tuned, b
}

func TestTunedModelRoundTrip(t *testing.T) {
	e, b := tunedModel(t)
	back, err := Unmarshal(b)
	if err != nil {
		t.Fatal(err)
	}
	rows := shopRows(50)
	again, err := back.MarshalBinary()
	if err != nil || !bytes.Equal(again, b) || back.Fingerprint() != e.Fingerprint() {
		t.Errorf("other bytes or fingerprint (%v)", err)
	}
	if !bytes.Equal(bytesOf(encodeAll(t, back, rows, 2)), bytesOf(encodeAll(t, e, rows, 1))) {
		t.Error("other vectors")
	}
	if binary.LittleEndian.Uint16(b[len(modelMagic):]) != fusedVersion {
		t.Error("a dense layer under the version that has none")
	}
	// The price moves a tuned vector; a value that is no number does not.
	base, other, none := make([]float32, 16), make([]float32, 16), make([]float32, 16)
	e.Encode([]string{"sony tv", "", "", "", ""}, base)
	e.Encode([]string{"sony tv", "", "12.50", "", ""}, other)
	e.Encode([]string{"sony tv", "", "call us", "", ""}, none)
	if bytes.Equal(bytesOf(base), bytesOf(other)) || !bytes.Equal(bytesOf(base), bytesOf(none)) {
		t.Error("a number does not move the vector, or a word in its place does")
	}
}

func TestHostileTunedModel(t *testing.T) {
	_, b := tunedModel(t)
	sketchAt := len(b) - 4 - 4*16*(64+codeLen) - 4
	if got := binary.LittleEndian.Uint32(b[sketchAt:]); got != 64 {
		t.Fatalf("the sketch is not at %d: %d", sketchAt, got)
	}
	for n := 0; n < len(b); n += 1 + n/40 {
		if _, err := Unmarshal(b[:n]); !errors.Is(err, ErrCorrupt) {
			t.Fatalf("%d of %d bytes: %v", n, len(b), err)
		}
		if n < 18 {
			continue
		}
		if _, err := Unmarshal(reseal(bytes.Clone(b[:n]))); !errors.Is(err, ErrCorrupt) {
			t.Fatalf("%d of %d bytes, resealed: %v", n, len(b), err)
		}
	}
	for name, change := range map[string]func([]byte){
		"sketch 0":       func(b []byte) { binary.LittleEndian.PutUint32(b[sketchAt:], 0) },
		"odd sketch":     func(b []byte) { binary.LittleEndian.PutUint32(b[sketchAt:], 63) },
		"huge sketch":    func(b []byte) { binary.LittleEndian.PutUint32(b[sketchAt:], math.MaxUint32) },
		"large sketch":   func(b []byte) { binary.LittleEndian.PutUint32(b[sketchAt:], maxSketch) },
		"NaN":            func(b []byte) { binary.LittleEndian.PutUint32(b[sketchAt+40:], math.Float32bits(float32(math.NaN()))) },
		"infinite":       func(b []byte) { binary.LittleEndian.PutUint32(b[sketchAt+40:], math.Float32bits(float32(math.Inf(1)))) },
		"without its w":  func(b []byte) { binary.LittleEndian.PutUint16(b[len(modelMagic):], modelVersion) },
		"another dim":    func(b []byte) { binary.LittleEndian.PutUint32(b[8:], 32) },
		"version 0":      func(b []byte) { binary.LittleEndian.PutUint16(b[len(modelMagic):], 0) },
		"another number": func(b []byte) { b[28] = byte(record.Number) }, // kind of the first field: one code more
	} {
		bad := bytes.Clone(b)
		change(bad)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := Unmarshal(reseal(bad))
		runtime.ReadMemStats(&after)
		if !errors.Is(err, ErrCorrupt) && (name != "version 0" || !errors.Is(err, ErrVersion)) {
			t.Errorf("%s: error %v", name, err)
		}
		if n := after.TotalAlloc - before.TotalAlloc; n > 1<<20 {
			t.Errorf("%s: %d bytes allocated for %d", name, n, len(b))
		}
	}
}

func FuzzUnmarshal(f *testing.F) {
	_, b := smallModel(f)
	_, tuned := tunedModel(f)
	f.Add(tuned)
	for _, name := range []string{"picture.model", "net.model"} {
		b, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Add(b)
	f.Add(b[:40])
	f.Add(hostileModel(256, 8, 1, 1, 0, 0, 0, 0x80, 0x3f, 1, 0, 0, 0, 'a'))
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) >= 12 {
			reseal(data) // else the checksum would stop everything
		}
		e, err := Unmarshal(data)
		if err != nil {
			if !errors.Is(err, ErrCorrupt) && !errors.Is(err, ErrVersion) {
				t.Fatalf("error %v", err)
			}
			return
		}
		if back, _ := e.MarshalBinary(); !bytes.Equal(back, data) {
			t.Fatal("what was read is not what is written")
		}
		e.Encode(make([]string, len(e.Schema())), make([]float32, e.Dim()))
	})
}
