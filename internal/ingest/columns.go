package ingest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/doppeldb/doppel/record"
)

const missing = -1

// columns says where each field of a collection stands in the file.
type columns struct {
	schema record.Schema
	at     []int // per field: column, or missing
}

// pick gives a row in schema order.
func (c *columns) pick(row []string) []string {
	v := make([]string, len(c.schema))
	for f, at := range c.at {
		if at != missing {
			v[f] = row[at]
		}
	}
	return v
}

// dropped finds the columns to leave out.
func (l *look) dropped(o Options) (out []int, err error) {
	for _, name := range o.Drop {
		c := FindName(l.header, name)
		if c < 0 {
			return nil, bad("%s: %s has no column %q; the columns are %s", o.spell("drop"), l.name, name, strings.Join(l.header, ", "))
		}
		if c == l.key {
			return nil, bad("%s: %s is the key; name another key with %s", o.spell("drop"), l.header[c], o.spell("id"))
		}
		out = append(out, c)
	}
	return out, nil
}

// newColumns makes the fields of a new collection of the columns.
func (l *look) newColumns(left []int, o Options) (*columns, error) {
	var c columns
	var names []string
	for at, name := range l.header {
		if (at != l.key || l.compare) && !slices.Contains(left, at) {
			c.at, names = append(c.at, at), append(names, name)
		}
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("%s: no column to compare besides the key %q; add one, or name another key with %s", l.name, l.header[l.key], o.spell("id"))
	}
	c.schema = make(record.Schema, len(names))
	rows := make([][]string, len(l.sample))
	for i, row := range l.sample {
		rows[i] = c.pick(row)
	}
	c.schema = record.Infer(names, rows)
	l.pictures.Guess(c.schema, rows)
	if l.pictures.folder != nil {
		folderKinds(c.schema)
	}
	for f := range c.schema {
		if IsClusterColumn(c.schema[f].Name) {
			c.schema[f].Kind = record.Ignore
		}
	}
	schema, err := c.schema.Override(o.Schema)
	if err != nil {
		return nil, bad("%s: %s", o.spell("schema"), strings.TrimPrefix(err.Error(), record.ErrSchema.Error()+": "))
	}
	if !slices.ContainsFunc(schema, func(f record.Field) bool { return f.Kind != record.Ignore }) {
		return nil, fmt.Errorf("%s: no column to compare: all are empty or ignored (%s); %s COL:text lets one count", l.name, schema, o.spell("schema"))
	}
	c.schema = schema
	return &c, nil
}

// folderKinds sets the kinds of a folder of pictures. Its classes are what is asked about, not evidence.
func folderKinds(schema record.Schema) {
	for f := range schema {
		switch schema[f].Name {
		case "image":
			schema[f].Kind = record.Image
		case "class":
			schema[f].Kind = record.Ignore
		}
	}
}

// onSchema lets the columns meet the fields of a collection that is there, by name. A field that
// the file lacks is missing; a column that is no field is an error.
func (l *look) onSchema(left []int, schema record.Schema, collection string, o Options) (*columns, error) {
	c := &columns{schema: schema, at: slices.Repeat([]int{missing}, len(schema))}
	var strange []string
	for at, name := range l.header {
		if slices.Contains(left, at) {
			continue
		}
		f := FindName(schema.Names(), name)
		switch {
		case f >= 0 && c.at[f] == missing:
			c.at[f] = at
		case f >= 0:
			return nil, bad("%s: the columns %q and %q are both the field %q of %q; leave one out with %s",
				l.name, l.header[c.at[f]], name, schema[f].Name, collection, o.spell("drop"))
		case at != l.key:
			strange = append(strange, name)
		}
	}
	if len(strange) > 0 {
		return nil, fmt.Errorf("%s: %q has no field for: %s; its fields are %s. %s %s leaves it out, %s FIELD=COLUMN says which field a column is, "+
			"%s NAME makes another collection", l.name, collection, strings.Join(strange, ", "), strings.Join(schema.Names(), ", "),
			o.spell("drop"), strings.Join(strange, ","), o.spell("map"), o.spell("collection"))
	}
	if !slices.ContainsFunc(c.at, func(at int) bool { return at != missing }) {
		return nil, fmt.Errorf("%s: no column is a field of %q, which has %s; %s FIELD=COLUMN says which field a column is",
			l.name, collection, strings.Join(schema.Names(), ", "), o.spell("map"))
	}
	return c, nil
}

// renamed gives the header with the columns of Options.Map under the names of their fields.
func renamed(file string, header []string, o Options) ([]string, error) {
	out := slices.Clone(header)
	for _, m := range o.Map {
		field, column, ok := strings.Cut(m, "=")
		if !ok || field == "" {
			return nil, bad("%s: %q is not FIELD=COLUMN", o.spell("map"), m)
		}
		c := FindName(header, column)
		if c < 0 {
			return nil, bad("%s: %s has no column %q; the columns are %s", o.spell("map"), file, column, strings.Join(header, ", "))
		}
		if other := FindName(out, field); other >= 0 && other != c {
			return nil, bad("%s: %s has a column %q besides %q; leave one out with %s, or rename it", o.spell("map"), file, out[other], column, o.spell("drop"))
		}
		out[c] = field
	}
	return out, nil
}
