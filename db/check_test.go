package db

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/bits"
	"path/filepath"
	"strings"
	"testing"

	bolt "go.etcd.io/bbolt"

	"github.com/doppeldb/doppel/encoder"
	"github.com/doppeldb/doppel/record"
)

// spoiled makes a file of 40 rows with vectors and lets spoil change it behind
// the library's back, all checksums right.
func spoiled(t *testing.T, spoil func(tx *bolt.Tx, b collectionBuckets) error) *DB {
	t.Helper()
	d, err := Open(filepath.Join(t.TempDir(), "s.doppel"), &Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	schema := record.Schema{{Name: "a", Kind: record.Text}}
	c, err := d.Create("c", schema)
	if err != nil {
		t.Fatal(err)
	}
	enc, err := encoder.Fit(context.Background(), schema, 0, nil, encoder.Options{Dim: 8, LogBuckets: 8})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.SetEncoder(context.Background(), enc); err != nil {
		t.Fatal(err)
	}
	for i := range 40 {
		if err := c.Put(context.Background(), record.Record{Key: fmt.Sprintf("k%02d", i), Values: []string{fmt.Sprint("word ", i)}}); err != nil {
			t.Fatal(err)
		}
	}
	err = d.update(func(tx *bolt.Tx) error {
		b, err := openBuckets(tx, "c")
		if err != nil {
			return err
		}
		return spoil(tx, b)
	})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// changeBlock rewrites block 1, the ids 16 to 31.
func changeBlock(b collectionBuckets, f func(*block)) error {
	blocks, err := b.blocks(1)
	if err != nil {
		return err
	}
	blk, err := loadBlock(blocks, 1, 8)
	if err != nil {
		return err
	}
	f(blk)
	return storeBlock(blocks, 1, blk)
}

func changeState(b collectionBuckets, f func(*collectionState)) error {
	s, err := b.state()
	if err != nil {
		return err
	}
	f(&s)
	return b.putState(s)
}

// Every invariant of layout.go, broken one at a time.
func TestCheckFinds(t *testing.T) {
	type B = collectionBuckets
	id := func(n uint32) []byte { return []byte{byte(n), 0, 0, 0} }
	tests := []struct {
		name  string
		spoil func(tx *bolt.Tx, b B) error
		want  string // "" for no problem
	}{
		{"nothing", func(*bolt.Tx, B) error { return nil }, ""},
		{"key without row", func(_ *bolt.Tx, b B) error { return b.keys.Put([]byte("x"), id(99)) }, `key "x" has no row`},
		{"second key of a row", func(_ *bolt.Tx, b B) error { return b.keys.Put([]byte("x"), id(7)) }, "41 keys for 40 rows"},
		{"row without key", func(_ *bolt.Tx, b B) error { return b.keys.Delete([]byte("k07")) }, `key "k07" does not lead to it`},
		{"keys swapped", func(_ *bolt.Tx, b B) error {
			return errors.Join(b.keys.Put([]byte("k07"), id(8)), b.keys.Put([]byte("k08"), id(7)))
		}, `key "k07" does not lead to it`},
		{"row of another id", func(_ *bolt.Tx, b B) error {
			return b.rows.Put(orderedKey(7), append([]byte(nil), b.rows.Get(orderedKey(8))...))
		}, "row 7: "},
		{"row of other fields", func(_ *bolt.Tx, b B) error {
			return b.rows.Put(orderedKey(7), appendRow(nil, 7, "k07", []string{"", ""}))
		}, "2 values for 1 fields"},
		{"row gone", func(_ *bolt.Tx, b B) error { return b.rows.Delete(orderedKey(7)) }, "39 rows, 40 are counted"},
		{"id of a row is no id", func(_ *bolt.Tx, b B) error { return b.rows.Put([]byte("abc"), []byte("def")) }, "is not the id of a row"},
		{"wrong count", func(_ *bolt.Tx, b B) error { return changeState(b, func(s *collectionState) { s.rows++ }) }, "40 rows, 41 are counted"},
		{"id to be given twice", func(_ *bolt.Tx, b B) error { return changeState(b, func(s *collectionState) { s.next = 30 }) }, "row 30: the next id is 30"},
		{"no such generation", func(_ *bolt.Tx, b B) error { return changeState(b, func(s *collectionState) { s.current = 5 }) }, "no generation 5"},
		{"block gone", func(_ *bolt.Tx, b B) error { return changeBlock(b, func(x *block) { x.filled = 0 }) }, "row 16 has no vector"},
		{"vector gone", func(_ *bolt.Tx, b B) error { return changeBlock(b, func(x *block) { x.remove(3) }) }, "row 19 has no vector"},
		{"vector without row", func(_ *bolt.Tx, b B) error {
			return errors.Join(b.rows.Delete(orderedKey(20)), b.keys.Delete([]byte("k20")), changeState(b, func(s *collectionState) { s.rows-- }))
		}, "vector 20 has no row"},
		{"NaN", func(_ *bolt.Tx, b B) error {
			return changeBlock(b, func(x *block) { x.set(0, []float32{0, 0, float32(math.NaN()), 0, 0, 0, 0, 0}) })
		}, "row 16: vector is not finite"},
		{"long vector", func(_ *bolt.Tx, b B) error {
			return changeBlock(b, func(x *block) { x.set(15, []float32{2, 0, 0, 0, 0, 0, 0, 0}) })
		}, "row 31: vector has length 2"},
		{"zero vector", func(_ *bolt.Tx, b B) error { return changeBlock(b, func(x *block) { x.set(15, make([]float32, 8)) }) }, ""},
		{"block of another place", func(_ *bolt.Tx, b B) error {
			blocks, err := b.blocks(1)
			return errors.Join(err, blocks.Put(orderedKey(1), append([]byte(nil), blocks.Get(orderedKey(0))...)))
		}, "vector block 1: "},
		{"model gone", func(tx *bolt.Tx, _ B) error {
			k, _ := tx.Bucket(bucketModels).Cursor().First()
			return tx.Bucket(bucketModels).DeleteBucket(append([]byte(nil), k...))
		}, "is missing or damaged"},
		{"model of other weights", func(tx *bolt.Tx, b B) error {
			g := generation{fingerprint: encoder.Fingerprint{1}, dim: 8}
			return b.generations.Bucket(orderedKey(1)).Put(keyHead, g.encode(1))
		}, "is missing or damaged"},
		{"other dim", func(tx *bolt.Tx, b B) error {
			g, err := b.generation(1)
			g.dim = 16
			return errors.Join(err, b.generations.Bucket(orderedKey(1)).Put(keyHead, g.encode(1)))
		}, "16 dimensions, its encoder has 8"},
		{"cut-off generation", func(_ *bolt.Tx, b B) error {
			_, err := b.generations.CreateBucket(orderedKey(2))
			return errors.Join(err, changeState(b, func(s *collectionState) { s.last = 2 }))
		}, ""},
		{"generation from nowhere", func(_ *bolt.Tx, b B) error { _, err := b.generations.CreateBucket(orderedKey(9)); return err }, "is not a generation"},
		{"unknown entry", func(_ *bolt.Tx, b B) error { return b.root.Put([]byte("odd"), nil) }, `unknown entry "odd"`},
		{"value among collections", func(tx *bolt.Tx, _ B) error { return tx.Bucket(bucketCollections).Put([]byte("v"), nil) }, `"v" is not a collection`},
		{"collection not whole", func(_ *bolt.Tx, b B) error { return b.root.DeleteBucket(bucketKeys) }, "lacks a bucket"},
		{"other schema", func(_ *bolt.Tx, b B) error { return b.root.Put(keySchema, encodeSchema(record.Schema{{Name: "b"}})) }, "its encoder is for a:text"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			d := spoiled(t, test.spoil)
			r, err := d.Check(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			var lines []string
			for _, p := range r.Problems {
				lines = append(lines, p.String())
			}
			all := strings.Join(lines, "\n")
			if (test.want == "") != r.OK() || !strings.Contains(all, test.want) {
				t.Errorf("want %q, got\n%s", test.want, all)
			}
			if c, err := d.Collection("c"); err == nil { // whatever is wrong: no panic
				c.Load(context.Background())
				c.Nearest(context.Background(), []string{"word"}, 3)
				c.Delete(context.Background(), "k07", "k16")
			}
		})
	}
}

func TestCheckBounded(t *testing.T) {
	d := spoiled(t, func(_ *bolt.Tx, b collectionBuckets) error {
		for i := range uint32(2000) {
			if err := b.keys.Put([]byte(fmt.Sprint("x", i)), []byte{0, 0, 1, 0}); err != nil {
				return err
			}
		}
		return nil
	})
	r, err := d.Check(context.Background())
	if err != nil || len(r.Problems) != maxProblems || r.More != 1001 {
		t.Errorf("%d problems and %d more, %v", len(r.Problems), r.More, err)
	}
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := d.Check(ended); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// A right checksum over any bytes gives an error or a value, never a panic.
func FuzzValues(f *testing.F) {
	schema := record.Schema{{Name: "a"}, {Name: "b", Kind: record.Number}}
	f.Add(appendRow(nil, 3, "key", []string{"one", "two"}))
	f.Add(encodeSchema(schema))
	f.Add(collectionState{rows: 1, next: 2, current: 3, last: 4}.encode())
	f.Add(fileHead{version: 1}.encode())
	blk := newBlock(4)
	blk.set(5, []float32{1, 0, 0, 0})
	f.Add(blk.encode(3))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, frame []byte) {
		if len(frame) >= frameOverhead {
			frame = frame[:len(frame)-4]
		}
		at3, at0 := sealFrame(frame[:len(frame):len(frame)], 3), sealFrame(frame[:len(frame):len(frame)], 0)
		if r, err := openRow(at3, 3, 2); err == nil {
			rec := r.record()
			if got := appendRow(nil, 3, rec.Key, rec.Values); string(got) != string(at3) {
				t.Errorf("row %x reads as %q, which is %x", at3, rec, got)
			}
		}
		if b, err := openBlock(at3, 3, 4); err == nil && b.filled != 0 && len(b.raw) == 16*bits.OnesCount16(b.filled) {
			whole, v := newBlock(4), make([]float32, 4)
			for slot := range blockVectors {
				if b.has(slot) {
					b.read(slot, v)
					whole.set(slot, v)
				}
			}
			if got := whole.encode(3); string(got) != string(at3) {
				t.Errorf("block %x is written back as %x", at3, got)
			}
		}
		if s, err := decodeSchema(at0); err == nil && string(encodeSchema(s)) != string(at0) {
			t.Errorf("schema %x reads as %v", at0, s)
		}
		if h, err := decodeFileHead(at0); err == nil && string(h.encode()) != string(at0) {
			t.Errorf("head %x reads as %+v", at0, h)
		}
	})
}
