package query

import (
	"strconv"
	"strings"

	"github.com/doppeldb/doppel/query/syntax"
)

// grouping is GROUP BY with its aggregates. A group is a row whose values are those
// that it is grouped by, then the aggregates.
type grouping struct {
	inner      *scope // what names mean of a record
	keys       []node
	texts      []string // of keys, to find them again in SELECT and ORDER BY
	kinds      []Kind
	aggregates []aggregate
}

func planGrouping(s *scope, x *syntax.Select) (*grouping, error) {
	inner := *s
	g := &grouping{inner: &inner}
	for _, expr := range x.Group {
		expr, err := groupExpr(s, x, expr)
		if err != nil {
			return nil, err
		}
		n, err := inner.compile(expr)
		if err != nil {
			return nil, err
		}
		g.keys = append(g.keys, n)
		g.texts = append(g.texts, groupText(s, expr))
		g.kinds = append(g.kinds, n.kind)
	}
	return g, nil
}

// groupExpr finds what a GROUP BY means: a position, a name that AS gave, or an expression.
func groupExpr(s *scope, x *syntax.Select, expr syntax.Expr) (syntax.Expr, error) {
	if l, ok := expr.(*syntax.Literal); ok && l.Kind == syntax.NumberLiteral {
		at, err := strconv.Atoi(l.Text)
		if err != nil || at < 1 || at > len(x.Items) || x.Items[at-1].Star {
			return nil, s.fail(l.At, "there is no column %s: GROUP BY counts the %d from 1", l.Text, len(x.Items))
		}
		expr = x.Items[at-1].Expr
	} else if f, ok := expr.(*syntax.Field); ok && s.resolve(f.Text) == isNothing {
		for _, it := range x.Items {
			if it.As.Text != "" && strings.EqualFold(it.As.Text, f.Text) {
				expr = it.Expr
				break
			}
		}
	}
	if hasAggregate(expr) {
		return nil, s.fail(syntax.Start(expr), "%s is over the records of a group; it cannot make the groups", syntax.ExprString(expr))
	}
	return expr, nil
}

// groupText is an expression with its names as the schema has them, so that Brand and brand are one.
func groupText(s *scope, x syntax.Expr) string {
	if f, ok := x.(*syntax.Field); ok {
		return "\x00" + strconv.Itoa(s.resolve(f.Text))
	}
	return syntax.ExprString(x)
}

// compile is the scope's special: what is grouped by, and the aggregates.
func (g *grouping) compile(s *scope, x syntax.Expr) (n node, ok bool, err error) {
	text := groupText(s, x)
	for i, t := range g.texts {
		if t == text {
			return node{kind: g.kinds[i], field: isNothing, compute: func(r *row) Value { return r.group[i] }}, true, nil
		}
	}
	if isAggregate(x) != "" {
		n, err := g.aggregate(x.(*syntax.Call))
		return n, true, err
	}
	if f, isField := x.(*syntax.Field); isField {
		if s.resolve(f.Text) == isNothing {
			return n, false, s.unknown(f.Name)
		}
		if g.keys == nil {
			return n, false, s.fail(f.At, "%s differs from record to record, and the aggregates are over all of them; GROUP BY %s, or take min(%s)", f.Text, f.Name, f.Name)
		}
		return n, false, s.fail(f.At, "%s can differ inside a group; add it to GROUP BY, or take min(%s)", f.Text, f.Name)
	}
	return n, false, nil
}

// aggregate compiles an aggregate; the same one twice is computed once.
func (g *grouping) aggregate(x *syntax.Call) (node, error) {
	s := g.inner
	a := aggregate{text: syntax.ExprString(x), name: isAggregate(x), star: x.Star, distinct: x.Distinct}
	switch {
	case x.Star && a.name != "count":
		return node{}, s.fail(x.Func.At, "%s(*) has no meaning; only count(*) has", a.name)
	case !x.Star && len(x.Args) != 1:
		return node{}, s.fail(x.Func.At, "%s takes one value, not %d", a.name, len(x.Args))
	}
	kind := Number
	if !x.Star {
		if hasAggregate(x.Args[0]) {
			return node{}, s.fail(syntax.Start(x.Args[0]), "an aggregate of an aggregate has no meaning")
		}
		var err error
		if a.arg, err = s.compile(x.Args[0]); err != nil {
			return node{}, err
		}
		sums := a.name == "sum" || a.name == "avg"
		if sums && a.arg.kind != Number && a.arg.kind != Null {
			return node{}, s.fail(syntax.Start(x.Args[0]), "%s takes numbers; %s is a %s", a.name, syntax.ExprString(x.Args[0]), a.arg.kind)
		}
		if a.name == "min" || a.name == "max" {
			kind = a.arg.kind
		}
	}
	at := -1
	for i := range g.aggregates {
		if g.aggregates[i].text == a.text {
			at = i
		}
	}
	if at < 0 {
		at = len(g.aggregates)
		g.aggregates = append(g.aggregates, a)
	}
	at += len(g.keys)
	return node{kind: kind, field: isNothing, compute: func(r *row) Value { return r.group[at] }}, nil
}

// group is one group in the making.
type group struct {
	values []Value // by which it is grouped
	accs   []accumulator
}

func (g *grouping) start(values []Value) *group {
	gr := &group{values: values, accs: make([]accumulator, len(g.aggregates))}
	for i := range g.aggregates {
		gr.accs[i] = g.aggregates[i].start()
	}
	return gr
}

// add takes a record into its group.
func (g *grouping) add(gr *group, r *row) {
	for i := range g.aggregates {
		a := &g.aggregates[i]
		if a.star {
			gr.accs[i].add(Value{})
			continue
		}
		v := a.arg.eval(r)
		if v.kind == Null || v.kind != Number && a.arg.kind == Number {
			continue // NULL, or a text where numbers are: it is as if it were NULL
		}
		gr.accs[i].add(v)
	}
}

// row gives the finished group.
func (gr *group) row() *row {
	values := append([]Value{}, gr.values...)
	for _, a := range gr.accs {
		values = append(values, a.value())
	}
	return &row{group: values}
}
