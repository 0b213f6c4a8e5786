package match

import (
	"cmp"
	"context"
	"math"
	"slices"

	"github.com/doppeldb/doppel/internal/text"
)

// A number, or a word with digits in it, that stands in few records is the best name that a
// thing has, whatever it looks like. Two records that have one in common are candidates
// of each other, however it is written; two that both have such names, and none in common, are
// two things, where the groups say that things are named so.

// markRare finds the pieces with a digit that stand in at most n^(1/4) records: a thing has few
// listings, however many there are of all.
func (t *pieceTable) markRare() {
	limit := t.rareLimit()
	t.rare = make([]bool, len(t.vocab))
	for id := range t.rare {
		t.rare[id] = t.digit[id] && float64(t.df[id]) <= limit
	}
}

func (t *pieceTable) rareLimit() float64 { return math.Pow(float64(len(t.of)), .25) }

// Kinds of a pair by the rare names of its records.
const (
	namesNone   uint8 = iota // one side has none
	namesShared              // a name of one side stands in the other
	namesDiffer              // both sides have names, and share none
)

// names compares the rare names of two aligned records.
func (a *aligner) names(i, j int) uint8 {
	all, left := a.countRare(a.t.of[i], a.onlyL)
	allR, right := a.countRare(a.t.of[j], a.onlyR)
	switch {
	case left < all || right < allR:
		return namesShared
	case all > 0 && allR > 0:
		return namesDiffer
	}
	return namesNone
}

// countRare counts the rare names of a record, and those among the pieces that it has alone.
func (a *aligner) countRare(ps []piece, only []uint16) (all, alone int) {
	for _, p := range ps {
		if a.t.rare[p.id] {
			all++
		}
	}
	for _, k := range only {
		if a.t.rare[ps[k].id] {
			alone++
		}
	}
	return all, alone
}

// longestJoin is how long the words before and behind a name are that may belong to it: "YS S424 K50" is "YSS424K50".
const longestJoin = 4

// namesakes lists the pairs of records that have a rare name in common, ascending, however it is
// cut into words. Where many things are alike, a copy is not always among the nearest of a record: of 40,000
// made-up products it had lost .0076 of the true pairs of things with a code, and .0031 so.
func (t *pieceTable) namesakes(ctx context.Context, threads int) ([]pairIDs, error) {
	n := len(t.of)
	blocks := make([][]uint64, (n+chunk-1)/chunk)
	err := parallel(ctx, n, threads, func() func(from, to int) {
		r := nameReader{t: t}
		return func(from, to int) {
			r.out = r.out[:0]
			for i := from; i < to; i++ {
				r.read(i)
			}
			blocks[from/chunk] = clone(r.out)
		}
	})
	if err != nil {
		return nil, err
	}
	spelt := slices.Concat(blocks...)
	slices.Sort(spelt)
	spelt = slices.Compact(spelt)
	limit := int(t.rareLimit())
	var pairs []pairIDs
	for len(spelt) > 0 {
		same := 1
		for same < len(spelt) && spelt[same]>>32 == spelt[0]>>32 {
			same++
		}
		if same <= limit { // what more records have is no rare name
			for y := range same {
				for x := range y {
					pairs = append(pairs, pairIDs{uint32(spelt[x]), uint32(spelt[y])})
				}
			}
		}
		spelt = spelt[same:]
	}
	slices.SortFunc(pairs, comparePairs)
	return slices.Compact(pairs), nil
}

// nameReader lists the rare names of records. It has buffers: one per goroutine.
type nameReader struct {
	t      *pieceTable
	places []uint16
	word   []rune
	out    []uint64 // 32 bits of the hash of a name, then the record
}

// read appends the names of a record, with and without the short words beside them.
func (r *nameReader) read(i int) {
	ps := r.t.of[i]
	if !slices.ContainsFunc(ps, func(p piece) bool { return r.t.rare[p.id] }) {
		return
	}
	r.places = r.places[:0]
	for k := range ps {
		r.places = append(r.places, uint16(k))
	}
	slices.SortFunc(r.places, func(a, b uint16) int { return cmp.Compare(ps[a].place, ps[b].place) })
	for at, k := range r.places {
		if !r.t.rare[ps[k].id] {
			continue
		}
		name := r.t.runes[ps[k].id]
		before, behind := r.beside(ps, at, at-1), r.beside(ps, at, at+1)
		r.add(i, nil, name, nil)
		if before != nil {
			r.add(i, before, name, nil)
		}
		if behind != nil {
			r.add(i, nil, name, behind)
		}
		if before != nil && behind != nil {
			r.add(i, before, name, behind)
		}
	}
}

// beside gives the word at place next where it may be a part of the name at place at.
func (r *nameReader) beside(ps []piece, at, next int) []rune {
	if next < 0 || next == len(ps) {
		return nil
	}
	name, p := ps[r.places[at]], ps[r.places[next]]
	if word := r.t.runes[p.id]; p.slot/2 == name.slot/2 && len(word) <= longestJoin {
		return word
	}
	return nil
}

func (r *nameReader) add(i int, before, name, behind []rune) {
	r.word = append(append(append(r.word[:0], before...), name...), behind...)
	r.out = append(r.out, text.Hash(r.word)>>32<<32|uint64(i))
}

// mergePairs unites two ascending lists.
func mergePairs(a, b []pairIDs) []pairIDs {
	out := make([]pairIDs, 0, len(a)+len(b))
	for len(a) > 0 && len(b) > 0 {
		switch c := comparePairs(a[0], b[0]); {
		case c < 0:
			out, a = append(out, a[0]), a[1:]
		case c > 0:
			out, b = append(out, b[0]), b[1:]
		default:
			out, a, b = append(out, a[0]), a[1:], b[1:]
		}
	}
	return append(append(out, a...), b...)
}
