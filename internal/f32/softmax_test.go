package f32

import (
	"math"
	"testing"
)

// softmax64 is the definition in float64, with the logarithm of the sum.
func softmax64(x []float32) (y []float64, logSum float64) {
	top := math.Inf(-1)
	for _, v := range x {
		top = max(top, float64(v))
	}
	for _, v := range x {
		y = append(y, math.Exp(float64(v)-top))
		logSum += y[len(y)-1]
	}
	for i := range y {
		y[i] /= logSum
	}
	return y, top + math.Log(logSum)
}

func TestSoftmax(t *testing.T) { eachPath(t, testSoftmax) }

func testSoftmax(t *testing.T) {
	for _, d := range append(lengths()[1:80], 1000) {
		const n = 3
		for _, stretch := range []float32{0.1, 10, 1e4} {
			src, checkSrc := guarded(n*d, d%4, random(uint64(d)))
			Scale(stretch, src)
			before := append([]float32(nil), src...)
			dst, checkDst := guarded(n*d, 1, func(int) float32 { return guard })
			logs, checkLogs := guarded(n, 2, func(int) float32 { return guard })
			Softmax(dst, src, d)
			LogSumExp(logs, src, d)
			for r := range n {
				want, logSum := softmax64(src[r*d : (r+1)*d])
				for i, w := range want {
					// A difference is rounded by up to half a unit of the largest number.
					if got := float64(dst[r*d+i]); math.Abs(got-w) > w*(2e-6+float64(stretch)*8*0x1p-23)+1e-37 {
						t.Fatalf("d=%d, x%v: [%d] = %v, want %v", d, stretch, i, got, w)
					}
				}
				if got := float64(logs[r]); math.Abs(got-logSum) > 1e-6*(1+math.Abs(logSum)) {
					t.Fatalf("d=%d, x%v: log of the sum %v, want %v", d, stretch, got, logSum)
				}
			}
			for i := range src {
				if src[i] != before[i] {
					t.Fatal("Softmax changed its source")
				}
			}
			Softmax(src, src, d)
			for i := range src {
				if src[i] != dst[i] {
					t.Fatal("in place it is another result")
				}
			}
			checkSrc(t)
			checkDst(t)
			checkLogs(t)
		}
	}
}

func TestSoftmaxOfWhatIsNotFinite(t *testing.T) {
	inf, nan := float32(math.Inf(1)), float32(math.NaN())
	eachPath(t, func(t *testing.T) {
		for d := 2; d < 70; d++ {
			for at := range d {
				for _, c := range []struct{ in, logSum float32 }{{inf, inf}, {nan, nan}} {
					x, logs := make([]float32, d), make([]float32, 1)
					x[at] = c.in
					if LogSumExp(logs, x, d); !same(logs[0], c.logSum) {
						t.Fatalf("d=%d, %v at %d: log of the sum %v", d, c.in, at, logs[0])
					}
					Softmax(x, x, d)
					for i, v := range x {
						if !isNaN(v) {
							t.Fatalf("d=%d, %v at %d: [%d] = %v, want NaN", d, c.in, at, i, v)
						}
					}
				}
				x := make([]float32, d)
				x[at] = -inf
				Softmax(x, x, d)
				for i, v := range x {
					if i == at && v != 0 || i != at && math.Abs(float64(v)*float64(d-1)-1) > 1e-6 {
						t.Fatalf("d=%d, -Inf at %d: [%d] = %v", d, at, i, v)
					}
				}
			}
			none, logs := make([]float32, d), make([]float32, 1)
			for i := range none {
				none[i] = -inf
			}
			if LogSumExp(logs, none, d); logs[0] != -inf {
				t.Fatalf("log of no sum: %v", logs[0])
			}
			if Softmax(none, none, d); !isNaN(none[0]) {
				t.Fatalf("softmax of nothing: %v", none)
			}
		}
	})
}

// slope is the derivative of f by x[i], from both sides.
func slope(f func() float64, x []float32, i int) float64 {
	const step = 1.0 / 64
	old := x[i]
	x[i] = old + step
	up, hi := f(), float64(x[i])
	x[i] = old - step
	down, lo := f(), float64(x[i])
	x[i] = old
	return (up - down) / (hi - lo)
}

func TestSoftmaxGrad(t *testing.T) { eachPath(t, testSoftmaxGrad) }

func testSoftmaxGrad(t *testing.T) {
	for _, d := range []int{1, 2, 7, 33, 70} {
		const n = 2
		src, _ := guarded(n*d, 1, random(11))
		dy, _ := guarded(n*d, 2, random(12))
		loss := func() (sum float64) {
			for r := range n {
				y, _ := softmax64(src[r*d : (r+1)*d])
				for i, v := range y {
					sum += v * float64(dy[r*d+i])
				}
			}
			return sum
		}
		y, dx := make([]float32, n*d), make([]float32, n*d)
		Softmax(y, src, d)
		SoftmaxGrad(dx, y, dy, d)
		for i := range src {
			if want := slope(loss, src, i); math.Abs(want-float64(dx[i])) > 1e-4 {
				t.Fatalf("d=%d: dx[%d] = %v, want %v", d, i, dx[i], want)
			}
		}
		SoftmaxGrad(dy, y, dy, d)
		for i := range dy {
			if dy[i] != dx[i] {
				t.Fatal("in place it is another result")
			}
		}
	}
}

func TestRowsOfWrongLengthPanic(t *testing.T) {
	v := func(n int) []float32 { return make([]float32, n) }
	for want, calls := range map[string][]func(){
		errDim:  {func() { Softmax(v(0), v(0), 0) }, func() { LayerNorm(v(4), nil, nil, v(4), v(0), v(0), -1, 1) }},
		errRows: {func() { Softmax(v(5), v(5), 4) }, func() { LogSumExp(v(1), v(5), 4) }, func() { SoftmaxGrad(v(3), v(3), v(3), 2) }},
		errLen: {
			func() { Softmax(v(8), v(4), 4) }, func() { LogSumExp(v(2), v(4), 4) }, func() { SoftmaxGrad(v(4), v(4), v(8), 4) },
			func() { LayerNorm(v(4), nil, nil, v(4), v(3), v(4), 4, 1) }, func() { LayerNorm(v(4), v(4), v(2), v(4), v(4), v(4), 4, 1) },
			func() { LayerNorm(v(4), v(8), v(1), v(4), v(4), v(4), 4, 1) }, func() { Multiply(v(1), v(2)) },
			func() { LayerNormGrad(v(4), v(4), v(3), v(4), v(1), v(4), v(4), 4) }, func() { LayerNormGrad(v(4), v(4), v(4), v(4), v(2), v(4), v(4), 4) },
		},
	} {
		for i, call := range calls {
			func() {
				defer func() {
					if got := recover(); got != want {
						t.Errorf("%s, call %d: panic %v", want, i, got)
					}
				}()
				call()
			}()
		}
	}
}
