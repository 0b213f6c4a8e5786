package match

import (
	"context"

	"github.com/doppeldb/doppel/db"
)

// dedupeWithModel is [Dedupe] with learned probabilities as the likeness of
// pairs: the same clusters by mean over all pairs, cut at the model's threshold.
func dedupeWithModel(ctx context.Context, c *db.Collection, opts Options) (*Result, error) {
	opts.TopK = usualTopK(opts.TopK, nil)
	r := newRun(opts)
	if err := r.prepareModel(ctx, c, nil); err != nil {
		return nil, err
	}
	d := &dedupe{run: r, whole: r.left}
	if left, copies := distinct(r.left); len(copies) == r.left.Len() {
		d.copies = copies
	} else {
		d.left, d.copies = left, copies
		if err := d.read(ctx); err != nil {
			return nil, err
		}
		if d.corpus.nameField() != opts.Model.Scorer.name {
			if err := d.corpus.nameAs(ctx, opts.Model.Scorer.name, opts.Threads); err != nil {
				return nil, err
			}
		}
	}
	sheet, err := r.surroundAll(ctx)
	if err != nil {
		return nil, err
	}
	d.result.Stats.Candidates = len(d.pairs)
	d.begin("score")
	j, err := opts.Model.Scorer.judge(ctx, sheet, opts.Threads)
	if err != nil {
		return nil, err
	}
	at := make([]int, len(d.pairs))
	for p, ids := range d.pairs {
		at[p] = sheet.find(ids)
	}
	prob, err := j.probabilities(ctx, at)
	if err != nil {
		return nil, err
	}
	d.s = make([]float32, len(prob))
	for p, x := range prob {
		d.s[p] = float32(x)
	}
	return d.groupByModel(ctx, sheet, j, likenessCurve(sheet.column("likeness", at), prob))
}

// groupByModel clusters by probability. Pairs that are no candidates count as much as
// candidates that are as alike.
func (d *dedupe) groupByModel(ctx context.Context, sheet *dossier, j *judgement, other curve) (*Result, error) {
	d.begin("decision")
	level := d.modelThreshold()
	scorer := func() pairScorer {
		reader := sheet.reader()
		return func(i, k uint32) float64 {
			i, k = min(i, k), max(i, k)
			if p := d.place(i, k); p >= 0 {
				return float64(d.s[p])
			}
			return other.at(reader.likeness(int(i), int(k)))
		}
	}
	merges, err := linkage(ctx, d.corpus.len(), d.pairs, d.s, level, scorer, d.opts.Threads)
	if err != nil {
		return nil, err
	}
	d.finish(cut(d.corpus.len(), merges, level), level)
	d.result.explain = func(p Pair) Explanation {
		a, b := d.distinctOf(p.Left), d.distinctOf(p.Right)
		k := sheet.find(pairIDs{uint32(min(a, b)), uint32(max(a, b))})
		if a == b || k < 0 {
			x := Explanation{Fields: d.corpus.compareFields(a, b)}
			if a == b {
				x.Evidence = []Evidence{{Name: "record.equal", Text: "equal in every field", Value: 1, Weight: maxLogit}}
			}
			return x
		}
		return j.explain(k)
	}
	return d.result, nil
}

// place finds a candidate pair, or -1.
func (d *dedupe) place(i, j uint32) int {
	k := (&surroundings{pairs: d.pairs}).find(pairIDs{i, j})
	return k
}
