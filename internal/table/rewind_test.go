package table

import (
	"hash/crc32"
	"io"
	"os"
	"reflect"
	"strings"
	"testing"
)

func readOn(t *testing.T, r *Reader) (rows []Row) {
	t.Helper()
	for {
		row, err := r.Next()
		if err == io.EOF {
			return rows
		}
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, row)
	}
}

// TestRewind reads every format from a file, from memory and from a temporary file, goes
// back from the end and from the middle, and gets the same rows, sums and counts.
func TestRewind(t *testing.T) {
	lines := strings.Repeat(`{"id":1,"name":"a"}`+"\n"+`{"id":2,"more":"x"}`+"\nbad\n", 3000)
	table := "id,name\n" + strings.Repeat("1,a\n2,\"b\nc\"\nbad\n", 3000)
	for name, content := range map[string]string{
		"t.csv": table, "t.csv.gz": zipped(table), "latin.csv": table + "3,caf\xe9\n", "t.jsonl": lines, "t.jsonl.gz": zipped(lines),
	} {
		path := put(t, name, content)
		for _, o := range []struct {
			path string
			opts Options
		}{
			{path, Options{}}, {"-", Options{}}, {"-", Options{Spool: true}},
		} {
			o.opts.BadRows, o.opts.Stdin = Skip, strings.NewReader(content)
			r, err := Open(o.path, &o.opts)
			if err != nil {
				t.Fatal(name, err)
			}
			first := readOn(t, r)
			if len(first) < 6000 {
				t.Errorf("%s: %d rows", name, len(first))
			}
			for _, stop := range []int{0, 1, 5000, len(first) + 1} {
				if err := r.Rewind(); err != nil {
					t.Fatal(name, err)
				}
				for range stop {
					if _, err := r.Next(); err != nil {
						break
					}
				}
			}
			if err := r.Rewind(); err != nil {
				t.Fatal(name, err)
			}
			if again := readOn(t, r); !reflect.DeepEqual(again, first) {
				t.Errorf("%s: %d rows, then %d others", name, len(first), len(again))
			}
			if _, n := r.Skipped(); n != 3000 {
				t.Errorf("%s: %d rows skipped", name, n)
			}
			size, sum := r.Sum()
			if want := crc32.Checksum([]byte(content), castagnoli); size != int64(len(content)) || sum != want {
				t.Errorf("%s: %d bytes with the sum %08x, want %d with %08x", name, size, sum, len(content), want)
			}
			if done, all := r.Progress(); done != size || all != size {
				t.Errorf("%s: %d of %d bytes at the end", name, done, all)
			}
			if err := r.Close(); err != nil {
				t.Error(err)
			}
		}
	}
}

// TestSpoolLeavesNothing looks for the temporary file afterwards, and for what is said
// when there is no place for it.
func TestSpoolLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	t.Setenv("TMP", dir) // Windows
	r, err := Open("-", &Options{Spool: true, Stdin: strings.NewReader("id\n1\n")})
	if err != nil {
		t.Fatal(err)
	}
	if rows := readOn(t, r); len(rows) != 1 {
		t.Errorf("%d rows", len(rows))
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	if left, err := os.ReadDir(dir); len(left) > 0 || err != nil {
		t.Errorf("left behind: %v, %v", left, err)
	}
	t.Setenv("TMPDIR", dir+"/nowhere")
	t.Setenv("TMP", dir+"/nowhere")
	_, err = Open("-", &Options{Spool: true, Stdin: strings.NewReader("id\n1\n")})
	if err == nil || !strings.HasPrefix(err.Error(), "stdin: it cannot be kept in ") {
		t.Errorf("without a place for it: %v", err)
	}
}
