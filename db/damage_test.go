package db_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/doppeldb/doppel/db"
	"github.com/doppeldb/doppel/internal/dbtest"
	"github.com/doppeldb/doppel/record"
)

var flips = flag.Int("flips", 300, "bytes to flip in TestFlippedBytes")

// content is all that can be read out of a file.
type content struct {
	Names   []string
	Schema  record.Schema
	Records []record.Record
	ByKey   []record.Record
	Loaded  []string
	Vectors []float32
	Near    []db.Hit
	Labels  []db.Label
	Classes []db.Class
	Answer  *db.Classification
	Model   []byte
}

// everything reads a file in all ways and gives the first error, a problem of
// Check included.
func everything(path string, keys []string, query []string, check bool) (c content, err error) {
	d, err := db.Open(path, &db.Options{NoSync: true, MustExist: true})
	if err != nil {
		return c, err
	}
	defer d.Close()
	if check {
		r, err := d.Check(background)
		if err != nil {
			return c, err
		}
		if !r.OK() {
			return c, fmt.Errorf("check: %v", r.Problems[0])
		}
	}
	if c.Names, err = d.Collections(); err != nil {
		return c, err
	}
	products, err := d.Collection("products")
	if err != nil {
		return c, err
	}
	c.Schema = products.Schema()
	for r, err := range products.All() {
		if err != nil {
			return c, err
		}
		c.Records = append(c.Records, r)
	}
	for _, k := range keys {
		r, err := products.Get(k)
		if err != nil {
			return c, err
		}
		c.ByKey = append(c.ByKey, r)
	}
	s, err := products.Load(background)
	if err != nil {
		return c, err
	}
	c.Loaded, c.Vectors = s.Keys, s.Vectors
	if c.Near, err = products.Nearest(background, query, 5); err != nil {
		return c, err
	}
	return c, c.nouns(d, products, query)
}

// nouns reads what is not records.
func (c *content) nouns(d *db.DB, products *db.Collection, query []string) (err error) {
	for l, err := range d.AllLabels() {
		if err != nil {
			return err
		}
		c.Labels = append(c.Labels, l)
	}
	if c.Classes, err = products.Classes(); err != nil {
		return err
	}
	if c.Answer, err = products.Classify(background, query, nil); err != nil {
		return err
	}
	c.Model, _, err = d.Model("scorer")
	return err
}

