package label

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
)

// SplitOptions tunes [Split]. The zero value is the default.
type SplitOptions struct {
	// Share of the labels to hold out, above 0 and below 1; 0 means .2.
	Share float64
	// Seed of the draw: the same seed gives the same split.
	Seed uint64
	// Strict lets no record stand on both sides, not even in pairs that do not
	// match. Such pairs are left out, which is most of what the held-out side
	// would have: its share of non-matches falls.
	Strict bool
}

const defaultShare = .2

// Parts is labels in two parts.
type Parts struct {
	// Train has no pair with a record of a held-out entity.
	Train []Label
	// Held has the pairs of the held-out entities. Where it is not strict, the
	// other record of a non-match may be one that training has seen.
	Held []Label
	// Dropped is how many non-matches between a held-out entity and another
	// are in neither part.
	Dropped int
}

// Split parts labels by entity (connected component of matches), so that what is
// learned from one part cannot be remembered in the other. Both classes are held
// out in the same share, as near as entities allow: a threshold that is chosen on
// the held-out part meets the same odds as later. Both parts keep the order of
// labels. It returns an [ErrFew] when all matches are one entity.
func Split(s Sides, labels []Label, opts SplitOptions) (Parts, error) {
	if opts.Share == 0 {
		opts.Share = defaultShare
	}
	if !(opts.Share > 0 && opts.Share < 1) {
		return Parts{}, fmt.Errorf("split: a share of %v is not between 0 and 1", opts.Share)
	}
	rng := rand.New(rand.NewPCG(opts.Seed, 0x51d7))
	e := newEntities(s, labels)
	held, err := drawEntities(s, labels, e, opts.Share, rng)
	if err != nil {
		return Parts{}, err
	}
	// Non-matches by how many of their records are held out: 2 first, then 1.
	var within, across []int
	keep := make([]bool, len(labels))
	for i, l := range labels {
		a, b := s.ends(l)
		switch in, other := held[e.of(a)], held[e.of(b)]; {
		case l.Match:
			keep[i] = in
		case in && other:
			within = append(within, i)
		case in || other:
			across = append(across, i)
		}
	}
	want := int(math.Round(opts.Share * float64(len(labels)-matches(labels))))
	if opts.Strict {
		want = min(want, len(within))
	}
	var p Parts
	p.Dropped = len(within) + len(across)
	for _, list := range [][]int{within, across} {
		rng.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
		for _, i := range list[:min(want, len(list))] {
			keep[i] = true
			want--
			p.Dropped--
		}
	}
	for i, l := range labels {
		a, b := s.ends(l)
		switch {
		case keep[i]:
			p.Held = append(p.Held, l)
		case !held[e.of(a)] && !held[e.of(b)]:
			p.Train = append(p.Train, l)
		}
	}
	return p, nil
}

// drawEntities chooses the entities to hold out: those with matches until their
// matches are the share, and of records without a match the same share.
func drawEntities(s Sides, labels []Label, e *entities, share float64, rng *rand.Rand) (map[int]bool, error) {
	weight := map[int]int{} // entity -> matches; 0 for a record alone
	for _, l := range labels {
		a, b := s.ends(l)
		weight[e.of(a)], weight[e.of(b)] = weight[e.of(a)]+0, weight[e.of(b)]+0
		if l.Match {
			weight[e.of(a)]++
		}
	}
	var things, single []int
	for entity, n := range weight {
		if n > 0 {
			things = append(things, entity)
		} else {
			single = append(single, entity)
		}
	}
	if len(things) == 1 {
		return nil, fmt.Errorf("%w: all of them are one thing, so that none can be held out; label pairs of other records", ErrFew)
	}
	held := map[int]bool{}
	want := share * float64(matches(labels))
	for _, list := range [][]int{things, single} {
		slices.Sort(list) // a map has no order
		rng.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	}
	have := 0.0
	for k, entity := range things {
		n := float64(weight[entity])
		switch {
		case len(held) == 0 && k == len(things)-1: // one must be held out
		case len(held) == len(things)-1: // and one stay
			continue
		case have+n-want > want-have: // nearer without it
			continue
		}
		held[entity] = true
		have += n
	}
	for _, entity := range single[:int(math.Round(share*float64(len(single))))] {
		held[entity] = true
	}
	return held, nil
}

// compareLabels orders labels by left, then right record.
func compareLabels(a, b Label) int {
	return cmp.Or(cmp.Compare(a.Left, b.Left), cmp.Compare(a.Right, b.Right))
}

// leastOfClass is how many pairs of each class a part needs to say anything.
const leastOfClass = 4

// HoldOut parts labels by entity for training. whole says that they are too few for that: then
// all are for training, and the threshold is to be chosen by cross-validation.
func HoldOut(s Sides, labels []Label, seed uint64) (parts Parts, whole bool) {
	parts, err := Split(s, labels, SplitOptions{Seed: seed})
	if err != nil || few(parts.Train) || few(parts.Held) {
		return Parts{Train: labels}, true
	}
	return parts, false
}

func few(labels []Label) bool {
	m := matches(labels)
	return min(m, len(labels)-m) < leastOfClass
}
