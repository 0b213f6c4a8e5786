package match

import (
	"cmp"
	"context"
	"fmt"
	"math"

	"github.com/doppeldb/doppel/db"
)

// Compare judges given pairs: by opts.Model as [ScorePairs] does, or, without one, as [Dedupe] of the
// collection or [Link] of the two would. right is nil for pairs of one collection; Label.Match is not
// looked at. What is thought of a pair depends on all records, never on which other pairs are asked
// about.
//
// Without a model, scores are those of [Pair]: after a link a probability, within one collection a
// likeness. A pair whose record has a better partner keeps what that partner leaves. It gives
// [ErrLabels] for a record that is not there.
func Compare(ctx context.Context, left, right *db.Collection, pairs []Label, opts Options) (*Scored, error) {
	if opts.Model != nil {
		return ScorePairs(ctx, left, right, pairs, opts.Model, opts)
	}
	if err := opts.Validate(); err != nil {
		return nil, err
	}
	if right == nil {
		return compareInside(ctx, left, pairs, opts)
	}
	return compareBetween(ctx, left, right, pairs, opts)
}

// compareInside looks at pairs of one collection.
func compareInside(ctx context.Context, c *db.Collection, pairs []Label, opts Options) (*Scored, error) {
	opts.TopK = cmp.Or(opts.TopK, dedupeTopK)
	d := &dedupe{run: newRun(opts)}
	if err := d.prepare(ctx, c); err != nil {
		return nil, err
	}
	reader := &labelReader{left: d.whole.Len()}
	for n, l := range pairs {
		if _, err := reader.pair("asked", n, l); err != nil {
			return nil, err
		}
	}
	if err := d.candidates(ctx); err != nil {
		return nil, err
	}
	if err := d.align(ctx); err != nil {
		return nil, err
	}
	res, err := d.group(ctx)
	if err != nil {
		return nil, err
	}
	out := &Scored{Left: d.whole, Right: d.whole, Threshold: res.Threshold}
	likeness := d.scorer()
	for _, l := range pairs {
		p := Pair{Left: l.Left, Right: l.Right, Score: surelyCopies}
		if i, j := d.distinctOf(l.Left), d.distinctOf(l.Right); i != j {
			p.Score = likeness(uint32(i), uint32(j))
		}
		out.Pairs = append(out.Pairs, p)
	}
	out.explain = func(k int) Explanation { return d.explain(out.Pairs[k]) }
	return out, nil
}

// compareBetween looks at pairs of two collections. The evidence of an asked pair is measured
// by the candidates' scale, whether it is one or not.
func compareBetween(ctx context.Context, left, right *db.Collection, pairs []Label, opts Options) (*Scored, error) {
	r := newRun(opts)
	if err := r.prepare(ctx, left, right); err != nil {
		return nil, err
	}
	asked := make([]pairIDs, len(pairs))
	reader := r.labelReader()
	for n, l := range pairs {
		var err error
		if asked[n], err = reader.pair("asked", n, l); err != nil {
			return nil, err
		}
	}
	if err := r.linkCandidates(ctx); err != nil {
		return nil, err
	}
	if err := r.gather(ctx); err != nil {
		return nil, err
	}
	sc, picked, e := r.decide()
	r.begin("")
	cols, err := r.corpus.gather(ctx, asked, opts.Threads)
	if err != nil {
		return nil, err
	}
	own := &score{cols: cols, mean: sc.mean, scale: sc.scale, weight: sc.weight}
	partners := r.partners(sc, picked, e)
	out := &Scored{Left: r.left, Right: r.right, Threshold: r.result.Threshold}
	rivals := make([]rival, len(pairs))
	for n, ids := range asked {
		s := 0.0
		for k := range cols {
			s += own.part(k, n)
		}
		if e.plain {
			s = float64(cols[viewRecordGrams].value[n])
		}
		rivals[n] = partners.rival(ids)
		out.Pairs = append(out.Pairs, Pair{pairs[n].Left, pairs[n].Right, e.curve.at(s) * (1 - rivals[n].probability)})
	}
	out.explain = func(n int) Explanation {
		x := r.explainScore(own, e, n, asked[n])
		if v := rivals[n]; v.probability > 0 {
			text := fmt.Sprintf("%q has a better partner, %q, with %.2f", r.keyOf(v.of), r.keyOf(v.is), v.probability)
			x.Evidence = byStrength(append(x.Evidence, Evidence{Name: "rival", Text: text, Value: v.probability, Weight: math.Log(max(1e-4, 1-v.probability))}))
		}
		return x
	}
	return out, nil
}

// partnership is who was given to whom in a one-to-one link.
type partnership struct {
	with        []uint32 // record -> its partner, itself for none
	probability []float64
}

// rival is a better partner of one of a pair's records.
type rival struct {
	of, is      uint32
	probability float64 // of the two; 0: there is none
}

func (r *run) partners(sc *score, picked []int, e estimate) *partnership {
	t := &partnership{make([]uint32, r.corpus.len()), make([]float64, r.corpus.len())}
	for i := range t.with {
		t.with[i] = uint32(i)
	}
	if r.opts.Cardinality != OneToOne {
		return t
	}
	for _, p := range picked {
		ids, q := r.pairs[p], e.curve.at(sc.s[p])
		t.with[ids.left], t.with[ids.right] = ids.right, ids.left
		t.probability[ids.left], t.probability[ids.right] = q, q
	}
	return t
}

func (t *partnership) rival(ids pairIDs) rival {
	if t.with[ids.left] == ids.right {
		return rival{}
	}
	v := rival{ids.left, t.with[ids.left], t.probability[ids.left]}
	if p := t.probability[ids.right]; p > v.probability {
		v = rival{ids.right, t.with[ids.right], p}
	}
	return v
}

// keyOf gives the key of a record by its corpus number.
func (r *run) keyOf(n uint32) string {
	if int(n) < r.left.Len() {
		return r.left.Keys[n]
	}
	return r.right.Keys[int(n)-r.left.Len()]
}
