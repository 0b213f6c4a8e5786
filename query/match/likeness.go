package match

import (
	"context"
	"math"
)

// likeness turns an alignment into a similarity, 0 to 1, that knows what a
// conflict is. Words that only one side has cost little. Words that the two
// sides have instead of each other are a conflict, and a conflict inside a field
// that otherwise agrees is what tells a variant from a copy - if it is in a
// word that tells things apart. Which words do is learned.
type likeness struct {
	t *pieceTable
	c *corpus
	// tells is, for each piece, how much a conflict in it says, 0 to 1: it is 1 for "32gb" and 0 for "warranty".
	tells []float32
	// apart is what it costs to have nothing in common in a field, and last, in the rare names; see steadiness.
	apart []float64
}

const (
	variantScale = 5   // conflict inside agreement that costs a factor e
	extraCost    = .1  // of what one side says more
	startCost    = 1   // keeps short records from being sure
	linkRelief   = .25 // what conflicts still count between records with a rare code in common
)

func newLikeness(t *pieceTable, c *corpus) *likeness {
	l := &likeness{t: t, c: c, tells: make([]float32, len(t.vocab)), apart: make([]float64, len(c.schema)+1)}
	for i := range l.tells {
		l.tells[i] = 1
	}
	return l
}

// facts are the parts of an alignment that a likeness is made of, in weight of
// words, field by field.
type facts struct {
	same     []float64 // said by both
	conflict []float64 // said instead of each other
	variant  []float64 // the telling part of conflicts inside agreement
	extra    []float64 // said by one side, where the other has the field as well
	property float64   // clash of properties in the name: 32gb and 64gb
	codes    float64   // clash of codes of one shape
	pictures float64   // clash of pictures
	apart    []float64 // (fields+1) what it costs to have nothing in common; see likeness
	names    uint8     // what the rare names say
	linked   bool      // a rare code ties the two together
	none     []float64 // zeros
}

func newFacts(fields int) *facts {
	v := make([]float64, 6*fields+1)
	return &facts{same: v[:fields], conflict: v[fields : 2*fields], variant: v[2*fields : 3*fields], extra: v[3*fields : 4*fields],
		none: v[4*fields : 5*fields], apart: v[5*fields:]}
}

// of aligns two records and gives their likeness; f is filled.
func (l *likeness) of(a *aligner, f *facts, i, j int) float64 {
	a.align(i, j)
	for n := range f.same {
		words, digits := slotOf(n, false), slotOf(n, true)
		agree := a.same[words] + a.same[digits]
		clash := min(a.clashL[words], a.clashR[words]) + min(a.clashL[digits], a.clashR[digits])
		f.same[n], f.conflict[n] = float64(agree), float64(clash)
		f.variant[n] = float64(min(a.tellL[words], a.tellR[words], agree) + min(a.tellL[digits], a.tellR[digits], agree))
		f.extra[n] = 0
		if l.t.has(i, n) && l.t.has(j, n) {
			f.extra[n] = float64(a.left[words] + a.left[digits] + a.right[words] + a.right[digits] - 2*clash)
		}
	}
	if f.property = float64(min(a.property[0], a.property[1])); f.property > 0 {
		f.property = max(f.property, variantScale) // however common the two values are
	}
	f.pictures = 0
	for k, n := range l.c.pictures {
		same, clash := l.c.looks[k].judge(i, j)
		f.same[n], f.conflict[n] = same*l.c.pictureWeight(), clash*l.c.pictureWeight()
		f.pictures += clash * pictureClash
	}
	f.linked, f.codes = l.t.codes.link(l.t.run, i, j), 0
	if _, _, clash := l.t.codes.conflict(l.t.run, i, j); clash {
		f.codes = variantScale
	}
	f.names = a.names(i, j)
	for n := range f.same {
		f.apart[n] = l.apartIn(n, f.same[n] > 0, i, j)
	}
	f.apart[len(f.same)] = l.apartByName(f.names)
	return f.score(l.c.name)
}

