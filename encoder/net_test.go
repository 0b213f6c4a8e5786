package encoder

import (
	"encoding/json"
	"maps"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/doppeldb/doppel/encoder/head"
	"github.com/doppeldb/doppel/encoder/loss"
	"github.com/doppeldb/doppel/encoder/optim"
	"github.com/doppeldb/doppel/record"
)

// trace is testdata/reference/step.json: two training steps by PyTorch.
type trace struct {
	N, Sketch, Dim int
	Prefixes       []int
	Temperature    float64
	Decay          float64
	Rates          map[string]float64
	Terms          [][]struct {
		Weight float64
		Pos    uint32
		Gain   int32
		Field  uint32
	}
	Code, Dense0 []float64
	Rel          []loss.Relation
	Start, End   map[string][]float64
	Values       []float64
	Grads        []map[string][]float64
}

func readTrace(t *testing.T) (tr trace) {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", "reference", "step.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &tr); err != nil {
		t.Fatal(err)
	}
	return tr
}

func narrow(x []float64) []float32 {
	out := make([]float32, len(x))
	for i, v := range x {
		out[i] = float32(v)
	}
	return out
}

// views gives named numbers in the net's layout: the dense layer of the trace is (D, in).
func (tr trace) views(named map[string][]float64) map[string][]float64 {
	out := maps.Clone(named)
	out["dense"] = tr.turned(named["dense"])
	return out
}

func (tr trace) turned(dense []float64) []float64 {
	in := len(dense) / tr.Dim
	out := make([]float64, len(dense))
	for i, x := range dense {
		out[i%in*tr.Dim+i/in] = x
	}
	return out
}

// network builds the network and the samples of a trace.
func (tr trace) network() (*net, *pass, *head.Head) {
	schema := record.Schema{{Name: "a"}, {Name: "b"}, {Name: "n", Kind: record.Number}}
	n := &net{start: &Encoder{schema: schema, dim: tr.Dim, fieldGain: []float32{1, 1, 0}}, shape: newFusion(schema, tr.Sketch), dense0: narrow(tr.turned(tr.Dense0))}
	n.dense = make([]float32, len(n.dense0))
	gains := len(tr.Start["gain"])
	n.p, n.grad = newParams(gains, 3, 1, len(n.dense0)), newParams(gains, 3, 1, len(n.dense0))
	for name, view := range n.p.views() {
		copy(view, narrow(tr.views(tr.Start)[name]))
	}
	ps := &pass{}
	code := narrow(tr.Code)
	for i, terms := range tr.Terms {
		s := sample{codes: code[i*codeLen : (i+1)*codeLen]}
		for _, f := range terms {
			s.terms = append(s.terms, term{weight: float32(f.Weight), pos: f.Pos, gain: f.Gain, field: f.Field})
		}
		ps.samples = append(ps.samples, s)
	}
	return n, ps, &head.Head{Kind: loss.InfoNCE, Options: loss.Options{Temperature: tr.Temperature}, Prefixes: tr.Prefixes}
}

// lossOf is one forward and backward pass; n.grad is that of the loss afterwards.
func lossOf(n *net, ps *pass, h *head.Head, rel []loss.Relation) float64 {
	n.begin(ps)
	n.forward(ps, 1)
	dy := make([]float32, len(ps.y))
	value := h.Eval(ps.y, n.start.dim, rel, nil, dy, 1)
	clear(n.grad.all)
	n.backward(ps, dy, 1)
	return value
}

