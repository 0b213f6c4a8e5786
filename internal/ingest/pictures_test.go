package ingest_test

import (
	"context"
	"errors"
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/doppeldb/doppel/internal/dbtest"
	"github.com/doppeldb/doppel/internal/ingest"
	"github.com/doppeldb/doppel/internal/table"
	"github.com/doppeldb/doppel/record"
	"github.com/doppeldb/doppel/record/picture"
)

// photos writes n small pictures of each class below a new folder.
func photos(t *testing.T, n int, classes ...string) string {
	t.Helper()
	dir := t.TempDir()
	for c, class := range classes {
		if err := os.MkdirAll(filepath.Join(dir, class), 0o755); err != nil {
			t.Fatal(err)
		}
		for k := range n {
			m := image.NewGray(image.Rect(0, 0, 12, 12))
			for i := range m.Pix {
				m.Pix[i] = byte(i * (c + 2) * (k + 7))
			}
			f, err := os.Create(filepath.Join(dir, class, fmt.Sprintf("%d.png", k+1)))
			if err != nil {
				t.Fatal(err)
			}
			if err := errors.Join(png.Encode(f, m), f.Close()); err != nil {
				t.Fatal(err)
			}
		}
	}
	return dir
}

func TestImportFolder(t *testing.T) {
	dir := photos(t, 3, "a", "b")
	if err := os.WriteFile(filepath.Join(dir, "b", "4.png"), []byte("broken"), 0o666); err != nil {
		t.Fatal(err)
	}
	d := dbtest.Open(t)
	to := ingest.Target{DB: d, Collection: "p"}
	_, err := ingest.Import(context.Background(), dir, to, ingest.Options{})
	if !errors.Is(err, picture.ErrNotPicture) || !strings.Contains(err.Error(), "b/4.png") {
		t.Fatalf("a broken picture: %v", err)
	}
	var said []string
	res, err := ingest.Import(context.Background(), dir, to, ingest.Options{Table: table.Options{BadRows: table.Skip}, Threads: 2,
		Say: func(line string) { said = append(said, line) }})
	if err != nil {
		t.Fatal(err)
	}
	if res.Rows != 6 || res.Inserted != 6 || res.SkippedRows != 1 || !strings.Contains(strings.Join(said, "\n"), "skipped: b/4.png") {
		t.Errorf("%+v, said %q", res, said)
	}
	want := record.Schema{{Name: "class", Kind: record.Ignore}, {Name: "image", Kind: record.Image}}
	if !res.Collection.Schema().Equal(want) {
		t.Errorf("schema %v", res.Collection.Schema())
	}
	r, err := res.Collection.Get("b/2.png")
	if err != nil {
		t.Fatal(err)
	}
	name, data, ok := picture.Unpack(r.Values[1])
	file, err := os.ReadFile(filepath.Join(dir, "b", "2.png"))
	if err != nil || !ok || name != "b/2.png" || data != string(file) || r.Values[0] != "b" {
		t.Errorf("class %q, picture %q of %d bytes", r.Values[0], name, len(data))
	}
}

func TestImportPathColumn(t *testing.T) {
	dir := photos(t, 4, "a")
	csv := "photo,title\n"
	for k := range 4 {
		csv += fmt.Sprintf("a/%d.png,lamp %d\n", k+1, k)
	}
	csv += ",no photo\ngone.png,gone\n"
	path := filepath.Join(dir, "shop.csv")
	if err := os.WriteFile(path, []byte(csv), 0o666); err != nil {
		t.Fatal(err)
	}
	d := dbtest.Open(t)
	to := ingest.Target{DB: d, Collection: "shop"}
	_, err := ingest.Import(context.Background(), path, to, ingest.Options{})
	if err == nil || !strings.Contains(err.Error(), "shop.csv:7: field 1 (photo)") {
		t.Fatalf("a missing picture: %v", err)
	}
	warned := ""
	res, err := ingest.Import(context.Background(), path, to, ingest.Options{Table: table.Options{BadRows: table.Skip}, Warn: func(line string) { warned += line }})
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(warned, "1 bad picture left out") {
		t.Errorf("warned %q", warned)
	}
	photo := res.Collection.Schema().Index("photo")
	if photo < 0 || res.Collection.Schema()[photo].Kind != record.Image {
		t.Fatalf("schema %v", res.Collection.Schema())
	}
	for i, r := range mustAll(t, res) {
		if has := picture.IsPacked(r.Values[photo]); has != (i < 4) {
			t.Errorf("record %d: picture %v", i, has)
		}
	}
}

func mustAll(t *testing.T, res *ingest.Result) (out []record.Record) {
	t.Helper()
	for r, err := range res.Collection.All() {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, r)
	}
	return out
}
