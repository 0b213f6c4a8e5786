package match

import (
	"context"
	"fmt"
	"math"
	"slices"
)

// Scorer is the learned similarity: the clues of a pair -> the probability that it is
// a match. It judges twice. First every pair on its own and by how its likenesses
// compare with its rivals'; then again with the first judgement of all rivals in
// view, so that a rival that has found its partner elsewhere no longer counts (stacked
// generalisation, Wolpert 1992). In training the first judgement of a labelled
// pair comes from learners that have not seen it.
type Scorer struct {
	name      string   // the field that names a record
	clues     []string // what it reads, in this order
	second    []string // what the second look adds
	symmetric bool     // trained on pairs of one collection
	first     []*blend // one per fold, over clues
	final     []*blend // one per fold, over clues and second looks
	prior     trust    // how much of the log-odds is final's and how much the prior's
	slope     float64  // calibrated log-odds = slope * log-odds + offset
	offset    float64
	threshold float64   // probability at and above which a pair is a match
	usual     []float32 // (clues and second looks) the medians of training pairs that are no match
}

// EvidenceNames are the names of the evidence that the scorer reads, in its order.
func (s *Scorer) EvidenceNames() []string { return slices.Clone(s.clues) }

// Threshold is the probability from which on a pair is a match, as validation pairs told.
func (s *Scorer) Threshold() float64 { return s.threshold }

// neighbours says whether rivals count.
func (s *Scorer) neighbours() bool { return len(s.first) > 0 }

// probability calibrates log-odds.
func (s *Scorer) probability(z float64) float64 { return sigmoid(s.slope*z + s.offset) }

// columnsOf finds the scorer's clues in a dossier.
func (s *Scorer) columnsOf(d *dossier) ([]int, error) {
	if len(d.pairs) == 0 {
		return nil, nil
	}
	at := make(map[string]int, len(d.clues))
	for k, t := range d.clues {
		at[t.name] = k
	}
	use := make([]int, len(s.clues))
	for n, name := range s.clues {
		k, ok := at[name]
		if !ok {
			return nil, fmt.Errorf("%w: it reads %q, which these records do not have", ErrModel, name)
		}
		use[n] = k
	}
	return use, nil
}

// rowsOf copies the clues in use of some pairs, (len(pairs), len(use)).
func (d *dossier) rowsOf(pairs []int, use []int) []float32 {
	x := make([]float32, 0, len(pairs)*len(use))
	for _, k := range pairs {
		row := d.row(k)
		for _, t := range use {
			x = append(x, row[t])
		}
	}
	return x
}

// wordsOf gives the word features of some pairs.
func (d *dossier) wordsOf(pairs []int) [][]uint16 {
	out := make([][]uint16, len(pairs))
	for n, k := range pairs {
		out[n] = d.words[k]
	}
	return out
}

// secondClues are what the second look adds: how a pair stands by the first judgement.
var secondClues = func() []clue {
	s := clueSheet{names: new([]clue)}
	(&secondLook{surroundings: &surroundings{pairs: make([]pairIDs, 1), cross: make([][]int32, 1), own: make([][]int32, 1)},
		v: make([]float32, 1), best: make([]bestOf, 1), null: make([]float32, 1)}).add(&s, 0)
	return *s.names
}()

// secondLook is the surroundings under the first judgement. (Duels beside it, forty clues less those of each record's best
// rival: average precision of held-out pairs of Amazon-Google .888 -> .891, F1 at the threshold .803 -> .798, three seeds each.)
type secondLook struct {
	*surroundings
	v    []float32 // pair -> log-odds of the first judgement
	best []bestOf
	null []float32 // record -> mean log-odds of its nearest in its own source
}

func (s *surroundings) secondLook(v []float32) *secondLook {
	return &secondLook{s, v, s.bests(v), s.nulls(v, make([]float32, len(v)))}
}

// add writes the second look of pair k. A dedupe has the larger value first in
// place of the left side's; nothing is said there about own sources.
func (l *secondLook) add(s *clueSheet, k int) {
	const by = "the first judgement"
	st := l.stand(k, l.v, l.best, l.null)
	via := l.detour(k, l.v)
	if l.symmetric {
		for _, p := range []*[2]float32{&st.rank, &st.margin, &st.free, &st.gap, &via} {
			p[0], p[1] = spread(p[0], p[1])
		}
	}
	s.add("first", "first judgement", l.v[k])
	s.sides(false, "first", "rank", "rivals that fare better by "+by, st.rank[0], st.rank[1])
	s.sides(false, "first", "margin", "lead over the best rival by "+by, st.margin[0], st.margin[1])
	s.sides(false, "first", "free", "lead over the best rival that has no better partner by "+by, st.free[0], st.free[1])
	s.sides(false, "first", "own", "lead over the nearest of its own source by "+by, st.gap[0], st.gap[1])
	s.sides(false, "first", "detour", "a third record ties the two together by "+by, via[0], via[1])
}

// withSecond joins the second look to rows of clues.
func (l *secondLook) withSecond(x []float32, pairs []int, width int) []float32 {
	out := make([]float32, 0, len(pairs)*(width+len(secondClues)))
	var s clueSheet
	for n, k := range pairs {
		out = append(out, x[n*width:(n+1)*width]...)
		s.values = s.values[:0]
		l.add(&s, k)
		out = append(out, s.values...)
	}
	return out
}

// scoringBlock is how many rows a goroutine scores at a time.
const scoringBlock = 2048

