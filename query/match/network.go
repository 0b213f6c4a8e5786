package match

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/doppeldb/doppel/internal/f32"
)

// network is a small perceptron with ReLU between its layers and one output, the
// log-odds of a match. All parameters are one slice, the layers views of it.
type network struct {
	sizes  []int // inputs, hidden ..., 1
	params []float32
}

// layer gives the weights (in, out) and the biases (out) of layer l.
func (n *network) layer(params []float32, l int) (w, b []float32) {
	at := 0
	for k := range l {
		at += (n.sizes[k] + 1) * n.sizes[k+1]
	}
	in, out := n.sizes[l], n.sizes[l+1]
	return params[at : at+in*out], params[at+in*out : at+(in+1)*out]
}

// parameters counts the numbers of a network.
func parameters(sizes []int) (n int) {
	for l := range len(sizes) - 1 {
		n += (sizes[l] + 1) * sizes[l+1]
	}
	return n
}

// newNetwork draws weights as He et al. (ICCV 2015) do for ReLU; biases are 0.
func newNetwork(sizes []int, rng *rand.Rand) *network {
	n := &network{sizes: sizes, params: make([]float32, parameters(sizes))}
	for l := range len(sizes) - 1 {
		w, _ := n.layer(n.params, l)
		scale := math.Sqrt(2 / float64(sizes[l]))
		for i := range w {
			w[i] = float32(rng.NormFloat64() * scale)
		}
	}
	return n
}

// workspace holds the activations and gradients of up to B rows.
type workspace struct {
	act   [][]float32 // per layer: its output (B, out); act[0] is the input
	delta [][]float32 // per layer: the loss by its output
	grad  []float32   // the loss by the parameters
}

func (n *network) newWorkspace(rows int) *workspace {
	ws := &workspace{grad: make([]float32, len(n.params))}
	for _, s := range n.sizes {
		ws.act, ws.delta = append(ws.act, make([]float32, rows*s)), append(ws.delta, make([]float32, rows*s))
	}
	return ws
}

// forward computes the log-odds of x, (rows, inputs). The slice belongs to ws.
func (n *network) forward(ws *workspace, x []float32, rows int) []float32 {
	copy(ws.act[0], x)
	last := len(n.sizes) - 2
	for l := range last + 1 {
		w, b := n.layer(n.params, l)
		f32.MatMul(ws.act[l+1][:rows*n.sizes[l+1]], ws.act[l][:rows*n.sizes[l]], w, rows, n.sizes[l+1], n.sizes[l],
			f32.Mul{Bias: b, ReLU: l < last, Threads: 1})
	}
	return ws.act[last+1][:rows]
}

// backward fills ws.grad from the loss by the log-odds, which is in the last
// delta. It follows a forward of the same rows.
func (n *network) backward(ws *workspace, rows int) {
	one := f32.Mul{Threads: 1}
	for l := len(n.sizes) - 2; l >= 0; l-- {
		in, out := n.sizes[l], n.sizes[l+1]
		w, _ := n.layer(n.params, l)
		gw, gb := n.layer(ws.grad, l)
		d := ws.delta[l+1][:rows*out]
		f32.MatMulTN(gw, ws.act[l][:rows*in], d, in, out, rows, one)
		clear(gb)
		for r := range rows {
			f32.Axpy(1, d[r*out:(r+1)*out], gb)
		}
		if l == 0 {
			return
		}
		f32.MatMulNT(ws.delta[l][:rows*in], d, w, rows, in, out, one)
		for i, a := range ws.act[l][:rows*in] {
			if a <= 0 {
				ws.delta[l][i] = 0
			}
		}
	}
}

// netOptions are how a network is trained.
type netOptions struct {
	hidden   []int
	rate     float64
	decay    float64 // pull of the weights to 0, decoupled (Loshchilov and Hutter, ICLR 2019)
	batch    int
	epochs   int
	patience int // epochs without a better held-out loss before it stops
	dropout  float64
}

// sample is rows of inputs and whether each is a match.
type sample struct {
	x     []float32 // (n, width)
	y     []bool
	words [][]uint16 // per row, for a lexicon
	width int
}

func (s *sample) rows() int { return len(s.y) }

func (s *sample) row(r int) []float32 { return s.x[r*s.width : (r+1)*s.width] }

