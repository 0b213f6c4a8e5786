package shell_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/doppeldb/doppel/internal/dbtest"
	"github.com/doppeldb/doppel/internal/shell"
)

func newShell(t *testing.T, out *bytes.Buffer) *shell.Shell {
	t.Helper()
	sh := shell.New(shell.Options{File: dbtest.Open(t), Out: out, Err: out})
	if err := sh.Execute(t.Context(), `CREATE COLLECTION products (sku TEXT KEY, title TEXT, "odd name" CODE)`); err != nil {
		t.Fatal(err)
	}
	return sh
}

func TestComplete(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"abt.csv", "abx.csv", ".hidden"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "abdir"), 0o777); err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	sh := newShell(t, &bytes.Buffer{})
	for before, want := range map[string]string{
		"SEL":                           "SELECT",
		"sel":                           "select",
		"SELECT tit":                    "title",
		"SELECT sku FROM prod":          "products",
		"SELECT title FROM p WHERE(tit": "title",
		`SELECT "od`:                    `"odd name"`,
		"IMPORT 'ab":                    "abdir/ abt.csv abx.csv",
		"IMPORT 'abt":                   "abt.csv",
		"IMPORT '":                      "abdir/ abt.csv abx.csv",
		"SELECT 'a' fr":                 "from",
		".ta":                           ".tables",
		".mode j":                       "json jsonl",
		".timer o":                      "off on",
		".schema pr":                    "products",
		".read ab":                      "abdir/ abt.csv abx.csv",
		".help re":                      "read recall",
		"zzz":                           "",
	} {
		words, _, _ := sh.Complete(before)
		slices.Sort(words)
		if got := strings.Join(words, " "); got != want {
			t.Errorf("%q: %q, want %q", before, got, want)
		}
	}
}

// At a terminal a line is never wider than it, whatever letters are in it; without one nothing is cut.
func TestTableFits(t *testing.T) {
	var out bytes.Buffer
	long := strings.Repeat("日本語 wide ", 30)
	for _, width := range []int{0, 40, 80} {
		out.Reset()
		sh := shell.New(shell.Options{File: dbtest.Open(t), Out: &out, Err: &bytes.Buffer{}, Width: func() int { return width }})
		if err := sh.Execute(t.Context(), "CREATE COLLECTION t (a TEXT, b TEXT, n NUMBER); INSERT INTO t VALUES ('k', '"+long+"', 'short', 12345); SELECT * FROM t"); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(out.String(), "12345") || !strings.Contains(out.String(), "short") {
			t.Errorf("width %d: short columns are cut:\n%s", width, &out)
		}
		if width == 0 && !strings.Contains(out.String(), strings.TrimSpace(long)) {
			t.Errorf("cut without a terminal:\n%s", &out)
		}
		for line := range strings.Lines(out.String()) {
			if w := displayWidth(strings.TrimSuffix(line, "\n")); width > 0 && w > width {
				t.Errorf("width %d: a line of %d: %s", width, w, line)
			}
		}
	}
}

// displayWidth counts the letters of this test: those of Japanese are two wide.
func displayWidth(s string) (n int) {
	for _, r := range s {
		n++
		if r >= 0x3000 && r < 0xa000 {
			n++
		}
	}
	return n
}

// What a record holds cannot change the terminal.
func TestControlCharacters(t *testing.T) {
	for _, mode := range []shell.Mode{shell.Table, shell.Vertical} {
		var out bytes.Buffer
		sh := newShell(t, &out)
		sh.Mode = mode
		if err := sh.Execute(t.Context(), "INSERT INTO products VALUES ('k', 'a\x1b[31mred\x07\u202e', NULL); SELECT * FROM products"); err != nil {
			t.Fatal(err)
		}
		if strings.ContainsAny(out.String(), "\x1b\x07\u202e") {
			t.Errorf("%v: %q", mode, out.String())
		}
	}
}

func TestColour(t *testing.T) {
	var out bytes.Buffer
	sh := shell.New(shell.Options{File: dbtest.Open(t), Out: &out, Err: &bytes.Buffer{}, Colour: true})
	if err := sh.Execute(t.Context(), "CREATE COLLECTION t (a TEXT); INSERT INTO t VALUES ('k', NULL); SELECT a FROM t"); err != nil {
		t.Fatal(err)
	}
	if got := out.String(); got != "\x1b[1ma\x1b[0m\n────\n\x1b[2mNULL\x1b[0m\n" {
		t.Errorf("%q", got)
	}
}