// smallFile has everything that a file can have, and free pages.
func smallFile(t testing.TB) (image []byte, keys []string, query []string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "small.doppel")
	d := dbtest.OpenFile(t, path, nil)
	rs := someProducts(400, 4)
	c := create(t, d, rs)
	for _, n := range []int{100, 400} {
		if err := c.SetEncoder(background, fit(t, rs[:n], 16)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := d.Create("empty", products); err != nil {
		t.Fatal(err)
	}
	addSupports(t, c, "kettle", 4)
	addSupports(t, c, "lamp", 1)
	for i := range 30 {
		putLabels(t, d, judged(rs[i].Key, rs[i+1].Key, i%2 == 0, i))
	}
	if _, err := d.PutModel("scorer", "k", read(t, filepath.Join("testdata", "v1.doppel"))[:9000]); err != nil {
		t.Fatal(err)
	}
	var gone []string
	for i, r := range rs {
		if i%5 == 0 {
			gone = append(gone, r.Key)
		} else {
			keys = append(keys, r.Key)
		}
	}
	if _, err := c.Delete(background, gone...); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Search(background, db.Search{Key: keys[0], K: 1, Engine: db.SearchHNSW}); err != nil {
		t.Fatal(err) // Close stores the graph
	}
	dbtest.Check(t, d)
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	return read(t, path), keys, rs[1].Values
}

// A flipped byte never gives a panic, and never other content without a word:
// the reads give an error, or Check reports it, or all is as it was.
func TestFlippedBytes(t *testing.T) {
	many := *flips
	if testing.Short() {
		many = min(many, 60)
	}
	image, keys, query := smallFile(t)
	path := filepath.Join(t.TempDir(), "flipped")
	write(t, path, image)
	want, err := everything(path, keys, query, true)
	if err != nil {
		t.Fatal(err)
	}
	seed := rand.Uint64()
	t.Logf("seed %d, %d bytes", seed, len(image))
	r := rand.New(rand.NewPCG(seed, 0))
	found := 0
	for range many {
		at, mask := r.IntN(len(image)), byte(1+r.IntN(255))
		if r.IntN(3) == 0 { // page headers and tables are small: look there more often
			at = at&^4095 + r.IntN(200)
			at = min(at, len(image)-1)
		}
		damaged := append([]byte(nil), image...)
		damaged[at] ^= mask
		write(t, path, damaged)
		everything(path, keys, query, false) // must not panic without Check's word either
		write(t, path, damaged)
		got, err := everything(path, keys, query, true)
		if err != nil {
			found++
			continue
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("byte %d ^ %#x: other content and no error", at, mask)
		}
	}
	if found < many/10 {
		t.Errorf("%d of %d flips found: the test does not test", found, many)
	}
}

// Writing to a damaged file gives an error or works; it never panics.
func TestWriteToDamaged(t *testing.T) {
	image, _, query := smallFile(t)
	path := filepath.Join(t.TempDir(), "damaged")
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	rs := someProducts(400, 9)
	for range 60 {
		damaged := append([]byte(nil), image...)
		damaged[r.IntN(len(image))] ^= byte(1 + r.IntN(255))
		write(t, path, damaged)
		d, err := db.Open(path, &db.Options{NoSync: true})
		if err != nil {
			continue
		}
		if c, err := d.Collection("products"); err == nil {
			c.Put(background, rs[r.IntN(300):][:50]...)
			c.Delete(background, rs[0].Key, rs[77].Key)
			c.Nearest(background, query, 3)
		}
		d.Drop("products")
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	}
}

// A file that was cut off anywhere is refused.
func TestTruncated(t *testing.T) {
	image, keys, query := smallFile(t)
	path := filepath.Join(t.TempDir(), "cut")
	write(t, path, image)
	want, err := everything(path, keys, query, true)
	if err != nil {
		t.Fatal(err)
	}
	for size := 1; size < len(image); size += 1 + size/2*rand.IntN(2) + rand.IntN(3000) {
		write(t, path, image[:size])
		// What is cut may be pages that were never used.
		if got, err := everything(path, keys, query, true); err == nil && !reflect.DeepEqual(got, want) {
			t.Errorf("cut to %d of %d bytes: other content and no error", size, len(image))
		}
	}
}

// A file that is cut while it is open faults inside the map: an error, no crash.
func TestTruncatedWhileOpen(t *testing.T) {
	image, keys, _ := smallFile(t)
	path := filepath.Join(t.TempDir(), "cut")
	write(t, path, image)
	d, err := db.Open(path, &db.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	c := open(t, d)
	if err := os.Truncate(path, 8192); err != nil {
		t.Skip(err) // Windows does not cut a mapped file
	}
	failed := 0
	for _, k := range keys {
		if _, err := c.Get(k); err != nil {
			failed++
		}
	}
	if _, err := c.Load(background); err == nil || failed == 0 {
		t.Errorf("Load: %v, %d of %d Gets failed", err, failed, len(keys))
	}
	if err := c.Put(background, someProducts(5, 1)...); err == nil {
		t.Error("Put worked")
	}
	if r, err := d.Check(background); err == nil && r.OK() {
		t.Error("Check found nothing")
	}
}

// Any bytes in a file give an error or a value: no panic, no endless loop.
func FuzzImage(f *testing.F) {
	image, keys, query := smallFile(f)
	path := filepath.Join(f.TempDir(), "image")
	f.Add([]byte{0, 0, 0, 0, 1, 0x10, 0x20, 0, 0, 0xff})
	f.Add([]byte{0, 0x20, 0x0a, 0, 0xff, 0, 0x30, 0x08, 0, 0x10})
	f.Fuzz(func(t *testing.T, edits []byte) {
		damaged := append([]byte(nil), image...)
		for ; len(edits) >= 5; edits = edits[5:] { // where u32, what u8
			at := uint32(edits[0]) | uint32(edits[1])<<8 | uint32(edits[2])<<16 | uint32(edits[3])<<24
			damaged[at%uint32(len(damaged))] = edits[4]
		}
		write(t, path, damaged)
		everything(path, keys, query, true)
		write(t, path, damaged)
		if d, err := db.Open(path, &db.Options{NoSync: true}); err == nil {
			if c, err := d.Collection("products"); err == nil {
				c.Put(background, someProducts(20, 9)...)
				c.Delete(background, keys[0])
			}
			d.Close()
		}
	})
}
