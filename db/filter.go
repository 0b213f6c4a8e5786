package db

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/doppeldb/doppel/record"
	"github.com/doppeldb/doppel/record/picture"
)

// Filter is a condition on records. It is two-valued: a missing value is in no [Equal] and no
// [Between], so it is in their [Not]. Conditions on category, code and number fields and on keys are served
// from memory (columns.go); for the others the rows are read that the rest leaves open.
//
// [Equal], [Between], [Missing], [Keys], [Test], [And], [Or] and [Not] make one. A nil Filter keeps everything.
type Filter interface {
	// String writes the condition as a person would.
	String() string
	// on finds the condition's fields in a schema, or gives ErrFilter.
	on(schema record.Schema) (condition, error)
}

// condition is a filter whose fields are known. match is what it means; bounds must agree.
type condition interface {
	match(r record.Record) bool
	// bounds says which records it keeps, as far as that is known without their rows.
	bounds(e *evaluation) (bounds, error)
	// fields adds the fields whose columns bounds looks at.
	fields(add func(field int))
}

// Bounds says which ends of a range belong to it.
type Bounds uint8

// The bounds of a range.
const (
	Closed   Bounds = iota // low <= x <= high
	OpenLow                // low < x <= high
	OpenHigh               // low <= x < high
	OpenBoth               // low < x < high
)

// Equal keeps the records whose field is one of the values: as it is stored, byte by byte, or, where
// the field is a number, by value. "" is the missing value and equals nothing. A number field
// gives ErrFilter for a value that is no number.
func Equal(field string, values ...string) Filter {
	return equal{field: field, values: slices.Clone(values)}
}

// Between keeps the records whose field is a number in a range; either end may be infinite.
func Between(field string, low, high float64, b Bounds) Filter {
	return between{field: field, low: low, high: high, ends: b}
}

// Missing keeps the records whose field is empty.
func Missing(field string) Filter { return missing{field: field} }

// Keys keeps the records of these keys.
func Keys(keys ...string) Filter {
	k := keyed{keys: map[string]bool{}}
	for _, key := range keys {
		k.keys[key] = true
	}
	return k
}

// Test keeps the records for which keep is true; name is what [Filter.String] says. Rows are read for it, so it
// costs some 300 ns a record that the rest of a filter leaves open. keep is called by one
// goroutine at a time, maybe more than once for a record, and must depend on the record alone.
func Test(name string, keep func(record.Record) bool) Filter { return tested{name: name, keep: keep} }

// And keeps what all filters keep; none keeps everything.
func And(filters ...Filter) Filter { return joint{all: true, parts: slices.Clone(filters)} }

// Or keeps what one of the filters keeps; none keeps nothing.
func Or(filters ...Filter) Filter { return joint{parts: slices.Clone(filters)} }

// Not keeps what f does not keep.
func Not(f Filter) Filter { return negated{part: f} }

// fieldOf finds a field by name.
func fieldOf(schema record.Schema, name string) (int, error) {
	i := schema.Index(name)
	if i < 0 {
		return 0, fmt.Errorf("%w: no field %q; the fields are %s", ErrFilter, name, strings.Join(schema.Names(), ", "))
	}
	return i, nil
}

type equal struct {
	field  string
	values []string

	at      int
	kind    record.Kind
	numbers []float64
}

func (f equal) String() string {
	quoted := make([]string, len(f.values))
	for i, v := range f.values {
		quoted[i] = strconv.Quote(v)
	}
	if len(quoted) == 1 {
		return f.field + " = " + quoted[0]
	}
	return f.field + " in (" + strings.Join(quoted, ", ") + ")"
}

func (f equal) on(schema record.Schema) (condition, error) {
	at, err := fieldOf(schema, f.field)
	if err != nil {
		return nil, err
	}
	f.at, f.kind = at, schema[at].Kind
	for _, v := range f.values {
		if f.kind != record.Number || v == "" {
			continue
		}
		n, ok := record.ParseNumber(v)
		if !ok {
			return nil, fmt.Errorf("%w: field %q is a number, %q is not", ErrFilter, f.field, v)
		}
		f.numbers = append(f.numbers, n)
	}
	return f, nil
}

func (f equal) match(r record.Record) bool {
	v := r.Values[f.at]
	if f.kind != record.Number {
		return v != "" && slices.Contains(f.values, picture.Name(v))
	}
	n, ok := record.ParseNumber(v)
	return ok && slices.Contains(f.numbers, n)
}

