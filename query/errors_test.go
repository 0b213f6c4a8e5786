package query_test

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/doppeldb/doppel/db"
	"github.com/doppeldb/doppel/internal/dbtest"
	"github.com/doppeldb/doppel/query"
	"github.com/doppeldb/doppel/query/syntax"
)

var update = flag.Bool("update", false, "rewrite golden files")

// must runs statements that have to work.
func must(t testing.TB, file *db.DB, statements ...string) {
	t.Helper()
	for _, text := range statements {
		rows, err := query.Run(t.Context(), file, text)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		for _, err := range rows.All() {
			if err != nil {
				t.Fatalf("%s: %v", text, err)
			}
		}
	}
}

// testdata/errors.txtar has a statement a file, with its error below "--->".
func TestErrors(t *testing.T) {
	file := dbtest.Open(t)
	must(t, file,
		"CREATE COLLECTION products (sku TEXT KEY, title TEXT, brand CATEGORY, part CODE, price NUMBER, note IGNORE)",
		"CREATE COLLECTION abt (name TEXT, price NUMBER)", "CREATE COLLECTION numbers (x NUMBER)",
		"INSERT INTO products VALUES ('a1', 'Sony Bravia', 'sony', 'KDL-40', 899, 'x'), ('a2', 'LG', 'lg', NULL, NULL, NULL)",
		"INSERT INTO abt VALUES ('1', 'Sony Bravia', 899)")
	path := filepath.Join("testdata", "errors.txtar")
	a, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	const sep = "--->\n"
	for i, f := range a.Files {
		text, want, _ := strings.Cut(string(f.Data), sep)
		got := fails(t, file, strings.TrimSuffix(text, "\n"))
		if *update {
			a.Files[i].Data = []byte(text + sep + got)
		} else if got != want {
			t.Errorf("%s: %s got %swant %s", f.Name, text, got, want)
		}
	}
	if *update {
		if err := os.WriteFile(path, txtar.Format(a), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// fails runs a statement and gives its error as a person sees it.
func fails(t *testing.T, file *db.DB, text string) string {
	rows, err := query.Run(t.Context(), file, text)
	if err == nil {
		for _, err = range rows.All() {
			if err != nil {
				break
			}
		}
	}
	var at *syntax.Error
	switch {
	case err == nil:
		return "no error\n"
	case errors.As(err, &at):
		return at.Error() + "\n" + at.Excerpt() + "\n"
	}
	return err.Error() + "\n"
}

func TestParams(t *testing.T) {
	file := dbtest.Open(t)
	must(t, file, "CREATE COLLECTION t (a TEXT, n NUMBER)")
	if _, err := query.Run(t.Context(), file, "INSERT INTO t VALUES (?, :a, ?)", 1, 2.5, query.Named("a", "it's")); err != nil {
		t.Fatal(err)
	}
	got, err := answer(t, file, "SELECT * FROM t WHERE a = :a AND n > ? AND key IN (?, NULL) LIMIT ?", query.Named("a", "it's"), 2, "1", int64(3))
	if err != nil || !sameRows(got, [][]any{{"1", "it's", 2.5}}) {
		t.Errorf("%v, %v", got, err)
	}
	for _, c := range []struct {
		text   string
		params []any
	}{
		{"SELECT a FROM t WHERE a = ?", nil},
		{"SELECT a FROM t WHERE a = ?", []any{1, 2}},
		{"SELECT a FROM t WHERE a = :x", []any{query.Named("y", 1)}},
		{"SELECT a FROM t WHERE a = ?", []any{[]int{1}}},
		{"SELECT a FROM t", []any{1}},
	} {
		if _, err := query.Run(t.Context(), file, c.text, c.params...); !errors.Is(err, query.ErrParams) {
			t.Errorf("%s %v: %v", c.text, c.params, err)
		}
	}
	// A parameter is a value, whatever is in it.
	got, err = answer(t, file, "SELECT a FROM t WHERE a = ?", "x' OR TRUE --")
	if err != nil || len(got) != 0 {
		t.Errorf("%v, %v", got, err)
	}
}

// What package db refused can be told with errors.Is.
func TestErrorsWrap(t *testing.T) {
	file := dbtest.Open(t)
	must(t, file, "CREATE COLLECTION t (a TEXT)", "INSERT INTO t VALUES ('k', 'x')")
	for text, want := range map[string]error{
		"SELECT a FROM u":                       db.ErrNotFound,
		"CREATE COLLECTION t (a TEXT)":          db.ErrExists,
		"INSERT INTO t VALUES ('k', 'y')":       db.ErrDuplicateKey,
		"SELECT a FROM t NEAREST TO RECORD 'z'": db.ErrNotFound,
		"DROP MODEL m":                          db.ErrNotFound,
	} {
		rows, err := query.Run(t.Context(), file, text)
		if err == nil {
			for _, err = range rows.All() {
			}
		}
		if !errors.Is(err, want) {
			t.Errorf("%s: %v", text, err)
		}
	}
}
