package encoder

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/doppeldb/doppel/internal/text"
)

// ErrLabels is returned when labelled pairs cannot be learned from.
var ErrLabels = errors.New("encoder: labels cannot be learned from")

// Twin is a labelled pair of records, as numbers of rows.
type Twin struct {
	Left, Right uint32
	Match       bool
}

// TuneSet is what an encoder is tuned on and what decides when to stop. Rows are of
// one numbering: the left records first, then the right ones.
type TuneSet struct {
	// Train moves the weights. Non-matches may be missing: the other records of a batch serve.
	Train []Twin
	// Valid chooses the epoch. Without a match in it, a fifth of Train's entities is held out
	// if Train has a hundred matches. With fewer than twenty, Train's own matches are asked as well.
	Valid []Twin
	// Left is the number of left records; n, or 0, for records of one collection.
	Left int
}

// fewestMatches is what a twin network can learn anything from.
const fewestMatches = 4

// twins is the labels of a set, ordered for batches. All of it comes from the
// training pairs: what validation says is not known here.
type twins struct {
	left      int // rows below it are left records; n if there are no sides
	n         int
	matches   []Twin              // one per pair, in the order given
	group     []int32             // (n) connected component of matches, -1 for none
	groups    [][]uint32          // (components) rows, in ascending order
	differ    map[uint32][]uint32 // rows that are labelled as another thing than this one
	judged    []Twin              // labelled non-matches, in the order given
	values    Rows
	copies    map[uint32]uint64 // hash of the folded values of a row, as far as asked
	labelled  []uint32          // rows of the labels, ascending
	exclusive bool              // a record has one partner at most, as far as labels show
	disputed  int               // non-matches inside a component
}

// newTwins checks and orders labelled pairs. It gives [ErrLabels].
func newTwins(n, left int, pairs []Twin, rows Rows) (*twins, error) {
	t := &twins{left: left, n: n, group: make([]int32, n), differ: map[uint32][]uint32{}, copies: map[uint32]uint64{}, values: rows}
	if err := checkRows(n, pairs); err != nil {
		return nil, err
	}
	parent := make([]int32, n)
	for i := range parent {
		parent[i] = int32(i)
	}
	seen := make(map[Twin]bool, len(pairs))
	for _, p := range pairs {
		if seen[p] {
			continue
		}
		seen[p] = true
		if !p.Match {
			t.judged = append(t.judged, p)
			t.differ[p.Left] = append(t.differ[p.Left], p.Right)
			t.differ[p.Right] = append(t.differ[p.Right], p.Left)
			continue
		}
		t.matches = append(t.matches, p)
		unite(parent, p.Left, p.Right)
	}
	if len(t.matches) < fewestMatches {
		return nil, fmt.Errorf("%w: %d matching pairs among %d labels, at least %d are needed", ErrLabels, len(t.matches), len(pairs), fewestMatches)
	}
	t.components(parent)
	t.listRows(pairs)
	t.exclusive = t.partners() <= mostPartners
	for a, others := range t.differ {
		slices.Sort(others)
		for _, b := range others {
			if a < b && t.group[a] >= 0 && t.group[a] == t.group[b] {
				t.disputed++
			}
		}
	}
	return t, nil
}

func checkRows(n int, pairs []Twin) error {
	for i, p := range pairs {
		if int(p.Left) >= n || int(p.Right) >= n {
			return fmt.Errorf("%w: pair %d names row %d of %d", ErrLabels, i, max(p.Left, p.Right), n)
		}
		if p.Left == p.Right {
			return fmt.Errorf("%w: pair %d is row %d with itself", ErrLabels, i, p.Left)
		}
	}
	return nil
}

// find gives the smallest row of a component, halving paths on its way.
func find(parent []int32, row uint32) int32 {
	i := int32(row)
	for parent[i] != i {
		parent[i] = parent[parent[i]]
		i = parent[i]
	}
	return i
}

// unite joins the components of two rows.
func unite(parent []int32, a, b uint32) {
	if x, y := find(parent, a), find(parent, b); x != y {
		parent[max(x, y)] = min(x, y)
	}
}

// components numbers the entities in the order of their smallest row.
func (t *twins) components(parent []int32) {
	matched := make([]bool, t.n)
	for _, m := range t.matches {
		matched[m.Left], matched[m.Right] = true, true
	}
	number := map[int32]int32{}
	for i := range t.group {
		t.group[i] = -1
		if !matched[i] {
			continue
		}
		root := find(parent, uint32(i))
		g, known := number[root]
		if !known {
			g = int32(len(t.groups))
			number[root] = g
			t.groups = append(t.groups, nil)
		}
		t.group[i] = g
		t.groups[g] = append(t.groups[g], uint32(i))
	}
}

// listRows collects the rows of the labels.
func (t *twins) listRows(pairs []Twin) {
	for _, p := range pairs {
		t.labelled = append(t.labelled, p.Left, p.Right)
	}
	slices.Sort(t.labelled)
	t.labelled = slices.Compact(t.labelled)
}

// rows lists every record of the labels, ascending.
func (t *twins) rows() []uint32 { return t.labelled }

// copyOf hashes what a record says: two that say the same may be one thing. It is
// not safe for concurrent use.
func (t *twins) copyOf(row uint32) uint64 {
	h, done := t.copies[row]
	if !done {
		var folded []rune
		for _, v := range t.values(int(row)) {
			folded = append(text.Fold(folded, strings.Join(strings.Fields(v), " ")), 0)
		}
		h = text.Hash(folded)
		t.copies[row] = h
	}
	return h
}
