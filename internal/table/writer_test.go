package table

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
)

func TestWriterBytes(t *testing.T) {
	rows := [][]string{{"1", "a b"}, {"", `5" "x"`}, {"=1+1", "a,b;c\td"}, {" x ", "a\r\nb"}, {"\xff", "é"}}
	tests := map[string]string{
		"-":         "id,\"na;me\"\n1,a b\n,\"5\"\" \"\"x\"\"\"\n=1+1,\"a,b;c\td\"\n x ,\"a\r\nb\"\n\uFFFD,é\n",
		"out.tsv":   "id\t\"na;me\"\n1\ta b\n\t\"5\"\" \"\"x\"\"\"\n=1+1\t\"a,b;c\td\"\n x \t\"a\r\nb\"\n\uFFFD\té\n",
		"out.jsonl": `{"id":"1","na;me":"a b"}` + "\n" + `{"id":"","na;me":"5\" \"x\""}` + "\n" + `{"id":"=1+1","na;me":"a,b;c\td"}` + "\n" + `{"id":" x ","na;me":"a\r\nb"}` + "\n" + "{\"id\":\"\uFFFD\",\"na;me\":\"é\"}\n",
	}
	for name, want := range tests {
		var stdout bytes.Buffer
		path := name
		if name != "-" {
			path = filepath.Join(t.TempDir(), name)
		}
		w, err := Create(path, &stdout)
		if err != nil {
			t.Fatal(err)
		}
		writeAll(t, w, []string{"id", "na;me"}, rows)
		got := stdout.String()
		if name != "-" {
			got = read(t, path)
		}
		if got != want {
			t.Errorf("%s:\n%q\nwant\n%q", name, got, want)
		}
	}
}

func writeAll(t *testing.T, w *Writer, header []string, rows [][]string) {
	t.Helper()
	if err := w.WriteHeader(header); err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		if err := w.WriteRow(row); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Commit(); err != nil {
		t.Fatal(err)
	}
}

// TestRoundTrip writes random tables of nasty cells in every format and reads
// them back: the same header, the same cells, no warning but the one for tabs.
func TestRoundTrip(t *testing.T) {
	parts := []string{"", "a", "b", " ", ",", ";", "|", "\t", "\"", "\"\"", "\n", "\r", "\r\n", "é", "\uFEFF", "=1", "{", "\\", "\x1f", "\u2028"}
	rng := rand.New(rand.NewPCG(1, 2))
	cell := func() string {
		var b strings.Builder
		for range rng.IntN(6) {
			b.WriteString(parts[rng.IntN(len(parts))])
		}
		return b.String()
	}
	dir := t.TempDir()
	for n := range 60 { // each file is synced to the disk, which is what takes the time
		header := make([]string, 1+rng.IntN(4))
		for i := range header {
			header[i] = strings.TrimSpace(string(rune('a'+i)) + cell())
		}
		rows := make([][]string, 1+rng.IntN(5))
		for i := range rows {
			for range header {
				rows[i] = append(rows[i], cell())
			}
		}
		for _, name := range []string{"t.csv", "t.tsv", "t.jsonl", "t.csv.gz", "t.jsonl.gz"} {
			path := filepath.Join(dir, name)
			w, err := Create(path, nil)
			if err != nil {
				t.Fatal(err)
			}
			writeAll(t, w, header, rows)
			got, err := ReadAll(path, nil)
			if err != nil {
				t.Fatalf("%d %s: %v\n%q", n, name, err, read(t, path))
			}
			if !slices.Equal(got.Header, header) || !reflect.DeepEqual(got.Rows, rows) {
				t.Fatalf("%d %s:\n%q\n%q\nwant\n%q\n%q", n, name, got.Header, got.Rows, header, rows)
			}
			if len(got.Warnings) > 0 && name != "t.tsv" {
				t.Errorf("%d %s: %q", n, name, got.Warnings)
			}
		}
	}
	only(t, dir, "t.csv", "t.csv.gz", "t.jsonl", "t.jsonl.gz", "t.tsv")
}

func TestWriterMisuse(t *testing.T) {
	var out bytes.Buffer
	w, err := Create("-", &out)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.WriteRow(nil); !errors.Is(err, ErrHeader) {
		t.Error("row before header:", err)
	}
	for _, h := range [][]string{nil, {"a", ""}, {"a", "a "}} {
		if err := w.WriteHeader(h); !errors.Is(err, ErrHeader) {
			t.Errorf("%q: %v", h, err)
		}
	}
	if err := w.WriteHeader([]string{"a", "b"}); err != nil {
		t.Fatal(err)
	}
	if err := w.WriteHeader([]string{"a", "b"}); !errors.Is(err, ErrHeader) {
		t.Error("second header:", err)
	}
	if err := w.WriteRow([]string{"1"}); !errors.Is(err, ErrRagged) {
		t.Error(err)
	}
	if err := w.WriteRow([]string{"1", "\x00"}); !errors.Is(err, ErrNUL) {
		t.Error(err)
	}
	if err := w.Commit(); err != nil || out.String() != "a,b\n" {
		t.Errorf("%v, wrote %q", err, out.String())
	}
}
