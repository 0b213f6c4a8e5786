package match

import (
	"context"
	"math"
	"slices"

	"github.com/doppeldb/doppel/db"
)

// linkWithModel is [Link] with learned probabilities: candidates, judgement, the best
// partners first, the model's threshold.
func linkWithModel(ctx context.Context, left, right *db.Collection, opts Options) (*Result, error) {
	r := newRun(opts)
	if err := r.prepareModel(ctx, left, right); err != nil {
		return nil, err
	}
	d, err := r.surroundAll(ctx)
	if err != nil {
		return nil, err
	}
	r.result.Stats.Candidates = len(r.pairs)
	r.begin("score")
	j, err := opts.Model.Scorer.judge(ctx, d, opts.Threads)
	if err != nil {
		return nil, err
	}
	at := make([]int, len(r.pairs))
	for p, ids := range r.pairs {
		at[p] = d.find(ids)
	}
	prob, err := j.probabilities(ctx, at)
	if err != nil {
		return nil, err
	}
	r.begin("decision")
	r.acceptModel(prob)
	r.result.explain = func(p Pair) Explanation {
		k := d.find(pairIDs{p.Left, p.Right + uint32(r.corpus.left)})
		if k < 0 {
			return Explanation{}
		}
		return j.explain(k)
	}
	return r.result, nil
}

// modelThreshold sets the result's threshold: the caller's, else the model's.
func (r *run) modelThreshold() float64 {
	r.result.Threshold = r.opts.Threshold
	if r.opts.Threshold == 0 {
		r.result.AutoThreshold, r.result.Threshold = true, r.opts.Model.Scorer.threshold
	}
	return r.result.Threshold
}

// acceptModel assigns partners by probability and sorts pairs into matches and rejected ones.
func (r *run) acceptModel(prob []float64) {
	if len(r.pairs) == 0 {
		r.warn("no record of one side resembles any of the other")
	}
	level := r.modelThreshold()
	taken := make([]bool, len(r.pairs))
	for _, p := range assign(r.pairs, prob, r.opts.Cardinality) {
		if prob[p] >= level {
			taken[p] = true
			r.result.Matches = append(r.result.Matches, r.pair(p, prob[p]))
		}
	}
	slices.SortFunc(r.result.Matches, comparePair)
	for p := range r.pairs {
		r.count(prob[p])
		if taken[p] {
			continue
		}
		reason := BelowThreshold
		if prob[p] >= level {
			reason = LostToRival
		}
		r.reject(p, prob[p], prob[p], reason)
	}
	r.end()
}

// likenessCurve is the mean probability by likeness, rising, over the candidates: what is thought of a
// pair that is no candidate and meets others in a cluster.
func likenessCurve(likeness, prob []float64) curve {
	order := make([]int, len(prob))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch {
		case likeness[a] < likeness[b]:
			return -1
		case likeness[a] > likeness[b]:
			return 1
		}
		return 0
	})
	type block struct{ x, y, n float64 }
	var blocks []block
	for _, i := range order {
		blocks = append(blocks, block{likeness[i], prob[i], 1})
		for k := len(blocks) - 1; k > 0 && blocks[k-1].y*blocks[k].n >= blocks[k].y*blocks[k-1].n; k-- {
			b := blocks[k]
			blocks = blocks[:k]
			blocks[k-1] = block{blocks[k-1].x + b.x, blocks[k-1].y + b.y, blocks[k-1].n + b.n}
		}
	}
	var c curve
	for _, b := range blocks {
		c.x, c.y = append(c.x, b.x/b.n), append(c.y, b.y/b.n)
	}
	return c
}

// column copies one clue of the given pairs; NaN is 0.
func (d *dossier) column(name string, pairs []int) []float64 {
	out := make([]float64, len(pairs))
	for t, tr := range d.clues {
		if tr.name != name {
			continue
		}
		for n, k := range pairs {
			if v := float64(d.row(k)[t]); !math.IsNaN(v) {
				out[n] = v
			}
		}
	}
	return out
}
