package db_test

import (
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/doppeldb/doppel/db"
	"github.com/doppeldb/doppel/encoder"
	"github.com/doppeldb/doppel/internal/dbtest"
	"github.com/doppeldb/doppel/record"
)

// A golden file of a released format is never made anew; this is for the next one.
var makeGolden = flag.String("make-golden", "", "write the golden file of this format to a new file")

// goldenRecords are what testdata/v1.doppel holds: put in this order, and "gone",
// which was between the two, deleted.
var goldenRecords = []record.Record{
	{Key: "k-1", Values: []string{"Tarvo cordless drill 18V", "Tarvo", "89.90"}},
	{Key: "\x00", Values: []string{"", "", ""}},
	{Key: "schlüssel", Values: []string{"Wasserkocher Edelstahl 1,7 l", "Mellingford", ""}},
}

// goldenFingerprint is that of the encoder in testdata/v1.doppel.
const goldenFingerprint = "74835c7eb240c1ffd3b3bf5220bb56a7"

func TestGoldenFile(t *testing.T) {
	if *makeGolden != "" {
		writeGolden(t, *makeGolden)
	}
	path := filepath.Join("testdata", "v1.doppel")
	readGolden(t, dbtest.OpenFile(t, path, &db.Options{ReadOnly: true}))

	// An old file can be written, too.
	mine := filepath.Join(t.TempDir(), "v1.doppel")
	write(t, mine, read(t, path))
	d := dbtest.OpenFile(t, mine, nil)
	readGolden(t, d)
	if err := open(t, d).Put(background, someProducts(100, 1)...); err != nil {
		t.Fatal(err)
	}
}

func readGolden(t *testing.T, d *db.DB) {
	t.Helper()
	c := open(t, d)
	if !c.Schema().Equal(products) {
		t.Errorf("schema %v", c.Schema())
	}
	if got := collect(t, c.All()); !reflect.DeepEqual(got, goldenRecords) {
		t.Errorf("records %q", got)
	}
	enc, err := c.Encoder()
	if err != nil {
		t.Fatal(err)
	}
	if got := enc.Fingerprint().String(); got != goldenFingerprint {
		t.Errorf("encoder %s", got)
	}
	hits, err := c.Nearest(background, []string{"drill", "Tarvo", ""}, 9)
	if err != nil || len(hits) != 2 || hits[0].Key != "k-1" {
		t.Errorf("nearest: %v, %v", hits, err)
	}
}

func writeGolden(t *testing.T, path string) {
	if _, err := os.Stat(path); err == nil {
		t.Fatalf("%s is there already", path)
	}
	d, err := db.Open(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	c := create(t, d, nil)
	rows := func(i int) []string { return goldenRecords[i].Values }
	enc, err := encoder.Fit(background, products, len(goldenRecords), rows, encoder.Options{Dim: 16, LogBuckets: 8})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("fingerprint %v", enc.Fingerprint())
	gone := record.Record{Key: "gone", Values: []string{"gone", "", ""}}
	if err := c.Put(background, goldenRecords[0], gone); err != nil {
		t.Fatal(err)
	}
	if err := c.SetEncoder(background, enc); err != nil {
		t.Fatal(err)
	}
	if err := c.Put(background, goldenRecords[1:]...); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Delete(background, "gone"); err != nil {
		t.Fatal(err)
	}
}
