package query

import (
	"strings"

	"github.com/doppeldb/doppel/query/syntax"
	"github.com/doppeldb/doppel/record"
)

// scope is what names mean in a statement about one collection.
type scope struct {
	parsed   *syntax.Parsed
	params   params
	schema   record.Schema
	keyName  string // what the collection calls its key
	name     string // the collection's
	distance bool   // there is one: NEAREST, after WHERE
	// noDistance says why there is none, for a message.
	noDistance string
	// special, if set, compiles expressions that mean something else over groups.
	special func(s *scope, x syntax.Expr) (n node, ok bool, err error)
}

// row is a record of an answer in the making.
type row struct {
	record.Record
	distance float32
	group    []Value // of a group: its values, then its aggregates
}

// What a name can mean besides a field.
const (
	isKey      = -1
	isDistance = -2
	isNothing  = -3
)

// resolve finds what a name means: a field, isKey, isDistance or isNothing. Fields come first,
// exact spelling before one that differs in case.
func (s *scope) resolve(name string) int {
	if f := s.schema.Index(name); f >= 0 {
		return f
	}
	switch {
	case name == s.keyName, name == "key", name == "_key":
		return isKey
	case name == "distance", name == "_distance":
		return isDistance
	}
	found := isNothing
	for f := range s.schema {
		if strings.EqualFold(s.schema[f].Name, name) {
			if found != isNothing {
				return isNothing // ambiguous
			}
			found = f
		}
	}
	if found != isNothing {
		return found
	}
	switch {
	case strings.EqualFold(name, s.keyName), strings.EqualFold(name, "key"):
		return isKey
	case strings.EqualFold(name, "distance"):
		return isDistance
	}
	return isNothing
}

// field finds the field that a name means, and fails for what is none.
func (s *scope) field(n syntax.Name) (int, error) {
	f := s.resolve(n.Text)
	switch {
	case f >= 0:
		return f, nil
	case f == isNothing:
		return 0, s.unknown(n)
	}
	return 0, s.fail(n.At, "%s is no field of %s, and only a field can stand here", n.Text, s.name)
}

// unknown is the error of a name that means nothing.
func (s *scope) unknown(n syntax.Name) error {
	names := append(s.schema.Names(), s.keyName, "distance")
	switch near := syntax.Suggest(n.Text, names); {
	case near != "":
		return s.fail(n.At, "%s has no field %s; did you mean %s?", s.name, n.Text, syntax.QuoteName(near))
	case n.Quoted:
		return s.fail(n.At, "%s has no field %s; text is in single quotes: %s", s.name, n.Text, syntax.QuoteText(n.Text))
	}
	return s.fail(n.At, "%s has no field %s; it has %s", s.name, n.Text, s.fieldList())
}

// fieldList names the key and the fields, the first of many.
func (s *scope) fieldList() string {
	const most = 12
	names := []string{syntax.QuoteName(s.keyName)}
	for _, f := range s.schema {
		if len(names) == most {
			names = append(names, "...")
			break
		}
		names = append(names, syntax.QuoteName(f.Name))
	}
	return strings.Join(names, ", ")
}

func (s *scope) fail(pos syntax.Pos, format string, args ...any) error {
	return s.parsed.Error(pos, format, args...)
}

// literal gives the value of a literal or a parameter.
func (s *scope) literal(x syntax.Expr) Value {
	switch x := x.(type) {
	case *syntax.Literal:
		switch x.Kind {
		case syntax.TextLiteral:
			return TextValue(x.Text)
		case syntax.NumberLiteral:
			v := NumberValue(x.Number())
			v.text = x.Text
			return v
		case syntax.TrueLiteral:
			return BoolValue(true)
		case syntax.FalseLiteral:
			return BoolValue(false)
		}
	case *syntax.Param:
		return s.params.value(x)
	}
	return Value{}
}

// text gives the text of a literal or parameter; what says what it is, for a message.
func (s *scope) text(x syntax.Expr, what string) (string, error) {
	v := s.literal(x)
	if v.kind != Text {
		return "", s.fail(x.Pos(), "%s is a text, not %s", what, describeValue(v))
	}
	return v.text, nil
}

// keyOf gives the key that a literal or parameter is: a text, or a number as it is written.
func (s *scope) keyOf(x syntax.Expr) (string, error) {
	v := s.literal(x)
	if v.kind != Text && v.kind != Number || v.String() == "" {
		return "", s.fail(x.Pos(), "a key is a text or a number, not %s", describeValue(v))
	}
	return v.String(), nil
}

// number gives the number of a literal or parameter.
func (s *scope) number(x syntax.Expr, what string) (float64, error) {
	v := s.literal(x)
	if v.kind != Number {
		return 0, s.fail(x.Pos(), "%s is a number, not %s", what, describeValue(v))
	}
	return v.num, nil
}

// maxCount bounds LIMIT and its like: far more than any collection can hold.
const maxCount = 1 << 40

// count gives the whole number of at least least that x is.
func (s *scope) count(x syntax.Expr, what string, least int) (int, error) {
	n, err := s.number(x, what)
	if err != nil {
		return 0, err
	}
	if n != float64(int64(n)) || n < float64(least) || n > maxCount {
		return 0, s.fail(x.Pos(), "%s is a whole number of %d or more, not %s", what, least, formatNumber(n))
	}
	return int(n), nil
}

func describeValue(v Value) string {
	switch v.kind {
	case Text:
		return "the text " + syntax.QuoteText(v.text)
	case Number:
		return "the number " + v.String()
	case Bool:
		return "the truth value " + v.String()
	}
	return "NULL"
}
