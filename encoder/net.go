package encoder

import (
	"math"
	"math/bits"

	"github.com/doppeldb/doppel/encoder/head"
	"github.com/doppeldb/doppel/internal/f32"
)

// net is a twin network that can move. Its layers, B records at once:
//
//	tokens -> rows of gains -> sketch (B, S) -> unit length  \
//	                                                          x (B, in) -> y (B, D) -> unit length u (B, D)
//	numbers, pictures -> codes (B, C) -> times gain          /
//
// Parameters are deviations from the encoder that it started from, 0 at the start:
// logarithms of gains, gains of codes less those at the start, an addend of the dense layer.
type net struct {
	start  *Encoder
	place  []int32   // (buckets) place of a bucket's log-gain, -1 for one that stays as it is
	dense0 []float32 // (in, D) the dense layer at the start
	dense  []float32 // (in, D) dense0 + p.dense
	shape  *fusion   // sketch, in, codes; its w is nil
	p      params
	grad   params
}

// params is all parameters: one slice and its named views.
type params struct {
	all    []float32
	gain   []float32 // (touched buckets) log-gain of an n-gram
	field  []float32 // (fields) log-gain of a field
	number []float32 // (coded fields) gain of a number or a picture
	dense  []float32 // (in, D) addend of the dense layer
}

// views is the table of names, in the order of the slice.
func (p params) views() map[string][]float32 {
	return map[string][]float32{"gain": p.gain, "field": p.field, "number": p.number, "dense": p.dense}
}

func newParams(gains, fields, numbers, dense int) params {
	all := make([]float32, gains+fields+numbers+dense)
	p := params{all: all}
	p.gain, all = all[:gains], all[gains:]
	p.field, all = all[:fields], all[fields:]
	p.number, p.dense = all[:numbers], all[numbers:]
	return p
}

// newNet makes the network that begins as start. touched are the rows that training will show it.
func newNet(start *Encoder, sketch int, touched []uint32, rows Rows) *net {
	n := &net{start: start, shape: newFusion(start.schema, sketch)}
	n.place = n.findBuckets(touched, rows)
	gains := 0
	for b, used := range n.place {
		if used != 0 {
			n.place[b] = int32(gains)
			gains++
		} else {
			n.place[b] = -1
		}
	}
	if start.fusion != nil {
		n.dense0 = start.fusion.w
	} else {
		n.dense0 = startDense(start.dim, n.shape)
	}
	n.dense = make([]float32, len(n.dense0))
	fields, numbers := len(start.schema), len(n.shape.codes)
	n.p = newParams(gains, fields, numbers, len(n.dense0))
	n.grad = newParams(gains, fields, numbers, len(n.dense0))
	return n
}

// findBuckets marks the rows of the weight table that the given records use with 1.
func (n *net) findBuckets(touched []uint32, rows Rows) []int32 {
	mark := make([]int32, 1<<n.start.logBuckets)
	b := newBag(n.start.logBuckets)
	for _, i := range touched {
		for f, v := range rows(int(i)) {
			if n.silent(f, v) {
				continue
			}
			b.fill(n.start.schema[f].Kind, v)
			for _, ft := range b.feats {
				mark[ft.hash>>b.shift] = 1
			}
		}
	}
	return mark
}

// silent says that a value does not go through the sketch.
func (n *net) silent(f int, v string) bool {
	return v == "" || lengthOfCode(n.start.schema[f].Kind) > 0 || n.start.fieldGain[f] == 0
}

// term is one feature of one record.
type term struct {
	weight float32 // signed, everything but the moving gains
	pos    uint32
	gain   int32 // place of its log-gain or -1
	field  uint32
}

// sample is a record as the network sees it.
type sample struct {
	terms []term
	codes []float32 // (C) codes before their gain
}

// read makes a sample of a record; keep is asked for each feature whether it is seen (dropout).
func (n *net) read(b *bag, values []string, s *sample, keep func() bool) {
	if len(values) != len(n.start.schema) {
		panic(errValues)
	}
	s.terms = s.terms[:0]
	for f, v := range values {
		if n.silent(f, v) {
			continue
		}
		b.fill(n.start.schema[f].Kind, v)
		for i := range b.feats {
			ft := &b.feats[i]
			if !keep() {
				continue
			}
			bucket := ft.hash >> b.shift
			w := n.start.fieldGain[f] * n.start.weight[bucket] * damped(ft.count)
			w = math.Float32frombits(math.Float32bits(w) ^ uint32(ft.hash)<<31)
			pos, _ := bits.Mul64(ft.hash<<24, uint64(n.shape.sketch))
			s.terms = append(s.terms, term{weight: w, pos: uint32(pos), gain: n.place[bucket], field: uint32(f)})
		}
	}
	if len(s.codes) == 0 {
		s.codes = make([]float32, n.shape.in-n.shape.sketch)
	}
	for _, c := range n.shape.codes {
		n.start.code(c.field, values[c.field], s.codes[c.at:c.at+c.n])
	}
}

// pass is the values of one forward pass over B samples, kept for the way back.
type pass struct {
	samples []sample
	x       []float32 // (B, in)
	textLen []float32 // (B) length of the sketch before it was scaled
	y       []float32 // (B, D) before it is scaled
	dx      []float32 // (B, in)
	gains   []float32 // e^log-gain of every moving row, once per step
	fields  []float32
}

