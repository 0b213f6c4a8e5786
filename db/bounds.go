package db

import (
	"math"
	"slices"

	"github.com/doppeldb/doppel/record"
)

// bounds is what is known of a condition without reading rows: it keeps every record in sure and
// none outside of open. What is in open and not in sure has to be looked at. exact says that
// nothing is left open; then open is nil.
type bounds struct {
	sure, open idSet
	exact      bool
}

func exactly(s idSet) bounds { return bounds{sure: s, exact: true} }

// most is open, also where it is exact.
func (b bounds) most() idSet {
	if b.exact {
		return b.sure
	}
	return b.open
}

// evaluation is where a condition is asked: a collection's columns and the
// transaction that they are in step with. Sets that it gives belong to the caller.
type evaluation struct {
	columns *columns
	buckets collectionBuckets
}

// unknown is the bounds of what only the rows tell.
func (e *evaluation) unknown() bounds { return bounds{sure: idSet{}, open: e.columns.rows.clone()} }

func (f equal) fields(add func(int)) { addColumn(f.kind, f.at, add) }

func (f equal) bounds(e *evaluation) (bounds, error) {
	switch col := e.columns.of[f.at]; {
	case col == nil:
		return e.unknown(), nil
	case f.kind == record.Number:
		if len(f.numbers) == 1 {
			want := f.numbers[0]
			return exactly(pick(col.numbers, func(n float64) bool { return n == want })), nil
		}
		return exactly(pick(col.numbers, func(n float64) bool { return slices.Contains(f.numbers, n) })), nil
	default:
		return exactly(col.equal(f.values)), nil
	}
}

func (f between) fields(add func(int)) {
	if f.kind == record.Number {
		add(f.at)
	}
}

func (f between) bounds(e *evaluation) (bounds, error) {
	col := e.columns.of[f.at]
	if col == nil || f.kind != record.Number {
		return e.unknown(), nil
	}
	low, high := f.low, f.high
	return exactly(pick(col.numbers, func(n float64) bool { return low <= n && n <= high })), nil
}

func (f missing) fields(add func(int)) { addColumn(f.kind, f.at, add) }

func (f missing) bounds(e *evaluation) (bounds, error) {
	col := e.columns.of[f.at]
	if col == nil {
		return e.unknown(), nil
	}
	var present idSet
	if f.kind == record.Number {
		present = pick(col.numbers, func(n float64) bool { return math.Float64bits(n) != noNumber })
	} else {
		present = pick(col.codes, func(c uint32) bool { return c != 0 })
	}
	return exactly(e.columns.rows.clone().andNot(present)), nil
}

func (f keyed) fields(func(int)) {}

func (f keyed) bounds(e *evaluation) (bounds, error) {
	s := idSet{}
	for key := range f.keys {
		id, ok, err := e.buckets.id(key)
		if err != nil {
			return bounds{}, err
		}
		if ok && e.columns.rows.has(id) {
			s.add(id)
		}
	}
	return exactly(s), nil
}

func (f tested) fields(func(int)) {}

func (f tested) bounds(e *evaluation) (bounds, error) { return e.unknown(), nil }

func (f joint) fields(add func(int)) {
	for _, c := range f.conditions {
		c.fields(add)
	}
}

func (f joint) bounds(e *evaluation) (bounds, error) {
	out := exactly(idSet{})
	if f.all {
		out = exactly(e.columns.rows.clone())
	}
	for _, c := range f.conditions {
		b, err := c.bounds(e)
		if err != nil {
			return out, err
		}
		exact := out.exact && b.exact
		if !exact && out.exact {
			out.open = out.sure.clone()
		}
		if f.all {
			out.sure = out.sure.and(b.sure)
		} else {
			out.sure = out.sure.or(b.sure)
		}
		if out.exact = exact; !exact && f.all {
			out.open = out.open.and(b.most())
		} else if !exact {
			out.open = out.open.or(b.most())
		}
	}
	return out, nil
}

func (f negated) fields(add func(int)) { f.condition.fields(add) }

func (f negated) bounds(e *evaluation) (bounds, error) {
	b, err := f.condition.bounds(e)
	if err != nil {
		return b, err
	}
	out := bounds{sure: e.columns.rows.clone().andNot(b.most()), exact: b.exact}
	if !b.exact {
		out.open = e.columns.rows.clone().andNot(b.sure)
	}
	return out, nil
}

// addColumn adds a field of a kind that has a column.
func addColumn(kind record.Kind, field int, add func(int)) {
	switch kind {
	case record.Number, record.Category, record.Code:
		add(field)
	}
}
