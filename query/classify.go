package query

import (
	"context"
	"errors"

	"github.com/doppeldb/doppel/db"
	"github.com/doppeldb/doppel/query/syntax"
)

// classifyPlan is a CLASSIFY that is ready to run.
type classifyPlan struct {
	statement
	c      *db.Collection
	at     syntax.Pos
	key    string // of a stored record, "" for values
	keyAt  syntax.Pos
	values []string
	opts   db.ClassifyOptions
}

func (st statement) planClassify(x *syntax.Classify) (plan, error) {
	c, err := st.collection(x.In)
	if err != nil {
		return nil, err
	}
	s, err := st.scope(c)
	if err != nil {
		return nil, err
	}
	p := &classifyPlan{statement: st, c: c, at: x.At, opts: db.ClassifyOptions{Set: x.Set.Text}}
	if x.Set.Text != "" {
		p.at = x.Set.At
	}
	if x.Target.Record != nil {
		p.keyAt = x.Target.Record.Pos()
		p.key, err = s.keyOf(x.Target.Record)
	} else {
		p.values, err = s.targetValues(x.Target, nil)
	}
	if err != nil {
		return nil, err
	}
	if x.Top != nil {
		p.opts.Top, err = s.count(x.Top, "TOP", 1)
	}
	return p, err
}

func (p *classifyPlan) run(ctx context.Context) (*Rows, error) {
	values := p.values
	if p.key != "" {
		r, err := p.c.Get(p.key)
		if errors.Is(err, db.ErrNotFound) {
			return nil, noRecord(&p.statement, p.keyAt, p.c, p.key)
		}
		if err != nil {
			return nil, err
		}
		values = r.Values
	}
	found, err := p.c.Classify(ctx, values, &p.opts)
	if errors.Is(err, db.ErrNotFound) || errors.Is(err, db.ErrNoEncoder) {
		e := p.parsed.Error(p.at, "%s has no classes in %s; CREATE CLASS makes one", syntax.QuoteName(p.c.Name()), setName(p.opts.Set))
		e.Err = err
		return nil, e
	}
	if err != nil {
		return nil, err
	}
	var lines [][]Value
	for _, h := range found.Classes {
		lines = append(lines, []Value{TextValue(h.Class), distance(h.Distance), score(h.Confidence), TextValue(h.Support)})
	}
	rows := listed([]Column{{"class", Text}, {"distance", Number}, {"confidence", Number}, {"closest", Text}}, lines)
	if found.None {
		rows.note("none of these: the closest class is farther away than %.4g, or there is nothing to compare", found.Threshold)
	}
	return rows, nil
}
