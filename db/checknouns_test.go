package db

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	bolt "go.etcd.io/bbolt"

	"github.com/doppeldb/doppel/encoder"
	"github.com/doppeldb/doppel/record"
)

// The invariants of labels, classes, named models and pending generations, broken
// one at a time, all checksums right.
func TestCheckFindsNouns(t *testing.T) {
	type B = collectionBuckets
	label := Label{Left: RecordRef{"c", "k01"}, Right: RecordRef{"c", "k02"}, Match: true}
	sup := func(class, key string) support {
		return support{class, record.Record{Key: key, Values: []string{"word"}}}
	}
	set := func(b B) classSet {
		s, err := b.classSet("s")
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	named := func(tx *bolt.Tx) *bolt.Bucket { return tx.Bucket(bucketNamed).Bucket([]byte("m")) }
	tests := []struct {
		name  string
		spoil func(tx *bolt.Tx, b B) error
		want  string // "" for no problem
	}{
		{"nothing", func(*bolt.Tx, B) error { return nil }, ""},
		{"label of a record that is gone", func(tx *bolt.Tx, _ B) error {
			l := label
			l.Right.Key = "nobody"
			k, v := l.encode()
			return labelBucket(tx, "c", "c").Put(k, v)
		}, ""},
		{"label at another place", func(tx *bolt.Tx, _ B) error {
			k, v := label.encode()
			k[0]++
			return labelBucket(tx, "c", "c").Put(k, v)
		}, "checksum"},
		{"label under another hash", func(tx *bolt.Tx, _ B) error {
			k, v := label.encode()
			k[15]++
			return labelBucket(tx, "c", "c").Put(k, v)
		}, "it is about another pair"},
		{"label turned round", func(tx *bolt.Tx, _ B) error {
			k, v := label.swapped().encode()
			return labelBucket(tx, "c", "c").Put(k, v)
		}, "it is about another pair"},
		{"labels of nobody", func(tx *bolt.Tx, _ B) error {
			_, err := makeBuckets(tx, bucketLabels, []byte("x"), []byte("x"))
			return err
		}, `"x" is not a collection`},
		{"labels with nobody", func(tx *bolt.Tx, _ B) error {
			_, err := makeBuckets(tx, bucketLabels, []byte("c"), []byte("x"))
			return err
		}, `"x" after "c" is not a collection`},
		{"support gone", func(_ *bolt.Tx, b B) error { return set(b).supports.Delete(orderedKey(1)) }, "3 names for 2 supports, 3 are counted"},
		{"name gone", func(_ *bolt.Tx, b B) error { return set(b).names.Delete(sup("one", "a").name()) }, `class "one" and key "a" do not lead to support 0`},
		{"names swapped", func(_ *bolt.Tx, b B) error {
			return errors.Join(set(b).names.Put(sup("one", "a").name(), orderedKey(1)), set(b).names.Put(sup("one", "b").name(), orderedKey(0)))
		}, `class "one" and key "a" do not lead to support 0`},
		{"support at another place", func(_ *bolt.Tx, b B) error { return set(b).supports.Put(orderedKey(1), sup("one", "b").encode(2)) }, "support 1: "},
		{"support of other fields", func(_ *bolt.Tx, b B) error {
			return set(b).supports.Put(orderedKey(1), support{"one", record.Record{Key: "b", Values: []string{"", ""}}}.encode(1))
		}, "2 values for 1 fields"},
		{"number to be given twice", func(_ *bolt.Tx, b B) error { return set(b).putState(classState{next: 2, supports: 3}) }, "support 2: the next number is 2"},
		{"wrong count", func(_ *bolt.Tx, b B) error { return set(b).putState(classState{next: 3, supports: 2}) }, "2 are counted"},
		{"support vectors gone", func(_ *bolt.Tx, b B) error {
			return b.generations.Bucket(orderedKey(1)).DeleteBucket(bucketSupports)
		}, "no vectors for its supports"},
		{"support vector gone", func(_ *bolt.Tx, b B) error { return removeVectors(b.supportBlocks(1, "s"), []uint32{1}, 8) }, "support 1 has no vector"},
		{"vectors of no set", func(_ *bolt.Tx, b B) error { _, err := b.makeSupportBlocks(1, "x"); return err }, "which are not there"},
		{"set not whole", func(_ *bolt.Tx, b B) error { return set(b).root.DeleteBucket(bucketNames) }, "lacks a bucket"},
		{"value among sets", func(_ *bolt.Tx, b B) error { return b.root.Bucket(bucketClasses).Put([]byte("v"), nil) }, `"v" is not a set of classes`},
		{"named chunk gone", func(tx *bolt.Tx, _ B) error { return named(tx).Delete(orderedKey(0)) }, `model "m"`},
		{"named of other bytes", func(tx *bolt.Tx, _ B) error {
			return named(tx).Put(orderedKey(0), sealFrame(append(startFrame(nil, frameChunk), "Weights"...), 0))
		}, "its bytes have another fingerprint"},
		{"named head gone", func(tx *bolt.Tx, _ B) error { return named(tx).Delete(keyHead) }, `model "m"`},
		{"value among named", func(tx *bolt.Tx, _ B) error { return tx.Bucket(bucketNamed).Put([]byte("v"), nil) }, "is not a model"},
		{"pending vector of a row that is gone", func(_ *bolt.Tx, b B) error {
			blocks, err := b.blocks(2)
			return errors.Join(err, putVectors(blocks, []uint32{77}, make([]float32, 8), 8))
		}, "vector 77 has no row"},
		{"pending vector", func(_ *bolt.Tx, b B) error {
			blocks, err := b.blocks(2)
			return errors.Join(err, putVectors(blocks, []uint32{7}, make([]float32, 8), 8))
		}, ""},
		{"pending mark of another", func(_ *bolt.Tx, b B) error {
			return b.generations.Bucket(orderedKey(2)).Put(keyPending, sealFrame(startFrame(nil, framePending), 3))
		}, "generation 2"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			d := spoiled(t, func(*bolt.Tx, collectionBuckets) error { return nil })
			fillNouns(t, d, label)
			err := d.update(func(tx *bolt.Tx) error {
				b, err := openBuckets(tx, "c")
				return errors.Join(err, test.spoil(tx, b))
			})
			if err != nil {
				t.Fatal(err)
			}
			r, err := d.Check(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			all := fmt.Sprint(r.Problems)
			if (test.want == "") != r.OK() || !strings.Contains(all, test.want) {
				t.Errorf("want %q, got\n%s", test.want, strings.ReplaceAll(all, "} {", "\n"))
			}
			useNouns(d)
		})
	}
}

// fillNouns adds one of everything to what spoiled makes, and a pending generation 2.
func fillNouns(t *testing.T, d *DB, label Label) {
	t.Helper()
	ctx := context.Background()
	c, err := d.Collection("c")
	if err != nil {
		t.Fatal(err)
	}
	_, err = d.PutLabels(ctx, label)
	for _, key := range []string{"a", "b", "c"} {
		err = errors.Join(err, c.AddSupports(ctx, "s", "one", record.Record{Key: key, Values: []string{"word " + key}}))
	}
	_, modelErr := d.PutModel("m", "k", []byte("weights"))
	rows := func(int) []string { return []string{"word"} }
	other, fitErr := encoder.Fit(ctx, c.schema, 1, rows, encoder.Options{Dim: 8, LogBuckets: 8})
	if err := errors.Join(err, modelErr, fitErr); err != nil {
		t.Fatal(err)
	}
	if g, err := c.beginGeneration(other); g != 2 || err != nil {
		t.Fatal(g, err)
	}
}

// useNouns does what may go wrong on a damaged file, and must not panic.
func useNouns(d *DB) {
	ctx := context.Background()
	c, err := d.Collection("c")
	if err != nil {
		return
	}
	for range d.AllLabels() {
		continue
	}
	d.Contradictions(ctx, "c", "c")
	d.Stats(ctx)
	d.Model("m")
	c.Classes()
	c.Classify(ctx, []string{"word"}, &ClassifyOptions{Set: "s"})
	c.Put(ctx, record.Record{Key: "k03", Values: []string{"other"}})
	c.Delete(ctx, "k04")
	c.RemoveSupports(ctx, "s", "one", "a", "b")
	c.DropClass(ctx, "s", "one")
	d.DeleteLabel(ctx, RecordRef{"c", "k01"}, RecordRef{"c", "k02"})
	d.DeleteModel("m")
	d.Drop("c")
}

// A right checksum over any bytes gives an error or a value, never a panic.
func FuzzNouns(f *testing.F) {
	label := Label{Left: RecordRef{"c", "k01"}, Right: RecordRef{"d", "k02"}, Match: true, Source: "me"}
	key, frame := label.encode()
	f.Add(key, frame)
	f.Add(orderedKey(3), support{"one", record.Record{Key: "a", Values: []string{"x", "yy"}}}.encode(3))
	f.Add([]byte{}, []byte{})
	f.Fuzz(func(t *testing.T, key, frame []byte) {
		if len(frame) >= frameOverhead {
			frame = frame[: len(frame)-4 : len(frame)-4]
		}
		if place, ok := orderedNumber(key); ok {
			sealed := sealFrame(frame, place)
			if n, s, err := decodeSupport(key, sealed, 2); err == nil && string(s.encode(n)) != string(sealed) {
				t.Errorf("support %x reads as %v", sealed, s)
			}
		}
		if len(key) == 16 {
			place, _ := orderedNumber(key[:4])
			sealed := sealFrame(frame, place)
			if l, err := decodeLabel(key, sealed, "c", "d"); err == nil {
				if _, back := l.encode(); string(back) != string(sealed) {
					t.Errorf("label %x reads as %v", sealed, l)
				}
			}
		}
	})
}
