package db

import (
	"context"
	"slices"
)

// Contradiction is a pair that was judged to be different, although matches
// lead from the one record to the other: a = b, b = c, but a is not c. One of
// these labels is wrong; which, only a person can say.
type Contradiction struct {
	NonMatch Label
	// Matches is a shortest way from NonMatch.Left to NonMatch.Right: the Right of
	// each label is the Left of the next.
	Matches []Label
}

// Contradictions finds the non-matches between the records of two collections,
// or within one that is named twice, that other labels contradict. Matches within
// either collection count too. So do labels of records that are gone: what was
// judged of the others does not change with them.
//
// Two records are the same thing if they are in one connected component of
// the matches; the way is found by breadth-first search, in the order of the keys.
func (db *DB) Contradictions(ctx context.Context, left, right string) ([]Contradiction, error) {
	g := labelGraph{at: map[RecordRef]int{}}
	var differ []Label
	pairs := [][2]string{{min(left, right), max(left, right)}}
	if left != right {
		pairs = append(pairs, [2]string{left, left}, [2]string{right, right})
	}
	n := 0
	for at, p := range pairs {
		for l, err := range db.pairLabels(p[0], p[1], true) {
			if n++; err == nil && n&1023 == 0 {
				err = ctx.Err()
			}
			if err != nil {
				return nil, err
			}
			if l.Match {
				g.join(l)
			} else if at == 0 {
				if left > right {
					l = l.swapped()
				}
				differ = append(differ, l)
			}
		}
	}
	g.sort()
	slices.SortFunc(differ, compareLabels)
	var out []Contradiction
	for _, l := range differ {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if way := g.way(l.Left, l.Right); way != nil {
			out = append(out, Contradiction{NonMatch: l, Matches: way})
		}
	}
	return out, nil
}

func compareLabels(a, b Label) int {
	if c := a.Left.compare(b.Left); c != 0 {
		return c
	}
	return a.Right.compare(b.Right)
}

// labelGraph is the records of matches and what joins them.
type labelGraph struct {
	at     map[RecordRef]int
	parent []int     // of a union-find forest
	edges  [][]Label // by record; Left is that record
}

func (g *labelGraph) node(r RecordRef) int {
	n, known := g.at[r]
	if !known {
		n = len(g.parent)
		g.at[r], g.parent, g.edges = n, append(g.parent, n), append(g.edges, nil)
	}
	return n
}

// root finds the record that stands for n's component, and halves the way to it.
func (g *labelGraph) root(n int) int {
	for g.parent[n] != n {
		g.parent[n] = g.parent[g.parent[n]]
		n = g.parent[n]
	}
	return n
}

func (g *labelGraph) join(l Label) {
	a, b := g.node(l.Left), g.node(l.Right)
	g.edges[a] = append(g.edges[a], l)
	g.edges[b] = append(g.edges[b], l.swapped())
	g.parent[g.root(a)] = g.root(b)
}

func (g *labelGraph) sort() {
	for _, e := range g.edges {
		slices.SortFunc(e, compareLabels)
	}
}

// way gives a shortest chain of matches from one record to another; nil for none.
func (g *labelGraph) way(from, to RecordRef) []Label {
	a, okA := g.at[from]
	b, okB := g.at[to]
	if !okA || !okB || g.root(a) != g.root(b) {
		return nil
	}
	came := map[int]Label{}
	for open := []int{a}; ; open = open[1:] { // ends: b is in the component
		for _, l := range g.edges[open[0]] {
			n := g.at[l.Right]
			if _, seen := came[n]; seen || n == a {
				continue
			}
			came[n] = l
			if n == b {
				return backTo(a, b, came, g.at)
			}
			open = append(open, n)
		}
	}
}

// backTo follows the labels by which records were reached.
func backTo(a, b int, came map[int]Label, at map[RecordRef]int) []Label {
	var way []Label
	for n := b; n != a; n = at[came[n].Left] {
		way = append(way, came[n])
	}
	slices.Reverse(way)
	return way
}
