package vision

import "github.com/doppeldb/doppel/internal/f32"

// tape runs a network over one shard of a batch and back. It keeps what the way back needs.
// One goroutine uses it at a time.
type tape struct {
	plan plan
	n    int // pictures in it
	most int // pictures that fit

	stages []stage
	last   []float32 // (n, h, w, c) of the last block
	dlast  []float32
	y, dy  []float32 // (n, dim), not of unit length
	feat   []float32
	dfeat  []float32
	grad   []float32 // (parameters)
}

// stage is a block with its buffers.
type stage struct {
	*norm
	x, dx   []float32 // (places, in)
	z, dz   []float32 // (places, out)
	patches []float32 // (size * size * in, places), of the first block
}

// newTape is for shards of at most most pictures.
func newTape(p plan, most int) *tape {
	t := &tape{plan: p, most: most}
	for i, b := range p.blocks {
		places := layout{most, b.w, b.h, b.radius()}.places()
		s := stage{norm: newNorm(b), x: make([]float32, places*b.in), z: make([]float32, places*b.out), dz: make([]float32, places*b.out)}
		if i == 0 && b.patched() {
			s.patches = make([]float32, places*b.size*b.size*b.in)
		}
		if i > 0 {
			s.dx = make([]float32, places*b.in)
		}
		t.stages = append(t.stages, s)
	}
	t.last, t.dlast = make([]float32, most*p.w*p.h*p.c), make([]float32, most*p.w*p.h*p.c)
	t.y, t.dy = make([]float32, most*p.dim), make([]float32, most*p.dim)
	t.feat, t.dfeat = make([]float32, most*p.features()), make([]float32, most*p.features())
	t.grad = make([]float32, p.params)
	t.begin(most)
	return t
}

// begin sets the number of pictures.
func (t *tape) begin(n int) {
	t.n = n
	for i := range t.stages {
		s := t.stages[i].norm
		s.in = layout{n, s.w, s.h, s.radius()}
		w, h := s.after()
		s.next = layout{n, w, h, 0}
		if i+1 < len(t.stages) {
			s.next.r = t.stages[i+1].radius()
		}
	}
}

// place copies picture i, (h, w, channels), into the input.
func (t *tape) place(i int, picture []float32) {
	s := &t.stages[0]
	wide := s.w * s.block.in
	for y := range s.h {
		copy(rowAt(s.x, s.norm.in.row(i, y), s.w, s.block.in), picture[y*wide:(y+1)*wide])
	}
}

// next is where block i writes, and the derivative by it.
func (t *tape) next(i int) (x, dx []float32) {
	if i+1 < len(t.stages) {
		return t.stages[i+1].x, t.stages[i+1].dx
	}
	return t.last, t.dlast
}

// forward computes y of the pictures that were placed, and leaves each block's mean and inv.
func (t *tape) forward(params []float32) {
	for i := range t.stages {
		s := &t.stages[i]
		b := s.block
		s.clear()
		s.norm.in.parts(b.out, func(from, to int) {
			b.convolve(s.z, s.x, s.patches, params[b.weight:b.gain], s.norm.in, from, to, f32.Mul{})
			s.measure(s.z, from, to)
		})
		s.moments()
		s.spread(params[b.gain:b.gain+b.out], params[b.shift:b.shift+b.out])
		to, _ := t.next(i)
		s.forward(to, s.z, s.x)
	}
	t.plan.gather(t.feat, t.last[:t.n*t.plan.w*t.plan.h*t.plan.c], t.n)
	t.plan.embed(t.y[:t.n*t.plan.dim], t.feat[:t.n*t.plan.features()], params, t.n)
}

// backward writes grad, the derivative by the parameters, of dy, the derivative by y. turned are
// the turned weights.
func (t *tape) backward(params, turned []float32) {
	p := t.plan
	clear(t.grad)
	dfeat := t.dfeat[:t.n*p.features()]
	p.embedBack(dfeat, t.grad, t.dy[:t.n*p.dim], t.feat[:t.n*p.features()], params, t.n)
	p.scatter(t.dlast, dfeat, t.n)
	for i := len(t.stages) - 1; i >= 0; i-- {
		s := &t.stages[i]
		b := s.block
		next, dnext := t.next(i)
		s.gate(s.dz, s.dx, dnext, next, s.z, s.x)
		s.solve(t.grad[b.gain:b.gain+b.out], t.grad[b.shift:b.shift+b.out], params[b.gain:b.gain+b.out])
		s.norm.in.parts(b.out, func(from, to int) {
			s.finish(s.dz, s.z, from, to)
			b.weightGrad(t.grad[b.weight:b.gain], s.dz, s.x, s.patches, s.norm.in, from, to)
			if i > 0 {
				b.inputGrad(s.dx, s.dz, turned[b.weight:b.gain], s.norm.in, from, to, b.skip)
			}
		})
	}
}

// turnAll writes the turned weights of all blocks but the first at their places.
func (p plan) turnAll(turned, params []float32) {
	for _, b := range p.blocks[1:] {
		b.turn(turned[b.weight:b.gain], params[b.weight:b.gain])
	}
}
