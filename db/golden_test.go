package db_test

import (
	"context"
	"errors"
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
	for version, name := range []string{1: "v1.doppel", 2: "v2.doppel"} {
		if version == 0 {
			continue
		}
		path := filepath.Join("testdata", name)
		whole := func(d *db.DB) {
			t.Helper()
			readGolden(t, d)
			if version >= 2 {
				readGoldenNouns(t, d)
			}
		}
		d := dbtest.OpenFile(t, path, &db.Options{ReadOnly: true})
		whole(d)
		if s, err := d.Stats(background); err != nil || s.Format != version {
			t.Errorf("%s: %+v, %v", name, s, err)
		}
		d.Close()

		// An old file can be written, too, and saved from a damaged disk.
		mine, saved := filepath.Join(t.TempDir(), name), filepath.Join(t.TempDir(), "saved")
		write(t, mine, read(t, path))
		if r, err := db.Repair(background, mine, saved); err != nil || !r.OK() {
			t.Errorf("%s: %+v, %v", name, r, err)
		}
		whole(dbtest.OpenFile(t, saved, nil))
		if _, err := db.Compact(background, mine, nil); err != nil {
			t.Error(err)
		}
		d = dbtest.OpenFile(t, mine, nil)
		whole(d)
		if err := open(t, d).Put(background, someProducts(100, 1)...); err != nil {
			t.Fatal(err)
		}
	}
}

// readGoldenNouns reads what files have from version 2 on.
func readGoldenNouns(t *testing.T, d *db.DB) {
	t.Helper()
	c := open(t, d)
	if got := allLabels(t, d, "products", "products"); !reflect.DeepEqual(got, []db.Label{goldenLabel}) {
		t.Errorf("labels %v", got)
	}
	if got, err := c.Classes(); err != nil || !reflect.DeepEqual(got, []db.Class{{Set: "", Name: "tools", Supports: 2}, {Set: "marques", Name: "Tarvo", Supports: 1}}) {
		t.Errorf("classes %v, %v", got, err)
	}
	if got := classify(t, c, "cordless drill", nil); got.Classes[0].Class != "tools" || got.Classes[0].Support != "drill" {
		t.Errorf("classify %+v", got)
	}
	data, info, err := d.Model("scorer")
	if err != nil || string(data) != "weights" || info.Kind != "match/scorer" || info.Version != 2 {
		t.Errorf("model %q %+v, %v", data, info, err)
	}
}

// goldenLabel is the label in testdata/v2.doppel; that of "gone" waits for it.
var goldenLabel = db.Label{
	Left: db.RecordRef{Collection: "products", Key: "k-1"}, Right: db.RecordRef{Collection: "products", Key: "schlüssel"},
	Source: "golden", At: noon,
}

// writeGoldenNouns adds what files have from version 2 on, a bookmark and the
// beginning of a generation too.
func writeGoldenNouns(t *testing.T, d *db.DB, c *db.Collection) {
	gone := goldenLabel
	gone.Right.Key, gone.Match = "gone", true
	putLabels(t, d, goldenLabel, gone)
	for _, err := range []error{
		c.AddSupports(background, "", "tools", titled("drill", "cordless drill"), titled("saw", "jig saw 650 W")),
		c.AddSupports(background, "marques", "Tarvo", titled("", "Tarvo")),
		c.SetBookmark(background, "import", []byte("17")),
		second(d.PutModel("scorer", "match/scorer", []byte("Weights"))),
		second(d.PutModel("scorer", "match/scorer", []byte("weights"))),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	next := fit(t, goldenRecords, 8)
	if err := c.SetEncoderWith(&cancelAfter{Context: background, n: 8}, next, &db.SetEncoderOptions{BatchRows: 1, Threads: 1}); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	if s, err := d.Stats(background); err != nil || s.Collections[0].Pending != 2 {
		t.Fatalf("%+v, %v", s, err)
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
	writeGoldenNouns(t, d, c)
	if _, err := c.Delete(background, "gone"); err != nil {
		t.Fatal(err)
	}
}
