package query

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/doppeldb/doppel/db"
	"github.com/doppeldb/doppel/encoder"
	"github.com/doppeldb/doppel/query/syntax"
	"github.com/doppeldb/doppel/record"
)

// nearestPlan is a NEAREST TO that is ready to run.
type nearestPlan struct {
	search db.Search
	only   []int  // fields that count of the record Key, after ON; nil for all
	key    string // of a record that is left out of the answer, where only is set
	keyAt  syntax.Pos
}

// DefaultEf is how many candidates a walk of NEAREST keeps without USING. Of 100 titles of another
// world to 100,000 made-up products 64, the index's own default, found .906 of the ten nearest,
// 128 .959, 200 .969, 300 .990 and 500 .996; 300 takes about twice the time of 64. benchmarks/query
// asks other titles.
const DefaultEf = 300

// defaultNearest is how many records NEAREST gives without LIMIT and WITHIN.
const defaultNearest = 10

func planNearest(s *scope, x *syntax.Nearest) (*nearestPlan, error) {
	p := &nearestPlan{search: db.Search{Ef: DefaultEf}}
	on, err := s.fields(x.On)
	if err != nil {
		return nil, err
	}
	if x.To.Record != nil {
		key, err := s.keyOf(x.To.Record)
		if err != nil {
			return nil, err
		}
		p.keyAt = x.To.Record.Pos()
		if on == nil {
			p.search.Key = key
		} else {
			p.key, p.only = key, on
		}
	} else if p.search.Values, err = s.targetValues(x.To, on); err != nil {
		return nil, err
	}
	if x.Within != nil {
		r, err := s.number(x.Within, "WITHIN")
		if err != nil {
			return nil, err
		}
		if r < 0 {
			return nil, s.fail(x.Within.Pos(), "a distance is 0 or more (2 is the largest), not %s", formatNumber(r))
		}
		p.search.Within, p.search.Radius = true, float32(r)
	}
	return p, nil
}

// fields finds named fields; nil for none.
func (s *scope) fields(names []syntax.Name) ([]int, error) {
	var list []int
	for _, n := range names {
		f, err := s.field(n)
		if err != nil {
			return nil, err
		}
		if s.schema[f].Kind == record.Ignore {
			return nil, s.fail(n.At, "%s is of kind IGNORE, which is never compared", n.Text)
		}
		list = append(list, f)
	}
	return list, nil
}

// targetValues gives the values of a text or of {field: value}, in schema order; with on only these fields.
func (s *scope) targetValues(t syntax.Target, on []int) ([]string, error) {
	values := make([]string, len(s.schema))
	if t.Text != nil {
		text, err := s.text(t.Text, "what is looked for")
		if err != nil {
			return nil, err
		}
		if on == nil {
			on = []int{s.textField()}
			if on[0] < 0 {
				on[0] = s.imageField()
			}
		}
		for _, f := range on {
			if f < 0 {
				return nil, s.fail(t.At, "%s has no field that is compared as a whole text; write {field: value}", s.name)
			}
			if values[f] = text; s.schema[f].Kind == record.Image {
				if values[f], err = s.picture(t.Text, TextValue(text)); err != nil {
					return nil, err
				}
			}
		}
		return values, nil
	}
	given, err := s.fieldValues(t.Values)
	if err != nil || on == nil {
		return given, err
	}
	for _, f := range on {
		values[f] = given[f]
	}
	return values, nil
}

// imageField gives the first field of pictures, -1 for none.
func (s *scope) imageField() int {
	return slices.IndexFunc(s.schema, func(f record.Field) bool { return f.Kind == record.Image })
}

// fieldValues gives the values of {field: value} in schema order.
func (s *scope) fieldValues(list []syntax.FieldValue) ([]string, error) {
	values := make([]string, len(s.schema))
	seen := make([]bool, len(s.schema))
	for _, fv := range list {
		f, err := s.field(fv.Field)
		if err != nil {
			return nil, err
		}
		if seen[f] {
			return nil, s.fail(fv.Field.At, "%s is given twice", fv.Field.Text)
		}
		seen[f] = true
		if values[f] = s.literal(fv.Value).String(); s.schema[f].Kind == record.Image {
			if values[f], err = s.picture(fv.Value, s.literal(fv.Value)); err != nil {
				return nil, err
			}
		}
	}
	return values, nil
}

