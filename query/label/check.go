package label

import (
	"fmt"
	"slices"
	"strings"

	"github.com/doppeldb/doppel/internal/table"
)

// Set is labels that do not contradict each other, each pair once.
type Set struct {
	Labels []Label
	// Lines holds, for labels of a file, the line of each; else nil.
	Lines []int
	// Warnings are what a user should know, in words.
	Warnings []string

	name string // of the file
}

// Labels gives the judged pairs of the file in its order, checked. A pair that is
// there twice with the same label counts once and gives a warning. Errors: those
// of [File.Pairs], [ErrColumns] without labels, [ErrValue], [ErrTwice] and
// [ErrContradiction].
func (f *File) Labels(keys *Keys) (*Set, error) {
	if !f.Labelled() {
		return nil, f.headerError("no column of labels; call it label")
	}
	pairs, err := f.Pairs(keys)
	if err != nil {
		return nil, err
	}
	s := &Set{name: f.name()}
	first := map[Label]int{} // pair without label -> row
	var again [][2]int
	for i, pair := range pairs {
		m, err := f.match(i)
		if err != nil {
			return nil, err
		}
		before, known := first[pair]
		if !known {
			first[pair] = i
			s.Labels, s.Lines = append(s.Labels, Label{pair.Left, pair.Right, m}), append(s.Lines, f.Lines[i])
			continue
		}
		if was, _ := f.match(before); was != m {
			return nil, f.at(i, f.label, ErrTwice, "%s and %s were labelled %s in line %d and are %s here; keep one of the two",
				f.Rows[i][f.left], f.Rows[i][f.right], word(was), f.Lines[before], word(m))
		}
		again = append(again, [2]int{f.Lines[before], f.Lines[i]})
	}
	if n := len(again); n > 0 {
		s.Warnings = append(s.Warnings, fmt.Sprintf("%s: %s listed again with the same label, the first in line %d after line %d; each pair counts once",
			s.name, plural(n, "pair is", "pairs are"), again[0][1], again[0][0]))
	}
	return s, s.consistent(f, keys)
}

func word(match bool) string {
	if match {
		return "a match"
	}
	return "no match"
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// consistent looks for records that a chain of matches makes one thing and that a
// label says are not.
func (s *Set) consistent(f *File, keys *Keys) error {
	sides := keys.Sides()
	all := Contradictions(sides, s.Labels)
	if len(all) == 0 {
		return nil
	}
	wrong, more := all[0], len(all)-1
	key := func(r int) string {
		if r < sides.Left {
			return keys.left.keys[r]
		}
		return keys.right.keys[r-sides.Left]
	}
	a, b := sides.ends(s.Labels[wrong])
	records, labels := s.chain(sides, a, b)
	names, lines := []string{key(a)}, []string{}
	for k, r := range records {
		names = append(names, key(r))
		lines = append(lines, fmt.Sprint(s.Lines[labels[k]]))
	}
	also := ""
	if more > 0 {
		also = fmt.Sprintf(" (and %s like this)", plural(more, "more line is", "more lines are"))
	}
	return &table.Error{Path: s.name, Line: s.Lines[wrong], Field: f.label + 1, Name: f.Header[f.label], Err: ErrContradiction,
		Msg: fmt.Sprintf("%s and %s are labelled no match, but the matches of lines %s make them one thing: %s%s; mend one of these lines",
			key(a), key(b), join(lines), strings.Join(names, " = "), also)}
}

// join puts "and" before the last.
func join(list []string) string {
	if n := len(list); n > 1 {
		return strings.Join(list[:n-1], ", ") + " and " + list[n-1]
	}
	return strings.Join(list, "")
}

// chain gives the shortest way over matches from record a to b: the records after
// a, and the labels that lead to them.
func (s *Set) chain(sides Sides, a, b int) (records, labels []int) {
	type step struct{ to, label int }
	edges := map[int][]step{}
	for i, l := range s.Labels {
		if l.Match {
			x, y := sides.ends(l)
			edges[x], edges[y] = append(edges[x], step{y, i}), append(edges[y], step{x, i})
		}
	}
	came := map[int]step{a: {a, -1}} // record -> where from, over which label
	for queue := []int{a}; len(queue) > 0; queue = queue[1:] {
		for _, e := range edges[queue[0]] {
			if _, seen := came[e.to]; !seen {
				came[e.to] = step{queue[0], e.label}
				queue = append(queue, e.to)
			}
		}
	}
	for r := b; r != a; r = came[r].to {
		records, labels = append(records, r), append(labels, came[r].label)
	}
	slices.Reverse(records)
	slices.Reverse(labels)
	return records, labels
}

// fewest matches that anything can be learned from.
const fewest = 4

// Trainable returns [ErrOneClass] or [ErrFew] for labels that nothing can be
// learned from.
func Trainable(name string, labels []Label) error {
	m := matches(labels)
	bad := func(err error, format string, args ...any) error {
		return &table.Error{Path: name, Msg: fmt.Sprintf(format, args...), Err: err}
	}
	switch {
	case m == len(labels):
		return bad(ErrOneClass, "%s; what does not match must be shown as well", allSay(m, "match"))
	case m == 0:
		return bad(ErrOneClass, "%s; what matches must be shown as well", allSay(len(labels), "no match"))
	case m < fewest:
		return bad(ErrFew, "%s; at least %d are needed to learn from", plural(m, "match", "matches"), fewest)
	}
	return nil
}

// allSay is "all 4 labels say match".
func allSay(n int, what string) string {
	if n == 1 {
		return "the only label says " + what
	}
	return fmt.Sprintf("all %d labels say %s", n, what)
}
