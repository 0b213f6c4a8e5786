package db_test

import (
	"context"
	"errors"
	"math"
	"runtime"
	"slices"
	"sync"
	"testing"

	"github.com/doppeldb/doppel/db"
	"github.com/doppeldb/doppel/encoder"
	"github.com/doppeldb/doppel/internal/dbtest"
	"github.com/doppeldb/doppel/record"
)

func TestSetEncoder(t *testing.T) {
	d := dbtest.Open(t)
	rs := someProducts(9000, 3) // more than two batches
	c := create(t, d, rs)
	if _, err := c.Encoder(); !errors.Is(err, db.ErrNoEncoder) {
		t.Errorf("no encoder yet: %v", err)
	}
	if s := load(t, c); s.Vectors != nil || s.Dim != 0 || s.Encoder != nil {
		t.Error("vectors without an encoder")
	}
	for _, dim := range []int{8, 24} {
		enc := fit(t, rs, dim)
		if err := c.SetEncoder(background, enc); err != nil {
			t.Fatal(err)
		}
		s := load(t, c)
		if s.Dim != dim || s.Encoder.Fingerprint() != enc.Fingerprint() || !slices.Equal(s.Vectors, encode(t, enc, rs)) {
			t.Errorf("dim %d: other vectors than EncodeAll's", dim)
		}
		if r, err := d.Check(background); err != nil || r.Models != 1 || r.Vectors != len(rs) {
			t.Errorf("%+v, %v; want one model, the old one is of no use", r, err)
		}
	}
	other, err := encoder.Fit(background, products[:1], 0, nil, encoder.Options{Dim: 8, LogBuckets: 8})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.SetEncoder(background, other); !errors.Is(err, db.ErrSchema) {
		t.Errorf("encoder of other fields: %v", err)
	}
}

// cancelAfter is a context that ends at its n-th question.
type cancelAfter struct {
	context.Context
	mu sync.Mutex
	n  int
}

func (c *cancelAfter) Err() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.n--; c.n < 0 {
		return context.Canceled
	}
	return nil
}

// A cut-off SetEncoder leaves the generation before, wherever it is cut.
func TestSetEncoderCancelled(t *testing.T) {
	d := dbtest.Open(t)
	rs := someProducts(9000, 3)
	c := create(t, d, rs)
	old := fit(t, rs, 8)
	if err := c.SetEncoder(background, old); err != nil {
		t.Fatal(err)
	}
	want, next, failed := encode(t, old, rs), fit(t, rs[:10], 16), 0
	for n := 0; ; n += 7 {
		err := c.SetEncoder(&cancelAfter{Context: background, n: n}, next)
		if err == nil {
			break
		}
		failed++
		if !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
		if s := load(t, c); !slices.Equal(s.Vectors, want) {
			t.Fatalf("cut at question %d: the vectors changed", n)
		}
		dbtest.Check(t, d)
	}
	if failed < 3 {
		t.Errorf("cut off %d times only: the test does not test", failed)
	}
	if s := load(t, c); s.Encoder.Fingerprint() != next.Fingerprint() {
		t.Error("not flipped in the end")
	}
}

// The bytes of the vectors do not depend on the number of threads.
func TestSameVectorsForAnyThreads(t *testing.T) {
	rs := someProducts(3000, 5)
	enc := fit(t, rs, 32)
	var first []float32
	for _, procs := range []int{1, 2, 7} {
		before := runtime.GOMAXPROCS(procs)
		c := create(t, dbtest.Open(t), rs[:1500])
		err := c.SetEncoder(background, enc)
		if err == nil {
			_, err = c.PutAll(background, db.Records(rs[1500:]), nil)
		}
		runtime.GOMAXPROCS(before)
		if err != nil {
			t.Fatal(err)
		}
		s := load(t, c)
		if first == nil {
			first = s.Vectors
		}
		for i := range first {
			if math.Float32bits(first[i]) != math.Float32bits(s.Vectors[i]) {
				t.Fatalf("GOMAXPROCS=%d: number %d differs", procs, i)
			}
		}
	}
}

