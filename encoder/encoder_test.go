package encoder

import (
	"bytes"
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"

	"github.com/doppeldb/doppel/record"
)

var shopSchema = record.Schema{
	{Name: "title", Kind: record.Text}, {Name: "brand", Kind: record.Category}, {Name: "price", Kind: record.Number},
	{Name: "sku", Kind: record.Code}, {Name: "notes", Kind: record.Ignore},
}

// shopRows makes n records of shopSchema, some values missing.
func shopRows(n int) [][]string {
	r := rand.New(rand.NewPCG(7, 9))
	rows := make([][]string, n)
	for i := range rows {
		title := madeUpTitle(r)
		rows[i] = []string{title, madeUpWord(r, 20), "12.50", title[:9], "secret"}
		if i%5 == 0 {
			rows[i][i/5%5] = ""
		}
	}
	return rows
}

func encodeAll(tb testing.TB, e *Encoder, rows [][]string, workers int) []float32 {
	tb.Helper()
	v := make([]float32, len(rows)*e.Dim())
	if err := e.EncodeAll(context.Background(), len(rows), func(i int) []string { return rows[i] }, v, workers); err != nil {
		tb.Fatal(err)
	}
	return v
}

// bytesOf gives the bytes of v, so that comparisons are exact.
func bytesOf(v []float32) []byte {
	var b []byte
	for _, x := range v {
		u := math.Float32bits(x)
		b = append(b, byte(u), byte(u>>8), byte(u>>16), byte(u>>24))
	}
	return b
}

func TestUnitLengthOrZero(t *testing.T) {
	rows := shopRows(300)
	e := mustFit(t, shopSchema, rows, Options{})
	rows = append(rows, []string{"", "", "", "", ""}, []string{"--", "", "99", "", "x"}, []string{"\xff\x00", "", "", "", ""},
		[]string{"a", "", "", "", ""}, []string{"索尼", "é", "", "1", ""})
	for i, row := range rows {
		v := make([]float32, e.Dim())
		e.Encode(row, v)
		var sum float64
		for _, x := range v {
			sum += float64(x) * float64(x)
		}
		empty := i >= 300 && i < 303
		if empty && sum != 0 || !empty && math.Abs(sum-1) > 1e-5 {
			t.Errorf("%q: squared length %v", row, sum)
		}
	}
}

func TestSameBytesForAnyThreads(t *testing.T) {
	rows := shopRows(3000)
	var model, vectors []byte
	for _, n := range []int{1, 2, 4} {
		previous := runtime.GOMAXPROCS(n)
		e := mustFit(t, shopSchema, rows, Options{})
		m, err := e.MarshalBinary()
		v := bytesOf(encodeAll(t, e, rows, 0))
		runtime.GOMAXPROCS(previous)
		if err != nil {
			t.Fatal(err)
		}
		if model == nil {
			model, vectors = m, v
		}
		if !bytes.Equal(m, model) || !bytes.Equal(v, vectors) {
			t.Errorf("GOMAXPROCS=%d gives other bytes", n)
		}
	}
}

func TestSessionHasNoMemory(t *testing.T) {
	rows, long := shopRows(50), 1<<20
	if testing.Short() {
		long >>= 2
	}
	rows = append(rows, []string{strings.Repeat("a long value 12 ", 4000), "x", "", "", ""},
		[]string{madeUpLong(long), "", "", "", ""})
	rows = append(rows, rows[:50]...)
	e := mustFit(t, shopSchema, rows[:50], Options{LogBuckets: 12})
	s := e.NewSession()
	got, want := make([]float32, e.Dim()), make([]float32, e.Dim())
	for i, row := range rows {
		s.Encode(row, got)
		e.Encode(row, want)
		if !bytes.Equal(bytesOf(got), bytesOf(want)) {
			t.Fatalf("record %d differs from that of a fresh session", i)
		}
	}
	if n := len(s.bag.table); n > maxTable {
		t.Errorf("the table keeps %d places after a long value", n)
	}
	if n := testing.AllocsPerRun(50, func() { s.Encode(rows[1], got) }); n != 0 {
		t.Errorf("%v allocations for a record", n)
	}
}

// madeUpLong gives n bytes of different words.
func madeUpLong(n int) string {
	r := rand.New(rand.NewPCG(3, 4))
	b := make([]byte, n)
	for i := range b {
		b[i] = "abcdefghijklmnopqrstuvwxyz0123456789  "[r.IntN(38)]
	}
	return string(b)
}

// A stamp that comes round must not find what the last round left.
func TestBagStampWraps(t *testing.T) {
	b := newBag(10)
	b.fill(record.Text, "old words")
	old := b.stamp
	b.stamp = math.MaxUint32 << 32
	b.fill(record.Text, "new words")
	if b.stamp != old {
		t.Fatalf("stamp %x, want it to begin anew at %x", b.stamp, old)
	}
	fresh := newBag(10)
	fresh.fill(record.Text, "new words")
	if len(b.feats) != len(fresh.feats) {
		t.Errorf("%d features, fresh %d", len(b.feats), len(fresh.feats))
	}
}

