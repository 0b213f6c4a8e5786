package main

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/doppeldb/doppel/internal/table"
	"github.com/doppeldb/doppel/record"
)

// source is one input file with its key column found.
type source struct {
	*table.Table
	key     int      // key column; rowNumbers when there is none
	compare bool     // the key column says something about the record as well
	keys    []string // one per row, all different
}

const rowNumbers = -1

// readOptions are the flags about input.
type readOptions struct {
	id, delimiter, badRows string
}

// readSource reads a file and finds its key column. It returns early when ctx
// ends, even while stdin gives nothing.
func (a *app) readSource(ctx context.Context, path string, o readOptions, wantKey string) (*source, error) {
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
	s := &source{Table: r.t}
	return s, s.findKey(wantKey)
}

func (o readOptions) table(a *app) (*table.Options, error) {
	bad, err := table.ParseBadRows(o.badRows)
	if err != nil {
		return nil, usagef("--bad-rows: %w", err)
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
	if err := opts.Validate(); err != nil {
		return nil, usagef("--delimiter: %w", err)
	}
	return opts, nil
}

func (a *app) reportReading(t *table.Table) {
	for _, w := range t.Warnings {
		a.warn("%s", w)
	}
	for _, err := range t.Skipped {
		a.say("skipped: %v", err)
	}
	if t.SkippedRows > 0 {
		a.warn("%s: %s skipped", t.Path, count(t.SkippedRows, "bad row", "bad rows"))
	}
}

// name is the file name as messages show it.
func (s *source) name() string {
	if s.Path == "-" {
		return "stdin"
	}
	return filepath.Base(s.Path)
}

// keyName is the key column's name, "" for row numbers.
func (s *source) keyName() string {
	if s.key == rowNumbers {
		return ""
	}
	return s.Header[s.key]
}

// findKey applies the rule of --id: the column that is named; else one called id;
// else the first whose values are all there and all different; else the row
// number. Only the last two can be wrong about what identifies a row, so a
// column of text that is taken this way is compared as well.
func (s *source) findKey(want string) error {
	if want != "" {
		c := s.column(want)
		if c < 0 {
			return fmt.Errorf("%s: no column %q for --id; the columns are %s", s.name(), want, strings.Join(s.Header, ", "))
		}
		return s.useKey(c)
	}
	if c := s.column("id"); c >= 0 {
		return s.useKey(c)
	}
	kinds := record.Infer(s.Header, s.Rows)
	for c := range s.Header {
		if len(s.Header) > 1 && s.unique(c) {
			s.compare = kinds[c].Kind == record.Text
			return s.useKey(c)
		}
	}
	s.key, s.keys = rowNumbers, make([]string, len(s.Rows))
	for i := range s.Rows {
		s.keys[i] = strconv.Itoa(i + 1)
	}
	return nil
}

func (s *source) column(name string) int {
	if c := slices.Index(s.Header, name); c >= 0 {
		return c
	}
	return slices.IndexFunc(s.Header, func(h string) bool { return record.SameName(h, name) })
}

func (s *source) unique(c int) bool {
	seen := make(map[string]bool, len(s.Rows))
	for _, row := range s.Rows {
		if row[c] == "" || seen[row[c]] {
			return false
		}
		seen[row[c]] = true
	}
	return true
}

// useKey takes column c for the key; its values must be there and differ.
func (s *source) useKey(c int) error {
	s.key, s.keys = c, make([]string, len(s.Rows))
	first := make(map[string]int, len(s.Rows))
	const hint = "make the keys different, name another column with --id, or remove the column to number the rows"
	for i, row := range s.Rows {
		k := row[c]
		if k == "" {
			return fmt.Errorf("%s:%d: field %d (%s): the key is empty; %s", s.name(), s.Lines[i], c+1, s.Header[c], hint)
		}
		if before, taken := first[k]; taken {
			return fmt.Errorf("%s:%d: field %d (%s): key %q was used before in line %d; %s",
				s.name(), s.Lines[i], c+1, s.Header[c], k, s.Lines[before], hint)
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
		if c != s.key || s.compare {
			cols = append(cols, c)
		}
	}
	return cols
}
