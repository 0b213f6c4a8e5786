package query

import (
	"strconv"

	"github.com/doppeldb/doppel/query/syntax"
	"github.com/doppeldb/doppel/record"
)

// node is a compiled expression. Its kind is known beforehand: Null for one that
// is always NULL. Evaluating cannot fail.
type node struct {
	kind     Kind
	constant bool
	stray    bool               // a field of numbers: its value can be a text as well
	stores   record.Kind        // of a field
	field    int                // of a field, isKey or isDistance; isNothing for what is computed
	value    Value              // of a constant
	compute  func(r *row) Value // of what is computed
}

func constant(v Value) node {
	return node{kind: v.kind, constant: true, value: v, field: isNothing}
}

// eval gives the value for a row.
func (n *node) eval(r *row) Value {
	switch {
	case n.constant:
		return n.value
	case n.field >= 0:
		return stored(r.Values[n.field], n.stores)
	case n.field == isKey:
		return TextValue(r.Key)
	case n.field == isDistance:
		return distance(r.distance)
	}
	return n.compute(r)
}

// distance is written with the digits that it has.
func distance(d float32) Value {
	v := NumberValue(float64(d))
	v.text = strconv.FormatFloat(float64(d), 'g', -1, 32)
	return v
}

// computed makes a node of parts; of constants it makes a constant.
func computed(kind Kind, eval func(r *row) Value, parts ...node) node {
	for _, p := range parts {
		if !p.constant {
			return node{kind: kind, compute: eval, field: isNothing}
		}
	}
	return constant(eval(nil))
}

// compile gives the node of an expression.
func (s *scope) compile(x syntax.Expr) (node, error) {
	if s.special != nil {
		if n, ok, err := s.special(s, x); ok || err != nil {
			return n, err
		}
	}
	switch x := x.(type) {
	case *syntax.Literal, *syntax.Param:
		return constant(s.literal(x)), nil
	case *syntax.Field:
		return s.compileField(x)
	case *syntax.Unary:
		return s.compileUnary(x)
	case *syntax.Binary:
		return s.compileBinary(x)
	case *syntax.Logic:
		return s.compileLogic(x)
	case *syntax.In:
		return s.compileIn(x)
	case *syntax.Between:
		return s.compileBetween(x)
	case *syntax.Like:
		return s.compileLike(x)
	case *syntax.IsNull:
		n, err := s.compile(x.X)
		if err != nil {
			return node{}, err
		}
		return computed(Bool, func(r *row) Value { return BoolValue(n.eval(r).IsNull() != x.Not) }, n), nil
	case *syntax.Call:
		return s.compileCall(x)
	}
	panic("query: expression of an unknown type")
}

func (s *scope) compileField(x *syntax.Field) (node, error) {
	f := s.resolve(x.Text)
	switch f {
	case isKey:
		return node{kind: Text, field: isKey}, nil
	case isDistance:
		if !s.distance {
			return node{}, s.fail(x.At, "%s", s.noDistance)
		}
		return node{kind: Number, field: isDistance}, nil
	case isNothing:
		return node{}, s.unknown(x.Name)
	}
	kind := s.schema[f].Kind
	if kind == record.Number {
		return node{kind: Number, field: f, stores: kind, stray: true}, nil
	}
	return node{kind: Text, field: f, stores: kind}, nil
}

func (s *scope) compileUnary(x *syntax.Unary) (node, error) {
	if x.Op == syntax.Not {
		n, err := s.condition(x.X)
		if err != nil {
			return node{}, err
		}
		return computed(Bool, func(r *row) Value { return not(n.eval(r)) }, n), nil
	}
	n, err := s.quantity(x.X, "-")
	if err != nil {
		return node{}, err
	}
	return computed(Number, func(r *row) Value {
		if v := n.eval(r); v.kind == Number {
			return NumberValue(-v.num)
		}
		return Value{}
	}, n), nil
}

