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
// With labels, [Train] learns a [Model] that takes the place of score and threshold:
//
//	labels      checked, contradictions said                       labels.go
//	encoder     the twin is tuned, for candidates                  train.go
//	clues       some 170 numbers about a pair, and its words       clues.go, lexicon.go
//	dossier     the clues of all candidates, rivals in view        dossier.go, neighbourhood.go
//	scorer      small networks, trees and logistic regression      scorer.go, blend.go, crossfit.go
//	prior       what the link without labels thinks, mixed in      prior.go
//	probability calibrated, with a threshold                       calibrate.go
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
	if opts.Model != nil && opts.Model.Scorer != nil {
		return linkWithModel(ctx, left, right, opts)
	}
	if opts.Model != nil {
		if err := opts.Model.adopt(ctx, left, right); err != nil {
			return nil, err
		}
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

// linkCandidates unites, for every record of both sides, the nearest of the
// other side by vector and by words.
func (r *run) linkCandidates(ctx context.Context) error {
	r.begin("candidates")
	c := r.corpus
	r.progress(0, c.len())
	forth, err := r.views(ctx, false)
	if err != nil {
		return err
	}
	back, err := r.views(ctx, true)
	if err != nil {
		return err
	}
	r.pairs = unite(forth[:], back[:], false)
	for i := range r.pairs {
		r.pairs[i].right += uint32(c.left)
	}
	return nil
}

// The views of candidates.
const (
	byVector = iota
	byWords
	numCandidateViews
)

// views gives the candidates of every left record among the right ones, or,
// turned round, of every right record among the left ones.
func (r *run) views(ctx context.Context, turned bool) (v [numCandidateViews][][]scored, err error) {
	c, k, threads := r.corpus, r.opts.TopK, r.opts.Threads
	from, to, before := r.left, r.right, 0
	words := c.views[viewRecordWords]
	fromWords, toWords := words.sub(0, c.left), words.sub(c.left, c.len())
	if turned {
		from, to, fromWords, toWords, before = to, from, toWords, fromWords, c.left
	}
	v[byVector], err = vectorNearest(ctx, from, to, k, false, threads, func(done int) { r.progress(before+done, c.len()) })
	if err != nil {
		return v, err
	}
	p := toWords.transpose(1<<idBits(c.len()), tooCommon(to.Len()))
	v[byWords], err = lexicalNearest(ctx, fromWords, p, to.Len(), k, false, threads)
	return v, err
}

// CandidateLists are the right records that each left record is compared with,
// best first, by view.
type CandidateLists struct {
	ByVector, ByWords [][]uint32
}

// Candidates gives the opts.TopK best right records of every left record by each view, so
// that a user can see what a link never gets to look at; right is nil for the best others
// of one collection. [Link] and [Dedupe] unite both views in both directions.
func Candidates(ctx context.Context, left, right *db.Collection, opts Options) (*CandidateLists, error) {
	if err := opts.Validate(); err != nil {
		return nil, err
	}
	r := newRun(opts)
	if err := r.prepare(ctx, collections(left, right)...); err != nil {
		return nil, err
	}
	views := r.views
	if right == nil {
		views = r.ownViews
	}
	v, err := views(ctx, false)
	if err != nil {
		return nil, err
	}
	return &CandidateLists{ByVector: rowsOf(v[byVector]), ByWords: rowsOf(v[byWords])}, nil
}

// ownViews is [run.views] among the records of one collection, where turning round changes nothing.
func (r *run) ownViews(ctx context.Context, _ bool) (v [numCandidateViews][][]scored, err error) {
	n, k, words := r.corpus.len(), r.opts.TopK, r.corpus.views[viewRecordWords]
	v[byVector], err = vectorNearest(ctx, r.left, r.left, k, true, r.opts.Threads, func(done int) { r.progress(done, n) })
	if err != nil {
		return v, err
	}
	v[byWords], err = lexicalNearest(ctx, words, words.transpose(1<<idBits(n), tooCommon(n)), n, k, true, r.opts.Threads)
	return v, err
}

func rowsOf(lists [][]scored) [][]uint32 {
	out := make([][]uint32, len(lists))
	for i, list := range lists {
		for _, s := range list {
			out[i] = append(out[i], s.row)
		}
	}
	return out
}

// link scores, assigns and cuts.
func (r *run) link() *Result {
	sc, picked, e := r.decide()
	accept := func(p int) bool { return e.curve.at(sc.s[p]) >= r.opts.Threshold }
	if r.opts.Threshold == 0 {
		accept = func(p int) bool { return sc.s[p] >= e.threshold }
	}
	r.finishLink(sc, e, picked, accept)
	r.result.explain = func(p Pair) Explanation { return r.explainLink(sc, e, p) }
	return r.result
}

// decide scores the candidates, gives out partners, and finds the threshold.
func (r *run) decide() (sc *score, picked []int, e estimate) {
	r.begin("decision")
	sc = scorePairs(r.cols, r.pairs)
	worth := margins(r.pairs, sc.s)
	picked = assign(r.pairs, worth, r.opts.Cardinality)
	slices.SortStableFunc(picked, func(a, b int) int { return cmp.Compare(sc.s[b], sc.s[a]) })
	e = r.estimate(sc, picked)
	r.result.Threshold = r.opts.Threshold
	if r.opts.Threshold == 0 {
		r.result.AutoThreshold, r.result.Threshold = true, 1
		if !math.IsInf(e.threshold, 1) {
			r.result.Threshold = e.curve.at(e.threshold)
		}
	}
	return sc, picked, e
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
	if len(second) == 0 {
		return guess(r.cols[viewRecordGrams].value, sc)
	}
	e := estimateLink(v, n, newDecoys(second, third))
	if e.matched == 0 {
		// No probability can be told. Whoever sets a threshold gets likeness.
		e = guess(r.cols[viewRecordGrams].value, sc)
		e.threshold, e.guessed = math.Inf(1), false
	}
	return e
}

// finishLink sorts pairs into matches and rejected ones.
func (r *run) finishLink(sc *score, e estimate, picked []int, accept func(int) bool) {
	switch {
	case len(r.pairs) == 0:
		r.warn("no record of one side resembles any of the other")
	case e.guessed:
		r.warn("too few records to learn what a chance likeness is: pairs are taken when half of their spelling agrees")
	case math.IsInf(e.threshold, 1) && r.opts.Threshold == 0:
		r.warn("nothing is accepted: the best partners are no better than the second best. Do the two sides overlap? " +
			"If one lists things several times, dedupe it first, or set a threshold: scores are then the share of the spelling that agrees")
	}
	taken := make([]bool, len(r.pairs))
	for _, p := range picked {
		if accept(p) {
			taken[p] = true
			r.result.Matches = append(r.result.Matches, r.pair(p, e.curve.at(sc.s[p])))
		}
	}
	slices.SortFunc(r.result.Matches, comparePair)
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
