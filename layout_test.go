package doppel

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/doppeldb/doppel/"

// line is the order of the rooms, top first: a room may import those below it
// (a larger number), never one beside or above it.
var line = map[string]int{
	"benchmarks":        0,
	"cmd/doppel":        1,
	"internal/report":   2,
	"internal/shell":    2,
	"query":             3,
	"query/match":       4,
	"query/label":       5,
	"query/gallery":     5,
	"query/syntax":      4,
	"internal/ingest":   5,
	"internal/dbtest":   5,
	"db":                6,
	"encoder":           7,
	"index":             7,
	"internal/baseline": 7,
	"encoder/vision":    8,
	"encoder/head":      9,
	"encoder/augment":   10,
	"encoder/look":      10,
	"encoder/loss":      10,
	"encoder/optim":     10,
	"internal/f32":      10,
	"internal/text":     10,
	"record":            11,
	"record/picture":    11,
	"internal/table":    11,
	"internal/synth":    11,
	"internal/datasets": 11,
	"internal/measure":  11,
}

// only says who alone may import a package from outside.
var only = map[string][]string{
	"go.etcd.io/bbolt":                {"db", "benchmarks"},
	"github.com/coder/hnsw":           {"index", "benchmarks"},
	"github.com/spf13/cobra":          {"cmd/doppel"},
	"github.com/reeflective/readline": {"internal/shell"},
	"unsafe":                          {"internal/f32"},
	"golang.org/x/sys/cpu":            {"internal/f32"},
	"encoding/gob":                    {},
	"C":                               {},
	"math/rand":                       {"index"}, // coder/hnsw takes its random source from it
}

func TestImportsPointDown(t *testing.T) {
	seen := 0
	for file, imports := range goFiles(t) {
		room := roomOf(filepath.ToSlash(filepath.Dir(file)))
		level, known := line[room]
		if room != "" && !known {
			t.Errorf("%s: room %q has no place in the line; add it here and to ARCHITECTURE.md", file, room)
		}
		for _, imp := range imports {
			seen++
			if who, limited := only[imp]; limited && !slices.Contains(who, room) {
				t.Errorf("%s imports %s; only %v may", file, imp, who)
			}
			target, inside := strings.CutPrefix(imp, module)
			if !inside || roomOf(target) == room || strings.HasSuffix(file, "_test.go") && testOnly(target) {
				continue
			}
			if to := line[roomOf(target)]; room != "" && to <= level {
				t.Errorf("%s: %s must not import %s: arrows point down", file, room, target)
			}
		}
	}
	if seen < 20 {
		t.Fatalf("only %d imports seen: the walk is broken", seen)
	}
}

func TestNoRoomSaysNothing(t *testing.T) {
	for file := range goFiles(t) {
		for _, part := range strings.Split(strings.TrimSuffix(filepath.ToSlash(file), ".go"), "/") {
			switch part {
			case "util", "utils", "common", "base", "helper", "helpers", "misc":
				t.Errorf("%s: a name that says nothing", file)
			}
		}
	}
}

// testOnly lists what tests of any room may use.
func testOnly(target string) bool {
	return target == "internal/datasets" || target == "internal/synth" || target == "internal/dbtest" || target == "internal/table"
}

// roomOf gives the longest known room that holds the folder.
func roomOf(dir string) string {
	for d := dir; d != "." && d != ""; d = filepath.ToSlash(filepath.Dir(d)) {
		if _, ok := line[d]; ok {
			return d
		}
	}
	if dir == "." {
		return ""
	}
	return dir
}

func goFiles(t *testing.T) map[string][]string {
	t.Helper()
	files := map[string][]string{}
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") {
			return err
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		files[path] = nil
		for _, s := range f.Imports {
			name, err := strconv.Unquote(s.Path.Value)
			if err != nil {
				return err
			}
			files[path] = append(files[path], name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}
