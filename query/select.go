package query

import (
	"slices"
	"strconv"
	"strings"

	"github.com/doppeldb/doppel/db"
	"github.com/doppeldb/doppel/query/syntax"
)

// selectPlan is a SELECT that is ready to run.
type selectPlan struct {
	statement
	c       *db.Collection
	where   condition
	nearest *nearestPlan // nil without NEAREST
	group   *grouping    // nil without GROUP BY and aggregates
	columns []Column
	items   []node // one for each column
	order   []orderKey
	limit   int // -1: none
	offset  int
	notes   []string
	trace   *trace // nil unless EXPLAIN ANALYZE measures
}

// orderKey is something to sort by.
type orderKey struct {
	node
	desc bool
}

func (st statement) planSelect(x *syntax.Select) (*selectPlan, error) {
	c, err := st.collection(x.From)
	if err != nil {
		return nil, err
	}
	p := &selectPlan{statement: st, c: c}
	s, err := st.scope(c)
	if err != nil {
		return nil, err
	}
	if x.Nearest != nil {
		s.noDistance = "WHERE chooses the records that are then searched: write WITHIN for a distance"
	}
	if p.where, err = s.where(x.Where); err != nil {
		return nil, err
	}
	if err := p.planLimit(s, x); err != nil {
		return nil, err
	}
	if x.Nearest != nil {
		if p.nearest, err = planNearest(s, x.Nearest); err != nil {
			return nil, err
		}
		s.distance = true
	}
	if x.Engine != nil {
		if p.nearest == nil {
			return nil, st.parsed.Error(x.Engine.At, "USING chooses how to search, and there is no NEAREST TO")
		}
		if err := p.nearest.use(s, x.Engine); err != nil {
			return nil, err
		}
	}
	if err := p.planItems(s, x); err != nil {
		return nil, err
	}
	if p.nearest != nil {
		if err := p.planNear(x); err != nil {
			return nil, err
		}
	}
	return p, nil
}

func (p *selectPlan) planLimit(s *scope, x *syntax.Select) (err error) {
	p.limit = -1
	if x.Limit != nil {
		if p.limit, err = s.count(x.Limit, "LIMIT", 0); err != nil {
			return err
		}
	}
	if x.Offset != nil {
		p.offset, err = s.count(x.Offset, "OFFSET", 0)
	}
	return err
}

// planItems compiles the columns, GROUP BY and ORDER BY.
func (p *selectPlan) planItems(s *scope, x *syntax.Select) error {
	if x.Group != nil || slices.ContainsFunc(x.Items, func(it syntax.Item) bool { return hasAggregate(it.Expr) }) ||
		slices.ContainsFunc(x.Order, func(o syntax.Order) bool { return hasAggregate(o.Expr) }) {
		var err error
		if p.group, err = planGrouping(s, x); err != nil {
			return err
		}
		s.special = p.group.compile
	}
	p.columns, p.items = make([]Column, 0, len(x.Items)), make([]node, 0, len(x.Items))
	for _, it := range x.Items {
		if it.Star {
			if p.group != nil {
				return s.fail(it.At, "* and groups do not go together; name the columns")
			}
			if err := p.star(s); err != nil {
				return err
			}
			continue
		}
		n, err := s.compile(it.Expr)
		if err != nil {
			return err
		}
		name := it.As.Text
		if name == "" {
			name = itemName(s, it.Expr)
		}
		p.columns, p.items = append(p.columns, Column{name, n.kind}), append(p.items, n)
	}
	for _, o := range x.Order {
		n, err := p.orderNode(s, x, o)
		if err != nil {
			return err
		}
		p.order = append(p.order, orderKey{n, o.Desc})
	}
	return nil
}

// star adds the key, all fields and the distance.
func (p *selectPlan) star(s *scope) error {
	names := []syntax.Name{{Text: "_key"}}
	for _, f := range s.schema {
		names = append(names, syntax.Name{Text: f.Name})
	}
	if s.distance {
		names = append(names, syntax.Name{Text: "_distance"})
	}
	for _, name := range names {
		n, err := s.compileField(&syntax.Field{Name: name})
		if err != nil {
			return err
		}
		p.columns, p.items = append(p.columns, Column{itemName(s, &syntax.Field{Name: name}), n.kind}), append(p.items, n)
	}
	return nil
}

// itemName is what a column without AS is called: as the schema spells it, or as the expression is written.
func itemName(s *scope, x syntax.Expr) string {
	f, ok := x.(*syntax.Field)
	if !ok {
		return syntax.ExprString(x)
	}
	switch at := s.resolve(f.Text); at {
	case isKey:
		return s.keyName
	case isDistance:
		return "distance"
	case isNothing:
		return f.Text
	default:
		return s.schema[at].Name
	}
}

// orderNode finds what an ORDER BY means: a position, a name that AS gave, or an expression.
func (p *selectPlan) orderNode(s *scope, x *syntax.Select, o syntax.Order) (node, error) {
	if l, ok := o.Expr.(*syntax.Literal); ok && l.Kind == syntax.NumberLiteral {
		at, err := strconv.Atoi(l.Text)
		if err != nil || at < 1 || at > len(p.items) {
			return node{}, s.fail(l.At, "there is no column %s: ORDER BY counts the %d from 1", l.Text, len(p.items))
		}
		return p.items[at-1], nil
	}
	if f, ok := o.Expr.(*syntax.Field); ok {
		for i, it := range x.Items {
			if it.As.Text != "" && strings.EqualFold(it.As.Text, f.Text) && !slices.ContainsFunc(x.Items, func(it syntax.Item) bool { return it.Star }) {
				return p.items[i], nil
			}
		}
	}
	return s.compile(o.Expr)
}

// sorted says whether records come in the order that is asked for.
func (p *selectPlan) sorted() bool {
	if p.group != nil {
		return len(p.order) == 0
	}
	return len(p.order) == 0 || p.nearest != nil && p.order[0].field == isDistance && !p.order[0].desc && len(p.order) == 1
}
