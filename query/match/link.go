// Package match decides which records are the same thing.
//
// [Link] finds the partners between two collections, [Dedupe] the duplicates in
// one. Neither needs a label. Both go the same way:
//
//	candidates  vector neighbours united with a lexical view       candidates.go, lexical.go
//	evidence    named similarities of a pair                       evidence.go
//	score       evidence, standardised over the rivals, summed     score.go
//	decision    link: one-to-one assignment, threshold.go          assign.go
//	            dedupe: clusters that do not chain                 cluster.go
//
// Below this package everything is a distance, smaller is closer; here evidence
// becomes a probability, larger is more alike.
package match

import (
	"cmp"
	"context"
	"math"
	"slices"

	"github.com/doppeldb/doppel/db"
)

// Link finds the pairs of a left and a right record that are the same thing.
//
// Both collections have the same schema ([db.ErrSchema] otherwise); a field that
// one side lacks is empty there. Where they have no vectors of a shared encoder, one is
// fitted on their records and stored. The result depends on the records, the
// options and the machine, not on the number of threads.
func Link(ctx context.Context, left, right *db.Collection, opts Options) (*Result, error) {
	if err := opts.Validate(); err != nil {
		return nil, err
	}
	r := newRun(opts)
	if err := r.prepare(ctx, left, right); err != nil {
		return nil, err
	}
	if err := r.linkCandidates(ctx); err != nil {
		return nil, err
	}
	if err := r.gather(ctx); err != nil {
		return nil, err
	}
	return r.link(), nil
}

// linkCandidates unites, for every record of both sides, the nearest of the other side by vector and by words.
func (r *run) linkCandidates(ctx context.Context) error {
	r.begin("candidates")
	c, k, n := r.corpus, r.opts.TopK, r.opts.Threads
	r.progress(0, c.len())
	byVector, err := vectorNearest(ctx, r.left, r.right, k, false, n, func(done int) { r.progress(done, c.len()) })
	if err != nil {
		return err
	}
	back, err := vectorNearest(ctx, r.right, r.left, k, false, n, func(done int) { r.progress(c.left+done, c.len()) })
	if err != nil {
		return err
	}
	words := c.views[viewRecordWords]
	leftWords, rightWords := words.sub(0, c.left), words.sub(c.left, c.len())
	ids := 1 << idBits(c.len())
	byWord, err := lexicalNearest(ctx, leftWords, rightWords.transpose(ids, lexicalCommon), c.right, k, false, n)
	if err != nil {
		return err
	}
	backWord, err := lexicalNearest(ctx, rightWords, leftWords.transpose(ids, lexicalCommon), c.left, k, false, n)
	if err != nil {
		return err
	}
	r.pairs = unite([][][]scored{byVector, byWord}, [][][]scored{back, backWord}, false)
	for i := range r.pairs {
		r.pairs[i].right += uint32(c.left)
	}
	return nil
}

// link scores, assigns and cuts.
func (r *run) link() *Result {
	r.begin("decision")
	sc := scorePairs(r.cols, r.pairs)
	worth := margins(r.pairs, sc.s)
	picked := assign(r.pairs, worth, r.opts.Cardinality)
	slices.SortStableFunc(picked, func(a, b int) int { return cmp.Compare(sc.s[b], sc.s[a]) })
	e := r.estimate(sc, picked)
	r.result.Threshold = r.opts.Threshold
	accept := func(p int) bool { return e.curve.at(sc.s[p]) >= r.opts.Threshold }
	if r.opts.Threshold == 0 {
		r.result.AutoThreshold, r.result.Threshold = true, 1
		if !math.IsInf(e.threshold, 1) {
			r.result.Threshold = e.curve.at(e.threshold)
		}
		accept = func(p int) bool { return sc.s[p] >= e.threshold }
	}
	r.finishLink(sc, e, picked, accept)
	r.result.explain = func(p Pair) Explanation { return r.explainLink(sc, e, p) }
	return r.result
}

// estimate learns the threshold from the one-to-one pairs, whatever the cardinality asked for.
func (r *run) estimate(sc *score, picked []int) estimate {
	if r.opts.Cardinality != OneToOne {
		picked = assign(r.pairs, margins(r.pairs, sc.s), OneToOne)
		slices.SortStableFunc(picked, func(a, b int) int { return cmp.Compare(sc.s[b], sc.s[a]) })
	}
	v := make([]float64, len(picked))
	for i, p := range picked {
		v[i] = sc.s[p]
	}
	of, n := leftOf, r.corpus.left
	if r.corpus.right < n {
		of, n = rightOf, r.corpus.right
	}
	second, third := secondAndThird(r.corpus.len(), r.pairs, sc.s, of)
	return estimateLink(v, n, newDecoys(second, third))
}

// finishLink sorts pairs into matches and rejected ones.
func (r *run) finishLink(sc *score, e estimate, picked []int, accept func(int) bool) {
	if e.guessed && len(r.pairs) > 0 {
		r.warn("too few records to learn what a chance likeness is: nothing is accepted automatically; look at the best pairs with --threshold")
	}
	taken := make([]bool, len(r.pairs))
	for _, p := range picked {
		if accept(p) {
			taken[p] = true
			r.result.Matches = append(r.result.Matches, r.pair(p, e.curve.at(sc.s[p])))
		}
	}
	for p := range r.pairs {
		prob := e.curve.at(sc.s[p])
		r.count(prob)
		if !taken[p] {
			reason := BelowThreshold
			if accept(p) {
				reason = LostToRival
			}
			r.reject(p, sc.s[p], prob, reason)
		}
	}
	r.end()
}