// textField is the field that a text alone stands for: the first of kind TEXT,
// else of another kind that is compared as letters; -1 for none.
func (s *scope) textField() int {
	for _, kinds := range [][]record.Kind{{record.Text}, {record.Category, record.Code}} {
		for f := range s.schema {
			for _, k := range kinds {
				if s.schema[f].Kind == k {
					return f
				}
			}
		}
	}
	return -1
}

// use sets what USING says.
func (p *nearestPlan) use(s *scope, x *syntax.Engine) (err error) {
	p.search.Engine = db.SearchExact
	if x.HNSW {
		p.search.Engine = db.SearchHNSW
	}
	if x.Ef != nil {
		p.search.Ef, err = s.count(x.Ef, "EF", 1)
		if err == nil && p.search.Ef > maxEf {
			err = s.fail(x.Ef.Pos(), "EF is at most %d", maxEf)
		}
	}
	return err
}

// maxEf keeps a walk from taking more than comparing everything would.
const maxEf = 1_000_000

// planNear says how many records are searched for.
func (p *selectPlan) planNear(x *syntax.Select) error {
	n := p.nearest
	n.search.Where = p.where.filter
	grouped := p.group != nil
	switch {
	case grouped && !n.search.Within:
		return p.parsed.Error(x.Nearest.At, "groups and aggregates of what is near need to know how near: write WITHIN")
	case n.search.Within && (grouped || !p.sorted()):
		return nil // all of them, sorted and cut afterwards
	case p.limit < 0 && !n.search.Within:
		p.limit = defaultNearest
		p.notes = append(p.notes, fmt.Sprintf("NEAREST TO without LIMIT and WITHIN gives the %d closest", defaultNearest))
	}
	if p.limit >= 0 {
		n.search.K = p.limit + p.offset
	}
	return nil
}

// find runs the search. Where the collection has no encoder yet, it gets one.
func (p *nearestPlan) find(ctx context.Context, st *statement, c *db.Collection) (*db.Answer, []string, error) {
	search := p.search
	if search.K == 0 && !search.Within {
		return &db.Answer{Plan: db.SearchPlan{Why: "LIMIT 0", Kept: -1}}, nil, nil
	}
	if p.only != nil {
		r, err := c.Get(p.key)
		if errors.Is(err, db.ErrNotFound) {
			return nil, nil, noRecord(st, p.keyAt, c, p.key)
		}
		if err != nil {
			return nil, nil, err
		}
		search.Values = make([]string, len(r.Values))
		for _, f := range p.only {
			search.Values[f] = r.Values[f]
		}
		search.Where = besides(search.Where, db.Not(db.Keys(p.key)))
	}
	notes, err := st.ensureEncoder(ctx, c)
	if err != nil {
		return nil, nil, err
	}
	a, err := c.Search(ctx, search)
	if search.Key != "" && errors.Is(err, db.ErrNotFound) {
		return nil, nil, noRecord(st, p.keyAt, c, search.Key)
	}
	return a, notes, err
}

func besides(f, g db.Filter) db.Filter {
	if f == nil {
		return g
	}
	return db.And(f, g)
}

func noRecord(st *statement, at syntax.Pos, c *db.Collection, key string) error {
	e := st.parsed.Error(at, "%s has no record with the key %s", syntax.QuoteName(c.Name()), syntax.QuoteText(key))
	e.Err = db.ErrNotFound
	return e
}

// ensureEncoder fits an encoder on the records of a collection that has none, and stores it.
func (st *statement) ensureEncoder(ctx context.Context, c *db.Collection) ([]string, error) {
	_, err := c.Encoder()
	if !errors.Is(err, db.ErrNoEncoder) {
		return nil, err
	}
	snap, err := c.Load(ctx)
	if err != nil {
		return nil, err
	}
	enc, err := encoder.Fit(ctx, c.Schema(), snap.Len(), func(i int) []string { return snap.Rows[i] }, encoder.Options{Threads: st.Threads})
	if err != nil {
		return nil, err
	}
	if err := c.SetEncoder(ctx, enc); err != nil {
		return nil, fmt.Errorf("%s has no encoder yet, and none can be stored: %w", syntax.QuoteName(c.Name()), err)
	}
	return []string{fmt.Sprintf("%s had no encoder yet: one was fitted on its %s", syntax.QuoteName(c.Name()), count(snap.Len(), "record", "records"))}, nil
}
