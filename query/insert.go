package query

import (
	"context"
	"errors"
	"slices"

	"github.com/doppeldb/doppel/db"
	"github.com/doppeldb/doppel/internal/ingest"
	"github.com/doppeldb/doppel/query/syntax"
	"github.com/doppeldb/doppel/record"
)

// insertPlan is an INSERT that is ready to run.
type insertPlan struct {
	statement
	c       *db.Collection
	replace bool
	records []record.Record
	places  []syntax.Pos
}

func (st statement) planInsert(x *syntax.Insert) (plan, error) {
	c, err := st.collection(x.Into)
	if err != nil {
		return nil, err
	}
	s, err := st.scope(c)
	if err != nil {
		return nil, err
	}
	at, err := s.insertFields(x)
	if err != nil {
		return nil, err
	}
	p := &insertPlan{statement: st, c: c, replace: x.Replace}
	for n, exprs := range x.Rows {
		if len(exprs) != len(at) {
			return nil, s.fail(x.Places[n], "here are %s for %s (%s)", count(len(exprs), "value", "values"), count(len(at), "field", "fields"), s.insertList(at))
		}
		r := record.Record{Values: make([]string, len(s.schema))}
		for i, expr := range exprs {
			if at[i] == isKey {
				if r.Key, err = s.keyOf(expr); err != nil {
					return nil, err
				}
				continue
			}
			if r.Values[at[i]], err = s.storable(expr, at[i]); err != nil {
				return nil, err
			}
		}
		p.records = append(p.records, r)
		p.places = append(p.places, exprs[slices.Index(at, isKey)].Pos())
	}
	return p, nil
}

// insertFields finds the fields of the values: those of the list, or the key and all fields.
func (s *scope) insertFields(x *syntax.Insert) ([]int, error) {
	if x.Fields == nil {
		at := []int{isKey}
		for f := range s.schema {
			at = append(at, f)
		}
		return at, nil
	}
	var at []int
	for _, n := range x.Fields {
		f := s.resolve(n.Text)
		switch {
		case f == isNothing:
			return nil, s.unknown(n)
		case f == isDistance:
			return nil, s.fail(n.At, "a distance is computed, never stored")
		case slices.Contains(at, f):
			return nil, s.fail(n.At, "%s is in the list twice", n.Text)
		}
		at = append(at, f)
	}
	if !slices.Contains(at, isKey) {
		return nil, s.fail(x.Fields[0].At, "the key %s is not in the list, and no record is without one", syntax.QuoteName(s.keyName))
	}
	return at, nil
}

func (s *scope) insertList(at []int) string {
	var names []string
	for _, f := range at {
		if f == isKey {
			names = append(names, s.keyName)
		} else {
			names = append(names, s.schema[f].Name)
		}
	}
	return quotedList(names)
}

// storable gives a value as a record holds it. What goes into a field of numbers has to be one.
func (s *scope) storable(x syntax.Expr, f int) (string, error) {
	v := s.literal(x)
	switch {
	case v.kind == Bool:
		return "", s.fail(x.Pos(), "a truth value cannot be stored; write it as a text")
	case v.kind == Text && v.text != "" && s.schema[f].Kind == record.Number:
		if _, ok := record.ParseNumber(v.text); !ok {
			return "", s.fail(x.Pos(), "%s takes numbers, and %s is none", s.schema[f].Name, syntax.QuoteText(v.text))
		}
	}
	if s.schema[f].Kind == record.Image {
		return s.picture(x, v)
	}
	return v.String(), nil
}

// picture reads the file that a value names, as seen from the working directory.
func (s *scope) picture(x syntax.Expr, v Value) (string, error) {
	if v.IsNull() || v.String() == "" {
		return "", nil
	}
	files := ingest.PicturesBeside("-")
	err := files.Check(v.String())
	if err != nil {
		return "", s.fail(x.Pos(), "%v", err)
	}
	return files.Value(v.String())
}

func (p *insertPlan) run(ctx context.Context) (*Rows, error) {
	// One transaction, whatever the number of records.
	res, err := p.c.PutAll(ctx, db.Records(p.records), &db.PutOptions{Insert: !p.replace, BatchRows: max(1, len(p.records)), Threads: p.Threads})
	if errors.Is(err, db.ErrDuplicateKey) {
		return nil, p.duplicate(err)
	}
	if err != nil {
		return nil, err
	}
	n := res.Inserted + res.Updated
	if res.Updated > 0 {
		return done(n, "%s inserted, %d replaced", count(res.Inserted, "record", "records"), res.Updated), nil
	}
	return done(n, "%s inserted", count(n, "record", "records")), nil
}

// duplicate points at the row whose key is taken.
func (p *insertPlan) duplicate(err error) error {
	seen := map[string]bool{}
	for i, r := range p.records {
		text := "the key %s is in the statement twice"
		if _, getErr := p.c.Get(r.Key); getErr == nil {
			text = "the key %s is taken; INSERT OR REPLACE replaces the record"
		} else if !seen[r.Key] {
			seen[r.Key] = true
			continue
		}
		e := p.parsed.Error(p.places[i], text, syntax.QuoteText(r.Key))
		e.Err = err
		return e
	}
	return err
}
