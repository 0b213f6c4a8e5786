package query

import (
	"math"
	"slices"

	"github.com/doppeldb/doppel/db"
	"github.com/doppeldb/doppel/query/syntax"
	"github.com/doppeldb/doppel/record"
)

// condition is a WHERE as the file can serve it: exactly the records for which it
// is TRUE. A [db.Filter] knows no NULL, so every part of the tree is translated twice
// over, once for "is TRUE" and, below a NOT, once for "is FALSE"; a record without the value
// is in neither.
type condition struct {
	filter db.Filter     // nil: all records
	none   bool          // no record can fulfil it
	served []syntax.Expr // the parts that are filters of the file
	read   []syntax.Expr // the parts for which rows are read
}

// where compiles a WHERE; nil takes all records.
func (s *scope) where(x syntax.Expr) (condition, error) {
	var c condition
	if x == nil {
		return c, nil
	}
	w := &whereCompiler{scope: s, served: make([]syntax.Expr, 0, 4)}
	f := w.translate(x, true)
	if w.err != nil {
		return c, w.err
	}
	switch f {
	case everything:
		return c, nil
	case nothing:
		return condition{none: true}, nil
	}
	return condition{filter: f.filter, served: w.served, read: w.read}, nil
}

// part is a translated part of a condition: a filter, or one of the two below.
type part struct {
	filter db.Filter
	fixed  int8 // 1 everything, -1 nothing
}

var everything, nothing = part{fixed: 1}, part{fixed: -1}

type whereCompiler struct {
	*scope
	served, read []syntax.Expr
	err          error
}

// translate gives the records for which x is TRUE, or with want false, FALSE.
func (w *whereCompiler) translate(x syntax.Expr, want bool) part {
	switch x := x.(type) {
	case *syntax.Logic:
		parts := make([]part, len(x.Args))
		for i, arg := range x.Args {
			parts[i] = w.translate(arg, want)
		}
		if (x.Op == syntax.And) == want { // NOT (a OR b) is NOT a AND NOT b
			return allOf(parts...)
		}
		return anyOf(parts...)
	case *syntax.Unary:
		if x.Op == syntax.Not {
			return w.translate(x.X, !want)
		}
	case *syntax.Binary:
		if p, ok := w.comparison(x, want); ok {
			return w.byIndex(x, p)
		}
	case *syntax.In:
		if p, ok := w.in(x, want != x.Not); ok {
			return w.byIndex(x, p)
		}
	case *syntax.Between:
		if p, ok := w.between(x, want != x.Not); ok {
			return w.byIndex(x, p)
		}
	case *syntax.IsNull:
		if p, ok := w.isNull(x, want != x.Not); ok {
			return w.byIndex(x, p)
		}
	}
	return w.byReading(x, want)
}

// keep keeps the first error.
func (w *whereCompiler) keep(err error) {
	if w.err == nil {
		w.err = err
	}
}

// byIndex notes for EXPLAIN what is a filter of the file.
func (w *whereCompiler) byIndex(x syntax.Expr, p part) part {
	if p.filter != nil {
		w.served = append(w.served, x)
	}
	return p
}

// hasColumn says whether columns of the file can answer x, a condition on one field: there are none of
// texts, of pictures and of what is ignored.
func (s *scope) hasColumn(x syntax.Expr) bool {
	if f, ok := x.(*syntax.Field); ok {
		at := s.resolve(f.Text)
		return at == isKey || at >= 0 && s.schema[at].Kind != record.Text && s.schema[at].Kind != record.Ignore && s.schema[at].Kind != record.Image
	}
	return slices.ContainsFunc(parts(x), s.hasColumn)
}

// byReading evaluates x on rows.
func (w *whereCompiler) byReading(x syntax.Expr, want bool) part {
	n, err := w.condition(x)
	if err != nil {
		w.keep(err)
		return nothing
	}
	if n.constant {
		return fixed(n.value.kind == Bool && (n.value.num == 1) == want)
	}
	w.read = append(w.read, x)
	t := &rowTest{node: n, want: want}
	return part{filter: db.Test("a condition on the row", t.keep)}
}

