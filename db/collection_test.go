package db_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/doppeldb/doppel/db"
	"github.com/doppeldb/doppel/internal/dbtest"
	"github.com/doppeldb/doppel/record"
)

// model is what a collection must hold: records in the order of insertion.
type model struct {
	keys   []string
	values map[string][]string
}

func (m *model) put(r record.Record) {
	if _, ok := m.values[r.Key]; !ok {
		m.keys = append(m.keys, r.Key)
	}
	m.values[r.Key] = r.Values
}

func (m *model) delete(key string) {
	if i := slices.Index(m.keys, key); i >= 0 {
		m.keys = slices.Delete(m.keys, i, i+1)
		delete(m.values, key)
	}
}

func (m *model) records() []record.Record {
	var out []record.Record
	for _, k := range m.keys {
		out = append(out, record.Record{Key: k, Values: m.values[k]})
	}
	return out
}

func collect(t testing.TB, seq iter.Seq2[record.Record, error]) []record.Record {
	t.Helper()
	var out []record.Record
	for r, err := range seq {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, r)
	}
	return out
}

// same checks every way to read c against m.
func same(t *testing.T, c *db.Collection, m *model) {
	t.Helper()
	want := m.records()
	if got := collect(t, c.All()); !reflect.DeepEqual(got, want) {
		t.Fatalf("All gives %d records, want %d, or they differ", len(got), len(want))
	}
	if n, err := c.Len(); err != nil || n != len(want) {
		t.Fatalf("Len is %d, %v; want %d", n, err, len(want))
	}
	s := load(t, c)
	if len(s.Keys) != len(want) || len(s.Rows) != len(want) {
		t.Fatalf("Load gives %d keys, %d rows; want %d", len(s.Keys), len(s.Rows), len(want))
	}
	for i, r := range want {
		if s.Keys[i] != r.Key || !slices.Equal(s.Rows[i], r.Values) {
			t.Fatalf("Load: record %d is %q %q, want %v", i, s.Keys[i], s.Rows[i], r)
		}
		if got, err := c.Get(r.Key); err != nil || !reflect.DeepEqual(got, r) {
			t.Fatalf("Get(%q) is %v, %v", r.Key, got, err)
		}
	}
	if s.Encoder != nil {
		if !slices.Equal(s.Vectors, encode(t, s.Encoder, want)) {
			t.Fatal("Load: vectors are not those of the encoder")
		}
	}
}

// Any order of puts, deletes, encoders and reopens leaves what a map would hold.
func TestAgainstModel(t *testing.T) {
	for _, seed := range []uint64{1, 2, uint64(time.Now().UnixNano())} {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Logf("seed %d", seed)
			r := rand.New(rand.NewPCG(seed, 7))
			path := filepath.Join(t.TempDir(), "m.doppel")
			d := dbtest.OpenFile(t, path, nil)
			c, m := create(t, d, nil), &model{values: map[string][]string{}}
			for step := range 40 {
				switch r.IntN(8) {
				case 0, 1, 2, 3:
					var rs []record.Record
					for range r.IntN(60) {
						rs = append(rs, product(r, fmt.Sprint("k", r.IntN(150))))
					}
					res, err := c.PutAll(background, db.Records(rs), &db.PutOptions{BatchRows: 1 + r.IntN(40)})
					if err != nil || res.Inserted+res.Updated != len(rs) {
						t.Fatal(res, err)
					}
					before := len(m.keys)
					for _, x := range rs {
						m.put(x)
					}
					if res.Inserted != len(m.keys)-before {
						t.Fatalf("%d inserted, want %d", res.Inserted, len(m.keys)-before)
					}
				case 4, 5:
					var keys []string
					for range r.IntN(30) {
						keys = append(keys, fmt.Sprint("k", r.IntN(150)))
					}
					before := len(m.keys)
					for _, k := range keys {
						m.delete(k)
					}
					if n, err := c.Delete(background, keys...); err != nil || n != before-len(m.keys) {
						t.Fatalf("%d deleted, %v; want %d", n, err, before-len(m.keys))
					}
				case 6:
					if err := c.SetEncoder(background, fit(t, m.records(), 8+8*r.IntN(3))); err != nil {
						t.Fatal(err)
					}
				case 7:
					dbtest.Check(t, d)
					if err := d.Close(); err != nil {
						t.Fatal(err)
					}
					d = dbtest.OpenFile(t, path, nil)
					c = open(t, d)
				}
				if step%5 == 0 {
					same(t, c, m)
				}
			}
			same(t, c, m)
		})
	}
}

