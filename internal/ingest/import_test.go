package ingest_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/doppeldb/doppel/db"
	"github.com/doppeldb/doppel/internal/dbtest"
	"github.com/doppeldb/doppel/internal/ingest"
	"github.com/doppeldb/doppel/internal/table"
	"github.com/doppeldb/doppel/record"
)

func write(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}

// lamps is a table of n rows.
func lamps(n int) string {
	var b strings.Builder
	b.WriteString("id,name,price\n")
	for i := range n {
		fmt.Fprintf(&b, "L-%05d,lamp of kind %d,%d.50\n", i, i*7919%n, i%100)
	}
	return b.String()
}

func keysOf(t *testing.T, c *db.Collection) (keys []string) {
	t.Helper()
	for r, err := range c.All() {
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, r.Key)
	}
	return keys
}

// TestGoesOn cuts an import off after each of its batches. The next call goes on; another
// file, or another way to read it, is refused; update and replace start afresh.
func TestGoesOn(t *testing.T) {
	const rows = 10_000
	path, other := write(t, "lamps.csv", lamps(rows)), write(t, "other.csv", lamps(50))
	for stop := 1; stop <= 2; stop++ {
		d := dbtest.Open(t)
		ctx, cancel := context.WithCancel(context.Background())
		batches := 0
		cut := ingest.Options{Progress: func(stage string, _, _ int) {
			if stage == "import" {
				if batches++; batches == stop {
					cancel()
				}
			}
		}}
		to := ingest.Target{DB: d, Collection: "lamps"}
		res, err := ingest.Import(ctx, path, to, cut)
		if !errors.Is(err, context.Canceled) || res.Done == 0 || res.Done >= rows || res.TakenBack {
			t.Fatalf("cut off: %+v, %v", res, err)
		}
		if n, _ := res.Collection.Len(); n != res.Done {
			t.Fatalf("%d rows are noted, %d records are in", res.Done, n)
		}
		background := context.Background()
		if _, err := ingest.Import(background, other, to, ingest.Options{}); err == nil || !strings.Contains(err.Error(), "is not finished") {
			t.Errorf("another file: %v", err)
		}
		if _, err := ingest.Import(background, path, to, ingest.Options{Drop: []string{"price"}}); err == nil || !strings.Contains(err.Error(), "is not finished") {
			t.Errorf("in another way: %v", err)
		}
		before := res.Done
		res, err = ingest.Import(background, path, to, ingest.Options{})
		if err != nil || res.From != before || res.Inserted != rows-before || res.Updated != 0 || res.Done != rows {
			t.Errorf("gone on behind %d: %+v, %v", before, res, err)
		}
		keys := keysOf(t, res.Collection)
		if len(keys) != rows || !slices.IsSorted(keys) {
			t.Errorf("%d records", len(keys))
		}
		if last, err := ingest.LastImport(res.Collection); err != nil || !last.Finished() || last.Key != "id" {
			t.Errorf("last import: %+v, %v", last, err)
		}
		// Another file now goes in.
		if res, err = ingest.Import(background, other, to, ingest.Options{}); err != nil || res.Inserted != 0 || res.Updated != 50 {
			t.Errorf("the other file: %+v, %v", res, err)
		}
		if res, err = ingest.Import(background, other, to, ingest.Options{Mode: ingest.Replace}); err != nil || res.Inserted != 50 || !res.Made {
			t.Errorf("in its place: %+v, %v", res, err)
		}
	}
}

// TestFault: a file at fault leaves nothing of a collection that it alone has made, and what
// was there otherwise.
func TestFault(t *testing.T) {
	ctx := context.Background()
	d := dbtest.Open(t)
	late := lamps(9000) + "L-00001,again,1\n"
	path := write(t, "late.csv", late)
	to := ingest.Target{DB: d, Collection: "lamps"}
	res, err := ingest.Import(ctx, path, to, ingest.Options{})
	if err == nil || !strings.HasPrefix(err.Error(), path+`:9002: field 1 (id): key "L-00001" was used before in line 3;`) || !res.TakenBack {
		t.Errorf("%+v, %v", res, err)
	}
	if have, _ := d.Collections(); len(have) != 0 {
		t.Errorf("left: %q", have)
	}
	if res, err = ingest.Import(ctx, path, to, ingest.Options{Mode: ingest.Update}); err != nil || res.Inserted != 9000 || res.Updated != 1 {
		t.Errorf("with update: %+v, %v", res, err)
	}
	if r, err := res.Collection.Get("L-00001"); err != nil || r.Values[0] != "again" {
		t.Errorf("the last row does not count: %v, %v", r, err)
	}
	res, err = ingest.Import(ctx, path, to, ingest.Options{Mode: ingest.Append})
	if err == nil || !strings.Contains(err.Error(), `:2: field 1 (id): there is a record "L-00000" in "lamps"`) || res.TakenBack {
		t.Errorf("append: %+v, %v", res, err)
	}
	if n, _ := res.Collection.Len(); n != 9000 {
		t.Errorf("%d records", n)
	}
	for name, o := range map[string]ingest.Options{
		"key": {Key: "x"}, "drop": {Drop: []string{"x"}}, "map": {Map: []string{"x"}}, "schema": {Schema: "name:code"},
	} {
		if _, err := ingest.Import(ctx, path, to, o); !errors.Is(err, ingest.ErrOptions) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestMake: a file is made only when there is something to put into it.
func TestMake(t *testing.T) {
	ctx := context.Background()
	made := 0
	to := ingest.Target{Collection: "c", Make: func() (*db.DB, error) { made++; return dbtest.Open(t), nil }}
	for _, content := range []string{"", "id,name\n", "id,name\n1\n", "id\n1\n", "id,name\n,a\n"} {
		if res, err := ingest.Import(ctx, write(t, "bad.csv", content), to, ingest.Options{}); err == nil || res.DB != nil {
			t.Errorf("%q: %+v, %v", content, res, err)
		}
	}
	if made != 0 {
		t.Errorf("%d files made for nothing", made)
	}
	res, err := ingest.Import(ctx, "-", to, ingest.Options{Table: table.Options{Stdin: strings.NewReader(lamps(10))}})
	if err != nil || made != 1 || res.Inserted != 10 {
		t.Errorf("%+v, %v", res, err)
	}
	want := record.Schema{{Name: "name", Kind: record.Text}, {Name: "price", Kind: record.Number}}
	if !res.Collection.Schema().Equal(want) {
		t.Errorf("schema %v", res.Collection.Schema())
	}
}