// judgeAll gives the mean log-odds of several blends for pairs of a dossier. more, if set, widens the rows.
func judgeAll(ctx context.Context, d *dossier, blends []*blend, pairs []int, use []int, more *secondLook, threads int) ([]float64, error) {
	out := make([]float64, len(pairs))
	blocks := (len(pairs) + scoringBlock - 1) / scoringBlock
	jobs := make([]func() error, blocks)
	for b := range jobs {
		jobs[b] = func() error {
			if err := ctx.Err(); err != nil {
				return err
			}
			from, to := b*scoringBlock, min((b+1)*scoringBlock, len(pairs))
			x := d.rowsOf(pairs[from:to], use)
			if more != nil {
				x = more.withSecond(x, pairs[from:to], len(use))
			}
			copy(out[from:to], meanLogits(blends, x, d.wordsOf(pairs[from:to])))
			return nil
		}
	}
	return out, runAll(threads, jobs)
}

// look gives the first judgement of every pair of a dossier.
func (s *Scorer) look(ctx context.Context, d *dossier, use []int, threads int) (*secondLook, error) {
	if len(s.first) == 0 {
		return nil, nil
	}
	all := make([]int, len(d.pairs))
	for k := range all {
		all[k] = k
	}
	z, err := judgeAll(ctx, d, s.first, all, use, nil, threads)
	if err != nil {
		return nil, err
	}
	v := make([]float32, len(z))
	for k := range z {
		v[k] = float32(z[k])
	}
	return d.secondLook(v), nil
}

// judgeFinally gives the uncalibrated log-odds of some pairs, the prior's part in them.
func (s *Scorer) judgeFinally(ctx context.Context, d *dossier, pairs, use []int, more *secondLook, threads int) ([]float64, error) {
	z, err := judgeAll(ctx, d, s.final, pairs, use, more, threads)
	if err == nil {
		s.prior.mix(d, z, pairs)
	}
	return z, err
}

// scorerOptions shape the training of a scorer.
type scorerOptions struct {
	seed       uint64
	threads    int
	twin       bool // use what the embeddings say
	neighbours bool // use rivals, and look twice
	precision  float64
	recall     float64
}

// cluesInUse are the columns that the options leave.
func cluesInUse(d *dossier, o scorerOptions) (use []int) {
	for k, t := range d.clues {
		if k >= d.context && !o.neighbours || isTwin(t.name) && !o.twin {
			continue
		}
		use = append(use, k)
	}
	return use
}

func isTwin(name string) bool {
	for _, p := range []string{"twin.", "rival.twin."} {
		if len(name) >= len(p) && name[:len(p)] == p {
			return true
		}
	}
	return false
}

// judged is labelled pairs of a dossier.
type judged struct {
	pairs []int
	match []bool
}

// join puts other pairs behind those of j.
func (j judged) join(other judged) judged {
	return judged{slices.Concat(j.pairs, other.pairs), slices.Concat(j.match, other.match)}
}

// trainScorer fits both judgements, and calibration and threshold. Learners are fitted on validation pairs as well: what is thought of a
// labelled pair is always thought by those that were fitted without it, and that is what calibrates them. (Held-out
// pairs of Amazon-Google, four parts: F1 .797, and .787 with learners fitted on three quarters of the labels.) It gives the log-odds
// of the validation pairs, each by learners that have not seen it.
func trainScorer(ctx context.Context, d *dossier, train, valid judged, o scorerOptions, progress func(done, total int)) (*Scorer, []float64, error) {
	use := cluesInUse(d, o)
	s := &Scorer{symmetric: d.symmetric}
	for _, k := range use {
		s.clues = append(s.clues, d.clues[k].name)
	}
	both := train.join(valid)
	fold := slices.Concat(folds(train.match, scorerFolds, o.seed), d.validFolds(valid, scorerFolds, o.seed))
	all := &sample{x: d.rowsOf(both.pairs, use), y: both.match, words: d.wordsOf(both.pairs), width: len(use)}
	if o.neighbours {
		own, err := s.trainFirst(ctx, all, fold, o)
		if err != nil {
			return nil, nil, err
		}
		progress(1, 4)
		more, err := s.look(ctx, d, use, o.threads)
		if err != nil {
			return nil, nil, err
		}
		for n, k := range both.pairs {
			more.v[k] = float32(own[n])
		}
		all.x = d.secondLook(more.v).withSecond(all.x, both.pairs, len(use))
		all.width += len(secondClues)
		s.second = clueNames(secondClues)
	}
	progress(2, 4)
	s.usual = usualRow(all)
	var err error
	var own []float64
	if s.final, own, err = crossFit(ctx, all, fold, o.seed+1, o.threads); err != nil {
		return nil, nil, err
	}
	progress(3, 4)
	held, z := own[:len(train.pairs)], own[len(train.pairs):]
	s.prior = d.weighPrior(z, held, train, valid)
	if len(valid.pairs) > 0 {
		s.calibrate(z, valid.match, held, train.match, o)
	} else {
		s.calibrate(held, train.match, nil, nil, o)
	}
	progress(4, 4)
	return s, z, nil
}

// trainFirst fits the first judgement and gives that of each labelled pair by the fold that has not seen it.
func (s *Scorer) trainFirst(ctx context.Context, all *sample, fold []int, o scorerOptions) (own []float64, err error) {
	s.first, own, err = crossFit(ctx, all, fold, o.seed, o.threads)
	return own, err
}

// usualRow is the median of each clue over the pairs that are no match.
func usualRow(s *sample) []float32 {
	out := make([]float32, s.width)
	col := make([]float32, 0, s.rows())
	for t := range out {
		col = col[:0]
		for r, match := range s.y {
			if v := s.x[r*s.width+t]; !match && v == v {
				col = append(col, v)
			}
		}
		out[t] = float32(math.NaN())
		if len(col) > 0 {
			slices.Sort(col)
			out[t] = col[len(col)/2]
		}
	}
	return out
}
