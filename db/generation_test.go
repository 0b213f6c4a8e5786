package db_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"reflect"
	"slices"
	"sync"
	"testing"

	"github.com/doppeldb/doppel/db"
	"github.com/doppeldb/doppel/encoder"
	"github.com/doppeldb/doppel/internal/dbtest"
	"github.com/doppeldb/doppel/record"
)

// madeBy fails unless the vectors of c are those of enc for the records as they are.
func madeBy(t testing.TB, c *db.Collection, enc *encoder.Encoder) {
	t.Helper()
	dbtest.Check(t, c.DB())
	s := load(t, c)
	if s.Encoder == nil || s.Encoder.Fingerprint() != enc.Fingerprint() {
		t.Fatal("another encoder")
	}
	if !slices.Equal(s.Vectors, encode(t, enc, collect(t, c.All()))) {
		t.Fatal("other vectors than the encoder's")
	}
}

// Writers go on while a generation is made, in every batch of it, and what they
// wrote has its vector when it flips.
func TestWritesWhileEmbedding(t *testing.T) {
	c := create(t, dbtest.Open(t), someProducts(2000, 1))
	old, next := fit(t, someProducts(100, 1), 16), fit(t, someProducts(200, 1), 24)
	if err := c.SetEncoder(background, old); err != nil {
		t.Fatal(err)
	}
	addSupports(t, c, "kettle", 3)
	r := rand.New(rand.NewPCG(3, 3))
	batches := 0
	err := c.SetEncoderWith(background, next, &db.SetEncoderOptions{BatchRows: 100, Progress: func(done, total int) {
		if batches++; batches > 100 { // no end of writing would be no end of rounds
			return
		}
		if enc, err := c.Encoder(); err != nil || done < total && enc.Fingerprint() != old.Fingerprint() {
			t.Errorf("at %d of %d: %v, another encoder serves", done, total, err)
		}
		var rs []record.Record
		for range 20 { // updates behind and ahead, new ones, and again after a delete
			rs = append(rs, product(r, fmt.Sprintf("p%05d", r.IntN(2100))))
		}
		if err := c.Put(background, rs...); err != nil {
			t.Error(err)
		}
		if _, err := c.Delete(background, fmt.Sprintf("p%05d", r.IntN(2100)), rs[3].Key); err != nil {
			t.Error(err)
		}
		if batches == 5 {
			addSupports(t, c, "drill", 3)
		}
		if hits, err := c.Nearest(background, rs[0].Values, 3); err != nil || len(hits) > 3 {
			t.Errorf("%v, %v", hits, err)
		}
		if batches%7 == 0 {
			dbtest.Check(t, c.DB())
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	if batches < 20 {
		t.Errorf("%d batches: the test does not test", batches)
	}
	madeBy(t, c, next)
	if got := classify(t, c, about("drill", 11), nil); got.Classes[0].Class != "drill" {
		t.Errorf("%+v", got)
	}
}

// A writer that never rests does not keep a generation from its end.
func TestRestlessWriter(t *testing.T) {
	c := create(t, dbtest.Open(t), someProducts(3000, 1))
	next := fit(t, someProducts(100, 1), 16)
	done := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		r := rand.New(rand.NewPCG(1, 9))
		for {
			select {
			case <-done:
				return
			default:
			}
			if err := c.Put(background, product(r, fmt.Sprintf("p%05d", r.IntN(4000)))); err != nil {
				t.Error(err)
				return
			}
			if _, err := c.Delete(background, fmt.Sprintf("p%05d", r.IntN(4000))); err != nil {
				t.Error(err)
				return
			}
		}
	})
	err := c.SetEncoderWith(background, next, &db.SetEncoderOptions{BatchRows: 50})
	close(done)
	wg.Wait()
	if err != nil {
		t.Fatal(err)
	}
	madeBy(t, c, next)
}

// A crash anywhere leaves one generation or the other, whole, and the next run
// goes on where the crashed one was, with what was written in between.
func TestGenerationCrash(t *testing.T) {
	if testing.Short() {
		t.Skip("dozens of crashes: not with -short")
	}
	dir := t.TempDir()
	start := filepath.Join(dir, "start")
	rs := someProducts(600, 1)
	old, next, third := fit(t, rs[:100], 16), fit(t, rs[:200], 24), fit(t, rs[:300], 8)
	d := dbtest.OpenFile(t, start, nil)
	c := create(t, d, rs)
	if err := c.SetEncoder(background, old); err != nil {
		t.Fatal(err)
	}
	addSupports(t, c, "kettle", 2)
	d.Close()
	image := read(t, start)
	opts := db.SetEncoderOptions{BatchRows: 60}
	cases, resumed := 0, 0
	for n := 0; ; n++ {
		work, after := t.TempDir(), t.TempDir()
		path := filepath.Join(work, "a")
		write(t, path, image)
		d := dbtest.OpenFile(t, path, nil)
		crash := &crashAt{Context: background, t: t, dir: work, to: after, n: n, stop: n%2 == 0}
		err := open(t, d).SetEncoderWith(crash, next, &opts)
		if !crash.hit {
			madeBy(t, open(t, d), next)
			break
		}
		cases++
		if crash.stop && !errors.Is(err, context.Canceled) || !crash.stop && err != nil {
			t.Fatalf("step %d: %v", n, err)
		}
		d.Close()

		d = dbtest.OpenFile(t, filepath.Join(after, "a"), nil)
		c := open(t, d)
		madeBy(t, c, old)
		if err := c.Put(background, rs[550:]...); err != nil { // unchanged ones too
			t.Fatal(err)
		}
		if err := c.Put(background, titled("p00003", "changed"), titled("new", "new")); err != nil {
			t.Fatal(err)
		}
		if _, err := c.Delete(background, "p00001", "p00590"); err != nil {
			t.Fatal(err)
		}
		madeBy(t, c, old)
		stats, err := d.Stats(background)
		if err != nil {
			t.Fatal(err)
		}
		var first int
		o := opts
		o.Progress = func(done, total int) {
			if first == 0 {
				first = done
			}
		}
		enc := next
		if n%3 == 2 { // or the user has another idea
			enc = third
		}
		if err := c.SetEncoderWith(background, enc, &o); err != nil {
			t.Fatal(err)
		}
		madeBy(t, c, enc)
		if stats.Collections[0].Pending != 0 && enc == next && first > o.BatchRows {
			resumed++
		}
		if s, err := d.Stats(background); err != nil || s.Encoders != 1 || s.Collections[0].Pending != 0 {
			t.Errorf("%+v, %v", s, err)
		}
	}
	t.Logf("crashed at %d steps, %d runs went on in the middle", cases, resumed)
	if cases < 10 || resumed < 3 {
		t.Errorf("%d steps, %d went on: the test does not test", cases, resumed)
	}
}

// The current encoder again drops what a cut-off run has left, and changes nothing.
func TestEncoderAgain(t *testing.T) {
	d := dbtest.Open(t)
	c := create(t, d, someProducts(300, 1))
	old, next := fit(t, someProducts(100, 1), 16), fit(t, someProducts(200, 1), 24)
	if err := c.SetEncoder(background, old); err != nil {
		t.Fatal(err)
	}
	if err := c.SetEncoderWith(&cancelAfter{Context: background, n: 12}, next, &db.SetEncoderOptions{BatchRows: 10}); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	if s, err := d.Stats(background); err != nil || s.Collections[0].Pending != 2 || s.Encoders != 2 {
		t.Fatalf("%+v, %v", s, err)
	}
	if err := c.SetEncoder(background, old); err != nil {
		t.Fatal(err)
	}
	if s, err := d.Stats(background); err != nil || s.Collections[0].Pending != 0 || s.Encoders != 1 || s.Collections[0].Generation != 1 {
		t.Errorf("%+v, %v", s, err)
	}
	madeBy(t, c, old)
	if err := c.SetEncoderWith(background, next, &db.SetEncoderOptions{BatchRows: -1}); !errors.Is(err, db.ErrOptions) {
		t.Errorf("bad option: %v", err)
	}
}

// The same bytes for any batches and threads, and whether it was cut off or not.
func TestGenerationDeterministic(t *testing.T) {
	rs := someProducts(700, 1)
	enc := fit(t, rs[:100], 16)
	var want []float32
	for i, o := range []db.SetEncoderOptions{{}, {BatchRows: 7, Threads: 3}, {BatchRows: 100, Threads: 1}} {
		c := create(t, dbtest.Open(t), rs)
		if i == 1 {
			if err := c.SetEncoderWith(&cancelAfter{Context: background, n: 30}, enc, &o); !errors.Is(err, context.Canceled) {
				t.Fatal(err)
			}
		}
		if err := c.SetEncoderWith(background, enc, &o); err != nil {
			t.Fatal(err)
		}
		got := load(t, c).Vectors
		if want == nil {
			want = got
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%+v: other vectors", o)
		}
	}
}