func TestHostileRecords(t *testing.T) {
	d := dbtest.Open(t)
	m := &model{values: map[string][]string{}}
	huge := strings.Repeat("0123456789", 1<<20)
	rs := []record.Record{
		{Key: "\x00", Values: []string{"", "", ""}},
		{Key: "\x00\x00", Values: []string{"\x00", "\xff\xfe", "\n\r\t"}},
		{Key: "ключ 鍵 🔑", Values: []string{"é", "é", " "}},
		{Key: "\xff\xff", Values: []string{"a", "", "b"}},
		{Key: strings.Repeat("k", db.MaxKeySize), Values: []string{"long key", "", ""}},
		{Key: "huge", Values: []string{huge, "", huge[:17<<18]}},
		{Key: "z", Values: []string{"", "", "last"}},
	}
	for _, r := range rs {
		m.put(r)
	}
	c := create(t, d, rs)
	same(t, c, m)

	for name, test := range map[string]struct {
		r    record.Record
		want error
	}{
		"empty key": {record.Record{Values: []string{"", "", ""}}, db.ErrKey},
		"long key":  {record.Record{Key: strings.Repeat("k", db.MaxKeySize+1), Values: []string{"", "", ""}}, db.ErrKey},
		"few":       {record.Record{Key: "a", Values: []string{"", ""}}, db.ErrSchema},
		"many":      {record.Record{Key: "a", Values: []string{"", "", "", ""}}, record.ErrArity},
	} {
		if err := c.Put(background, test.r); !errors.Is(err, test.want) {
			t.Errorf("%s: %v, want %v", name, err, test.want)
		}
	}
	if _, err := c.Get("nobody"); !errors.Is(err, db.ErrNotFound) {
		t.Errorf("Get of no key: %v", err)
	}
	if _, err := c.Get(""); !errors.Is(err, db.ErrNotFound) {
		t.Errorf("Get of the empty key: %v", err)
	}
	same(t, c, m)
}

func TestInsert(t *testing.T) {
	c := create(t, dbtest.Open(t), someProducts(10, 1))
	insert := &db.PutOptions{Insert: true, BatchRows: 4}
	fresh := []record.Record{}
	for _, k := range []string{"a", "b", "c", "d", "e", "p00003", "f"} {
		fresh = append(fresh, record.Record{Key: k, Values: []string{k, "", ""}})
	}
	res, err := c.PutAll(background, db.Records(fresh), insert)
	if !errors.Is(err, db.ErrDuplicateKey) || res.Inserted != 4 {
		t.Errorf("taken key: %+v, %v", res, err)
	}
	if n, _ := c.Len(); n != 14 {
		t.Errorf("%d records, want the 10 and one whole batch", n)
	}
	twice := []record.Record{fresh[4], fresh[4]}
	if _, err := c.PutAll(background, db.Records(twice), insert); !errors.Is(err, db.ErrDuplicateKey) {
		t.Errorf("key twice in a batch: %v", err)
	}
}

