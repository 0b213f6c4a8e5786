package db_test

import (
	"errors"
	"path/filepath"
	"slices"
	"testing"

	"github.com/doppeldb/doppel/db"
	"github.com/doppeldb/doppel/internal/dbtest"
	"github.com/doppeldb/doppel/record"
)

// TestBookmark: a bookmark is stored with its batch or not at all, and lasts.
func TestBookmark(t *testing.T) {
	path := filepath.Join(t.TempDir(), "b.doppel")
	d := dbtest.OpenFile(t, path, nil)
	c := create(t, d, nil)
	if got, err := c.Bookmark("import"); got != nil || err != nil {
		t.Errorf("before any: %q, %v", got, err)
	}
	rs := someProducts(1000, 1)
	rs = append(rs, rs[700]) // the last batch fails
	var marks []string
	put, err := c.PutAll(background, db.Records(rs), &db.PutOptions{Insert: true, BatchRows: 300,
		Bookmark: func(done int) (string, []byte) {
			marks = append(marks, string(rune('0'+done/100)))
			return "import", []byte(marks[len(marks)-1])
		}})
	if !errors.Is(err, db.ErrDuplicateKey) || put.Inserted != 900 || !slices.Equal(marks, []string{"3", "6", "9", ":"}) {
		t.Errorf("%+v, %v, marks %q", put, err, marks)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	d = dbtest.OpenFile(t, path, nil)
	c = open(t, d)
	if got, err := c.Bookmark("import"); string(got) != "9" || err != nil {
		t.Errorf("after the third of four batches: %q, %v", got, err)
	}
	if err := c.SetBookmark(background, "import", []byte{}); err != nil {
		t.Error(err)
	}
	if got, err := c.Bookmark("import"); got == nil || len(got) != 0 || err != nil {
		t.Errorf("empty: %q, %v", got, err)
	}
	if err := c.SetBookmark(background, "import", nil); err != nil {
		t.Error(err)
	}
	if got, err := c.Bookmark("import"); got != nil || err != nil {
		t.Errorf("removed: %q, %v", got, err)
	}
	if err := c.SetBookmark(background, "big", make([]byte, 1<<20)); !errors.Is(err, db.ErrTooLarge) {
		t.Errorf("too large: %v", err)
	}
	if err := c.SetBookmark(background, "", nil); !errors.Is(err, db.ErrName) {
		t.Errorf("without a name: %v", err)
	}
}

// TestEmbedded gives what Load gives, with and without an encoder, around holes.
func TestEmbedded(t *testing.T) {
	c := create(t, dbtest.Open(t), nil)
	rs := someProducts(5000, 2)
	if err := c.Put(background, rs...); err != nil {
		t.Fatal(err)
	}
	for r, err := range c.Embedded(background) {
		if err != nil || r.Vector != nil {
			t.Fatalf("without an encoder: %v, %v", r, err)
		}
	}
	if err := c.SetEncoder(background, fit(t, rs, 16)); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Delete(background, rs[0].Key, rs[17].Key, rs[4096].Key); err != nil {
		t.Fatal(err)
	}
	s, err := c.Load(background)
	if err != nil {
		t.Fatal(err)
	}
	i := 0
	for r, err := range c.Embedded(background) {
		if err != nil {
			t.Fatal(err)
		}
		want := record.Record{Key: s.Keys[i], Values: s.Rows[i]}
		if r.Key != want.Key || !slices.Equal(r.Values, want.Values) || !slices.Equal(r.Vector, s.Vector(i)) {
			t.Fatalf("record %d: %v, want %v with %v", i, r, want, s.Vector(i))
		}
		i++
	}
	if i != s.Len() {
		t.Errorf("%d records, want %d", i, s.Len())
	}
}
