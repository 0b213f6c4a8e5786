// Package label holds judged pairs: where they come from, what may be wrong with
// them, how to part them, and how well scores agree with them.
//
//	file.go        pair files: ltable_id,rtable_id,label
//	keys.go        the keys of the files become dense ids, or an error with a hint
//	check.go       the same pair twice, contradictions, too few to learn from
//	truth.go       labels out of a column whose equal values are one thing
//	entity.go      records that labels say are one thing
//	split.go       training and validation without an entity on both sides
//	leak.go        what a user's own split has on both sides
//	seen.go        test pairs by how much of them was seen in training
//	evaluate.go    the figures of a set of scores, with intervals
//	dumb.go        the baselines to put beside them
//
// The room knows neither models nor the matcher, so that query/match may use it.
package label

import "errors"

// Errors of labels. Those that come from a file are wrapped in a
// [github.com/doppeldb/doppel/internal/table.Error] that names the line.
var (
	// ErrColumns is returned when a pair file lacks a column.
	ErrColumns = errors.New("not a pair file")
	// ErrUnknownID is returned for an id that no record has.
	ErrUnknownID = errors.New("unknown id")
	// ErrValue is returned for a label that is neither yes nor no.
	ErrValue = errors.New("bad label")
	// ErrSelf is returned for a pair of a record with itself.
	ErrSelf = errors.New("a record with itself")
	// ErrTwice is returned when one pair has both labels.
	ErrTwice = errors.New("pair labelled twice")
	// ErrContradiction is returned when matches make two records one thing that
	// another line says are not.
	ErrContradiction = errors.New("contradicting labels")
	// ErrOneClass is returned when all labels are the same.
	ErrOneClass = errors.New("labels of one class")
	// ErrFew is returned when there are too few matches.
	ErrFew = errors.New("too few matches")
)

// Label is a judged pair: a record of the left and one of the right table by
// their dense ids, or two of one table with Left < Right.
type Label struct {
	Left, Right uint32
	Match       bool
}

// Sides says how many records there are on both sides of the labels. Right is 0
// for pairs of one table.
type Sides struct{ Left, Right int }

// records is how many records there are in all. They have one numbering: left
// records first, then right ones.
func (s Sides) records() int { return s.Left + s.Right }

// ends gives the two records of a label.
func (s Sides) ends(l Label) (left, right int) {
	if s.Right > 0 {
		return int(l.Left), s.Left + int(l.Right)
	}
	return int(l.Left), int(l.Right)
}

// matches counts the labels that say match.
func matches(labels []Label) (n int) {
	for _, l := range labels {
		if l.Match {
			n++
		}
	}
	return n
}