func not(v Value) Value {
	if v.kind != Bool {
		return Value{}
	}
	return BoolValue(v.num == 0)
}

// condition compiles what has to be a truth value or NULL.
func (s *scope) condition(x syntax.Expr) (node, error) {
	n, err := s.compile(x)
	if err == nil && n.kind != Bool && n.kind != Null {
		err = s.fail(syntax.Start(x), "a condition is expected here, such as x = 1; %s is a %s", syntax.ExprString(x), n.kind)
	}
	return n, err
}

// quantity compiles what has to be a number or NULL.
func (s *scope) quantity(x syntax.Expr, op string) (node, error) {
	n, err := s.compile(x)
	if err == nil && n.kind != Number && n.kind != Null {
		err = s.fail(syntax.Start(x), "%s takes numbers; %s is a %s", op, syntax.ExprString(x), n.kind)
	}
	return n, err
}

func (s *scope) compileBinary(x *syntax.Binary) (node, error) {
	if x.Op.Compares() {
		return s.compileComparison(x)
	}
	a, err := s.quantity(x.X, x.Op.String())
	if err != nil {
		return node{}, err
	}
	b, err := s.quantity(x.Y, x.Op.String())
	if err != nil {
		return node{}, err
	}
	op := x.Op
	return computed(Number, func(r *row) Value {
		v, w := a.eval(r), b.eval(r)
		if v.kind != Number || w.kind != Number {
			return Value{}
		}
		switch op {
		case syntax.Plus:
			return NumberValue(v.num + w.num)
		case syntax.Minus:
			return NumberValue(v.num - w.num)
		case syntax.Times:
			return NumberValue(v.num * w.num)
		}
		return NumberValue(v.num / w.num)
	}, a, b), nil
}

// alike makes the kinds of two sides meet: a constant text that is compared with
// numbers has to be one.
func (s *scope) alike(x, y syntax.Expr, a, b *node) error {
	if a.kind == b.kind || a.kind == Null || b.kind == Null {
		return nil
	}
	for _, c := range [][2]*node{{a, b}, {b, a}} {
		if text, other := c[0], c[1]; text.constant && text.kind == Text && other.kind == Number {
			if v, ok := record.ParseNumber(text.value.text); ok {
				*text = constant(NumberValue(v))
				return nil
			}
		}
	}
	at, hint := syntax.Start(y), ""
	switch {
	case b.constant && b.kind == Number && a.kind == Text:
		hint = "; compare it with a text: " + syntax.QuoteText(b.value.String())
	case a.constant && a.kind == Number && b.kind == Text:
		at, hint = syntax.Start(x), "; compare it with a text: "+syntax.QuoteText(a.value.String())
	}
	return s.fail(at, "%s is a %s and %s a %s: they cannot be compared%s", syntax.ExprString(x), a.kind, syntax.ExprString(y), b.kind, hint)
}

// pair compiles two sides of a comparison.
func (s *scope) pair(x, y syntax.Expr) (a, b node, err error) {
	if a, err = s.compile(x); err != nil {
		return a, b, err
	}
	if b, err = s.compile(y); err != nil {
		return a, b, err
	}
	return a, b, s.alike(x, y, &a, &b)
}

func (s *scope) compileComparison(x *syntax.Binary) (node, error) {
	a, b, err := s.pair(x.X, x.Y)
	if err != nil {
		return node{}, err
	}
	op := x.Op
	return computed(Bool, func(r *row) Value { return compare(op, a.eval(r), b.eval(r)) }, a, b), nil
}

