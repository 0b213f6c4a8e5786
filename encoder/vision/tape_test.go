package vision

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/doppeldb/doppel/record/picture"
)

// testSpecs have every kind of layer, odd sizes, and windows of 1, 3 and 5.
var testSpecs = []string{
	"input 8x8 ink, conv 4 3x3, pool 2, conv 5 3x3, dense 3",
	"input 7x9 colour, conv 4 5x5, pool 2, conv 4 3x3 skip, pool 2, mean, dense 4",
	"input 9x6 grey, conv 5 3x3, conv 5 3x3 skip, conv 9 1x1, pool 2, conv 3 5x5, mean",
	"input 6x6 colour, conv 3 3x3 skip, pool 2, conv 9 3x3, pool 2, dense 2",
}

func mustSpec(t testing.TB, text string) Spec {
	t.Helper()
	s, err := ParseSpec(text)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// randomNet has gains and shifts that are not 1 and 0.
func randomNet(t testing.TB, text string, seed uint64) *Net {
	n, err := New(mustSpec(t, text), seed)
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(seed, 5))
	for _, b := range n.plan.blocks {
		for c := range b.out {
			n.params[b.gain+c] = .5 + rng.Float32()
			n.params[b.shift+c] = rng.Float32() - .3
			n.stats[b.stat+c] = rng.Float32() - .5
			n.stats[b.stat+b.out+c] = .5 + rng.Float32()
		}
	}
	return n
}

func randomInput(n *Net, count int, seed uint64) []float32 {
	rng := rand.New(rand.NewPCG(seed, 6))
	w, h, c := n.Size()
	x := make([]float32, count*w*h*c)
	for i := range x {
		x[i] = float32(rng.NormFloat64())
	}
	return x
}

func wide(x []float32) []float64 {
	out := make([]float64, len(x))
	for i, v := range x {
		out[i] = float64(v)
	}
	return out
}

func pictures64(n *Net, x []float32) []picture64 {
	w, h, c := n.Size()
	var out []picture64
	for part := range slices.Chunk(x, w*h*c) {
		out = append(out, picture64{h, w, c, wide(part)})
	}
	return out
}

func TestTapeIsTheReference(t *testing.T) {
	for _, text := range testSpecs {
		n := randomNet(t, text, 1)
		const count = 5
		x := randomInput(n, count, 2)
		tp := newTape(n.plan, count+2)
		// A fuller batch before: nothing of it may be left.
		for i := range count + 2 {
			tp.place(i, randomInput(n, 1, uint64(i)))
		}
		tp.forward(n.params)
		tp.begin(count)
		for i := range count {
			tp.place(i, x[i*len(x)/count:(i+1)*len(x)/count])
		}
		tp.forward(n.params)
		ref := reference{plan: n.plan, params: wide(n.params)}
		want := ref.embed(pictures64(n, x))
		for i, y := range want {
			for j, v := range y {
				if got := float64(tp.y[i*n.Dim()+j]); math.Abs(got-v) > 1e-4*(1+math.Abs(v)) {
					t.Fatalf("%s: y[%d,%d] = %v, want %v", text, i, j, got, v)
				}
			}
		}
	}
}

// TestGradientsAgainstDifferences: the derivative of a sum with random weights, by every
// parameter, against central differences of the reference in float64.
func TestGradientsAgainstDifferences(t *testing.T) {
	for i, text := range testSpecs {
		if testing.Short() && i%2 == 1 {
			continue
		}
		n := randomNet(t, text, 3)
		const count = 4
		x := randomInput(n, count, 4)
		tp := newTape(n.plan, count)
		rng := rand.New(rand.NewPCG(9, 9))
		weights := make([]float64, count*n.Dim())
		for i := range weights {
			weights[i] = rng.NormFloat64()
			tp.dy[i] = float32(weights[i])
		}
		for i := range count {
			tp.place(i, x[i*len(x)/count:(i+1)*len(x)/count])
		}
		turned := make([]float32, n.plan.params)
		n.plan.turnAll(turned, n.params)
		tp.forward(n.params)
		tp.backward(n.params, turned)
		ref := reference{plan: n.plan, params: wide(n.params)}
		value := func() float64 {
			sum := 0.
			for i, y := range ref.embed(pictures64(n, x)) {
				for j, v := range y {
					sum += v * weights[i*n.Dim()+j]
				}
			}
			return sum
		}
		const eps = 1e-6
		far := 0
		for p := range ref.params {
			at := ref.params[p]
			ref.params[p] = at + eps
			up := value()
			ref.params[p] = at - eps
			down := value()
			ref.params[p] = at
			want := (up - down) / (2 * eps)
			if got := float64(tp.grad[p]); math.Abs(got-want) > 2e-3*(1+math.Abs(want)) {
				far++
				if far < 5 {
					t.Errorf("%s: derivative by parameter %d is %v, want %v", text, p, got, want)
				}
			}
		}
	}
}