// rowTest evaluates a condition on one record after the other.
type rowTest struct {
	node
	want bool
	row  row
}

func (t *rowTest) keep(r record.Record) bool {
	t.row.Record = r
	v := t.eval(&t.row)
	return v.kind == Bool && (v.num == 1) == t.want
}

func fixed(all bool) part {
	if all {
		return everything
	}
	return nothing
}

func allOf(parts ...part) part {
	filters := make([]db.Filter, 0, len(parts))
	for _, p := range parts {
		switch p {
		case nothing:
			return nothing
		case everything:
		default:
			filters = append(filters, p.filter)
		}
	}
	switch len(filters) {
	case 0:
		return everything
	case 1:
		return part{filter: filters[0]}
	}
	return part{filter: db.And(filters...)}
}

func anyOf(parts ...part) part {
	filters := make([]db.Filter, 0, len(parts))
	for _, p := range parts {
		switch p {
		case everything:
			return everything
		case nothing:
		default:
			filters = append(filters, p.filter)
		}
	}
	switch len(filters) {
	case 0:
		return nothing
	case 1:
		return part{filter: filters[0]}
	}
	return part{filter: db.Or(filters...)}
}

// comparison translates field op constant and constant op field.
func (w *whereCompiler) comparison(x *syntax.Binary, want bool) (part, bool) {
	if !x.Op.Compares() {
		return part{}, false
	}
	a, b, err := w.pair(x.X, x.Y)
	if err != nil {
		w.keep(err)
		return nothing, true
	}
	op := x.Op
	if a.constant {
		a, b, op = b, a, mirrored[op]
	}
	if a.field == isNothing || !b.constant {
		return part{}, false
	}
	if b.kind == Null {
		return nothing, true // it is NULL, whatever the record has
	}
	if !want {
		op = opposite[op]
	}
	return w.plain(a, op, b.value)
}

// mirrored is the operator with its sides changed, opposite what is TRUE where it is FALSE.
var (
	mirrored = map[syntax.Op]syntax.Op{syntax.Equal: syntax.Equal, syntax.Unequal: syntax.Unequal, syntax.Less: syntax.Greater,
		syntax.LessEqual: syntax.GreaterEqual, syntax.Greater: syntax.Less, syntax.GreaterEqual: syntax.LessEqual}
	opposite = map[syntax.Op]syntax.Op{syntax.Equal: syntax.Unequal, syntax.Unequal: syntax.Equal, syntax.Less: syntax.GreaterEqual,
		syntax.LessEqual: syntax.Greater, syntax.Greater: syntax.LessEqual, syntax.GreaterEqual: syntax.Less}
)

// plain gives the records whose field a has a value that is op v.
func (w *whereCompiler) plain(a node, op syntax.Op, v Value) (part, bool) {
	switch {
	case a.field == isKey && op == syntax.Equal:
		return part{filter: db.Keys(v.text)}, true
	case a.field == isKey && op == syntax.Unequal:
		return part{filter: db.Not(db.Keys(v.text))}, true
	case a.field < 0:
		return part{}, false
	}
	name := w.schema[a.field].Name
	if a.kind == Number && v.kind == Number {
		return numberPart(name, op, v.num), true
	}
	if a.kind != Text || v.kind != Text {
		return part{}, false
	}
	switch op {
	case syntax.Equal:
		return equalPart(name, v.text), true
	case syntax.Unequal:
		return allOf(part{filter: db.Not(db.Missing(name))}, notPart(equalPart(name, v.text))), true
	}
	return part{}, false
}

// equalPart gives the records with one of the values; an empty one is NULL in every record.
func equalPart(field string, values ...string) part {
	if slices.Contains(values, "") {
		values = slices.DeleteFunc(slices.Clone(values), func(v string) bool { return v == "" })
	}
	if len(values) == 0 {
		return nothing
	}
	return part{filter: db.Equal(field, values...)}
}

// notPart gives all other records, those without a value among them.
func notPart(p part) part {
	switch p {
	case everything:
		return nothing
	case nothing:
		return everything
	}
	return part{filter: db.Not(p.filter)}
}

