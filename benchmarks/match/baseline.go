package main

import (
	"cmp"
	"context"
	"slices"

	"github.com/doppeldb/doppel/internal/baseline"
	"github.com/doppeldb/doppel/internal/datasets"
)

// dumb is the dumb ways to link a data set, from all pairs.
type dumb struct {
	l     *datasets.Link
	pairs []baseline.Pair // most alike first
}

// keptPerRecord bounds the pairs that a baseline looks at.
const keptPerRecord = 20

func newDumb(ctx context.Context, l *datasets.Link) (*dumb, error) {
	pairs, err := baseline.NewTFIDF(l.Left.Rows, l.Right.Rows).Nearest(ctx, keptPerRecord, 0)
	return &dumb{l, pairs}, err
}

// bestF1 is the best F1 over all thresholds on pairs, most alike first.
func (d *dumb) bestF1(pairs []baseline.Pair) (best float64) {
	tp := 0
	for n, p := range pairs {
		if d.l.Truth[[2]int{int(p.Left), int(p.Right)}] {
			tp++
		}
		best = max(best, 2*float64(tp)/float64(n+1+len(d.l.Truth)))
	}
	return best
}

// threshold accepts every pair above one similarity.
func (d *dumb) threshold() float64 { return d.bestF1(d.pairs) }

// oneToOne gives each record one partner first.
func (d *dumb) oneToOne() float64 { return d.bestF1(baseline.OneToOne(d.pairs, false)) }

// codes accepts, one-to-one, pairs in which a code of one side stands in the
// other's text. The longer the code the earlier the pair is served.
func (d *dumb) codes() float64 {
	codes := baseline.NewCodes(d.l.Left.Rows, d.l.Right.Rows)
	var hits []baseline.Pair
	for _, p := range d.pairs {
		if n := codes.Contained(p.Left, p.Right); n > 0 {
			hits = append(hits, baseline.Pair{Left: p.Left, Right: p.Right, Sim: float64(n) + p.Sim})
		}
	}
	slices.SortStableFunc(hits, func(a, b baseline.Pair) int { return cmp.Compare(b.Sim, a.Sim) })
	found := baseline.OneToOne(hits, false)
	tp := 0
	for _, p := range found {
		if d.l.Truth[[2]int{int(p.Left), int(p.Right)}] {
			tp++
		}
	}
	return 2 * float64(tp) / float64(len(found)+len(d.l.Truth))
}