func TestStepAgainstReference(t *testing.T) {
	tr := readTrace(t)
	n, ps, h := tr.network()
	var groups []optim.Group
	at := 0
	for _, name := range []string{"gain", "field", "number", "dense"} {
		size := len(n.p.views()[name])
		groups = append(groups, optim.Group{Name: name, From: at, To: at + size, Rate: tr.Rates[name], Decay: tr.Decay})
		at += size
	}
	o := optim.New(len(n.p.all), groups)
	for step, want := range tr.Values {
		got := lossOf(n, ps, h, tr.Rel)
		if math.Abs(got-want) > 2e-5 {
			t.Errorf("step %d: loss %v, want %v", step, got, want)
		}
		for name, view := range n.grad.views() {
			compare(t, "derivative of "+name, view, tr.views(tr.Grads[step])[name], 5e-5)
		}
		o.Step(n.p.all, n.grad.all, 1)
	}
	for name, view := range n.p.views() {
		compare(t, name, view, tr.views(tr.End)[name], 2e-5)
	}
}

func compare(t *testing.T, what string, got []float32, want []float64, tolerance float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d numbers, want %d", what, len(got), len(want))
	}
	for i, w := range want {
		if math.Abs(float64(got[i])-w) > tolerance*max(1, math.Abs(w)) {
			t.Errorf("%s: number %d is %v, want %v", what, i, got[i], w)
			return
		}
	}
}

// TestLayersByFiniteDifferences moves every kind of parameter of a network over real features, for every
// loss and both distances: a random direction in each view at once is compared with the derivative along it.
func TestLayersByFiniteDifferences(t *testing.T) {
	rows, set := shops(9)
	start := mustFit(t, tuneSchema, rows, Options{Dim: 16, LogBuckets: 10})
	labels, err := newTwins(len(rows), set.Left, append(set.Train, set.Valid...), func(i int) []string { return rows[i] })
	if err != nil {
		t.Fatal(err)
	}
	all := labels.rows()
	n := newNet(start, 64, all, func(i int) []string { return rows[i] })
	r := rand.New(rand.NewPCG(8, 9))
	for _, name := range []string{"gain", "field", "number", "dense"} {
		view := n.p.views()[name]
		scale := map[string]float64{"gain": .3, "field": .3, "number": .5, "dense": .1}[name]
		for i := range view {
			view[i] = float32(scale * r.NormFloat64())
		}
	}
	ps, bag := &pass{samples: make([]sample, len(all))}, newBag(10)
	for i, row := range all {
		n.read(bag, rows[row], &ps.samples[i], func() bool { return true })
	}
	rel := make([]loss.Relation, len(all)*len(all))
	labels.relate(all, rel)
	for _, kind := range loss.Kinds() {
		for _, d := range []loss.Distance{loss.Cosine, loss.Euclidean} {
			h := &head.Head{Kind: kind, Options: loss.Options{Distance: d, Temperature: .5, Margin: 1}, Prefixes: []int{8, 16}}
			lossOf(n, ps, h, rel)
			for _, name := range []string{"gain", "field", "number", "dense"} {
				view := n.p.views()[name]
				checkDirection(t, kind.String()+", "+d.String()+", "+name, r, view, n.grad.views()[name], func() (float64, int) {
					return lossOf(n, ps, h, rel), h.Terms
				})
			}
		}
	}
}

// checkDirection moves view along its gradient and a little noise. Losses that choose their terms jump or bend
// where the choice changes: the step is halved until it is on one side.
func checkDirection(t *testing.T, what string, r *rand.Rand, view, gradient []float32, value func() (float64, int)) {
	t.Helper()
	dir, was, grad := make([]float64, len(view)), slices.Clone(view), slices.Clone(gradient)
	length, want := 0., 0.
	for i, g := range grad {
		dir[i] = float64(g) + .1*math.Abs(float64(g))*r.NormFloat64()
		length += dir[i] * dir[i]
	}
	if length == 0 {
		t.Errorf("%s: no gradient", what)
		return
	}
	length = math.Sqrt(length)
	for i := range dir {
		dir[i] /= length
		want += dir[i] * float64(grad[i])
	}
	at := func(step float64) (float64, int) {
		for i := range view {
			view[i] = was[i] + float32(step*dir[i])
		}
		return value()
	}
	middle, terms := at(0)
	for step := 2e-3; step > 1e-4; step /= 2 {
		above, termsAbove := at(step)
		below, termsBelow := at(-step)
		at(0)
		noise := 5e-7 / step // of float32
		bend := math.Abs(above-middle-(middle-below)) / step
		if terms != termsAbove || terms != termsBelow || bend > .01*math.Abs(want)+noise {
			continue
		}
		if got := (above - below) / (2 * step); math.Abs(got-want) > .01*math.Abs(want)+noise {
			t.Errorf("%s: derivative along a direction is %v, differences give %v", what, want, got)
		}
		return
	}
	t.Errorf("%s: a corner at every step", what)
}

