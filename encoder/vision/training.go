package vision

import (
	"context"
	"crypto/sha256"
	"math/rand/v2"
	"sync"
	"sync/atomic"

	"github.com/doppeldb/doppel/encoder/head"
	"github.com/doppeldb/doppel/encoder/loss"
	"github.com/doppeldb/doppel/encoder/optim"
	"github.com/doppeldb/doppel/internal/f32"
)

// training is the state of one run.
type training struct {
	opts    TrainOptions
	set     TrainSet
	net     *Net // the parameters as they are now; its statistics are not used
	average []float32
	kept    *Net
	step    int
	sum     float64 // of the loss since the last look, over batches
	batches int
	run     [sha256.Size]byte
	report  *TrainReport

	frames  []float32 // the inputs of all pictures, (pictures, h, w, channels)
	sampler *sampler
	head    head.Head
	opt     *optim.Optimiser
	valid   *validation

	shards  []*tape
	turned  []float32
	grad    []float32
	y, dy   []float32 // (batch, dim)
	rel     []loss.Relation
	support []bool
}

// shardSize is the number of pictures that are normalised together: fewer make the statistics
// noisy, more leave less for other cores.
const shardSize = 64

// Warm-up of the rate, as a share of the steps, and the length to which a gradient is clipped.
const (
	warmShare = .03
	clipTo    = 5
)

func newTraining(ctx context.Context, set TrainSet, opts TrainOptions) (*training, error) {
	if err := opts.Validate(); err != nil {
		return nil, err
	}
	if err := set.check(); err != nil {
		return nil, err
	}
	valid := TrainSet{}
	if opts.Valid != nil {
		valid = *opts.Valid
		if err := valid.check(); err != nil {
			return nil, err
		}
	} else {
		set, valid = set.part(opts.HoldOut)
	}
	s, err := newSampler(set.Class, set.Group, set.name, opts.Batches, opts.Seed)
	if err != nil {
		return nil, err
	}
	net, err := New(opts.Spec, opts.Seed)
	if err != nil {
		return nil, err
	}
	n, dim := s.size(), net.Dim()
	t := &training{
		opts: opts, set: set, net: net, average: append([]float32(nil), net.params...), sampler: s,
		report: &TrainReport{Classes: set.classes(), HeldOut: valid.classes(), Pictures: len(set.Pictures)},
		head:   head.Head{Kind: opts.Loss, Options: opts.LossOptions, Prefixes: []int{dim}},
		opt:    optim.New(net.plan.params, net.plan.groups(opts)),
		valid:  newValidation(valid, opts.Seed),
		turned: make([]float32, net.plan.params), grad: make([]float32, net.plan.params),
		y: make([]float32, n*dim), dy: make([]float32, n*dim), rel: make([]loss.Relation, n*n),
	}
	if opts.Batches.Sampling == Episodes {
		t.support = make([]bool, n)
	}
	for at := 0; at < n; at += shardSize {
		t.shards = append(t.shards, newTape(net.plan, min(shardSize, n-at)))
	}
	t.run = t.runSum()
	return t, t.readFrames(ctx)
}

// groups are the parameters with their steps: gains, shifts and the bias do not decay.
func (p plan) groups(o TrainOptions) []optim.Group {
	var out []optim.Group
	add := func(from, to int, decay float64) {
		out = append(out, optim.Group{Name: "network", From: from, To: to, Rate: o.Rate, Decay: decay})
	}
	for _, b := range p.blocks {
		add(b.weight, b.gain, o.Decay)
		add(b.gain, b.shift+b.out, 0)
	}
	if p.dense > 0 {
		add(p.weight, p.bias, o.Decay)
		add(p.bias, p.bias+p.dense, 0)
	}
	return out
}

// readFrames makes the input of every picture once.
func (t *training) readFrames(ctx context.Context) error {
	each := t.frameSize()
	t.frames = make([]float32, len(t.set.Pictures)*each)
	return inChunks(ctx, len(t.set.Pictures), t.opts.Threads, func() func(from, to int) {
		e := newEye(t.opts.Spec)
		return func(from, to int) {
			for i := from; i < to; i++ {
				e.see(t.frames[i*each:(i+1)*each], t.set.Pictures[i])
			}
		}
	})
}

func (t *training) frameSize() int {
	w, h, c := t.net.Size()
	return w * h * c
}

