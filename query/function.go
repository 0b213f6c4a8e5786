package query

import (
	"maps"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/doppeldb/doppel/query/syntax"
)

// function is a function of one value; of NULL all give NULL.
type function struct {
	kind  Kind // of what it gives
	texts bool // it takes texts, and numbers as they are written; otherwise numbers only
	eval  func(v Value) Value
}

// functions by name; coalesce is apart, since it takes several values of any kind.
var functions = map[string]function{
	"lower":  {Text, true, func(v Value) Value { return TextValue(strings.ToLower(v.String())) }},
	"upper":  {Text, true, func(v Value) Value { return TextValue(strings.ToUpper(v.String())) }},
	"length": {Number, true, func(v Value) Value { return NumberValue(float64(utf8.RuneCountInString(v.String()))) }},
	"abs":    {Number, false, func(v Value) Value { return NumberValue(math.Abs(v.num)) }},
	"round":  {Number, false, func(v Value) Value { return NumberValue(math.Round(v.num)) }},
}

func (s *scope) compileCall(x *syntax.Call) (node, error) {
	name := strings.ToLower(x.Func.Text)
	if aggregates[name] != nil {
		return node{}, s.fail(x.Func.At, "%s is over many records; it can stand in SELECT and ORDER BY, not here", name)
	}
	f, ok := functions[name]
	switch {
	case !ok && name != "coalesce":
		return node{}, s.noFunction(x)
	case x.Star || x.Distinct:
		return node{}, s.fail(x.Func.At, "%s takes a value", name)
	case name == "coalesce":
		return s.compileCoalesce(x)
	case len(x.Args) != 1:
		return node{}, s.fail(x.Func.At, "%s takes one value, not %d", name, len(x.Args))
	}
	n, err := s.compile(x.Args[0])
	if err != nil {
		return node{}, err
	}
	if n.kind == Bool || n.kind == Text && !f.texts {
		return node{}, s.fail(syntax.Start(x.Args[0]), "%s takes no %s", name, n.kind)
	}
	return computed(f.kind, func(r *row) Value {
		v := n.eval(r)
		if v.kind == Null || v.kind == Text && !f.texts {
			return Value{}
		}
		return f.eval(v)
	}, n), nil
}

func (s *scope) noFunction(x *syntax.Call) error {
	names := append(slices.Sorted(maps.Keys(functions)), "coalesce")
	names = append(names, slices.Sorted(maps.Keys(aggregates))...)
	if near := syntax.Suggest(x.Func.Text, names); near != "" {
		return s.fail(x.Func.At, "there is no function %s; did you mean %s?", x.Func.Text, near)
	}
	return s.fail(x.Func.At, "there is no function %s; there are %s", x.Func.Text, strings.Join(names, ", "))
}

func (s *scope) compileCoalesce(x *syntax.Call) (node, error) {
	if len(x.Args) == 0 {
		return node{}, s.fail(x.Func.At, "coalesce takes values")
	}
	args := make([]node, len(x.Args))
	kind := Null
	for i, arg := range x.Args {
		n, err := s.compile(arg)
		if err != nil {
			return node{}, err
		}
		if kind == Null {
			kind = n.kind
		}
		if n.kind != Null && n.kind != kind {
			return node{}, s.fail(syntax.Start(arg), "coalesce takes values of one kind: this is a %s, the ones before are of kind %s", n.kind, kind)
		}
		args[i] = n
	}
	return computed(kind, func(r *row) Value {
		for i := range args {
			if v := args[i].eval(r); v.kind != Null {
				return v
			}
		}
		return Value{}
	}, args...), nil
}