// The dense layer starts as the sum of neighbours: before any step a net gives the
// zero-label vectors.
func TestNetStartsAtZeroLabel(t *testing.T) {
	rows, set := shops(50)
	start := mustFit(t, tuneSchema, rows, Options{Dim: 32, LogBuckets: 12})
	labels, err := newTwins(len(rows), set.Left, set.Train, func(i int) []string { return rows[i] })
	if err != nil {
		t.Fatal(err)
	}
	n := newNet(start, 128, labels.rows(), func(i int) []string { return rows[i] })
	want, got := encodeAll(t, start, rows, 1), encodeAll(t, n.encoder(), rows, 1)
	for i := range want {
		if math.Abs(float64(got[i]-want[i])) > 1e-5 {
			t.Fatalf("number %d is %v, zero-label %v", i, got[i], want[i])
		}
	}
}

// What the net computes in training is what the encoder made of it computes.
func TestNetAgreesWithItsEncoder(t *testing.T) {
	rows, set := shops(40)
	start := mustFit(t, tuneSchema, rows, Options{Dim: 32, LogBuckets: 12})
	labels, err := newTwins(len(rows), set.Left, set.Train, func(i int) []string { return rows[i] })
	if err != nil {
		t.Fatal(err)
	}
	n := newNet(start, 128, labels.rows(), func(i int) []string { return rows[i] })
	r := rand.New(rand.NewPCG(1, 5))
	for i := range n.p.all {
		n.p.all[i] = float32(.1 * r.NormFloat64())
	}
	ps, bag := &pass{samples: make([]sample, len(rows))}, newBag(12)
	for i, row := range rows {
		n.read(bag, row, &ps.samples[i], func() bool { return true })
	}
	n.begin(ps)
	n.forward(ps, 2)
	want := encodeAll(t, n.encoder(), rows, 1)
	for i := range rows {
		y := ps.y[i*32 : (i+1)*32]
		head.ToUnit(y)
		for c, v := range y {
			if math.Abs(float64(v-want[i*32+c])) > 1e-5 {
				t.Fatalf("row %d: number %d is %v in the net, %v in its encoder", i, c, v, want[i*32+c])
			}
		}
	}
}

func TestNumberCode(t *testing.T) {
	code := func(s string) []float32 {
		v := make([]float32, codeLen)
		numberCode(s, v)
		return v
	}
	near := func(a, b string) float64 {
		va, vb, sum := code(a), code(b), 0.
		for i := range va {
			sum += float64(va[i]) * float64(vb[i])
		}
		return sum
	}
	if s := near("$1,299.00", "1299"); math.Abs(s-1) > 1e-6 {
		t.Errorf("the same number twice: %v", s)
	}
	if a, b, c := near("100", "101"), near("100", "120"), near("100", "900"); !(a > .98 && a > b && b > c) {
		t.Errorf("100 against 101, 120 and 900: %v, %v, %v", a, b, c)
	}
	if s := near("50", "-50"); s > .6 {
		t.Errorf("a number and its negative: %v", s)
	}
	for _, bad := range []string{"", "NaN", "Inf", "1e999", "abc"} {
		for _, x := range code(bad) {
			if x != 0 {
				t.Errorf("%q has a code", bad)
			}
		}
	}
}
