package vision

import (
	"math"
	"math/rand/v2"
)

// Net is a convolutional network: architecture, parameters and the statistics that its batch
// normalisations use. It is not changed after it was made, and many goroutines may use it.
type Net struct {
	spec   Spec
	plan   plan
	params []float32
	stats  []float32 // mean and variance, (2, channels), of each block in order
}

// block is a convolution with what follows it up to the next one.
type block struct {
	w, h, in, out, size int
	skip, pool          bool

	weight, gain, shift int // where in the parameters: (size, size, in, out), (out), (out)
	stat                int // where in the statistics: (2, out)
}

// plan is the architecture with all sizes and places.
type plan struct {
	blocks  []block
	mean    bool
	w, h, c int // what the last layer gets
	dense   int // its numbers; 0 for none
	weight  int // where in the parameters: (h, w, c, dense)
	bias    int // (dense)

	params, stats, dim int
}

// radius is how far a window reaches from its place.
func (b block) radius() int { return b.size / 2 }

// after is the size behind the pooling.
func (b block) after() (w, h int) {
	if b.pool {
		return b.w / 2, b.h / 2
	}
	return b.w, b.h
}

// patched says that the windows of the first layer are written out: its rows are
// too short for a product of overlapping ones.
func (b block) patched() bool { return b.size*b.in < 16 }

// newPlan lays out a network. REQUIRES a valid spec.
func newPlan(s Spec) plan {
	var p plan
	w, h, c := s.Width, s.Height, s.Mode.Channels()
	take := func(at *int, n int) int {
		*at += n
		return *at - n
	}
	for _, l := range s.Layers {
		switch l.Kind {
		case Conv:
			b := block{w: w, h: h, in: c, out: l.Out, size: l.Size, skip: l.Skip}
			b.weight = take(&p.params, l.Size*l.Size*c*l.Out)
			b.gain, b.shift = take(&p.params, l.Out), take(&p.params, l.Out)
			b.stat = take(&p.stats, 2*l.Out)
			p.blocks = append(p.blocks, b)
			c = l.Out
		case Pool:
			p.blocks[len(p.blocks)-1].pool = true
			w, h = w/2, h/2
		case Mean:
			p.mean = true
		case Dense:
			p.dense = l.Out
		}
	}
	p.w, p.h, p.c = w, h, c
	p.dim = c
	if p.dense > 0 {
		p.dim = p.dense
		p.weight, p.bias = take(&p.params, p.features()*p.dense), take(&p.params, p.dense)
	} else {
		p.dim = p.features()
	}
	return p
}

// features is how many numbers the last layer gets.
func (p plan) features() int {
	if p.mean {
		return p.c
	}
	return p.w * p.h * p.c
}

// New gives a network that has learned nothing: weights are normal with the variance of He et
// al. (ICCV 2015), gains 1, shifts 0. The same spec and seed give the same network. It gives [ErrSpec].
func New(spec Spec, seed uint64) (*Net, error) {
	if err := spec.Validate(); err != nil {
		return nil, err
	}
	n := &Net{spec: spec, plan: newPlan(spec)}
	n.params, n.stats = make([]float32, n.plan.params), make([]float32, n.plan.stats)
	rng := rand.New(rand.NewPCG(seed, 0x766973696f6e))
	normal := func(x []float32, variance float64) {
		for i := range x {
			x[i] = float32(rng.NormFloat64() * math.Sqrt(variance))
		}
	}
	for _, b := range n.plan.blocks {
		fan := b.size * b.size * b.in
		normal(n.params[b.weight:b.gain], 2/float64(fan))
		for i := range b.out {
			n.params[b.gain+i] = 1
			n.stats[b.stat+b.out+i] = 1
		}
	}
	if n.plan.dense > 0 {
		normal(n.params[n.plan.weight:n.plan.bias], 1/float64(n.plan.features()))
	}
	return n, nil
}

// Spec is the architecture.
func (n *Net) Spec() Spec { return n.spec }

// Dim is the number of numbers of an embedding.
func (n *Net) Dim() int { return n.plan.dim }

// Params is the number of parameters.
func (n *Net) Params() int { return len(n.params) }

// Size is the input: width, height and channels.
func (n *Net) Size() (w, h, channels int) {
	return n.spec.Width, n.spec.Height, n.spec.Mode.Channels()
}