// learn takes one step.
func (t *training) learn() {
	batch := t.sampler.batch(t.step)
	dim := t.net.Dim()
	t.net.plan.turnAll(t.turned, t.net.params)
	t.overShards(func(shard int, tp *tape, l *lens) {
		from := shard * shardSize
		for i := range tp.n {
			tp.place(i, l.look(t, batch[from+i], from+i))
		}
		tp.forward(t.net.params)
		copy(t.y[from*dim:], tp.y[:tp.n*dim])
	})
	relate(batch, t.rel, t.support)
	value := t.head.Eval(t.y, dim, t.rel, t.support, t.dy, t.opts.Threads)
	t.overShards(func(shard int, tp *tape, _ *lens) {
		copy(tp.dy[:tp.n*dim], t.dy[shard*shardSize*dim:])
		tp.backward(t.net.params, t.turned)
	})
	clear(t.grad)
	for _, tp := range t.shards {
		f32.Axpy(1, tp.grad, t.grad)
	}
	optim.Clip(t.grad, clipTo)
	t.opt.Step(t.net.params, t.grad, optim.Schedule(t.step, int(warmShare*float64(t.opts.Steps)), t.opts.Steps))
	t.step++
	t.follow()
	t.sum, t.batches = t.sum+value, t.batches+1
	t.report.Seen += len(batch)
}

// follow moves the running mean of the parameters; it forgets the beginning faster.
func (t *training) follow() {
	stay := float32(min(t.opts.Average, float64(t.step)/float64(t.step+10)))
	if t.opts.Average == 0 {
		stay = 0
	}
	f32.Scale(stay, t.average)
	f32.Axpy(1-stay, t.net.params, t.average)
}

// overShards calls f for every shard, with what its goroutine keeps.
func (t *training) overShards(f func(shard int, tp *tape, l *lens)) {
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(threadsOf(t.opts.Threads), len(t.shards)) {
		wg.Go(func() {
			l := &lens{}
			for {
				i := int(next.Add(1)) - 1
				if i >= len(t.shards) {
					return
				}
				f(i, t.shards[i], l)
			}
		})
	}
	wg.Wait()
}

// lens changes pictures at random.
type lens struct {
	scratch augmentScratch
	turned  []float32
	out     []float32
}

// look gives the input of a drawn picture, number i of the batch of this step.
func (l *lens) look(t *training, d drawn, i int) []float32 {
	each := t.frameSize()
	w, h, c := t.net.Size()
	frame := t.frames[d.picture*each : (d.picture+1)*each]
	if l.out == nil {
		l.out, l.turned = make([]float32, each), make([]float32, each)
	}
	if d.turn != 0 {
		turnBy(l.turned, frame, w, c, d.turn)
		frame = l.turned
	}
	rng := rand.New(rand.NewPCG(t.opts.Seed^0x6c656e73, uint64(t.step)<<20|uint64(i)))
	t.opts.Augment.apply(l.out, frame, w, h, c, 0, rng, &l.scratch)
	if t.opts.Spec.Mode != Ink {
		standardise(l.out)
	}
	return l.out
}

// statisticsOf is at most the number of pictures that the statistics of a network are of.
const statisticsOf = 2048

// network is the network as it would be kept now: the mean of the parameters, with the statistics of its
// normalisations measured over training pictures as they are, shard by shard (Wu and Johnson, "Rethinking
// Batch in BatchNorm", arXiv 2105.07576, section 3.2).
func (t *training) network(ctx context.Context) (*Net, error) {
	net := &Net{spec: t.net.spec, plan: t.net.plan, params: append([]float32(nil), t.average...), stats: make([]float32, t.net.plan.stats)}
	n := len(t.set.Pictures)
	order := rand.New(rand.NewPCG(t.opts.Seed, 0x73746174)).Perm(n)
	if n > statisticsOf {
		order = order[:statisticsOf]
	}
	size := t.shards[0].most
	if len(order) > size {
		order = order[:len(order)/size*size] // shards of one size
	}
	parts := (len(order) + size - 1) / size
	full := 1 // shards of that size
	for full < len(t.shards) && t.shards[full].most == size {
		full++
	}
	sums := make([][]float64, parts)
	each := t.frameSize()
	for first := 0; first < parts; first += full {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		t.overShards(func(shard int, tp *tape, _ *lens) {
			part := first + shard
			if shard >= full || part >= parts {
				return
			}
			rows := order[part*size : min((part+1)*size, len(order))]
			tp.begin(len(rows))
			for i, r := range rows {
				tp.place(i, t.frames[r*each:(r+1)*each])
			}
			tp.forward(net.params)
			sums[part] = tp.statistics()
			tp.begin(tp.most)
		})
	}
	total := make([]float64, net.plan.stats)
	for _, s := range sums {
		for i, v := range s {
			total[i] += v / float64(parts)
		}
	}
	for _, b := range net.plan.blocks {
		for c := range b.out {
			mean, square := total[b.stat+c], total[b.stat+b.out+c]
			net.stats[b.stat+c], net.stats[b.stat+b.out+c] = float32(mean), float32(max(0, square-mean*mean))
		}
	}
	return net, nil
}

// statistics are the mean and the mean square of each block's channels, laid out as the statistics.
func (t *tape) statistics() []float64 {
	out := make([]float64, t.plan.stats)
	for _, s := range t.stages {
		for c := range s.out {
			mean, inv := float64(s.mean[c]), float64(s.inv[c])
			out[s.stat+c] = mean
			out[s.stat+s.out+c] = mean*mean + max(0, 1/(inv*inv)-normEps)
		}
	}
	return out
}
