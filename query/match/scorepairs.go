package match

import (
	"context"
	"fmt"

	"github.com/doppeldb/doppel/db"
)

// Scored is what [ScorePairs] gives.
type Scored struct {
	// Left and Right are the records; after scoring pairs of one collection they are the same.
	Left, Right *db.Snapshot
	// Pairs are the asked pairs in their order, Score being the probability of a match.
	Pairs []Pair
	// Threshold is the probability at and above which a pair is a match.
	Threshold float64

	explain func(k int) Explanation
}

// Match says whether pair k is a match.
func (s *Scored) Match(k int) bool { return s.Pairs[k].Score >= s.Threshold }

// Scores gives the probabilities of the pairs, in their order.
func (s *Scored) Scores() []float64 {
	out := make([]float64, len(s.Pairs))
	for k, p := range s.Pairs {
		out[k] = p.Score
	}
	return out
}

// Explain gives the evidence for and against pair k.
func (s *Scored) Explain(k int) Explanation { return s.explain(k) }

// ScorePairs judges given pairs with a model. right is nil for pairs of one
// collection; Label.Match is not looked at. Of opts Threshold, which
// replaces the model's, TopK, Threads and Progress count.
//
// The probability of a pair depends on the two records and on all others of the
// collections, which are its rivals, never on which other pairs are asked about.
// It gives [ErrLabels] for a record that is not there and [ErrModel] for a model of
// another schema. Collections without the model's encoder get it.
func ScorePairs(ctx context.Context, left, right *db.Collection, pairs []Label, m *Model, opts Options) (*Scored, error) {
	opts.Model, opts.TopK = m, usualTopK(opts.TopK, right)
	if err := opts.Validate(); err != nil {
		return nil, err
	}
	if m == nil {
		return nil, fmt.Errorf("%w: %w", ErrModel, errNoModel)
	}
	if m.Scorer == nil {
		return nil, fmt.Errorf("%w: it was trained without labels and cannot judge given pairs; link and dedupe take it, or train with labels", ErrModel)
	}
	r := newRun(opts)
	if err := r.prepareModel(ctx, left, right); err != nil {
		return nil, err
	}
	asked := make([]pairIDs, len(pairs))
	reader := r.labelReader()
	for k, l := range pairs {
		var err error
		if asked[k], err = reader.pair("asked", k, l); err != nil {
			return nil, err
		}
	}
	d, err := r.surround(ctx, asked, m.Scorer.neighbours())
	if err != nil {
		return nil, err
	}
	r.begin("score")
	j, err := m.Scorer.judge(ctx, d, opts.Threads)
	if err != nil {
		return nil, err
	}
	at := make([]int, len(pairs))
	for k, p := range asked {
		at[k] = d.find(p)
	}
	prob, err := j.probabilities(ctx, at)
	if err != nil {
		return nil, err
	}
	out := &Scored{Left: r.left, Right: r.left, Threshold: m.Scorer.threshold}
	if r.right != nil {
		out.Right = r.right
	}
	if opts.Threshold > 0 {
		out.Threshold = opts.Threshold
	}
	for k, l := range pairs {
		out.Pairs = append(out.Pairs, Pair{l.Left, l.Right, prob[k]})
	}
	out.explain = func(k int) Explanation { return j.explain(at[k]) }
	return out, nil
}

// prepareModel loads the records with vectors of the model's encoder and reads the corpus as the model knows it.
func (r *run) prepareModel(ctx context.Context, left, right *db.Collection) error {
	if err := r.load(ctx, left, right); err != nil {
		return err
	}
	m := r.opts.Model
	if right == nil != m.Scorer.symmetric {
		if right == nil {
			return fmt.Errorf("%w: it was trained on pairs between two collections and is asked about pairs of one", ErrModel)
		}
		return fmt.Errorf("%w: it was trained on pairs of one collection and is asked about pairs between two", ErrModel)
	}
	if err := m.fits(r.left.Schema); err != nil {
		return err
	}
	r.result.Left, r.result.Right = r.left, r.left
	r.result.Stats.LeftRecords, r.result.Stats.RightRecords = r.records()
	r.begin("encode")
	if err := r.useEncoder(ctx, m.Encoder, collections(left, right)); err != nil {
		return err
	}
	r.result.Left, r.result.Right = r.left, r.left
	if r.right != nil {
		r.result.Right = r.right
	}
	if err := r.read(ctx); err != nil {
		return err
	}
	if got := r.corpus.nameField(); got != m.Scorer.name {
		return r.corpus.nameAs(ctx, m.Scorer.name, r.opts.Threads)
	}
	return nil
}

// surroundAll finds the candidates and reads their dossier.
func (r *run) surroundAll(ctx context.Context) (*dossier, error) {
	if r.opts.Model.Scorer.neighbours() {
		return r.surround(ctx, nil, true)
	}
	if err := r.findCandidates(ctx); err != nil {
		return nil, err
	}
	return r.surround(ctx, r.pairs, false)
}