// score is the likeness. Between records with a rare code in common, conflicts
// outside the name are what sellers write differently about one thing.
func (f *facts) score(name int) float64 {
	var same, conflict, extra float64
	variant := f.property + f.codes + f.pictures
	for n := range f.same {
		same += f.same[n]
		conflict += f.conflict[n]
		extra += f.extra[n]
		if !f.linked || n == name {
			variant += f.variant[n]
		}
	}
	if f.linked {
		conflict, extra = linkRelief*conflict, 0
	} else {
		for _, x := range f.apart {
			variant += x
		}
	}
	return likenessOf(same, conflict, extra, variant)
}

func likenessOf(same, conflict, extra, variant float64) float64 {
	return same / (same + conflict + extraCost*extra + startCost) * math.Exp(-variant/variantScale)
}

// bound is the most that the likeness can become, whatever words turn out to tell.
func (f *facts) bound(name int) float64 {
	g := *f
	g.variant, g.apart = f.none, nil
	return g.score(name)
}

// first gives the likeness of every pair while every word still tells, and outlines of
// the pairs that can ever reach least: the others need no second look.
func (l *likeness) first(ctx context.Context, pairs []pairIDs, least float64, threads int) (s []float32, o *outlines, err error) {
	s = make([]float32, len(pairs))
	o = newOutlines(len(l.c.schema), len(pairs))
	err = parallel(ctx, len(pairs), threads, func() func(from, to int) {
		a, f := newAligner(l.t, l.tells, l.c.name), newFacts(len(l.c.schema))
		var out outliner
		return func(from, to int) {
			for p := from; p < to; p++ {
				i, j := int(pairs[p].left), int(pairs[p].right)
				s[p] = float32(l.of(a, f, i, j))
				if f.bound(l.c.name) >= least {
					out.add(p, a, f, i, j)
				}
			}
			o.blocks[from/chunk] = out.take()
		}
	})
	o.count()
	return s, o, err
}

// scores brings the likeness of the outlined pairs up to date.
func (l *likeness) scores(ctx context.Context, pairs []pairIDs, o *outlines, s []float32, threads int) error {
	return parallel(ctx, len(o.blocks), threads, func() func(from, to int) {
		w := outlineScorer{likeness: l, tell: make([]float32, 2*l.t.slots)}
		return func(from, to int) {
			for _, b := range o.blocks[from:to] {
				r := outlineReader{fields: o.fields, b: b}
				for h := r.next(); h != nil; h = r.next() {
					s[h.pair] = float32(w.score(h, &r, pairs[h.pair]))
				}
			}
		}
	})
}

// outlineScorer computes likenesses from outlines: what [facts.score] does, with the
// sums that were kept.
type outlineScorer struct {
	*likeness
	tell []float32 // (2, slots): of the left side, of the right side
}

func (w *outlineScorer) score(h *outline, r *outlineReader, ids pairIDs) float64 {
	variant := float64(h.property)
	if len(r.only) > 0 { // what only one side says instead of nothing is no conflict
		clear(w.tell)
		L, R := w.t.of[ids.left], w.t.of[ids.right]
		left, right := w.tell[:w.t.slots], w.tell[w.t.slots:]
		for _, mark := range r.onlyL {
			if mark&1 != 0 {
				w.add(left, L[mark>>1])
			}
		}
		for _, k := range r.only {
			w.add(right, R[k])
		}
		for n, agree := range r.agree {
			if h.linked && n != w.c.name {
				continue
			}
			words, digits := slotOf(n, false), slotOf(n, true)
			variant += float64(min(left[words], right[words], agree) + min(left[digits], right[digits], agree))
		}
	}
	conflict, extra := float64(h.conflict), float64(h.extra)
	if h.linked {
		conflict, extra = linkRelief*conflict, 0
	} else {
		for n, agree := range r.agree {
			variant += w.apartIn(n, agree > 0, int(ids.left), int(ids.right))
		}
		variant += w.apartByName(h.names)
	}
	return likenessOf(float64(h.same), conflict, extra, variant)
}

// add counts a clashing piece for as much as it tells. Clashing properties of the name are counted on their own.
func (w *outlineScorer) add(tell []float32, p piece) {
	if int(p.slot)/2 != w.c.name || !typed(w.t.sort[p.id]) {
		tell[p.slot] += w.t.weight[p.id] * w.tells[p.id]
	}
}
