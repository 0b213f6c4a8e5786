package main

import (
	"context"
	"strconv"
	"strings"

	"github.com/doppeldb/doppel/db"
	"github.com/doppeldb/doppel/internal/ingest"
	"github.com/doppeldb/doppel/internal/table"
	"github.com/doppeldb/doppel/record"
)

// source is one input file with its key column found.
type source struct {
	*table.Table
	key     int      // key column; rowNumbers when there is none
	truth   int      // column that says what is one thing, not compared; missing when there is none
	compare bool     // the key column says something about the record as well
	keys    []string // one per row, all different
}

const rowNumbers = ingest.RowNumbers

// readOptions are the flags about input.
type readOptions struct {
	id, delimiter, badRows string
}

// readSource reads a file and finds its key column. It returns early when ctx
// ends, even while stdin gives nothing.
func (a *app) readSource(ctx context.Context, path string, o readOptions, wantKey, truth string) (*source, error) {
	opts, err := o.table(a)
	if err != nil {
		return nil, err
	}
	type result struct {
		t   *table.Table
		err error
	}
	done := make(chan result, 1)
	go func() {
		t, err := table.ReadAll(path, opts)
		done <- result{t, err}
	}()
	var r result
	select {
	case r = <-done:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if r.err != nil {
		return nil, r.err
	}
	a.reportReading(r.t)
	s := &source{Table: r.t, truth: missing}
	if truth != "" {
		if s.truth = s.column(truth); s.truth < 0 {
			return nil, usagef("--truth: %s has no column %q; the columns are %s", s.name(), truth, strings.Join(s.Header, ", "))
		}
	}
	return s, s.findKey(wantKey)
}

func (o readOptions) table(a *app) (*table.Options, error) {
	bad, err := table.ParseBadRows(o.badRows)
	if err != nil {
		return nil, usagef("--bad-rows: %q is neither fail nor skip", o.badRows)
	}
	opts := &table.Options{Stdin: a.stdin, BadRows: bad}
	switch d := o.delimiter; {
	case d == "":
	case d == `\t` || d == "tab":
		opts.Delimiter = '\t'
	case len(d) == 1:
		opts.Delimiter = d[0]
	default:
		return nil, usagef("--delimiter: %q is not one character; use ',', ';', '|' or tab", d)
	}
	if opts.Validate() != nil {
		return nil, usagef("--delimiter: %q cannot separate values; use ',', ';', '|' or tab", o.delimiter)
	}
	return opts, nil
}

func (a *app) reportReading(t *table.Table) {
	for _, w := range t.Warnings {
		a.warn("%s", w)
	}
	a.reportSkipped(orStdin(t.Path), t.Skipped, t.SkippedRows)
}

// reportSkipped tells of n rows that were left out, with the errors of the first.
func (a *app) reportSkipped(name string, errs []error, n int) {
	for _, err := range errs {
		a.say("skipped: %v", err)
	}
	if more := n - len(errs); more > 0 && len(errs) > 0 {
		a.say("skipped: %s more", thousands(more))
	}
	if n > 0 {
		a.warn("%s: %s skipped", name, count(n, "bad row", "bad rows"))
	}
}

func orStdin(path string) string {
	if path == "-" {
		return "stdin"
	}
	return path
}

// name is the file as messages call it: by the path that was given.
func (s *source) name() string { return orStdin(s.Path) }

// keyName is the key column's name, "" for row numbers.
func (s *source) keyName() string {
	if s.key == rowNumbers {
		return ""
	}
	return s.Header[s.key]
}

// findKey applies the rule of --id: the column that is named; else one called id;
// else the first whose values are all there and all different; else the row
// number. The third can be wrong about what identifies a row, so a column of
// words that is taken this way is compared as well, and prices and the cluster
// numbers of an earlier run are not taken at all.
func (s *source) findKey(want string) error {
	if want != "" {
		c := s.column(want)
		if c < 0 {
			return usagef("--id: %s has no column %q; the columns are %s", s.name(), want, strings.Join(s.Header, ", "))
		}
		return s.useKey(c)
	}
	if c := s.column("id"); c >= 0 {
		return s.useKey(c)
	}
	kinds := record.Infer(s.Header, s.Rows)
	if c := ingest.GuessKey(kinds, s.truth, s.unique, s.whole); c != rowNumbers {
		s.compare = ingest.TellsMore(kinds[c].Kind)
		return s.useKey(c)
	}
	s.key, s.keys = rowNumbers, make([]string, len(s.Rows))
	for i := range s.Rows {
		s.keys[i] = strconv.Itoa(i + 1)
	}
	return nil
}

func (s *source) column(name string) int { return ingest.FindName(s.Header, name) }

func (s *source) unique(c int) bool {
	seen := make(map[string]bool, len(s.Rows))
	for _, row := range s.Rows {
		if row[c] == "" || len(row[c]) > db.MaxKeySize || seen[row[c]] {
			return false
		}
		seen[row[c]] = true
	}
	return true
}

// whole says whether all values of column c are written in digits only.
func (s *source) whole(c int) bool {
	for _, row := range s.Rows {
		if strings.Trim(row[c], "0123456789") != "" {
			return false
		}
	}
	return true
}

// useKey takes column c for the key; its values must be there and differ.
func (s *source) useKey(c int) error {
	s.key, s.keys = c, make([]string, len(s.Rows))
	first := make(map[string]int, len(s.Rows))
	hint := ingest.KeyHint("--id")
	for i, row := range s.Rows {
		k := row[c]
		if err := ingest.CheckKey(s.name(), s.Lines[i], s.Header, c, k, hint); err != nil {
			return err
		}
		if before, taken := first[k]; taken {
			return ingest.KeyTwice(s.name(), s.Lines[i], s.Lines[before], s.Header, c, k, hint)
		}
		first[k] = i
		s.keys[i] = k
	}
	return nil
}

// columns lists the columns to compare.
func (s *source) columns() []int {
	var cols []int
	for c := range s.Header {
		if c != s.truth && (c != s.key || s.compare) {
			cols = append(cols, c)
		}
	}
	return cols
}
