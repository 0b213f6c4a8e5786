package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/doppeldb/doppel/db"
	"github.com/doppeldb/doppel/internal/dbtest"
	"github.com/doppeldb/doppel/record"
)

// oddPieces are what values are made of: all that a format could stumble over.
var oddPieces = []string{
	"", " ", "  ", "\t", "\n", "\r", "\r\n", `"`, `""`, ",", ";", "|", `\`, `\n`, "'", "=1+1", "-", "0", "007", "1,5", "null", "true", "{}", "[1]",
	"\ufeff", "\u2028", "\u0085", "\u00a0", "é", "e\u0301", "漢字", "👩‍👩‍👧", "\U0010ffff", "\x01", "\x1b[31m", "\x7f", "<b>&amp;", "a lamp", "Sony KDL-40V3000",
}

func oddValue(r *rand.Rand) string {
	var b strings.Builder
	for range r.IntN(4) {
		b.WriteString(oddPieces[r.IntN(len(oddPieces))])
	}
	return b.String()
}

// TestRoundTrip exports records with odd keys and values, in every format, and
// imports what was written: the same keys and values, byte for byte, in the same order.
func TestRoundTrip(t *testing.T) {
	const rounds, most = 12, 60
	cases := 0
	for round := range uint64(rounds) {
		r := rand.New(rand.NewPCG(7, round))
		dir := t.TempDir()
		from := filepath.Join(dir, "from.doppel")
		want := makeOdd(t, from, r, 1+r.IntN(most))
		for _, ext := range []string{".csv", ".tsv", ".jsonl", ".csv.gz", ".jsonl.gz"} {
			out, to := filepath.Join(dir, "out"+ext), filepath.Join(dir, "to"+ext+".doppel")
			must(t, "export", "--db", from, "-o", out)
			must(t, "import", out, "--db", to, "--collection", "odd", "--id", "doppel_key")
			if got := allRecords(t, to, "odd"); !reflect.DeepEqual(got, want) {
				t.Errorf("round %d, %s: got %q, want %q", round, ext, got, want)
			}
			cases += len(want)
		}
	}
	t.Logf("%d records went out and in", cases)
}

// makeOdd fills a new file with n records. The fields are called id and key, so that
// the key's column needs a third name.
func makeOdd(t *testing.T, path string, r *rand.Rand, n int) (want []record.Record) {
	t.Helper()
	d := dbtest.OpenFile(t, path, nil)
	c, err := d.Create("odd", record.Schema{{Name: "id"}, {Name: "KEY"}, {Name: "a, \"b\"\nc", Kind: record.Ignore}})
	if err != nil {
		t.Fatal(err)
	}
	taken := map[string]bool{}
	for len(want) < n {
		key := oddValue(r)
		if len(want) > n/2 {
			key = fmt.Sprint(key, len(want))
		}
		if key != "" && !taken[key] {
			taken[key] = true
			want = append(want, record.Record{Key: key, Values: []string{oddValue(r), oddValue(r), oddValue(r)}})
		}
	}
	if err := c.Put(context.Background(), want...); err != nil {
		t.Fatal(err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	return want
}

// must runs a command in this process and fails the test unless it goes well.
func must(t *testing.T, args ...string) string {
	t.Helper()
	var out, said bytes.Buffer
	if code := run(args, strings.NewReader(""), &out, &said); code != exitDone {
		t.Fatalf("doppel %q: exit code %d: %s", args, code, said.String())
	}
	return out.String()
}

func contents(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func allRecords(t *testing.T, path, collection string) (out []record.Record) {
	t.Helper()
	d := dbtest.OpenFile(t, path, &db.Options{ReadOnly: true})
	c, err := d.Collection(collection)
	if err != nil {
		t.Fatal(err)
	}
	for r, err := range c.All() {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, r)
	}
	return out
}

// TestImportDeterminism: the file of an import is the same for any number of threads, but
// for the time of its making.
func TestImportDeterminism(t *testing.T) {
	dir := t.TempDir()
	input := filepath.Join(dir, "in.csv")
	writeCatalogue(t, input, 3000)
	var first string
	for _, threads := range []string{"1", "2", "5"} {
		name := filepath.Join(dir, "t"+threads+".doppel")
		must(t, "import", input, "--db", name, "--threads", threads)
		must(t, "export", "--db", name, "--vectors", name+".npy", "-o", name+".csv")
		got := contents(t, name+".npy") + contents(t, name+".csv")
		if first == "" {
			first = got
		} else if got != first {
			t.Errorf("with %s threads the records or vectors differ", threads)
		}
	}
}

// TestVectors reads what --vectors writes as numpy.load does.
func TestVectors(t *testing.T) {
	dir := t.TempDir()
	file, out := filepath.Join(dir, "v.doppel"), filepath.Join(dir, "v.npy")
	input := filepath.Join(dir, "in.csv")
	writeCatalogue(t, input, 3000)
	must(t, "import", input, "--db", file)
	must(t, "export", "--db", file, "--vectors", out)
	data := []byte(contents(t, out))
	size := int(binary.LittleEndian.Uint16(data[8:]))
	var rows, dim int
	_, err := fmt.Sscanf(string(data[10:10+size]), "{'descr': '<f4', 'fortran_order': False, 'shape': (%d, %d), }", &rows, &dim)
	if string(data[:8]) != "\x93NUMPY\x01\x00" || (10+size)%64 != 0 || data[9+size] != '\n' || err != nil {
		t.Fatalf("the header is %q: %v", data[:10+size], err)
	}
	c, err := dbtest.OpenFile(t, file, &db.Options{ReadOnly: true}).Collection("in")
	if err != nil {
		t.Fatal(err)
	}
	s, err := c.Load(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if got := data[10+size:]; rows != s.Len() || dim != s.Dim || len(got) != 4*rows*dim {
		t.Fatalf("%d x %d in %d bytes, want %d x %d", rows, dim, len(got), s.Len(), s.Dim)
	}
	for i, x := range s.Vectors {
		if got := math.Float32frombits(binary.LittleEndian.Uint32(data[10+size+4*i:])); got != x {
			t.Fatalf("number %d is %v, want %v", i, got, x)
		}
	}
}
