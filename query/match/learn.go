package match

import (
	"context"
	"math"
	"slices"
	"sync"
)

const (
	// tellsScale is the log odds ratio at which a conflict counts in full.
	tellsScale = 6
	// tellsPrior is how many pairs' worth a piece's slot counts beside what was
	// seen of the piece itself.
	tellsPrior = 5
)

// outcomes counts what a piece, or a slot, does in candidate pairs.
type outcomes struct {
	agreeIn, clashIn   uint32 // in pairs of one group
	agreeOut, clashOut uint32 // in pairs of different groups
}

func (o *outcomes) count(in, clash bool) {
	switch {
	case in && clash:
		o.clashIn++
	case in:
		o.agreeIn++
	case clash:
		o.clashOut++
	default:
		o.agreeOut++
	}
}

// learn sets from a grouping how much a conflict in each piece tells: a piece
// that clashes between groups and never inside them identifies the thing; one
// that comes and goes inside groups is decoration. The measure is the log odds
// ratio of clash against agreement, between and within groups, each piece shrunk
// towards its slot. pseudo agreements within groups keep it strict where there
// are few duplicates to learn from.
func (l *likeness) learn(ctx context.Context, pairs []pairIDs, which []int32, group []uint32, pseudo float64, threads int) error {
	pieces, slots := make([]outcomes, len(l.t.vocab)), make([]outcomes, l.t.slots)
	slotOfPiece := make([]uint16, len(l.t.vocab))
	var mu sync.Mutex // counts are whole numbers: their sum does not depend on the order
	err := parallel(ctx, len(which), threads, func() func(from, to int) {
		a := newAligner(l.t, l.tells, l.c.name)
		return func(from, to int) {
			var seen []seenPiece
			for _, p := range which[from:to] {
				i, j := int(pairs[p].left), int(pairs[p].right)
				a.align(i, j)
				seen = a.outcomes(seen, i, j, group[i] == group[j])
			}
			mu.Lock()
			defer mu.Unlock()
			for _, s := range seen {
				pieces[s.id].count(s.in, s.clash)
				slots[s.slot].count(s.in, s.clash)
				slotOfPiece[s.id] = max(slotOfPiece[s.id], s.slot)
			}
		}
	})
	if err != nil {
		return err
	}
	for id := range l.tells {
		l.tells[id] = telling(pieces[id], slots[slotOfPiece[id]], pseudo)
	}
	return nil
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

// seenPiece is one piece in one pair.
type seenPiece struct {
	id        uint32
	slot      uint16
	in, clash bool
}

// outcomes appends what each piece of the aligned pair does: it agrees, or it
// clashes with another of its slot. What only one side says is silent.
func (a *aligner) outcomes(seen []seenPiece, i, j int, in bool) []seenPiece {
	L := a.t.of[i]
	for k, p := range L {
		if !slices.Contains(a.onlyL, uint16(k)) {
			seen = append(seen, seenPiece{p.id, p.slot, in, false})
		} else if a.clashes(p, a.onlyR, a.t.of[j]) {
			seen = append(seen, seenPiece{p.id, p.slot, in, true})
		}
	}
	for _, k := range a.onlyR {
		if p := a.t.of[j][k]; a.clashes(p, a.onlyL, L) {
			seen = append(seen, seenPiece{p.id, p.slot, in, true})
		}
	}
	return seen
}