// compare gives TRUE, FALSE or NULL; values of different kinds, as where a record
// of a field of numbers holds a text, give NULL.
func compare(op syntax.Op, v, w Value) Value {
	if v.kind == Null || v.kind != w.kind {
		return Value{}
	}
	c := compareValues(v, w)
	switch op {
	case syntax.Equal:
		return BoolValue(c == 0)
	case syntax.Unequal:
		return BoolValue(c != 0)
	case syntax.Less:
		return BoolValue(c < 0)
	case syntax.LessEqual:
		return BoolValue(c <= 0)
	case syntax.Greater:
		return BoolValue(c > 0)
	}
	return BoolValue(c >= 0)
}

func (s *scope) compileLogic(x *syntax.Logic) (node, error) {
	args := make([]node, len(x.Args))
	for i, arg := range x.Args {
		var err error
		if args[i], err = s.condition(arg); err != nil {
			return node{}, err
		}
	}
	decides := x.Op == syntax.Or // TRUE decides an OR, FALSE an AND
	return computed(Bool, func(r *row) Value {
		unknown := false
		for i := range args {
			switch v := args[i].eval(r); {
			case v.kind != Bool:
				unknown = true
			case (v.num == 1) == decides:
				return v
			}
		}
		if unknown {
			return Value{}
		}
		return BoolValue(!decides)
	}, args...), nil
}

func (s *scope) compileIn(x *syntax.In) (node, error) {
	a, err := s.compile(x.X)
	if err != nil {
		return node{}, err
	}
	list := make([]node, len(x.List))
	for i, y := range x.List {
		if list[i], err = s.compile(y); err != nil {
			return node{}, err
		}
		if err := s.alike(x.X, y, &a, &list[i]); err != nil {
			return node{}, err
		}
	}
	n := computed(Bool, func(r *row) Value {
		v, unknown := a.eval(r), false
		for i := range list {
			c := compare(syntax.Equal, v, list[i].eval(r))
			if c.True() {
				return c
			}
			unknown = unknown || c.IsNull()
		}
		if unknown {
			return Value{}
		}
		return BoolValue(false)
	}, append(list, a)...)
	return negated(n, x.Not), nil
}

func (s *scope) compileBetween(x *syntax.Between) (node, error) {
	a, low, err := s.pair(x.X, x.Low)
	if err != nil {
		return node{}, err
	}
	_, high, err := s.pair(x.X, x.High)
	if err != nil {
		return node{}, err
	}
	n := computed(Bool, func(r *row) Value {
		v := a.eval(r)
		return and(compare(syntax.GreaterEqual, v, low.eval(r)), compare(syntax.LessEqual, v, high.eval(r)))
	}, a, low, high)
	return negated(n, x.Not), nil
}

func and(v, w Value) Value {
	switch {
	case v.False() || w.False():
		return BoolValue(false)
	case v.kind != Bool || w.kind != Bool:
		return Value{}
	}
	return BoolValue(true)
}

func (s *scope) compileLike(x *syntax.Like) (node, error) {
	a, err := s.compile(x.X)
	if err != nil {
		return node{}, err
	}
	b, err := s.compile(x.Pattern)
	if err != nil {
		return node{}, err
	}
	if a.kind == Bool || b.kind != Text && b.kind != Null {
		return node{}, s.fail(x.At, "LIKE compares a text with a pattern such as 'sony%%'")
	}
	l := &like{text: a, pattern: b}
	if b.constant && b.kind == Text {
		l.fixed = newPattern(b.value.text)
	}
	return negated(computed(Bool, l.eval, a, b), x.Not), nil
}

// like is a text and a pattern; fixed is that of a constant one.
type like struct {
	text, pattern node
	fixed         pattern
}

func (l *like) eval(r *row) Value {
	v, w := l.text.eval(r), l.pattern.eval(r)
	if v.kind == Null || w.kind != Text {
		return Value{}
	}
	p := l.fixed
	if p.pieces == nil {
		p = newPattern(w.text)
	}
	return BoolValue(p.match(v.String()))
}

func negated(n node, really bool) node {
	if !really {
		return n
	}
	return computed(Bool, func(r *row) Value { return not(n.eval(r)) }, n)
}
