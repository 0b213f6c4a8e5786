package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/doppeldb/doppel/internal/ingest"
	"github.com/doppeldb/doppel/query/gallery"
	"github.com/doppeldb/doppel/query/match"
	"github.com/doppeldb/doppel/record"
)

// readModel reads what "doppel train" wrote.
func readModel(path string) (*match.Model, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		hint := "name the file that doppel train wrote"
		if errors.Is(err, fs.ErrPermission) {
			hint = "ask for access to it"
		}
		return nil, fmt.Errorf("--model: %s: %w; %s", path, plainCause(err), hint)
	}
	if gallery.IsModel(data) {
		return nil, fmt.Errorf("--model: %s is a model of pictures, and this compares records; it goes with classify --supports, eval --verify and compare A.png B.png", path)
	}
	m, err := match.UnmarshalModel(data)
	if err != nil {
		return nil, fmt.Errorf("--model: %s: %w; name the file that doppel train wrote, or train again", path, err)
	}
	return m, nil
}

// modelColumns lets the columns of the sources meet those of a model: by --map,
// which says what a column of the right file is called in the model, then by
// name. The kinds are the model's.
func modelColumns(sources []*source, mapping []string, path string, schema record.Schema) (*layout, error) {
	l := &layout{schema: schema, at: make([][]int, len(sources)), pictures: map[int]map[int][]string{}}
	for s := range sources {
		l.at[s] = slices.Repeat([]int{missing}, len(schema))
	}
	if len(sources) > 1 {
		if err := l.mapToModel(sources[1], mapping, path); err != nil {
			return nil, err
		}
	}
	for s, src := range sources {
		for _, c := range src.columns() {
			if f := ingest.FindName(schema.Names(), src.Header[c]); f >= 0 && l.at[s][f] == missing && !slices.Contains(l.at[s], c) {
				l.at[s][f] = c
			}
		}
	}
	var absent []string
	for f, field := range schema {
		if field.Kind != record.Ignore && !slices.ContainsFunc(l.at, func(at []int) bool { return at[f] != missing }) {
			absent = append(absent, field.Name)
		}
	}
	if len(absent) > 0 {
		var have []string
		for _, src := range sources {
			have = append(have, src.name()+" has "+strings.Join(src.Header, ", "))
		}
		return nil, fmt.Errorf("--model: %s compares %s, which no column here is: %s; rename the columns, or train a model on such files",
			path, strings.Join(absent, ", "), strings.Join(have, "; "))
	}
	return l, nil
}

// mapToModel places the columns of the right source that --map names.
func (l *layout) mapToModel(right *source, mapping []string, path string) error {
	for _, m := range mapping {
		name, to, ok := strings.Cut(m, "=")
		if !ok {
			return usagef("--map: %q is not LEFT=RIGHT", m)
		}
		f := ingest.FindName(l.schema.Names(), name)
		if f < 0 {
			return usagef("--map: the model %s has no column %q; it has %s", path, name, strings.Join(l.schema.Names(), ", "))
		}
		c := right.column(to)
		if c < 0 {
			return usagef("--map: the right file %s has no column %q; it has %s", right.name(), to, strings.Join(right.Header, ", "))
		}
		if l.at[1][f] != missing || slices.Contains(l.at[1], c) {
			return usagef("--map: %s meets a column that another --map has taken", m)
		}
		l.at[1][f] = c
	}
	return nil
}

// compared leaves out the fields that are ignored: a model should not ask for them.
func (l *layout) compared() {
	var keep []int
	for f, field := range l.schema {
		if field.Kind != record.Ignore {
			keep = append(keep, f)
		}
	}
	schema := make(record.Schema, 0, len(keep))
	for _, f := range keep {
		schema = append(schema, l.schema[f])
	}
	for s := range l.at {
		at := make([]int, 0, len(keep))
		for _, f := range keep {
			at = append(at, l.at[s][f])
		}
		l.at[s] = at
	}
	l.schema = schema
}
