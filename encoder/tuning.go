package encoder

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/doppeldb/doppel/encoder/augment"
	"github.com/doppeldb/doppel/encoder/head"
	"github.com/doppeldb/doppel/encoder/loss"
	"github.com/doppeldb/doppel/encoder/optim"
)

// tuning is the state of one run.
type tuning struct {
	opts    TuneOptions
	set     TuneSet
	rows    Rows
	twins   *twins
	net     *net
	batches *batcher
	head    *head.Head
	opt     *optim.Optimiser
	valid   *retrieval
	report  *TuneReport
	watch   watch
	kept    []float32 // parameters of the best epoch
	steps   int       // of the whole run, for the schedule

	pass pass
	bags []*bag
	rel  []loss.Relation
	dy   []float32
}

func newTuning(start *Encoder, n int, rows Rows, set TuneSet, opts TuneOptions) (*tuning, error) {
	if set.Left <= 0 || set.Left > n {
		set.Left = n
	}
	if err := checkRows(n, set.Train); err != nil {
		return nil, err
	}
	if err := checkRows(n, set.Valid); err != nil {
		return nil, err
	}
	if matchesIn(set.Valid) == 0 && matchesIn(set.Train) >= heldOut*fewValid {
		set.Train, set.Valid = holdOut(n, set.Train, opts.Seed)
	}
	labels, err := newTwins(n, set.Left, set.Train, rows)
	if err != nil {
		return nil, err
	}
	asked := set.Valid
	if matchesIn(asked) < fewValid {
		asked = slices.Concat(set.Valid, set.Train)
	}
	t := &tuning{
		opts: opts, set: set, rows: rows, twins: labels, report: &TuneReport{},
		batches: &batcher{t: labels, size: opts.Batch, sampling: opts.Sampling, perGroup: opts.PerGroup},
		head:    &head.Head{Kind: opts.Loss, Options: opts.LossOptions, Prefixes: opts.Prefixes},
		valid:   newRetrieval(n, set.Left, asked, rows, opts.Seed),
	}
	t.net = newNet(start, opts.Sketch, labels.rows(), rows)
	t.opt = optim.New(len(t.net.p.all), t.groups())
	t.steps = opts.Epochs * t.batches.count()
	t.kept = make([]float32, len(t.net.p.all))
	for range threads(opts.Threads) {
		t.bags = append(t.bags, newBag(start.logBuckets))
	}
	return t, nil
}

// The steps of the few gains of fields and numbers, the pull toward the start, the longest
// gradient and the steps of warm-up. Validation on Abt-Buy and Amazon-Google is flat
// around all of them.
const (
	fieldRate  = .01
	gainDecay  = .1
	denseDecay = .1
	clipLength = 1.
	warmSteps  = 5
)

// groups are the parts of the parameters and their steps, in the order of newParams.
func (t *tuning) groups() []optim.Group {
	p, at := t.net.p, 0
	group := func(name string, part []float32, rule optim.Rule, rate, decay float64) optim.Group {
		g := optim.Group{Name: name, From: at, To: at + len(part), Rule: rule, Rate: rate, Decay: decay}
		at = g.To
		return g
	}
	return []optim.Group{
		group("gain", p.gain, t.opts.GainRule, t.opts.GainRate, gainDecay),
		group("field", p.field, optim.AdamW, min(fieldRate, t.opts.GainRate), gainDecay),
		group("number", p.number, optim.AdamW, min(fieldRate, t.opts.GainRate), gainDecay),
		group("dense", p.dense, optim.AdamW, t.opts.DenseRate, denseDecay),
	}
}

// epoch goes once over the matches and gives the mean loss of its batches.
func (t *tuning) epoch(ctx context.Context, e int) (mean float64, err error) {
	r := rand.New(rand.NewPCG(t.opts.Seed, uint64(e)))
	if err := t.mine(ctx, e); err != nil {
		return 0, err
	}
	batches := t.batches.epoch(r)
	for _, rows := range batches {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		value := t.step(rows, r.Uint64())
		if math.IsNaN(value) || math.IsInf(value, 0) {
			return math.NaN(), nil
		}
		mean += value
	}
	return mean / float64(max(len(batches), 1)), nil
}

// step is batch, forward, loss, backward, step. What it gives is NaN when the loss or
// the gradient is not finite; nothing moves then.
func (t *tuning) step(rows []uint32, seed uint64) (value float64) {
	n, dim := len(rows), t.net.start.dim
	t.read(rows, seed)
	t.relate(rows)
	t.net.begin(&t.pass)
	t.net.forward(&t.pass, t.opts.Threads)
	t.dy = resize(t.dy, n*dim)
	value = t.head.Eval(t.pass.y, dim, t.rel, nil, t.dy, t.opts.Threads)
	t.watch.batch(t.rel, t.head)
	clear(t.net.grad.all)
	t.net.backward(&t.pass, t.dy, t.opts.Threads)
	length := optim.Clip(t.net.grad.all, clipLength)
	if math.IsNaN(length) || math.IsInf(length, 0) {
		return math.NaN()
	}
	t.opt.Step(t.net.p.all, t.net.grad.all, optim.Schedule(int(t.opt.State.Step), warmSteps, t.steps))
	return value
}

// relate sets t.rel for a batch.
func (t *tuning) relate(rows []uint32) {
	n := len(rows)
	if cap(t.rel) < n*n {
		t.rel = make([]loss.Relation, n*n)
	}
	t.rel = t.rel[:n*n]
	if t.opts.Sampling == BalancedPairs {
		t.twins.relateJudged(rows, t.rel)
	} else {
		t.twins.relate(rows, t.rel)
	}
}

// read turns the rows of a batch into samples, some of their features left out and some of
// their values written differently. Each record has its own random numbers, whichever goroutine reads it.
func (t *tuning) read(rows []uint32, seed uint64) {
	if old := t.pass.samples[:cap(t.pass.samples)]; len(old) < len(rows) {
		t.pass.samples = append(old, make([]sample, len(rows)-len(old))...)
	}
	t.pass.samples = t.pass.samples[:len(rows)] // the terms of those beyond stay for a larger batch
	limit := uint64(max(t.opts.Dropout, 0) * (1 << 32))
	schema := t.net.start.schema
	spread(len(rows), len(t.bags), func(worker, from, to int) {
		for i := from; i < to; i++ {
			source := rand.NewPCG(seed, uint64(i))
			values := t.rows(int(rows[i]))
			if r := rand.New(source); t.opts.Augment > 0 && r.Float64() < t.opts.Augment {
				values = augment.Record(r, schema, values)
			}
			keep := func() bool { return limit == 0 || source.Uint64()>>32 >= limit }
			t.net.read(t.bags[worker], values, &t.pass.samples[i], keep)
		}
	})
}

// spread runs work on equal ranges of 0..n, one goroutine each.
func spread(n, workers int, work func(worker, from, to int)) {
	workers = max(1, min(threads(workers), n))
	_ = split(context.Background(), n, workers, work)
}