func TestFieldsThatDoNotCount(t *testing.T) {
	rows := shopRows(100)
	e := mustFit(t, shopSchema, rows, Options{})
	encode := func(values ...string) []byte {
		v := make([]float32, e.Dim())
		e.Encode(values, v)
		return bytesOf(v)
	}
	base := encode("sony tv", "sony", "", "kdl40", "")
	if !bytes.Equal(base, encode("sony tv", "sony", "129.99", "kdl40", "")) {
		t.Error("a number changes the vector")
	}
	if !bytes.Equal(base, encode("sony tv", "sony", "", "kdl40", "something else")) {
		t.Error("an ignored field changes the vector")
	}
	if bytes.Equal(base, encode("sony tv", "", "", "kdl40", "")) || bytes.Equal(base, encode("sony tv", "sony", "", "", "")) {
		t.Error("a category or a code does not change the vector")
	}
	// A missing field costs nothing: the vector is that of a schema without it.
	titles := make([][]string, len(rows))
	for i := range rows {
		titles[i] = rows[i][:1]
	}
	only := mustFit(t, shopSchema[:1], titles, Options{})
	copy(only.weight, e.weight)
	v := make([]float32, only.Dim())
	only.Encode([]string{"sony tv"}, v)
	if !bytes.Equal(bytesOf(v), encode("sony tv", "", "", "", "")) {
		t.Error("missing fields change the vector")
	}
}

func TestWrongShapesPanic(t *testing.T) {
	e := mustFit(t, shopSchema, nil, Options{Dim: 8, LogBuckets: 8})
	for name, f := range map[string]func(){
		"few values": func() { e.Encode(make([]string, 4), make([]float32, 8)) },
		"short dst":  func() { e.Encode(make([]string, 5), make([]float32, 7)) },
		"short all":  func() { _ = e.EncodeAll(context.Background(), 2, nil, make([]float32, 15), 1) },
	} {
		func() {
			defer func() {
				if s, ok := recover().(string); !ok || !strings.HasPrefix(s, "encoder: ") {
					t.Errorf("%s: no panic of ours", name)
				}
			}()
			f()
		}()
	}
}

func TestCancelledContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	rows := shopRows(1000)
	row := func(i int) []string { return rows[i] }
	if _, err := Fit(ctx, shopSchema, len(rows), row, Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("Fit: %v", err)
	}
	e := mustFit(t, shopSchema, rows, Options{Dim: 8})
	if err := e.EncodeAll(ctx, len(rows), row, make([]float32, 8*len(rows)), 2); !errors.Is(err, context.Canceled) {
		t.Errorf("EncodeAll: %v", err)
	}
}

func TestOptions(t *testing.T) {
	for _, c := range []struct {
		opts Options
		want string // part of the error
	}{
		{Options{}, ""}, {Options{Dim: 8, LogBuckets: 8, Threads: 1}, ""}, {Options{Dim: maxDim, LogBuckets: maxLogBuckets}, ""},
		{Options{Dim: 7}, "dim 7"}, {Options{Dim: -1}, "dim -1"}, {Options{Dim: maxDim + 1}, "dim 16385"},
		{Options{LogBuckets: 7}, "log-buckets 7"}, {Options{LogBuckets: -1}, "log-buckets -1"}, {Options{LogBuckets: 25}, "log-buckets 25"},
		{Options{Threads: -1}, "-1 threads"},
	} {
		err := c.opts.Validate()
		if (err == nil) != (c.want == "") || err != nil && (!errors.Is(err, ErrOptions) || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%+v: %v, want %q", c.opts, err, c.want)
		}
		if c.want == "" {
			continue
		}
		if _, err := Fit(context.Background(), shopSchema, 0, nil, c.opts); !errors.Is(err, ErrOptions) {
			t.Errorf("Fit(%+v): %v", c.opts, err)
		}
	}
	if _, err := Fit(context.Background(), record.Schema{}, 0, nil, Options{}); !errors.Is(err, record.ErrSchema) {
		t.Errorf("Fit without a field: %v", err)
	}
	if e := mustFit(t, shopSchema, nil, Options{}); e.Dim() != DefaultDim || e.Docs() != 0 || !e.Schema().Equal(shopSchema) {
		t.Errorf("default: dim %d, docs %d, schema %v", e.Dim(), e.Docs(), e.Schema())
	}
}

func TestLn(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	xs := []float64{1, 2, 3, math.E, .5, math.Sqrt2 / 2, 1e-300, 1e300, math.MaxFloat64, 1 + 1e-15}
	for range 10000 {
		xs = append(xs, math.Exp(60*r.Float64()-30))
	}
	for _, x := range xs {
		if got, want := ln(x), math.Log(x); math.Abs(got-want) > 4e-16*max(1, math.Abs(want)) {
			t.Errorf("ln(%v) = %v, math.Log says %v", x, got, want)
		}
	}
	for _, c := range []uint32{1, 2, 63, 64, 65, 1 << 20} {
		if got, want := damped(c), 1+math.Log(float64(c)); math.Abs(float64(got)-want) > 1e-6 {
			t.Errorf("damped(%d) = %v, want %v", c, got, want)
		}
	}
}
