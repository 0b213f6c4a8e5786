package match

import (
	"errors"
	"fmt"
	"slices"

	"github.com/doppeldb/doppel/query/label"
)

// ErrLabels is returned when labelled pairs cannot be learned from.
var ErrLabels = errors.New("bad labels")

// Label is a judged pair: dense ids as in [Pair]. Package label reads, checks
// and parts them.
type Label = label.Label

// TrainSet is what a model is learned from. Learners are fitted on Train and Valid, in parts: each pair is judged
// by those that were fitted without its part. Valid, judged so, calibrates and, together with Train,
// places the threshold; and it stops the tuning of the encoder. Without Valid, Train does that.
type TrainSet struct {
	Train, Valid []Label
}

// fewestMatches is how many matches, and how many pairs that are none, a training set must have.
const fewestMatches = 4

// labels is a checked set of labelled pairs in corpus numbers.
type labels struct {
	pairs []pairIDs
	match []bool
}

func (l *labels) matches() (n int) {
	for _, m := range l.match {
		if m {
			n++
		}
	}
	return n
}

// labelReader checks labels against the records and says what is odd about them.
type labelReader struct {
	left, right int // right is 0 for pairs of one collection
	keys        func(pairIDs) string
	warnings    []string
}

// read checks ranges, drops repeats, and pairs that are judged both ways.
func (r *labelReader) read(what string, set []Label) (*labels, error) {
	type seen struct {
		match, both bool
		at          int
	}
	first := make(map[pairIDs]*seen, len(set))
	var order []pairIDs
	repeats := 0
	for n, l := range set {
		p, err := r.pair(what, n, l)
		if err != nil {
			return nil, err
		}
		old, ok := first[p]
		switch {
		case !ok:
			first[p] = &seen{match: l.Match, at: n}
			order = append(order, p)
		case old.match != l.Match:
			old.both = true
		default:
			repeats++
		}
	}
	out := &labels{}
	var both []pairIDs
	for _, p := range order {
		if first[p].both {
			both = append(both, p)
			continue
		}
		out.pairs, out.match = append(out.pairs, p), append(out.match, first[p].match)
	}
	if repeats > 0 {
		r.warn("%s: %s given again with the same label; each counts once", what, counted(repeats, "pair is", "pairs are"))
	}
	if len(both) > 0 {
		r.warn("%s: %s both as a match and as none (%s); left out", what, counted(len(both), "pair is labelled", "pairs are labelled"), r.some(both))
	}
	return out, nil
}

// pair turns a label into corpus numbers.
func (r *labelReader) pair(what string, n int, l Label) (pairIDs, error) {
	right := r.right
	if right == 0 {
		right = r.left
	}
	switch {
	case int64(l.Left) >= int64(r.left):
		return pairIDs{}, fmt.Errorf("%w: %s pair %d names left record %d, there are %d", ErrLabels, what, n+1, l.Left, r.left)
	case int64(l.Right) >= int64(right):
		return pairIDs{}, fmt.Errorf("%w: %s pair %d names right record %d, there are %d", ErrLabels, what, n+1, l.Right, right)
	case r.right > 0:
		return pairIDs{l.Left, l.Right + uint32(r.left)}, nil
	case l.Left == l.Right:
		return pairIDs{}, fmt.Errorf("%w: %s pair %d compares record %d with itself", ErrLabels, what, n+1, l.Left)
	}
	return pairIDs{min(l.Left, l.Right), max(l.Left, l.Right)}, nil
}

// check says whether train can be learned from, takes out of valid what train has as
// well, and warns of labels that contradict each other.
func (r *labelReader) check(train, valid *labels) error {
	matches := train.matches()
	others := len(train.pairs) - matches
	switch {
	case len(train.pairs) == 0:
		return fmt.Errorf("%w: no pair to train on", ErrLabels)
	case others == 0:
		return fmt.Errorf("%w: all %d pairs are matches; add pairs that look alike and are none, at least %d", ErrLabels, matches, fewestMatches)
	case matches == 0:
		return fmt.Errorf("%w: none of the %d pairs is a match; add at least %d", ErrLabels, others, fewestMatches)
	case matches < fewestMatches:
		return fmt.Errorf("%w: only %s among the training pairs; at least %d are needed", ErrLabels, counted(matches, "match", "matches"), fewestMatches)
	case others < fewestMatches:
		return fmt.Errorf("%w: only %s no match among the training pairs; at least %d are needed", ErrLabels, counted(others, "is", "are"), fewestMatches)
	}
	known := make(map[pairIDs]bool, len(train.pairs))
	for _, p := range train.pairs {
		known[p] = true
	}
	rest := &labels{}
	for n, p := range valid.pairs {
		if !known[p] {
			rest.pairs, rest.match = append(rest.pairs, p), append(rest.match, valid.match[n])
		}
	}
	if n := len(valid.pairs) - len(rest.pairs); n > 0 {
		r.warn("validation: %s among the training pairs too; left out", counted(n, "pair is", "pairs are"))
	}
	*valid = *rest
	if m := valid.matches(); len(valid.pairs) > 0 && (m < fewestMatches || len(valid.pairs)-m < fewestMatches) {
		r.warn("validation has %s and %d other pairs, too few to place a threshold: cross-validation on the training pairs does it",
			counted(m, "match", "matches"), len(valid.pairs)-m)
		*valid = labels{}
	}
	r.contradictions(train, valid)
	return nil
}

// contradictions warns of pairs that are labelled as no match although matches tie their records together.
func (r *labelReader) contradictions(sets ...*labels) {
	var all []Label
	var pairs []pairIDs
	for _, s := range sets {
		for n, p := range s.pairs {
			l := Label{Left: p.left, Right: p.right, Match: s.match[n]}
			if r.right > 0 {
				l.Right -= uint32(r.left)
			}
			all, pairs = append(all, l), append(pairs, p)
		}
	}
	var odd []pairIDs
	for _, k := range label.Contradictions(label.Sides{Left: r.left, Right: r.right}, all) {
		odd = append(odd, pairs[k])
	}
	if len(odd) > 0 {
		slices.SortFunc(odd, comparePairs)
		r.warn("%s no match although chains of matches tie the two records together (%s): one of the labels is wrong, or the matches are not all of one thing",
			counted(len(odd), "pair is labelled as", "pairs are labelled as"), r.some(odd))
	}
}

func (r *labelReader) warn(format string, args ...any) {
	r.warnings = append(r.warnings, fmt.Sprintf(format, args...))
}

// some names the first of the pairs.
func (r *labelReader) some(pairs []pairIDs) string {
	text := r.keys(pairs[0])
	if len(pairs) > 1 {
		text += ", " + r.keys(pairs[1])
	}
	if len(pairs) > 2 {
		text += ", ..."
	}
	return text
}

func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprint(n, " ", many)
}
