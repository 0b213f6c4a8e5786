package match

import (
	"context"
	"math"
	"sync"
)

const (
	// tellsScale is the log odds ratio at which a conflict counts in full.
	tellsScale = 6
	// tellsPrior is how many pairs' worth a piece's slot counts beside what was
	// seen of the piece itself.
	tellsPrior = 5
)

// outcomes counts what a piece, a slot or a field does in candidate pairs.
type outcomes struct {
	agreeIn, clashIn   uint32 // in pairs of one group
	agreeOut, clashOut uint32 // in pairs of different groups
}

// learn sets from a grouping how much a conflict in each piece, and nothing in common in a field, tells: a piece
// that clashes between groups and never inside them identifies the thing; one
// that comes and goes inside groups is decoration. The measure is the log odds
// ratio of clash against agreement, between and within groups, each piece shrunk
// towards its slot. pseudo agreements within groups keep it strict where there
// are few duplicates to learn from.
func (l *likeness) learn(ctx context.Context, pairs []pairIDs, o *outlines, group []uint32, pseudo float64, threads int) error {
	var mu sync.Mutex
	var all []*counts
	err := parallel(ctx, len(o.blocks), threads, func() func(from, to int) {
		n := &counts{pieces: make([]outcomes, len(l.t.vocab)), slots: make([]outcomes, l.t.slots), fields: make([]outcomes, len(l.apart))}
		mu.Lock()
		all = append(all, n)
		mu.Unlock()
		return func(from, to int) {
			for _, b := range o.blocks[from:to] {
				r := outlineReader{fields: o.fields, b: b}
				for h := r.next(); h != nil; h = r.next() {
					ids := pairs[h.pair]
					in := group[ids.left] == group[ids.right]
					n.pair(l.t.of[ids.left], l.t.of[ids.right], &r, in)
					n.fieldsOf(l.t, ids, h, r.agree, in)
				}
			}
		}
	})
	if err != nil {
		return err
	}
	sum := all[0] // counts are whole numbers: their sum does not depend on the order
	for _, n := range all[1:] {
		sum.add(n)
	}
	for id := range l.tells {
		l.tells[id] = telling(sum.pieces[id], sum.slots[l.t.slot[id]], pseudo)
	}
	for n := range l.apart {
		l.apart[n] = variantScale * sum.fields[n].steadiness()
	}
	return nil
}

// counts are the outcomes of every piece and slot, and of every field and the rare names.
type counts struct{ pieces, slots, fields []outcomes }

// pair counts what each piece of an outlined pair does: it agrees, or it clashes
// with another of its slot. What only one side says is silent.
func (n *counts) pair(L, R []piece, r *outlineReader, in bool) {
	for _, p := range L { // as if all agreed; what does not is taken back
		n.agree(p, in, 1)
	}
	for _, mark := range r.onlyL {
		p := L[mark>>1]
		n.agree(p, in, ^uint32(0))
		if mark&1 != 0 {
			n.clash(p, in)
		}
	}
	for _, k := range r.only {
		n.clash(R[k], in)
	}
}

func (n *counts) agree(p piece, in bool, by uint32) {
	if in {
		n.pieces[p.id].agreeIn += by
		n.slots[p.slot].agreeIn += by
		return
	}
	n.pieces[p.id].agreeOut += by
	n.slots[p.slot].agreeOut += by
}

func (n *counts) clash(p piece, in bool) {
	if in {
		n.pieces[p.id].clashIn++
		n.slots[p.slot].clashIn++
		return
	}
	n.pieces[p.id].clashOut++
	n.slots[p.slot].clashOut++
}

func (n *counts) add(m *counts) {
	for _, part := range [...][2][]outcomes{{n.pieces, m.pieces}, {n.slots, m.slots}, {n.fields, m.fields}} {
		for i, o := range part[1] {
			sum := &part[0][i]
			sum.agreeIn += o.agreeIn
			sum.clashIn += o.clashIn
			sum.agreeOut += o.agreeOut
			sum.clashOut += o.clashOut
		}
	}
}

// telling is the shrunk log odds ratio of a piece, scaled to 0..1.
func telling(p, slot outcomes, pseudo float64) float32 {
	out := share(float64(slot.clashOut)+1, float64(slot.agreeOut)+1)
	in := share(float64(slot.clashIn)+1, float64(slot.agreeIn)+pseudo)
	odds := (float64(p.clashOut) + tellsPrior*out) / (float64(p.agreeOut) + tellsPrior*(1-out)) *
		(float64(p.agreeIn) + tellsPrior*(1-in)) / (float64(p.clashIn) + tellsPrior*in)
	return float32(min(1, max(0, math.Log(odds)/tellsScale)))
}

func share(a, b float64) float64 { return a / (a + b) }
