package encoder

import (
	"context"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/doppeldb/doppel/encoder/loss"
	"github.com/doppeldb/doppel/encoder/optim"
)

// TuneReport is how tuning went.
type TuneReport struct {
	Epochs   []Epoch // the first is the start, before any step
	Best     int     // place in Epochs of what was kept
	Warnings []string
}

// Epoch is one line of the history.
type Epoch struct {
	Epoch  int     // 0 is the start
	Loss   float64 // mean over the batches; 0 for the start
	MRR    float64 // of validation matches among all candidates
	Recall float64 // at 10, of the same
}

// Tune fine-tunes start on labelled pairs of the n records behind rows and gives a
// new encoder, the one of the epoch whose validation matches were found best; start
// itself is the first candidate. It gives [ErrOptions], [ErrLabels] or, with
// the best so far, the context's error.
func Tune(ctx context.Context, start *Encoder, n int, rows Rows, set TuneSet, opts TuneOptions) (*Encoder, *TuneReport, error) {
	if err := opts.Validate(start.dim); err != nil {
		return nil, nil, err
	}
	t, err := newTuning(start, n, rows, set, opts.withDefaults(start.dim))
	if err != nil {
		return nil, nil, err
	}
	err = t.run(ctx)
	best := t.best()
	best.seal()
	return best, t.report, err
}

// tuning is the state of one run.
type tuning struct {
	opts    TuneOptions
	rows    Rows
	twins   *twins
	net     *net
	batches *batcher
	head    *head
	opt     *optim.Optimiser
	valid   *retrieval
	report  *TuneReport
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
	if err := checkRows(n, set.Valid); err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(set.Valid, func(p Twin) bool { return p.Match }) {
		set.Train, set.Valid = holdOut(n, set.Train, opts.Seed)
	}
	labels, err := newTwins(n, set.Left, set.Train, rows)
	if err != nil {
		return nil, err
	}
	t := &tuning{
		opts: opts, rows: rows, twins: labels, report: &TuneReport{},
		batches: &batcher{t: labels, size: opts.Batch},
		head:    &head{kind: opts.Loss, opts: opts.LossOptions, prefixes: []int{start.dim}},
		valid:   newRetrieval(n, set.Left, set.Valid, rows, opts.Seed),
	}
	t.net = newNet(start, opts.Sketch, labels.rows(), rows)
	t.opt = optim.New(len(t.net.p.all), t.groups())
	t.steps = opts.Epochs * ((len(labels.matches) + opts.Batch - 1) / opts.Batch)
	t.kept = make([]float32, len(t.net.p.all))
	for range max(threads(opts.Threads), 1) {
		t.bags = append(t.bags, newBag(start.logBuckets))
	}
	return t, nil
}

// groups are the parts of the parameters and their steps.
func (t *tuning) groups() []optim.Group {
	p := t.net.p
	var at int
	group := func(name string, part []float32, rate, decay float64) optim.Group {
		g := optim.Group{Name: name, From: at, To: at + len(part), Rate: rate, Decay: decay}
		at = g.To
		return g
	}
	return []optim.Group{
		group("gain", p.gain, t.opts.GainRate, gainDecay),
		group("field", p.field, fieldRate, gainDecay),
		group("number", p.number, fieldRate, gainDecay),
		group("dense", p.dense, t.opts.DenseRate, denseDecay),
	}
}

const (
	fieldRate  = .01
	gainDecay  = .1
	denseDecay = .1
	clipLength = 1.
	warmSteps  = 5
)

// rows lists every record of the labels, ascending.
func (t *twins) rows() []uint32 {
	all := make([]uint32, 0, len(t.copies))
	for i := range t.copies {
		all = append(all, i)
	}
	slices.Sort(all)
	return all
}

// run is the whole of tuning: epochs until one of the ends.
func (t *tuning) run(ctx context.Context) error {
	if err := t.validate(ctx, Epoch{}); err != nil {
		return err
	}
	began := time.Now()
	for e := 1; e <= t.opts.Epochs; e++ {
		value, err := t.epoch(ctx, e)
		if err != nil {
			return err
		}
		if err := t.validate(ctx, Epoch{Epoch: e, Loss: value}); err != nil {
			return err
		}
		if t.opts.Progress != nil {
			left := time.Since(began) / time.Duration(e) * time.Duration(t.opts.Epochs-e)
			t.opts.Progress(TuneProgress{Epoch: t.report.Epochs[e], Epochs: t.opts.Epochs, Left: left})
		}
		if e-t.report.Best >= t.opts.Patience {
			break
		}
	}
	return nil
}

