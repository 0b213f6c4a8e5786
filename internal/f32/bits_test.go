package f32

import (
	"hash/crc32"
	"math"
	"math/rand/v2"
	"testing"
)

// TestBitsAreTheSameOnEveryMachine compares with what the first machine returned:
// paths with vector instructions share one order of sums, and the reference has its
// own. An index or a model that was built on one machine is thus the same on another.
func TestBitsAreTheSameOnEveryMachine(t *testing.T) {
	eachPath(t, func(t *testing.T) {
		want := uint32(0xf2ad2988)
		if active == generic {
			want = 0x54b96da4
		}
		rng := rand.New(rand.NewPCG(3, 1))
		uniform := func(n int) []float32 {
			x := make([]float32, n)
			for i := range x {
				x[i] = rng.Float32() - 0.5
			}
			return x
		}
		var results []float32
		for _, n := range lengths() {
			x, y := uniform(n), uniform(n)
			results = append(results, Dot(x, y), SqDist(x, y), SumSq(x))
			Axpy(0.3, x, y)
			Scale(1.7, y)
			results = append(results, y...)
		}
		const m, n, k = 20, 37, 530
		dst := uniform(m * n)
		MatMul(dst, uniform(m*k), uniform(k*n), m, n, k, Mul{Add: true, Bias: uniform(n), ReLU: true})
		results = append(results, dst...)
		sum := crc32.NewIEEE()
		for _, v := range results {
			b := math.Float32bits(v)
			sum.Write([]byte{byte(b), byte(b >> 8), byte(b >> 16), byte(b >> 24)})
		}
		if got := sum.Sum32(); got != want {
			t.Errorf("checksum of the results is %#08x, was %#08x", got, want)
		}
	})
}

// TestRowBitsAreTheSameOnEveryMachine is the same for softmax and layer norm.
func TestRowBitsAreTheSameOnEveryMachine(t *testing.T) {
	eachPath(t, func(t *testing.T) {
		want := uint32(0x33fd1dc3)
		if active == generic {
			want = 0x89c7ddcb
		}
		rng := rand.New(rand.NewPCG(5, 1))
		normal := func(n int) []float32 {
			x := make([]float32, n)
			for i := range x {
				x[i] = rng.Float32()*8 - 4
			}
			return x
		}
		sum := crc32.NewIEEE()
		add := func(x []float32) {
			for _, v := range x {
				b := math.Float32bits(v + 0) // no -0
				sum.Write([]byte{byte(b), byte(b >> 8), byte(b >> 16), byte(b >> 24)})
			}
		}
		for _, d := range lengths()[1:] {
			const n = 2
			x, dy, gain, bias := normal(n*d), normal(n*d), normal(d), normal(d)
			y, norm, inv := make([]float32, n*d), make([]float32, n*d), make([]float32, n)
			Softmax(y, x, d)
			add(y)
			SoftmaxGrad(norm, y, dy, d)
			add(norm)
			LayerNorm(y, norm, inv, x, gain, bias, d, 1e-5)
			add(y)
			LayerNormGrad(y, gain, bias, norm, inv, normal(d), dy, d)
			for _, part := range [][]float32{y, norm, inv, gain, bias} {
				add(part)
			}
		}
		if got := sum.Sum32(); got != want {
			t.Errorf("checksum of the results is %#08x, was %#08x", got, want)
		}
	})
}