// pick gives some of the rows.
func (s *sample) pick(rows []int) *sample {
	out := &sample{width: s.width, x: make([]float32, 0, len(rows)*s.width), y: make([]bool, 0, len(rows))}
	for _, r := range rows {
		out.x, out.y = append(out.x, s.row(r)...), append(out.y, s.y[r])
		if s.words != nil {
			out.words = append(out.words, s.words[r])
		}
	}
	return out
}

// trainNetwork fits a network to train by Adam (Kingma and Ba, ICLR 2015) and keeps the
// parameters with the least log loss on held.
func trainNetwork(ctx context.Context, train, held *sample, o netOptions, seed uint64) (*network, error) {
	rng := rand.New(rand.NewPCG(seed, 0x6e6574))
	n := newNetwork(append(append([]int{train.width}, o.hidden...), 1), rng)
	ws := n.newWorkspace(max(o.batch, 256))
	adam := newAdam(len(n.params))
	x := make([]float32, o.batch*train.width)
	best, bestLoss, since := slices.Clone(n.params), math.Inf(1), 0
	for epoch := 0; epoch < o.epochs && since < o.patience; epoch++ {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		order := rng.Perm(train.rows())
		for from := 0; from < len(order); from += o.batch {
			rows := order[from:min(from+o.batch, len(order))]
			n.step(ws, adam, train, rows, x, o, rng)
		}
		loss := n.logLoss(ws, held)
		if loss < bestLoss-1e-5 {
			bestLoss, since = loss, 0
			copy(best, n.params)
		} else {
			since++
		}
	}
	copy(n.params, best)
	return n, nil
}

// step is one batch: forward, loss, backward, update.
func (n *network) step(ws *workspace, adam *adam, train *sample, rows []int, x []float32, o netOptions, rng *rand.Rand) {
	for k, r := range rows {
		copy(x[k*train.width:], train.row(r))
	}
	x = x[:len(rows)*train.width]
	if o.dropout > 0 {
		keep := float32(1 / (1 - o.dropout))
		for i := range x {
			if rng.Float64() < o.dropout {
				x[i] = 0
			} else {
				x[i] *= keep
			}
		}
	}
	z := n.forward(ws, x, len(rows))
	d := ws.delta[len(ws.delta)-1]
	for k, r := range rows {
		d[k] = float32((sigmoid(float64(z[k])) - truth(train.y[r])) / float64(len(rows)))
	}
	n.backward(ws, len(rows))
	adam.update(n.params, ws.grad, o.rate, o.decay)
}

// logLoss is the mean negative log-likelihood.
func (n *network) logLoss(ws *workspace, s *sample) (sum float64) {
	for r, z := range n.logits(ws, s.x, s.rows()) {
		sum += logLoss(float64(z), s.y[r])
	}
	return sum / float64(max(1, s.rows()))
}

// logLoss of one decision with log-odds z.
func logLoss(z float64, match bool) float64 {
	if match {
		z = -z
	}
	if z > 30 {
		return z
	}
	return math.Log1p(math.Exp(z))
}

func sigmoid(z float64) float64 { return 1 / (1 + math.Exp(-z)) }

// logits gives the log-odds of many rows. ws must have room for 256.
func (n *network) logits(ws *workspace, x []float32, rows int) []float32 {
	out := make([]float32, 0, rows)
	w := n.sizes[0]
	for from := 0; from < rows; from += 256 {
		to := min(from+256, rows)
		out = append(out, n.forward(ws, x[from*w:to*w], to-from)...)
	}
	return out
}

// adam is the state of the optimiser.
type adam struct {
	m, v []float32
	t    int
}

func newAdam(n int) *adam { return &adam{m: make([]float32, n), v: make([]float32, n)} }

const adamMean, adamSquare, adamFloor = .9, .999, 1e-8

func (a *adam) update(params, grad []float32, rate, decay float64) {
	a.t++
	step := rate * math.Sqrt(1-math.Pow(adamSquare, float64(a.t))) / (1 - math.Pow(adamMean, float64(a.t)))
	shrink := float32(1 - rate*decay)
	for i, g := range grad {
		a.m[i] = float32(adamMean*a.m[i]) + float32((1-adamMean)*g)
		a.v[i] = float32(adamSquare*a.v[i]) + float32((1-adamSquare)*g*g)
		params[i] = float32(params[i]*shrink) - float32(float32(step)*a.m[i]/(float32(math.Sqrt(float64(a.v[i])))+adamFloor))
	}
}