// TestPoolOfEqualPlaces: a flat part of a picture gives its derivative once, not four times.
func TestPoolOfEqualPlaces(t *testing.T) {
	n := randomNet(t, "input 8x8 ink, conv 4 3x3, pool 2, dense 2", 3)
	tp := newTape(n.plan, 2)
	flat := make([]float32, 64)
	flat[27] = 1
	tp.place(0, flat)
	tp.place(1, flat)
	tp.forward(n.params)
	copy(tp.dy, []float32{1, 2, 3, 4})
	turned := make([]float32, n.plan.params)
	tp.backward(n.params, turned)
	b := n.plan.blocks[0]
	shift := wide(tp.grad[b.shift : b.shift+b.out])
	ref := reference{plan: n.plan, params: wide(n.params)}
	value := func() float64 {
		y := ref.embed(pictures64(n, append(slices.Clone(flat), flat...)))
		return y[0][0] + 2*y[0][1] + 3*y[1][0] + 4*y[1][1]
	}
	for c, got := range shift {
		ref.params[b.shift+c] += 1e-6
		up := value()
		ref.params[b.shift+c] -= 2e-6
		want := (up - value()) / 2e-6
		ref.params[b.shift+c] += 1e-6
		if math.Abs(got-want) > 1e-3*(1+math.Abs(want)) {
			t.Errorf("derivative by shift %d is %v, want %v", c, got, want)
		}
	}
}

func randomRaster(w, h, channels int, seed uint64) *picture.Raster {
	rng := rand.New(rand.NewPCG(seed, 7))
	r := &picture.Raster{Width: w, Height: h, Channels: channels, Pix: make([]byte, w*h*channels)}
	for i := range r.Pix {
		r.Pix[i] = byte(rng.IntN(256))
	}
	return r
}

func TestSessionIsTheReference(t *testing.T) {
	for _, text := range testSpecs {
		n := randomNet(t, text, 5)
		w, h, c := n.Size()
		var rasters []*picture.Raster
		for i := range 2*chunk + 3 {
			rasters = append(rasters, randomRaster(5+i, 30-i/2, 1+2*(i%2), uint64(i)))
		}
		all, err := n.EmbedAll(context.Background(), rasters, 3)
		if err != nil {
			t.Fatal(err)
		}
		one := make([]float32, n.Dim())
		s := n.NewSession()
		x := make([]float32, w*h*c)
		ref := reference{plan: n.plan, params: wide(n.params), stats: wide(n.stats)}
		for i, r := range rasters {
			if err := s.Embed(one, r); err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(one, all[i*n.Dim():(i+1)*n.Dim()]) {
				t.Fatalf("%s: picture %d alone %v, among others %v", text, i, one, all[i*n.Dim():(i+1)*n.Dim()])
			}
			newEye(n.spec).see(x, r)
			want := ref.embed(pictures64(n, x))[0]
			length := 0.
			for _, v := range want {
				length += v * v
			}
			for j, v := range want {
				if v /= math.Sqrt(length); math.Abs(float64(one[j])-v) > 1e-4 {
					t.Fatalf("%s: picture %d: [%d] = %v, want %v", text, i, j, one[j], v)
				}
			}
		}
	}
}

func BenchmarkEmbedAll(b *testing.B) {
	for _, name := range Presets() {
		s, _ := Preset(name)
		n, _ := New(s, 1)
		var rasters []*picture.Raster
		for i := range 512 {
			side := map[string][2]int{"glyph": {105, 105}, "face": {92, 112}, "portrait": {92, 112}, "photo": {200, 200}}[name]
			rasters = append(rasters, randomRaster(side[0], side[1], s.Mode.Channels(), uint64(i)))
		}
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := n.EmbedAll(context.Background(), rasters, 1); err != nil {
					b.Fatal(err)
				}
			}
			each := b.Elapsed().Seconds() / float64(b.N) / float64(len(rasters))
			b.ReportMetric(1/each, "pictures/s")
			b.ReportMetric(s.Cost()/each/1e9, "GFLOP/s")
		})
	}
}

// BenchmarkTape is a step of training without the augmentation: forward and back.
func BenchmarkTape(b *testing.B) {
	for _, name := range Presets() {
		s, _ := Preset(name)
		n, _ := New(s, 1)
		tp := newTape(n.plan, 64)
		x := randomInput(n, 64, 1)
		for i := range 64 {
			tp.place(i, x[i*len(x)/64:(i+1)*len(x)/64])
		}
		turned := make([]float32, n.plan.params)
		n.plan.turnAll(turned, n.params)
		for i := range tp.dy {
			tp.dy[i] = float32(i%7) - 3
		}
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				tp.forward(n.params)
				tp.backward(n.params, turned)
			}
			each := b.Elapsed().Seconds() / float64(b.N) / 64
			b.ReportMetric(1/each, "pictures/s")
			b.ReportMetric(3*s.Cost()/each/1e9, "GFLOP/s")
		})
	}
}
