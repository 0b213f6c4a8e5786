package db_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"

	"github.com/doppeldb/doppel/db"
	"github.com/doppeldb/doppel/internal/dbtest"
)

// boltFile makes a bbolt file and gives its path and bytes.
func boltFile(t *testing.T, fill func(tx *bolt.Tx) error) (string, []byte) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "other.db")
	b, err := bolt.Open(path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Update(fill); err != nil {
		t.Fatal(err)
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	return path, read(t, path)
}

func read(t testing.TB, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func write(t testing.TB, path string, b []byte) {
	t.Helper()
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

// Files of others are refused and stay as they are, byte for byte.
func TestForeignFiles(t *testing.T) {
	bucket := func(name string) func(tx *bolt.Tx) error {
		return func(tx *bolt.Tx) error {
			b, err := tx.CreateBucket([]byte(name))
			if err != nil {
				return err
			}
			return b.Put([]byte("head"), []byte("not ours"))
		}
	}
	other, _ := boltFile(t, bucket("users"))
	lookalike, _ := boltFile(t, bucket("doppel"))
	used, _ := boltFile(t, func(*bolt.Tx) error { return nil }) // no bucket, but it saw a transaction
	dir := t.TempDir()
	text, zeros, short := filepath.Join(dir, "a.csv"), filepath.Join(dir, "zeros"), filepath.Join(dir, "short")
	write(t, text, []byte("id,title\n1,kettle\n"))
	write(t, zeros, make([]byte, 1<<16))
	write(t, short, []byte("x"))
	for path, want := range map[string]error{
		other: db.ErrNotDoppel, lookalike: db.ErrCorrupt, used: db.ErrNotDoppel,
		text: db.ErrNotDoppel, zeros: db.ErrNotDoppel, short: db.ErrNotDoppel, dir: db.ErrNotDoppel,
	} {
		for _, opts := range []*db.Options{nil, {ReadOnly: true}, {MustExist: true}} {
			var before []byte
			if path != dir {
				before = read(t, path)
			}
			d, err := db.Open(path, opts)
			if !errors.Is(err, want) {
				t.Errorf("%s: %v, want %v", filepath.Base(path), err, want)
			}
			if err == nil {
				d.Close()
			}
			if path != dir && !bytes.Equal(read(t, path), before) {
				t.Errorf("%s was changed", filepath.Base(path))
			}
		}
	}
}

func TestNewFiles(t *testing.T) {
	dir := t.TempDir()
	empty := filepath.Join(dir, "empty")
	write(t, empty, nil)
	for _, opts := range []*db.Options{{ReadOnly: true}, {MustExist: true}} {
		if _, err := db.Open(empty, opts); !errors.Is(err, db.ErrNotDoppel) {
			t.Errorf("empty file, %+v: %v", opts, err)
		}
		if _, err := db.Open(filepath.Join(dir, "nobody"), opts); !errors.Is(err, db.ErrNotFound) {
			t.Errorf("no file, %+v: %v", opts, err)
		}
	}
	dbtest.OpenFile(t, empty, nil)
	// What a crash just after bbolt's first pages leaves is a new file too.
	fresh := filepath.Join(dir, "fresh")
	b, err := bolt.Open(fresh, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	b.Close()
	dbtest.OpenFile(t, fresh, nil)

	if _, err := db.Open("x", &db.Options{LockTimeout: -1}); !errors.Is(err, db.ErrOptions) {
		t.Errorf("bad option: %v", err)
	}
}

func TestNewerVersion(t *testing.T) {
	path, before := boltFile(t, func(tx *bolt.Tx) error {
		for _, name := range []string{"doppel", "collections", "models", "something new"} {
			if _, err := tx.CreateBucket([]byte(name)); err != nil {
				return err
			}
		}
		return tx.Bucket([]byte("doppel")).Put([]byte("head"), db.HeadOfVersion(3))
	})
	for _, opts := range []*db.Options{nil, {ReadOnly: true}} {
		if _, err := db.Open(path, opts); !errors.Is(err, db.ErrVersion) {
			t.Errorf("%+v: %v", opts, err)
		}
	}
	if !bytes.Equal(read(t, path), before) {
		t.Error("the file was changed")
	}
}

func TestLock(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.doppel")
	d := dbtest.OpenFile(t, path, nil)
	create(t, d, someProducts(10, 1))
	for _, o := range []db.Options{{}, {ReadOnly: true}} {
		o.LockTimeout = 60 * time.Millisecond
		start := time.Now()
		if _, err := db.Open(path, &o); !errors.Is(err, db.ErrLocked) {
			t.Errorf("second opener: %v", err)
		}
		if took := time.Since(start); took > time.Second {
			t.Errorf("waited %v", took)
		}
	}
	dbtest.Check(t, d)
	d.Close()

	before := read(t, path)
	one := dbtest.OpenFile(t, path, &db.Options{ReadOnly: true})
	two := dbtest.OpenFile(t, path, &db.Options{ReadOnly: true})
	if _, err := db.Open(path, &db.Options{LockTimeout: 60 * time.Millisecond}); !errors.Is(err, db.ErrLocked) {
		t.Errorf("writer beside readers: %v", err)
	}
	c := open(t, two)
	if s := load(t, c); s.Len() != 10 {
		t.Errorf("%d records", s.Len())
	}
	for what, err := range map[string]error{
		"put":    c.Put(background, someProducts(1, 2)...),
		"drop":   two.Drop("products"),
		"encode": c.SetEncoder(background, fit(t, nil, 8)),
	} {
		if !errors.Is(err, db.ErrReadOnly) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if _, err := c.Delete(background, "p00001"); !errors.Is(err, db.ErrReadOnly) {
		t.Errorf("delete: %v", err)
	}
	dbtest.Check(t, one)
	if !bytes.Equal(read(t, path), before) {
		t.Error("readers changed the file")
	}
}

func TestClosed(t *testing.T) {
	d := dbtest.Open(t)
	c := create(t, d, someProducts(5, 1))
	for range 2 {
		if err := d.Close(); err != nil {
			t.Fatal(err)
		}
	}
	_, get := c.Get("p00001")
	_, check := d.Check(background)
	_, all := d.Collections()
	for what, err := range map[string]error{"get": get, "check": check, "collections": all, "put": c.Put(background, someProducts(1, 1)...)} {
		if !errors.Is(err, db.ErrClosed) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func TestTemp(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	d, err := db.OpenTemp()
	if err != nil {
		t.Fatal(err)
	}
	c := create(t, d, someProducts(5000, 1))
	if n, err := c.Len(); n != 5000 || err != nil {
		t.Error(n, err)
	}
	dbtest.Check(t, d)
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	if left, _ := os.ReadDir(os.TempDir()); len(left) != 0 {
		t.Errorf("%v is left", left)
	}
}