// near is the oracle: keys by distance, then by order of insertion.
func near(t *testing.T, c *db.Collection, values []string, k int) []string {
	s := load(t, c)
	query := make([]float32, s.Dim)
	s.Encoder.Encode(values, query)
	type hit struct {
		key  string
		dist float64
	}
	var hits []hit
	for i, key := range s.Keys {
		dot, norm := 0.0, 0.0
		for j, x := range s.Vector(i) {
			dot += float64(x) * float64(query[j])
			norm += float64(x) * float64(x)
		}
		if norm > 0 {
			hits = append(hits, hit{key, max(0, 1-dot)})
		}
	}
	slices.SortStableFunc(hits, func(a, b hit) int {
		switch {
		case a.dist < b.dist-1e-6:
			return -1
		case a.dist > b.dist+1e-6:
			return 1
		}
		return 0
	})
	var keys []string
	for _, h := range hits[:min(k, len(hits))] {
		keys = append(keys, h.key)
	}
	return keys
}

// The index follows every commit.
func TestNearest(t *testing.T) {
	c := create(t, dbtest.Open(t), nil)
	title := func(key, title string) record.Record {
		return record.Record{Key: key, Values: []string{title, "", "1"}}
	}
	query := []string{"steel kettle", "", ""}
	if _, err := c.Nearest(background, query, 3); !errors.Is(err, db.ErrNoEncoder) {
		t.Errorf("no encoder: %v", err)
	}
	check := func(when string) {
		t.Helper()
		hits, err := c.Nearest(background, query, 3)
		if err != nil {
			t.Fatalf("%s: %v", when, err)
		}
		var got []string
		for _, h := range hits {
			got = append(got, h.Key)
		}
		if want := near(t, c, query, 3); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", when, got, want)
		}
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(c.SetEncoder(background, fit(t, someProducts(50, 1), 64)))
	check("empty")
	must(c.Put(background, title("a", "steel kettle"), title("b", "cordless drill"), title("none", ""), title("c", "lamp")))
	check("put")
	must(c.Put(background, title("b", "steel kettle pro"), title("d", "kettle"), title("none", "steel mini kettle")))
	check("update")
	_, err := c.Delete(background, "a", "d")
	must(err)
	check("delete")
	must(c.Put(background, title("none", "")))
	check("a vector becomes zero")
	must(c.SetEncoder(background, fit(t, someProducts(80, 2), 32)))
	check("new encoder")
	must(c.Put(background, title("a", "steel kettle")))
	check("put again")
	if hits, err := c.Nearest(background, []string{"", "", "3"}, 3); err != nil || hits != nil {
		t.Errorf("nothing to go by: %v, %v", hits, err)
	}
	if _, err := c.Nearest(background, []string{""}, 3); !errors.Is(err, db.ErrSchema) {
		t.Errorf("too few values: %v", err)
	}
}

// Readers and writers together; the race detector and Check are the judges.
func TestConcurrent(t *testing.T) {
	c := create(t, dbtest.Open(t), someProducts(200, 1))
	rs := someProducts(600, 2)
	encoders := []*encoder.Encoder{fit(t, rs, 8), fit(t, rs, 16)}
	if err := c.SetEncoder(background, encoders[0]); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	try := func(f func(i int) error) {
		wg.Go(func() {
			for i := range 20 {
				if err := f(i); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	try(func(i int) error { return c.SetEncoder(background, encoders[i%2]) })
	try(func(i int) error { return c.Put(background, rs[i*30:i*30+30]...) })
	try(func(i int) error { _, err := c.Delete(background, rs[i*7].Key, rs[i*11].Key); return err })
	try(func(i int) error { _, err := c.Load(background); return err })
	for range 2 {
		try(func(i int) error { _, err := c.Nearest(background, rs[i].Values, 5); return err })
	}
	try(func(i int) error { _, err := c.Encoder(); return err })
	wg.Wait()
}