// begin takes over the parameters after a step.
func (n *net) begin(ps *pass) {
	for i, d := range n.p.dense {
		n.dense[i] = n.dense0[i] + d
	}
	ps.gains, ps.fields = expAll(ps.gains, n.p.gain), expAll(ps.fields, n.p.field)
}

func expAll(dst, x []float32) []float32 {
	dst = resize(dst, len(x))
	for i, v := range x {
		dst[i] = 1
		if v != 0 {
			dst[i] = float32(math.Exp(float64(v)))
		}
	}
	return dst
}

func resize(x []float32, n int) []float32 {
	if cap(x) < n {
		return make([]float32, n)
	}
	return x[:n]
}

// forward computes y of ps.samples. REQUIRES begin.
func (n *net) forward(ps *pass, threads int) {
	size, in := len(ps.samples), n.shape.in
	ps.x, ps.textLen, ps.y = resize(ps.x, size*in), resize(ps.textLen, size), resize(ps.y, size*n.start.dim)
	spread(size, threads, func(_, from, to int) {
		for i := from; i < to; i++ {
			n.input(ps, i)
		}
	})
	f32.MatMul(ps.y, ps.x, n.dense, size, n.start.dim, in, f32.Mul{Threads: threads})
}

// input is the layers before the dense one, for sample i.
func (n *net) input(ps *pass, i int) {
	s, x := &ps.samples[i], ps.x[i*n.shape.in:(i+1)*n.shape.in]
	text, codes := x[:n.shape.sketch], x[n.shape.sketch:]
	clear(text)
	for k := range s.terms {
		text[s.terms[k].pos] += ps.value(&s.terms[k])
	}
	ps.textLen[i] = head.Length(text)
	head.ToUnit(text)
	for f, c := range n.shape.codes {
		gain := n.start.fieldGain[c.field] + n.p.number[f]
		for k := c.at; k < c.at+c.n; k++ {
			codes[k] = s.codes[k] * gain
		}
	}
}

// value is what a feature adds to the sketch.
func (ps *pass) value(t *term) float32 {
	v := t.weight * ps.fields[t.field]
	if t.gain >= 0 {
		v *= ps.gains[t.gain]
	}
	return v
}

// backward adds to n.grad the derivatives of a loss whose derivative by y is dy, (B, D).
func (n *net) backward(ps *pass, dy []float32, threads int) {
	size, in, dim := len(ps.samples), n.shape.in, n.start.dim
	f32.MatMulTN(n.grad.dense, ps.x, dy, in, dim, size, f32.Mul{Add: true, Threads: threads})
	ps.dx = resize(ps.dx, size*in)
	f32.MatMulNT(ps.dx, dy, n.dense, size, in, dim, f32.Mul{Threads: threads})
	for i := range size { // one goroutine: records share rows, and sums must have one order
		n.inputBack(ps, i)
	}
}

// inputBack is the way back through input.
func (n *net) inputBack(ps *pass, i int) {
	s, x, dx := &ps.samples[i], ps.x[i*n.shape.in:(i+1)*n.shape.in], ps.dx[i*n.shape.in:(i+1)*n.shape.in]
	text := dx[:n.shape.sketch]
	head.UnitBack(text, x[:n.shape.sketch], ps.textLen[i])
	for k := range s.terms {
		t := &s.terms[k]
		g := text[t.pos] * ps.value(t)
		n.grad.field[t.field] += g
		if t.gain >= 0 {
			n.grad.gain[t.gain] += g
		}
	}
	for f, c := range n.shape.codes {
		for k := c.at; k < c.at+c.n; k++ {
			n.grad.number[f] += s.codes[k] * dx[n.shape.sketch+k]
		}
	}
}

// encoder makes what was learned an encoder; its fingerprint is not set.
func (n *net) encoder() *Encoder {
	e := *n.start
	e.gain = append([]float32(nil), n.start.gain...)
	e.fieldGain = append([]float32(nil), n.start.fieldGain...)
	e.weight = make([]float32, len(e.gain))
	for b, at := range n.place {
		if at >= 0 {
			e.gain[b] = bounded(float64(e.gain[b]) * math.Exp(float64(n.p.gain[at])))
		}
		e.weight[b] = e.idf[b] * e.gain[b]
	}
	for f := range e.fieldGain {
		e.fieldGain[f] = bounded(float64(e.fieldGain[f]) * math.Exp(float64(n.p.field[f])))
	}
	f := *n.shape
	for i, c := range f.codes {
		e.fieldGain[c.field] = bounded(float64(n.start.fieldGain[c.field] + n.p.number[i]))
	}
	f.w = make([]float32, len(n.dense0))
	for i, d := range n.p.dense {
		f.w[i] = bounded(float64(n.dense0[i] + d))
	}
	e.fusion, e.fingerprint = &f, Fingerprint{}
	return &e
}

// bounded keeps what is stored inside what a model may hold. What is not a number becomes the
// bound: an encoder made of it finds nothing and is not kept.
func bounded(x float64) float32 {
	if !(x <= maxWeight) {
		return maxWeight
	}
	return float32(max(x, -maxWeight))
}
