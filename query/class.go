package query

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/doppeldb/doppel/db"
	"github.com/doppeldb/doppel/query/syntax"
	"github.com/doppeldb/doppel/record"
)

// classPlan is a CREATE CLASS that is ready to run.
type classPlan struct {
	statement
	c         *db.Collection
	set, name string
	at        syntax.Pos
	keys      []string
	places    []syntax.Pos
	given     []record.Record
	where     *condition // nil for supports by key or written down
	limit     int        // of where; 0: none
}

func (st statement) planCreateClass(x *syntax.CreateClass) (plan, error) {
	c, err := st.collection(x.In)
	if err != nil {
		return nil, err
	}
	s, err := st.scope(c)
	if err != nil {
		return nil, err
	}
	p := &classPlan{statement: st, c: c, set: x.Set.Text, at: x.Name.Pos()}
	if p.name, err = s.text(x.Name, "the name of a class"); err != nil {
		return nil, err
	}
	for _, key := range x.Keys {
		k, err := s.keyOf(key)
		if err != nil {
			return nil, err
		}
		p.keys, p.places = append(p.keys, k), append(p.places, key.Pos())
	}
	for _, v := range x.Values {
		values, err := s.fieldValues(v.Values)
		if err != nil {
			return nil, err
		}
		p.given = append(p.given, record.Record{Values: values})
	}
	if x.Where != nil {
		where, err := s.where(x.Where)
		if err != nil {
			return nil, err
		}
		p.where = &where
	}
	if x.Limit != nil {
		p.limit, err = s.count(x.Limit, "LIMIT", 1)
	}
	return p, err
}

func (p *classPlan) run(ctx context.Context) (*Rows, error) {
	supports := p.given
	for i, key := range p.keys {
		r, err := p.c.Get(key)
		if errors.Is(err, db.ErrNotFound) {
			return nil, noRecord(&p.statement, p.places[i], p.c, key)
		}
		if err != nil {
			return nil, err
		}
		supports = append(supports, r)
	}
	if p.where != nil && !p.where.none {
		for r, err := range p.c.Select(ctx, p.where.filter) {
			if err != nil {
				return nil, err
			}
			if supports = append(supports, r); len(supports) == p.limit {
				break
			}
		}
	}
	if len(supports) == 0 {
		return nil, p.parsed.Error(p.at, "no record fulfils the condition, and a class needs one")
	}
	notes, err := p.ensureEncoder(ctx, p.c)
	if err != nil {
		return nil, err
	}
	if err := p.c.AddSupports(ctx, p.set, p.name, supports...); err != nil {
		return nil, p.classError(err)
	}
	rows := done(len(supports), "%s now stand for %s", count(len(supports), "record", "records"), syntax.QuoteText(p.name))
	rows.notes = notes
	return rows, nil
}

func (p *classPlan) classError(err error) error {
	if errors.Is(err, db.ErrName) || errors.Is(err, db.ErrKey) {
		return p.statement.at(p.at, err)
	}
	return err
}

// classesPlan is a CREATE CLASSES that is ready to run.
type classesPlan struct {
	statement
	c     *db.Collection
	set   string
	field int
	where condition
	limit int // records of a class; 0: all
}

func (st statement) planCreateClasses(x *syntax.CreateClasses) (plan, error) {
	c, err := st.collection(x.In)
	if err != nil {
		return nil, err
	}
	s, err := st.scope(c)
	if err != nil {
		return nil, err
	}
	p := &classesPlan{statement: st, c: c, set: x.Set.Text}
	if p.field, err = s.field(x.Field); err != nil {
		return nil, err
	}
	if p.where, err = s.where(x.Where); err != nil {
		return nil, err
	}
	if x.Limit != nil {
		p.limit, err = s.count(x.Limit, "LIMIT", 1)
	}
	return p, err
}

// maxClasses keeps a mistaken field from making a class of every record.
const maxClasses = 10_000

func (p *classesPlan) run(ctx context.Context) (*Rows, error) {
	groups := map[string][]record.Record{}
	var names []string
	n := 0
	if !p.where.none {
		for r, err := range p.c.Select(ctx, p.where.filter) {
			if err != nil {
				return nil, err
			}
			name := r.Values[p.field]
			if name == "" || p.limit > 0 && len(groups[name]) == p.limit {
				continue
			}
			if groups[name] == nil {
				names = append(names, name)
			}
			groups[name] = append(groups[name], r)
			if n++; len(names) > maxClasses {
				return nil, fmt.Errorf("%s has more than %d values; a class stands for several records", syntax.QuoteName(p.c.Schema()[p.field].Name), maxClasses)
			}
		}
	}
	notes, err := p.ensureEncoder(ctx, p.c)
	if err != nil {
		return nil, err
	}
	slices.Sort(names)
	for i, name := range names {
		if p.Progress != nil {
			p.Progress("classes", i, len(names))
		}
		if err := p.c.AddSupports(ctx, p.set, name, groups[name]...); err != nil {
			return nil, err
		}
	}
	rows := done(n, "%s of %s", count(len(names), "class", "classes"), count(n, "record", "records"))
	rows.notes = notes
	return rows, nil
}

// dropClassPlan is a DROP CLASS that is ready to run.
type dropClassPlan struct {
	statement
	c         *db.Collection
	set, name string
	at        syntax.Pos
}

func (st statement) planDropClass(x *syntax.DropClass) (plan, error) {
	c, err := st.collection(x.In)
	if err != nil {
		return nil, err
	}
	name, err := st.plainScope().text(x.Name, "the name of a class")
	return dropClassPlan{st, c, x.Set.Text, name, x.Name.Pos()}, err
}

func (p dropClassPlan) run(ctx context.Context) (*Rows, error) {
	err := p.c.DropClass(ctx, p.set, p.name)
	if errors.Is(err, db.ErrNotFound) {
		return nil, p.statement.at(p.at, fmt.Errorf("there is no class %s in %s; SHOW CLASSES lists them", syntax.QuoteText(p.name), setName(p.set)))
	}
	return done(0, "class %s dropped", syntax.QuoteText(p.name)), err
}

// setName is a set of classes, for a message.
func setName(set string) string {
	if set == "" {
		return "the set without a name"
	}
	return "the set " + syntax.QuoteName(set)
}
