package syntax_test

import (
	"math/rand/v2"

	"github.com/doppeldb/doppel/query/syntax"
	"github.com/doppeldb/doppel/record"
)

// generator makes statements at random, nodes that no parser would make excepted.
type generator struct {
	*rand.Rand
	questions int
}

func (g *generator) yes() bool { return g.IntN(2) == 0 }

func pick[T any](g *generator, list ...T) T { return list[g.IntN(len(list))] }

func (g *generator) text() string {
	return pick(g, "", "x", "it's", `"`, "a b", "--", "/*", ";", "?", "日本", "O''Neill", "%_%", "\n", "NULL", "1")
}

func (g *generator) name() syntax.Name {
	plain := pick(g, "a", "title", "Key", "record", "count", "é9_", "label", "model", "if", "no", "one", "set", "hnsw")
	if g.yes() {
		return syntax.Name{Text: plain}
	}
	return syntax.Name{Text: pick(g, "select", "a b", `q"q`, "9a", plain, "''", "--", ":x"), Quoted: true}
}

func (g *generator) names() []syntax.Name { return some(g, g.name) }

// some gives one to three.
func some[T any](g *generator, make func() T) []T {
	list := []T{make()}
	for len(list) < 3 && g.yes() {
		list = append(list, make())
	}
	return list
}

func (g *generator) param() syntax.Expr {
	if g.yes() {
		return &syntax.Param{Name: pick(g, "x", "y", "null", "select")}
	}
	g.questions++
	return &syntax.Param{Index: g.questions - 1}
}

func (g *generator) textValue() syntax.Expr {
	if g.IntN(4) == 0 {
		return g.param()
	}
	return &syntax.Literal{Kind: syntax.TextLiteral, Text: g.text()}
}

func (g *generator) number() syntax.Expr {
	if g.IntN(4) == 0 {
		return g.param()
	}
	return &syntax.Literal{Kind: syntax.NumberLiteral, Text: pick(g, "0", "12", "-3", "1.5", ".5", "2.", "1e9", "-1.5E-3", "007")}
}

func (g *generator) key() syntax.Expr {
	if g.yes() {
		return g.number()
	}
	return g.textValue()
}

func (g *generator) value() syntax.Expr {
	switch g.IntN(6) {
	case 0:
		return &syntax.Literal{Kind: pick(g, syntax.NullLiteral, syntax.TrueLiteral, syntax.FalseLiteral)}
	case 1, 2:
		return g.number()
	}
	return g.textValue()
}

func (g *generator) expr(depth int) syntax.Expr {
	if depth == 0 || g.IntN(6) == 0 {
		if g.yes() {
			return g.value()
		}
		return &syntax.Field{Name: g.name()}
	}
	x := func() syntax.Expr { return g.expr(depth - 1) }
	switch g.IntN(9) {
	case 0:
		return &syntax.Unary{Op: pick(g, syntax.Not, syntax.Minus), X: x()}
	case 1, 2:
		return &syntax.Binary{Op: pick(g, syntax.Equal, syntax.Unequal, syntax.Less, syntax.LessEqual, syntax.Greater,
			syntax.GreaterEqual, syntax.Plus, syntax.Minus, syntax.Times, syntax.Over), X: x(), Y: x()}
	case 3, 4:
		return &syntax.Logic{Op: pick(g, syntax.And, syntax.Or), Args: append([]syntax.Expr{x()}, some(g, x)...)}
	case 5:
		return &syntax.In{X: x(), Not: g.yes(), List: some(g, x)}
	case 6:
		return &syntax.Between{X: x(), Not: g.yes(), Low: x(), High: x()}
	case 7:
		if g.yes() {
			return &syntax.IsNull{X: x(), Not: g.yes()}
		}
		return &syntax.Like{X: x(), Not: g.yes(), Pattern: x()}
	}
	c := &syntax.Call{Func: syntax.Name{Text: pick(g, "count", "avg", "lower", "f")}}
	switch g.IntN(4) {
	case 0:
		c.Star = true
	case 1:
		c.Distinct, c.Args = true, some(g, x)
	case 2:
		c.Args = some(g, x)
	}
	return c
}

func (g *generator) exprs() []syntax.Expr {
	return some(g, func() syntax.Expr { return g.expr(2) })
}

func (g *generator) fieldValues() []syntax.FieldValue {
	return some(g, func() syntax.FieldValue { return syntax.FieldValue{Field: g.name(), Value: g.value()} })
}

func (g *generator) target() syntax.Target {
	switch g.IntN(3) {
	case 0:
		return syntax.Target{Record: g.key()}
	case 1:
		return syntax.Target{Values: g.fieldValues()}
	}
	return syntax.Target{Text: g.textValue()}
}

func (g *generator) model() syntax.Model {
	switch g.IntN(3) {
	case 0:
		return syntax.Model{None: true}
	case 1:
		return syntax.Model{Name: g.name()}
	}
	return syntax.Model{}
}

func (g *generator) into() syntax.Destination {
	switch g.IntN(3) {
	case 0:
		return syntax.Destination{File: g.textValue()}
	case 1:
		return syntax.Destination{Collection: g.name()}
	}
	return syntax.Destination{}
}

// maybe gives nil every other time.
func (g *generator) maybe(make func() syntax.Expr) syntax.Expr {
	if g.yes() {
		return nil
	}
	return make()
}

func (g *generator) maybeName() syntax.Name {
	if g.yes() {
		return syntax.Name{}
	}
	return g.name()
}

