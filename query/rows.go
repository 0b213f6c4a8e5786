package query

import (
	"fmt"
	"iter"
)

// Column is a column of an answer.
type Column struct {
	Name string
	Kind Kind // of its values that are not NULL; a column of numbers may hold a text that is none
}

// Rows is the answer of a statement.
type Rows struct {
	// Done says what was done, of a statement that gives no rows: "3 records deleted".
	Done string
	// Affected counts the records that were written or deleted.
	Affected int

	columns []Column
	each    iter.Seq2[[]Value, error]
	notes   []string
}

// Columns lists the columns; there are none after a statement that gives no rows.
func (r *Rows) Columns() []Column { return r.columns }

// All gives the rows. They can be read once. A row is good until the next one; an
// error, the context's among them, ends them.
func (r *Rows) All() iter.Seq2[[]Value, error] {
	if r.each == nil {
		return func(func([]Value, error) bool) {}
	}
	return r.each
}

// Notes are what the reader of the answer should know, complete once all rows are read.
func (r *Rows) Notes() []string { return r.notes }

func (r *Rows) note(format string, args ...any) {
	r.notes = append(r.notes, fmt.Sprintf(format, args...))
}

// done makes the answer of a statement that gives no rows.
func done(affected int, format string, args ...any) *Rows {
	return &Rows{Done: fmt.Sprintf(format, args...), Affected: affected}
}

// listed makes an answer of rows that are there already.
func listed(columns []Column, rows [][]Value) *Rows {
	return &Rows{columns: columns, each: func(yield func([]Value, error) bool) {
		for _, r := range rows {
			if !yield(r, nil) {
				return
			}
		}
	}}
}

// count writes "1 record" and "5 records".
func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
