package label

import "github.com/doppeldb/doppel/internal/measure"

// entities are the connected components of matches: records that labels say are
// one thing. A record without a match is an entity of its own.
type entities struct{ parent []int }

// newEntities joins the records of every label that says match.
func newEntities(s Sides, lists ...[]Label) *entities {
	e := &entities{make([]int, s.records())}
	for r := range e.parent {
		e.parent[r] = r
	}
	for _, labels := range lists {
		for _, l := range labels {
			if l.Match {
				a, b := s.ends(l)
				e.join(a, b)
			}
		}
	}
	return e
}

// of gives the entity of a record, named by its first record.
func (e *entities) of(r int) int {
	for e.parent[r] != r {
		e.parent[r] = e.parent[e.parent[r]]
		r = e.parent[r]
	}
	return r
}

// Contradictions gives the places, ascending, of the labels that say no match although chains of matches
// tie the two records together.
func Contradictions(s Sides, labels []Label) (at []int) {
	e := newEntities(s, labels)
	for i, l := range labels {
		if a, b := s.ends(l); !l.Match && e.same(a, b) {
			at = append(at, i)
		}
	}
	return at
}

func (e *entities) same(a, b int) bool { return e.of(a) == e.of(b) }

func (e *entities) join(a, b int) {
	a, b = e.of(a), e.of(b)
	e.parent[max(a, b)] = min(a, b)
}

// resampled numbers the entities of labels densely, in the order of their first
// appearance, as [measure.Bootstrap] wants them.
func resampled(s Sides, labels []Label) measure.Entities {
	e, number := newEntities(s, labels), map[int]int{}
	dense := func(r int) int {
		entity := e.of(r)
		n, known := number[entity]
		if !known {
			n = len(number)
			number[entity] = n
		}
		return n
	}
	var out measure.Entities
	for _, l := range labels {
		a, b := s.ends(l)
		out.Left, out.Right = append(out.Left, dense(a)), append(out.Right, dense(b))
	}
	out.N = len(number)
	return out
}
