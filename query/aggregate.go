package query

import (
	"math"
	"strings"

	"github.com/doppeldb/doppel/query/syntax"
)

// accumulator takes the values of a group, none of them NULL, and gives one.
type accumulator interface {
	add(v Value)
	value() Value
}

// aggregates by name.
var aggregates = map[string]func() accumulator{
	"count": func() accumulator { return &counter{} },
	"sum":   func() accumulator { return &summer{} },
	"avg":   func() accumulator { return &summer{mean: true} },
	"min":   func() accumulator { return &extreme{sign: -1} },
	"max":   func() accumulator { return &extreme{sign: 1} },
}

type counter struct{ n int }

func (c *counter) add(Value)    { c.n++ }
func (c *counter) value() Value { return NumberValue(float64(c.n)) }

// summer adds with Neumaier's correction (Rundungsfehleranalyse, 1974): a million
// prices add up to the last digit.
type summer struct {
	mean         bool
	n            int
	sum, missing float64
}

func (s *summer) add(v Value) {
	s.n++
	t := s.sum + v.num
	if math.Abs(s.sum) >= math.Abs(v.num) {
		s.missing += (s.sum - t) + v.num
	} else {
		s.missing += (v.num - t) + s.sum
	}
	s.sum = t
}

func (s *summer) value() Value {
	switch {
	case s.n == 0:
		return Value{}
	case s.mean:
		return NumberValue((s.sum + s.missing) / float64(s.n))
	}
	return NumberValue(s.sum + s.missing)
}

type extreme struct {
	sign int
	best Value
}

func (e *extreme) add(v Value) {
	if v.kind == Number {
		v.text = "" // how it was written depends on which of equal ones came first
	}
	if e.best.IsNull() || compareValues(v, e.best)*e.sign > 0 {
		e.best = v
	}
}

func (e *extreme) value() Value { return e.best }

// distinct passes each value once.
type distinct struct {
	accumulator
	seen map[Value]bool
}

func (d *distinct) add(v Value) {
	if k := v.groupKey(); !d.seen[k] {
		d.seen[k] = true
		d.accumulator.add(v)
	}
}

// aggregate is one aggregate of a SELECT.
type aggregate struct {
	text     string // as it is written
	name     string
	star     bool // count(*)
	distinct bool
	arg      node
}

func (a *aggregate) start() accumulator {
	acc := aggregates[a.name]()
	if a.distinct {
		return &distinct{acc, map[Value]bool{}}
	}
	return acc
}

// isAggregate gives the aggregate that x calls, "" for none.
func isAggregate(x syntax.Expr) string {
	if c, ok := x.(*syntax.Call); ok {
		if name := strings.ToLower(c.Func.Text); aggregates[name] != nil {
			return name
		}
	}
	return ""
}

// hasAggregate says whether an aggregate is in x; x may be nil.
func hasAggregate(x syntax.Expr) bool {
	if x == nil {
		return false
	}
	if isAggregate(x) != "" {
		return true
	}
	for _, part := range parts(x) {
		if hasAggregate(part) {
			return true
		}
	}
	return false
}

// parts lists the expressions of which x is made.
func parts(x syntax.Expr) []syntax.Expr {
	switch x := x.(type) {
	case *syntax.Unary:
		return []syntax.Expr{x.X}
	case *syntax.Binary:
		return []syntax.Expr{x.X, x.Y}
	case *syntax.Logic:
		return x.Args
	case *syntax.In:
		return append([]syntax.Expr{x.X}, x.List...)
	case *syntax.Between:
		return []syntax.Expr{x.X, x.Low, x.High}
	case *syntax.Like:
		return []syntax.Expr{x.X, x.Pattern}
	case *syntax.IsNull:
		return []syntax.Expr{x.X}
	case *syntax.Call:
		return x.Args
	}
	return nil
}