func (g *generator) in() []syntax.Name {
	list := []syntax.Name{g.name()}
	if g.yes() {
		list = append(list, g.name())
	}
	return list
}

func (g *generator) where() syntax.Expr { return g.maybe(func() syntax.Expr { return g.expr(3) }) }

func (g *generator) selectStatement() *syntax.Select {
	s := &syntax.Select{From: g.name()}
	s.Items = some(g, func() syntax.Item {
		if g.IntN(4) == 0 {
			return syntax.Item{Star: true}
		}
		return syntax.Item{Expr: g.expr(2), As: g.maybeName()}
	})
	if g.yes() {
		s.Nearest = &syntax.Nearest{To: g.target(), Within: g.maybe(g.number)}
		if g.yes() {
			s.Nearest.On = g.names()
		}
	}
	s.Where = g.where()
	switch g.IntN(3) {
	case 0:
		s.Engine = &syntax.Engine{}
	case 1:
		s.Engine = &syntax.Engine{HNSW: true, Ef: g.maybe(g.number)}
	}
	if g.yes() {
		s.Group = g.exprs()
	}
	if g.yes() {
		s.Order = some(g, func() syntax.Order { return syntax.Order{Expr: g.expr(2), Desc: g.yes()} })
	}
	s.Limit, s.Offset = g.maybe(g.number), g.maybe(g.number)
	return s
}

// statement makes one of any kind. Parameters get their numbers in the order of
// the text only where they are made in it: they are numbered anew by the caller's parser,
// so that most statements here have named ones.
func (g *generator) statement() syntax.Statement {
	s := g.anyStatement()
	if g.questions > 1 { // the order of making is not that of the text
		return (&generator{rand.New(rand.NewPCG(g.Uint64(), 3)), 0}).statement()
	}
	return s
}

func (g *generator) anyStatement() syntax.Statement {
	switch g.IntN(24) {
	case 0:
		s := &syntax.CreateCollection{Name: g.name(), IfNotExists: g.yes()}
		s.Columns = some(g, func() syntax.Column {
			return syntax.Column{Name: g.name(), Kind: record.Kind(g.IntN(5)), Key: g.yes()}
		})
		return s
	case 1:
		return &syntax.DropCollection{Name: g.name(), IfExists: g.yes()}
	case 2:
		return &syntax.DropModel{Name: g.name()}
	case 3:
		return &syntax.Describe{Name: g.name()}
	case 4:
		switch g.IntN(4) {
		case 0:
			return &syntax.Show{What: syntax.ShowModels}
		case 1:
			return &syntax.Show{What: syntax.ShowClasses, In: []syntax.Name{g.name()}, Set: g.maybeName()}
		case 2:
			return &syntax.Show{What: syntax.ShowLabels, In: g.in()}
		}
		return &syntax.Show{}
	case 5:
		return &syntax.Import{File: g.textValue(), Into: g.name(), Key: g.maybeName()}
	case 6:
		return &syntax.Export{Name: g.name(), File: g.textValue()}
	case 7:
		s := &syntax.Insert{Replace: g.yes(), Into: g.name()}
		if g.yes() {
			s.Fields = g.names()
		}
		s.Rows = some(g, func() []syntax.Expr { return some(g, g.value) })
		s.Places = make([]syntax.Pos, len(s.Rows))
		return s
	case 8:
		return &syntax.Delete{From: g.name(), Where: g.where()}
	case 9:
		return &syntax.Compare{Left: g.key(), Right: g.key(), In: g.in(), Model: g.model()}
	case 10:
		return &syntax.Classify{Target: g.target(), In: g.name(), Set: g.maybeName(), Top: g.maybe(g.number)}
	case 11:
		s := &syntax.CreateClass{Name: g.textValue(), In: g.name(), Set: g.maybeName()}
		switch g.IntN(3) {
		case 0:
			s.Keys = some(g, g.key)
		case 1:
			s.Values = some(g, func() syntax.ClassValue { return syntax.ClassValue{Values: g.fieldValues()} })
		default:
			s.Where, s.Limit = g.expr(2), g.maybe(g.number)
		}
		return s
	case 12:
		return &syntax.CreateClasses{In: g.name(), Set: g.maybeName(), Field: g.name(), Where: g.where(), Limit: g.maybe(g.number)}
	case 13:
		return &syntax.DropClass{Name: g.textValue(), In: g.name(), Set: g.maybeName()}
	case 14:
		return &syntax.Link{Left: g.name(), Right: g.name(), Cardinality: syntax.Cardinality(g.IntN(4)), Threshold: g.maybe(g.number), Model: g.model(), Into: g.into()}
	case 15:
		return &syntax.Dedupe{Name: g.name(), Threshold: g.maybe(g.number), Model: g.model(), Into: g.into()}
	case 16:
		return &syntax.Label{Left: g.key(), Right: g.key(), Same: g.yes(), In: g.in(), By: g.maybe(g.textValue)}
	case 17:
		return &syntax.DropLabel{Left: g.key(), Right: g.key(), In: g.in()}
	case 18:
		s := &syntax.Train{Left: g.name(), Right: g.maybeName(), Pairs: g.maybe(g.textValue), As: g.maybeName()}
		if s.Pairs != nil {
			s.Valid = g.maybe(g.textValue)
		}
		return s
	case 19:
		return &syntax.Evaluate{Left: g.name(), Right: g.maybeName(), Pairs: g.textValue(), Model: g.model()}
	case 20:
		return &syntax.Explain{Analyze: g.yes(), Select: g.selectStatement()}
	}
	return g.selectStatement()
}
