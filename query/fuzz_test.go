package query_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/doppeldb/doppel/query"
	"github.com/doppeldb/doppel/query/syntax"
)

// FuzzRun runs whatever parses against a small file: it may fail, it may not panic, and the
// file stays whole. Files are read and written in a directory of its own.
func FuzzRun(f *testing.F) {
	for _, name := range []string{"testdata/errors.txtar", "syntax/testdata/errors.txtar"} {
		if a, err := txtar.ParseFile(filepath.FromSlash(name)); err == nil {
			for _, e := range a.Files {
				text, _, _ := strings.Cut(string(e.Data), "--->")
				f.Add(text)
			}
		}
	}
	g := selects{rand.New(rand.NewPCG(1, 9))}
	for range 60 {
		f.Add(g.plain())
		f.Add(g.grouped())
	}
	if page, err := os.ReadFile("../docs/language.md"); err == nil {
		for _, block := range strings.Split(string(page), "```sql\n")[1:] {
			text, _, _ := strings.Cut(block, "```")
			f.Add(text)
		}
	}
	f.Add("SELECT * FROM things NEAREST TO 'sony' ON t, c WITHIN 0.9 WHERE n > 1 USING HNSW (EF = 3) ORDER BY n LIMIT 2 OFFSET 1")
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 2000 || strings.ContainsAny(text, `/\`) { // files outside of the directory
			t.Skip()
		}
		file, _ := things(t, 1)
		t.Chdir(t.TempDir())
		n := 0
		for parsed, err := range syntax.Script(text) {
			if n++; err != nil || n > 5 {
				break
			}
			args := make([]any, parsed.Questions)
			for i := range args {
				args[i] = i
			}
			for _, name := range parsed.Names {
				args = append(args, query.Named(name, "x"))
			}
			ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
			rows, err := (&query.Session{DB: file}).RunParsed(ctx, parsed, args...)
			if err == nil {
				for row, err := range rows.All() {
					if err != nil {
						break
					}
					if len(row) != len(rows.Columns()) {
						t.Errorf("%s: %d values in %d columns", text, len(row), len(rows.Columns()))
					}
				}
			}
			cancel()
		}
	})
}

// A context ends a statement while its rows are read.
func TestCancel(t *testing.T) {
	file, _ := things(t, 1)
	for _, text := range []string{"SELECT key FROM things", "SELECT key FROM things ORDER BY n", "SELECT c, avg(n) FROM things GROUP BY c",
		"SELECT key FROM things NEAREST TO 'sony' LIMIT 3", "DELETE FROM things", "DEDUPE things"} {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		rows, err := query.Run(ctx, file, text)
		if err == nil {
			for _, err = range rows.All() {
			}
		}
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", text, err)
		}
	}
	got, err := answer(t, file, "SELECT count(*) FROM things")
	if err != nil || got[0][0] != 30. {
		t.Errorf("%v, %v", got, err)
	}
}

// NEAREST with a condition gives what measuring every record gives.
func TestNearestAgainstOracle(t *testing.T) {
	file, o := things(t, 3)
	must(t, file, "SELECT key FROM things NEAREST TO 'x' LIMIT 1") // fits an encoder
	c, err := file.Collection("things")
	if err != nil {
		t.Fatal(err)
	}
	enc, err := c.Encoder()
	if err != nil {
		t.Fatal(err)
	}
	question := make([]float32, enc.Dim())
	enc.Encode([]string{"sony tv", "", "", "", "", ""}, question)
	distances := map[string]float64{}
	for _, r := range o.records {
		v, dot, zero := make([]float32, enc.Dim()), 0., true
		enc.Encode(r.Values, v)
		for i := range v {
			dot += float64(v[i]) * float64(question[i])
			zero = zero && v[i] == 0
		}
		if !zero {
			distances[r.Key] = 1 - dot
		}
	}
	g := selects{rand.New(rand.NewPCG(4, 4))}
	for range 200 {
		condition, k := g.condition(2), 1+g.IntN(40)
		text := fmt.Sprintf("SELECT key, distance FROM things NEAREST TO 'sony tv' WHERE %s LIMIT %d", condition, k)
		parsed, err := syntax.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		fits := map[string]bool{}
		for _, r := range o.where(parsed.Statement.(*syntax.Select).Where) {
			if _, ok := distances[r.Key]; ok {
				fits[r.Key] = true
			}
		}
		got, err := answer(t, file, text)
		if err != nil {
			t.Fatal(err)
		}
		if len(got) != min(k, len(fits)) {
			t.Fatalf("%s: %d records of %d", text, len(got), len(fits))
		}
		farthest := -1.
		for _, row := range got {
			key, d := row[0].(string), row[1].(float64)
			if !fits[key] || d < farthest-1e-5 || d > distances[key]+1e-4 || d < distances[key]-1e-4 {
				t.Fatalf("%s: %v, at %v", text, got, distances[key])
			}
			farthest = d
			delete(fits, key)
		}
		for key := range fits { // what was left out is no closer
			if len(got) == k && distances[key] < farthest-1e-4 {
				t.Fatalf("%s: %s at %v is closer than %v", text, key, distances[key], farthest)
			}
		}
	}
}