func numberPart(field string, op syntax.Op, v float64) part {
	inf := math.Inf(1)
	switch op {
	case syntax.Equal:
		return part{filter: db.Between(field, v, v, db.Closed)}
	case syntax.Unequal:
		return anyOf(numberPart(field, syntax.Less, v), numberPart(field, syntax.Greater, v))
	case syntax.Less:
		return part{filter: db.Between(field, -inf, v, db.OpenHigh)}
	case syntax.LessEqual:
		return part{filter: db.Between(field, -inf, v, db.Closed)}
	case syntax.Greater:
		return part{filter: db.Between(field, v, inf, db.OpenLow)}
	}
	return part{filter: db.Between(field, v, inf, db.Closed)}
}

// in translates field IN (constants), or with want false, where it is FALSE.
func (w *whereCompiler) in(x *syntax.In, want bool) (part, bool) {
	a, err := w.compile(x.X)
	if err != nil {
		w.keep(err)
		return nothing, true
	}
	if a.field == isNothing || a.field == isDistance {
		return part{}, false
	}
	values := make([]Value, 0, len(x.List))
	null := false
	for _, y := range x.List {
		n, err := w.compile(y)
		if err == nil {
			err = w.alike(x.X, y, &a, &n)
		}
		if err != nil {
			w.keep(err)
			return nothing, true
		}
		if !n.constant {
			return part{}, false
		}
		if n.kind == Null {
			null = true
		} else {
			values = append(values, n.value)
		}
	}
	if null && !want {
		return nothing, true // NULL or TRUE, never FALSE
	}
	if !want {
		parts := make([]part, len(values))
		for i, v := range values {
			p, ok := w.plain(a, syntax.Unequal, v)
			if !ok {
				return part{}, false
			}
			parts[i] = p
		}
		return allOf(parts...), len(parts) > 0
	}
	return w.anyValue(a, values)
}

// anyValue gives the records whose field a has one of the values.
func (w *whereCompiler) anyValue(a node, values []Value) (part, bool) {
	var texts []string
	var parts []part
	for _, v := range values {
		if a.kind == Text && v.kind == Text {
			if texts == nil {
				texts = make([]string, 0, len(values))
			}
			texts = append(texts, v.text)
			continue
		}
		p, ok := w.plain(a, syntax.Equal, v)
		if !ok {
			return part{}, false
		}
		parts = append(parts, p)
	}
	switch {
	case texts == nil:
		return anyOf(parts...), true
	case a.field == isKey:
		return part{filter: db.Keys(texts...)}, true
	}
	return equalPart(w.schema[a.field].Name, texts...), true
}

// between translates field BETWEEN constants.
func (w *whereCompiler) between(x *syntax.Between, want bool) (part, bool) {
	a, low, err := w.pair(x.X, x.Low)
	if err != nil {
		w.keep(err)
		return nothing, true
	}
	_, high, err := w.pair(x.X, x.High)
	if err != nil {
		w.keep(err)
		return nothing, true
	}
	if a.field < 0 || a.kind != Number || !low.constant || !high.constant {
		return part{}, false
	}
	name := w.schema[a.field].Name
	if want {
		if low.kind == Null || high.kind == Null || low.value.num > high.value.num {
			return nothing, true
		}
		return part{filter: db.Between(name, low.value.num, high.value.num, db.Closed)}, true
	}
	below, above := nothing, nothing // one of them makes it FALSE, even if the other is NULL
	if low.kind == Number {
		below = numberPart(name, syntax.Less, low.value.num)
	}
	if high.kind == Number {
		above = numberPart(name, syntax.Greater, high.value.num)
	}
	return anyOf(below, above), true
}

// isNull translates field IS NULL.
func (w *whereCompiler) isNull(x *syntax.IsNull, want bool) (part, bool) {
	a, err := w.compile(x.X)
	if err != nil {
		w.keep(err)
		return nothing, true
	}
	switch {
	case a.field == isKey:
		return fixed(!want), true
	case a.field < 0:
		return part{}, false
	}
	missing := db.Missing(w.schema[a.field].Name)
	if want {
		return part{filter: missing}, true
	}
	return part{filter: db.Not(missing)}, true
}