// What a cancelled or failing input committed stays.
func TestPutAllStops(t *testing.T) {
	c := create(t, dbtest.Open(t), nil)
	ctx, cancel := context.WithCancel(background)
	rs := someProducts(100, 1)
	res, err := c.PutAll(ctx, db.Records(rs), &db.PutOptions{BatchRows: 10, Progress: func(done int) {
		if done == 30 {
			cancel()
		}
	}})
	if n, _ := c.Len(); !errors.Is(err, context.Canceled) || res.Inserted != 30 || n != 30 {
		t.Errorf("cancelled: %+v, %d records, %v", res, n, err)
	}
	broken := errors.New("line 7")
	_, err = c.PutAll(background, func(yield func(record.Record, error) bool) {
		_ = yield(rs[50], nil) && yield(record.Record{}, broken)
	}, nil)
	if !errors.Is(err, broken) || !strings.Contains(err.Error(), "record 2") {
		t.Errorf("failing input: %v", err)
	}
}

// The caller may write while it walks over All, and reuse its slice in PutAll.
func TestAllWhileWriting(t *testing.T) {
	c := create(t, dbtest.Open(t), someProducts(9000, 1))
	row := make([]string, 3)
	n := 0
	for r, err := range c.All() {
		if err != nil {
			t.Fatal(err)
		}
		if n++; n%3000 == 0 {
			if _, err := c.Delete(background, r.Key); err != nil {
				t.Fatal(err)
			}
			if err := c.Put(background, record.Record{Key: "again" + r.Key, Values: r.Values}); err != nil {
				t.Fatal(err)
			}
		}
	}
	if n != 9000 {
		t.Errorf("%d records, want the 9000 that were there when the walk began", n)
	}
	_, err := c.PutAll(background, func(yield func(record.Record, error) bool) {
		for _, v := range []string{"x", "y", "z"} {
			row[0] = v
			if !yield(record.Record{Key: v, Values: row}, nil) {
				return
			}
		}
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if r, err := c.Get("x"); err != nil || r.Values[0] != "x" {
		t.Errorf("reused slice: %v, %v", r, err)
	}
}

func TestCollections(t *testing.T) {
	d := dbtest.Open(t)
	for _, bad := range []string{"", "a\x00b", "\xff", strings.Repeat("n", 256)} {
		if _, err := d.Create(bad, products); !errors.Is(err, db.ErrName) {
			t.Errorf("Create(%q): %v", bad, err)
		}
	}
	if _, err := d.Create("x", record.Schema{{Name: ""}}); !errors.Is(err, db.ErrSchema) || !errors.Is(err, record.ErrSchema) {
		t.Errorf("bad schema: %v", err)
	}
	first := create(t, d, someProducts(5, 1))
	if _, err := d.Create("products", products); !errors.Is(err, db.ErrExists) {
		t.Errorf("taken name: %v", err)
	}
	if _, err := d.Collection("nobody"); !errors.Is(err, db.ErrNotFound) {
		t.Errorf("no collection: %v", err)
	}
	if _, err := d.Create("amélie", products[:1]); err != nil {
		t.Fatal(err)
	}
	if names, err := d.Collections(); err != nil || !slices.Equal(names, []string{"amélie", "products"}) {
		t.Errorf("%q, %v", names, err)
	}
	if err := first.SetEncoder(background, fit(t, nil, 8)); err != nil {
		t.Fatal(err)
	}
	if err := d.Drop("products"); err != nil {
		t.Fatal(err)
	}
	if r, err := d.Check(background); err != nil || r.Models != 0 || r.Collections != 1 {
		t.Errorf("after Drop: %+v, %v", r, err)
	}
	second := create(t, d, someProducts(3, 2))
	if _, err := first.Len(); !errors.Is(err, db.ErrNotFound) {
		t.Errorf("dropped collection: %v", err)
	}
	if _, err := first.Nearest(background, []string{"a", "", ""}, 1); !errors.Is(err, db.ErrNotFound) {
		t.Errorf("dropped collection: Nearest: %v", err)
	}
	if n, err := second.Len(); err != nil || n != 3 {
		t.Errorf("new collection of the same name: %d, %v", n, err)
	}
}