type between struct {
	field     string
	low, high float64
	ends      Bounds

	at   int
	kind record.Kind
}

func (f between) String() string {
	open, end := "[", "]"
	if f.ends == OpenBoth || f.ends == OpenLow {
		open = "("
	}
	if f.ends == OpenBoth || f.ends == OpenHigh {
		end = ")"
	}
	return fmt.Sprintf("%s in %s%g, %g%s", f.field, open, f.low, f.high, end)
}

func (f between) on(schema record.Schema) (condition, error) {
	at, err := fieldOf(schema, f.field)
	if err != nil {
		return nil, err
	}
	if math.IsNaN(f.low) || math.IsNaN(f.high) || f.ends > OpenBoth {
		return nil, fmt.Errorf("%w: field %q: a range from %g to %g (%d)", ErrFilter, f.field, f.low, f.high, f.ends)
	}
	f.at, f.kind = at, schema[at].Kind
	// From here on both ends are closed.
	if f.ends == OpenBoth || f.ends == OpenLow {
		f.low = math.Nextafter(f.low, math.Inf(1))
	}
	if f.ends == OpenBoth || f.ends == OpenHigh {
		f.high = math.Nextafter(f.high, math.Inf(-1))
	}
	return f, nil
}

func (f between) match(r record.Record) bool {
	n, ok := record.ParseNumber(r.Values[f.at])
	return ok && f.low <= n && n <= f.high
}

type missing struct {
	field string
	at    int
	kind  record.Kind
}

func (f missing) String() string { return f.field + " is missing" }

func (f missing) on(schema record.Schema) (condition, error) {
	at, err := fieldOf(schema, f.field)
	if err != nil {
		return nil, err
	}
	f.at, f.kind = at, schema[at].Kind
	return f, nil
}

func (f missing) match(r record.Record) bool { return r.Values[f.at] == "" }

type keyed struct{ keys map[string]bool }

func (f keyed) String() string {
	if len(f.keys) == 1 {
		for k := range f.keys {
			return "key is " + quoteKey(k)
		}
	}
	return fmt.Sprintf("key is one of %d", len(f.keys))
}

func (f keyed) on(record.Schema) (condition, error) { return f, nil }
func (f keyed) match(r record.Record) bool          { return f.keys[r.Key] }

type tested struct {
	name string
	keep func(record.Record) bool
}

func (f tested) String() string { return f.name }

func (f tested) on(record.Schema) (condition, error) {
	if f.keep == nil {
		return nil, fmt.Errorf("%w: test %q has no function", ErrFilter, f.name)
	}
	return f, nil
}
func (f tested) match(r record.Record) bool { return f.keep(r) }

type joint struct {
	all   bool // and; otherwise or
	parts []Filter

	conditions []condition
}

func (f joint) String() string {
	word, empty := " or ", "nothing"
	if f.all {
		word, empty = " and ", "everything"
	}
	var parts []string
	for _, p := range f.parts {
		parts = append(parts, filterString(p))
	}
	if len(parts) == 0 {
		return empty
	}
	return "(" + strings.Join(parts, word) + ")"
}

func filterString(f Filter) string {
	if f == nil {
		return "everything"
	}
	return f.String()
}

func (f joint) on(schema record.Schema) (condition, error) {
	for _, p := range f.parts {
		c, err := resolve(p, schema)
		if err != nil {
			return nil, err
		}
		if c == nil {
			c = joint{all: true}
		}
		f.conditions = append(f.conditions, c)
	}
	return f, nil
}

func (f joint) match(r record.Record) bool {
	for _, c := range f.conditions {
		if c.match(r) != f.all {
			return !f.all
		}
	}
	return f.all
}

type negated struct {
	part      Filter
	condition condition
}

func (f negated) String() string { return "not " + filterString(f.part) }

func (f negated) on(schema record.Schema) (condition, error) {
	c, err := resolve(f.part, schema)
	if c == nil {
		c = joint{all: true}
	}
	f.condition = c
	return f, err
}

func (f negated) match(r record.Record) bool { return !f.condition.match(r) }

// resolve is on for a filter that may be nil, which gives a nil condition.
func resolve(f Filter, schema record.Schema) (condition, error) {
	if f == nil {
		return nil, nil
	}
	return f.on(schema)
}
