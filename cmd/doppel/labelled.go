package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"github.com/doppeldb/doppel/db"
	"github.com/doppeldb/doppel/internal/baseline"
	"github.com/doppeldb/doppel/internal/table"
	"github.com/doppeldb/doppel/query/label"
)

// labelled is a job on judged pairs: train, score or eval.
type labelled struct {
	job
	pairsPath string
	// What the run opened.
	cs   []*db.Collection
	keys *label.Keys
}

// recordFlags are those about the records.
func (l *labelled) recordFlags(f *pflag.FlagSet) {
	l.inputFlags(f)
	f.StringVar(&l.read.id, "id", "", "`COL` is the key, LEFT=RIGHT where two files differ (default: id, else the first column whose values are unique, else the row number)")
	f.StringArrayVar(&l.mapping, "map", nil, "columns `LEFT=RIGHT` mean the same; repeat as needed")
	l.cardinality = "one-to-one"
}

// readRecords reads LEFT and perhaps RIGHT and stores them.
func (l *labelled) readRecords(ctx context.Context, paths []string) (err error) {
	l.names = collectionNames(paths)
	if l.store, err = openStore("", false, l.names); err != nil {
		return err
	}
	left, right, split := strings.Cut(l.read.id, "=")
	if !split {
		right = left
	}
	if l.cs, err = l.load(ctx, paths, []string{left, right}); err != nil {
		return err
	}
	l.keys = l.newKeys()
	return nil
}

func (l *labelled) newKeys() *label.Keys {
	left := l.sources[0]
	if len(l.sources) == 1 {
		return label.NewKeys(left.name(), left.keys, left.name(), nil)
	}
	return label.NewKeys(left.name(), left.keys, l.sources[1].name(), l.sources[1].keys)
}

// right is the second collection, nil for pairs of one file.
func (l *labelled) right() *db.Collection {
	if len(l.cs) == 1 {
		return nil
	}
	return l.cs[1]
}

// readPairFile reads a pair file, and passes warnings about its reading on.
func (l *labelled) readPairFile(path string) (*label.File, error) {
	opts, err := l.read.table(l.app)
	if err != nil {
		return nil, err
	}
	opts.Delimiter = 0 // --delimiter is about the records
	t, err := table.ReadAll(path, opts)
	if err != nil {
		return nil, err
	}
	l.reportReading(t)
	return label.NewFile(t)
}

// readLabels reads a pair file with its labels.
func (l *labelled) readLabels(path string) ([]label.Label, error) {
	f, err := l.readPairFile(path)
	if err != nil {
		return nil, err
	}
	set, err := f.Labels(l.keys)
	if err != nil {
		return nil, err
	}
	for _, w := range set.Warnings {
		l.warn("%s", w)
	}
	return set.Labels, nil
}

// truthValues gives the truth column of every record, left ones first.
func (l *labelled) truthValues() (out []string) {
	for _, s := range l.sources {
		for _, row := range s.Rows {
			out = append(out, row[s.truth])
		}
	}
	return out
}

// truthLabels makes labels of the truth column: matches from it, non-matches from
// the nearest records that it says are different.
func (l *labelled) truthLabels(ctx context.Context) ([]label.Label, error) {
	rows := l.values()
	left, right := rows[:len(l.sources[0].Rows)], rows[len(l.sources[0].Rows):]
	if len(l.sources) == 1 {
		right = nil
	}
	near, err := baseline.NewTFIDF(left, right).Nearest(ctx, label.Near, l.threads)
	if err != nil {
		return nil, err
	}
	return label.FromTruth(l.keys.Sides(), l.truthValues(), near, l.seed), nil
}

// values are those of all records in schema order, left ones first.
func (l *labelled) values() (rows [][]string) {
	for s, src := range l.sources {
		for i := range src.Rows {
			rows = append(rows, l.layout.values(s, src, i))
		}
	}
	return rows
}

// keyOf names a record by its number, left ones first.
func (l *labelled) keyOf(r int) string {
	if len(l.sources) == 1 {
		return l.sources[0].keys[r]
	}
	s := l.sources[0]
	if r >= len(s.keys) {
		s, r = l.sources[1], r-len(s.keys)
	}
	return s.keys[r] + " of " + s.name()
}

// countLabels says how many labels there are, in words.
func countLabels(labels []label.Label) string {
	m := 0
	for _, x := range labels {
		if x.Match {
			m++
		}
	}
	return fmt.Sprintf("%s, %s", count(len(labels), "pair", "pairs"), count(m, "match", "matches"))
}

// needs refuses a command without the flags that it cannot do without.
func needs(command string, flags ...[2]string) error {
	for _, f := range flags {
		if f[1] == "" {
			return usagef("%s needs --%s", command, f[0])
		}
	}
	return nil
}

// share checks a flag that is a share above 0 and up to 1, 0 for not given.
func share(flag string, x float64) error {
	if math.IsNaN(x) || x < 0 || x > 1 {
		return usagef("--%s: %s is not above 0 and up to 1", flag, strconv.FormatFloat(x, 'g', -1, 64))
	}
	return nil
}

// there checks early that a file can be read, so that a wrong name is not found after the work.
func there(path string) error {
	if path == "" || path == "-" {
		return nil
	}
	f, err := os.Open(path)
	if err == nil {
		return f.Close()
	}
	hint := "check the name and the directory that you are in"
	if errors.Is(err, fs.ErrPermission) {
		hint = "ask for access to it or use another path"
	}
	return fmt.Errorf("%s: %w; %s", path, plainCause(err), hint)
}
