package f32

import (
	"math"
	"testing"
)

func TestSumAndLargest(t *testing.T) { eachPath(t, testSumLargest) }

func testSumLargest(t *testing.T) {
	for _, n := range lengths() {
		for offset := range 4 {
			x, check := guarded(n, offset, random(uint64(n)))
			for i := range x {
				x[i] -= 5 // all below 0: what is beyond the row must not count as 0
			}
			var want, mag float64
			top := float32(math.Inf(-1))
			for _, v := range x {
				want, mag, top = want+float64(v), mag+math.Abs(float64(v)), max(top, v)
			}
			if got := Sum(x); !near(got, want, mag, n) {
				t.Errorf("Sum n=%d: %v, want %v", n, got, want)
			}
			if got := largest(x); got != top {
				t.Errorf("largest n=%d: %v, want %v", n, got, top)
			}
			check(t)
		}
	}
	for n := 1; n <= 140; n++ { // wherever it is, it is found
		for at := range n {
			x := make([]float32, n)
			x[at] = 1
			if largest(x) != 1 || Sum(x) != 1 {
				t.Fatalf("n=%d: a one at %d, largest %v, sum %v", n, at, largest(x), Sum(x))
			}
		}
	}
}

func TestElementwiseStayInside(t *testing.T) { eachPath(t, testElementwise) }

func testElementwise(t *testing.T) {
	for n := range 71 {
		for offset := range 4 {
			a, checkA := guarded(n, offset, random(uint64(n)))
			b, checkB := guarded(n, 3-offset, random(uint64(n)+7))
			y, checkY := guarded(n, (offset+1)%4, random(uint64(n)+9))
			want := append([]float32(nil), y...)
			is := func(name string) {
				t.Helper()
				for i := range y {
					if y[i] != want[i] {
						t.Fatalf("%s n=%d: y[%d] = %v, want %v", name, n, i, y[i], want[i])
					}
				}
			}
			for i := range want {
				want[i] += float32(a[i] * b[i])
			}
			addMul(a, b, y)
			is("addMul")
			for i := range want {
				want[i] *= a[i]
			}
			Multiply(a, y)
			is("Multiply")
			for i := range want {
				want[i] += -1.75
			}
			shift(-1.75, y)
			is("shift")
			for i := range want {
				want[i] = exp(want[i] - 3)
			}
			expShift(3, y)
			is("expShift")
			checkA(t)
			checkB(t)
			checkY(t)
		}
	}
}

// TestExp holds exp to its promise on every path: an error of at most 1.5 units in
// the last place from -87 to 0 and beyond, 0 below, and the same bits everywhere.
func TestExp(t *testing.T) {
	const steps = 1 << 17
	x := make([]float32, steps)
	want := make([]float32, steps)
	worst := 0.0
	for i := range x {
		x[i] = -87 + float32(i)*(87+20)/steps
		want[i] = exp(x[i])
		ref := math.Exp(float64(x[i]))
		unit := float64(math.Nextafter32(float32(ref), float32(math.Inf(1))) - float32(ref))
		worst = max(worst, math.Abs(float64(want[i])-ref)/unit)
	}
	if worst > 1.5 {
		t.Errorf("an error of %.2f units in the last place", worst)
	}
	eachPath(t, func(t *testing.T) {
		got := append([]float32(nil), x...)
		expShift(0, got)
		for i := range got {
			if got[i] != want[i] {
				t.Fatalf("exp(%v) = %v, the reference gives %v", x[i], got[i], want[i])
			}
		}
		inf, nan := float32(math.Inf(1)), float32(math.NaN())
		for n := 1; n < 70; n++ {
			for _, c := range []struct{ in, out float32 }{
				{0, 1}, {-inf, 0}, {-87.01, 0}, {-1e30, 0}, {-math.MaxFloat32, 0}, {nan, nan}, {-nan, nan},
				{float32(math.Copysign(0, -1)), 1}, {-math.SmallestNonzeroFloat32, 1},
			} {
				row := make([]float32, n)
				row[n-1] = c.in
				expShift(0, row)
				if got := row[n-1]; !same(got, c.out) {
					t.Fatalf("exp(%v) = %v, want %v", c.in, got, c.out)
				}
			}
			row := make([]float32, n)
			row[n-1] = inf
			expShift(inf, row) // what an infinity and itself differ by is no number
			if !isNaN(row[n-1]) {
				t.Fatalf("exp(Inf - Inf) = %v", row[n-1])
			}
		}
	})
}

func BenchmarkRows(b *testing.B) {
	const d, n = 256, 64
	fill := random(6)
	src, dst, norm := make([]float32, n*d), make([]float32, n*d), make([]float32, n*d)
	for i := range src {
		src[i] = fill(i)
	}
	gain, bias, inv := make([]float32, d), make([]float32, d), make([]float32, n)
	each := func(name string, f func()) {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				f()
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n*d), "ns/element")
		})
	}
	each("Sum", func() { inv[0] = Sum(src) })
	each("largest", func() { inv[0] = largest(src) })
	each("expShift", func() { copy(dst, src); expShift(4, dst) })
	each("Softmax", func() { Softmax(dst, src, d) })
	each("SoftmaxGrad", func() { SoftmaxGrad(dst, src, src, d) })
	each("LayerNorm", func() { LayerNorm(dst, norm, inv, src, gain, bias, d, 1e-5) })
	each("LayerNormGrad", func() { LayerNormGrad(dst, gain, bias, norm, inv, gain, src, d) })
}
