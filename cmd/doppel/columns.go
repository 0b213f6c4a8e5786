package main

import (
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/doppeldb/doppel/internal/ingest"
	"github.com/doppeldb/doppel/record"
)

// layout says where each field of the joint schema stands in each source.
type layout struct {
	schema record.Schema
	at     [][]int // [source][field]: column, or missing

	pictures map[int]map[int][]string // source, field: what its records hold
}

const missing = -1

// joinColumns lets the columns of one or two sources meet: by --map, then by
// name with case and separators ignored. A column that one side lacks is a field
// too, empty on that side: it still serves as text of its record.
func joinColumns(sources []*source, mapping []string, kinds string) (*layout, error) {
	l := &layout{at: make([][]int, len(sources)), pictures: map[int]map[int][]string{}}
	for _, c := range sources[0].columns() {
		l.add(sources[0].Header[c])
		l.at[0][len(l.schema)-1] = c
	}
	if len(sources) > 1 {
		if err := l.meet(sources[0], sources[1], mapping); err != nil {
			return nil, err
		}
	}
	if len(l.schema) == 0 {
		return nil, fmt.Errorf("%s: no column to compare besides the key %q; add one, or name another key with --id", sourceNames(sources), sources[0].keyName())
	}
	l.infer(sources)
	l.guessPictures(sources)
	for f := range l.schema {
		if ingest.IsClusterColumn(l.schema[f].Name) {
			l.schema[f].Kind = record.Ignore
		}
	}
	schema, err := l.schema.Override(kinds)
	if err != nil {
		return nil, usagef("--schema: %s", strings.TrimPrefix(err.Error(), record.ErrSchema.Error()+": "))
	}
	if !slices.ContainsFunc(schema, func(f record.Field) bool { return f.Kind != record.Ignore }) {
		return nil, fmt.Errorf("%s: no column to compare: all are empty or ignored (%s); --schema COL:text lets one count", sourceNames(sources), schema)
	}
	l.schema = schema
	return l, nil
}

// add appends a field that no source has yet, under a name that is free.
func (l *layout) add(name string) {
	for l.schema.Index(name) >= 0 {
		name += "'"
	}
	l.schema = append(l.schema, record.Field{Name: name})
	for s := range l.at {
		l.at[s] = append(l.at[s], missing)
	}
}

// meet places the columns of the right source.
func (l *layout) meet(left, right *source, mapping []string) error {
	mapped := map[int]int{} // right column -> field
	for _, m := range mapping {
		from, to, ok := strings.Cut(m, "=")
		if !ok {
			return usagef("--map: %q is not LEFT=RIGHT", m)
		}
		f := ingest.FindName(l.schema.Names(), from)
		if f < 0 {
			c := left.column(from)
			if c < 0 {
				return usagef("--map: the left file %s has no column %q; it has %s", left.name(), from, strings.Join(left.Header, ", "))
			}
			l.add(left.Header[c]) // the key, to be compared as well
			f = len(l.schema) - 1
			l.at[0][f] = c
		}
		c := right.column(to)
		if c < 0 {
			return usagef("--map: the right file %s has no column %q; it has %s", right.name(), to, strings.Join(right.Header, ", "))
		}
		if _, twice := mapped[c]; twice || l.at[1][f] != missing {
			return usagef("--map: %s meets a column that another --map has taken", m)
		}
		mapped[c] = f
		l.at[1][f] = c
	}
	for _, c := range right.columns() {
		if _, done := mapped[c]; done {
			continue
		}
		f := ingest.FindName(l.schema.Names(), right.Header[c])
		if f < 0 || l.at[1][f] != missing {
			l.add(right.Header[c])
			f = len(l.schema) - 1
		}
		l.at[1][f] = c
	}
	return nil
}

// infer guesses the kinds from the values of all sources together.
func (l *layout) infer(sources []*source) {
	var rows [][]string
	for s, src := range sources {
		for i := range src.Rows {
			rows = append(rows, l.values(s, src, i))
		}
	}
	l.schema = record.Infer(l.schema.Names(), rows)
}

// values gives row i of source s in schema order.
func (l *layout) values(s int, src *source, i int) []string {
	v := make([]string, len(l.schema))
	for f, c := range l.at[s] {
		if c != missing {
			v[f] = src.Rows[i][c]
		}
	}
	return v
}

// records gives the rows of source s as records.
func (l *layout) records(s int, src *source) iter.Seq2[record.Record, error] {
	return func(yield func(record.Record, error) bool) {
		for i := range src.Rows {
			values := l.values(s, src, i)
			for f, pictures := range l.pictures[s] {
				values[f] = pictures[i]
			}
			if !yield(record.Record{Key: src.keys[i], Values: values}, nil) {
				return
			}
		}
	}
}

// earlier names the fields that stand aside for [ingest.IsClusterColumn].
func (l *layout) earlier() (names []string) {
	for _, f := range l.schema {
		if ingest.IsClusterColumn(f.Name) && f.Kind == record.Ignore {
			names = append(names, f.Name)
		}
	}
	return names
}

func sourceNames(sources []*source) string {
	var names []string
	for _, s := range sources {
		names = append(names, s.name())
	}
	return strings.Join(names, " and ")
}

// alone names the fields that only source s has.
func (l *layout) alone(s int) []string {
	var names []string
	for f := range l.schema {
		if l.at[s][f] != missing && l.at[1-s][f] == missing {
			names = append(names, l.schema[f].Name)
		}
	}
	return names
}

// unknown names the columns of source s that no field has.
func (l *layout) unknown(s int, src *source) (names []string) {
	for _, c := range src.columns() {
		if !slices.Contains(l.at[s], c) && !ingest.IsClusterColumn(src.Header[c]) {
			names = append(names, src.Header[c])
		}
	}
	return names
}