// validate ranks the validation matches and keeps the parameters if they are the best so far.
func (t *tuning) validate(ctx context.Context, e Epoch) error {
	got, err := t.valid.ask(ctx, t.net.encoder(), t.opts.Threads)
	if err != nil {
		return err
	}
	e.MRR, e.Recall = got.mrr, got.recall
	t.report.Epochs = append(t.report.Epochs, e)
	if e.Epoch == 0 || e.MRR > t.report.Epochs[t.report.Best].MRR {
		t.report.Best = e.Epoch
		copy(t.kept, t.net.p.all)
	}
	return nil
}

// best gives the encoder that was kept.
func (t *tuning) best() *Encoder {
	copy(t.net.p.all, t.kept)
	return t.net.encoder()
}

// epoch goes once over the matches.
func (t *tuning) epoch(ctx context.Context, e int) (mean float64, err error) {
	r := rand.New(rand.NewPCG(t.opts.Seed, uint64(e)))
	batches := t.batches.epoch(r)
	for _, rows := range batches {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		mean += t.step(rows, r.Uint64())
	}
	return mean / float64(max(len(batches), 1)), nil
}

// step is batch, forward, loss, backward, step.
func (t *tuning) step(rows []uint32, seed uint64) (value float64) {
	n, dim := len(rows), t.net.start.dim
	t.read(rows, seed)
	t.net.begin(&t.pass)
	t.net.forward(&t.pass, t.opts.Threads)
	if cap(t.rel) < n*n {
		t.rel = make([]loss.Relation, n*n)
	}
	t.rel, t.dy = t.rel[:n*n], resize(t.dy, n*dim)
	t.twins.relate(rows, t.rel)
	value = t.head.eval(t.pass.y, dim, t.rel, t.dy, t.opts.Threads)
	clear(t.net.grad.all)
	t.net.backward(&t.pass, t.dy, t.opts.Threads)
	optim.Clip(t.net.grad.all, clipLength)
	t.opt.Step(t.net.p.all, t.net.grad.all, optim.Schedule(int(t.opt.State.Step), warmSteps, t.steps))
	return value
}

// read turns the rows of a batch into samples, some of their features left out.
func (t *tuning) read(rows []uint32, seed uint64) {
	if old := t.pass.samples[:cap(t.pass.samples)]; len(old) < len(rows) {
		t.pass.samples = append(old, make([]sample, len(rows)-len(old))...)
	}
	t.pass.samples = t.pass.samples[:len(rows)] // the terms of those beyond stay for a larger batch
	limit := uint64(max(t.opts.Dropout, 0) * (1 << 32))
	spread(len(rows), len(t.bags), func(worker, from, to int) {
		for i := from; i < to; i++ {
			r := rand.NewPCG(seed, uint64(i))
			keep := func(int) bool { return limit == 0 || r.Uint64()>>32 >= limit }
			t.net.read(t.bags[worker], t.rows(int(rows[i])), &t.pass.samples[i], keep)
		}
	})
}

// spread runs work on equal ranges of 0..n, one goroutine each.
func spread(n, workers int, work func(worker, from, to int)) {
	workers = max(1, min(threads(workers), n))
	_ = split(context.Background(), n, workers, work)
}

// holdOut takes a fifth of the entities, and what is labelled about them, out of pairs.
func holdOut(n int, pairs []Twin, seed uint64) (train, valid []Twin) {
	parent := make([]int32, n)
	for i := range parent {
		parent[i] = int32(i)
	}
	for _, p := range pairs {
		if p.Match && int(max(p.Left, p.Right)) < n {
			if a, b := find(parent, p.Left), find(parent, p.Right); a != b {
				parent[max(a, b)] = min(a, b)
			}
		}
	}
	held := func(row uint32) bool {
		return rand.NewPCG(seed, uint64(find(parent, row))).Uint64()%5 == 0
	}
	for _, p := range pairs {
		if int(max(p.Left, p.Right)) < n && p.Match && held(p.Left) {
			valid = append(valid, p)
		} else {
			train = append(train, p)
		}
	}
	return train, valid
}
