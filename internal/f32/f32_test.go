package f32

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// guard is written around every slice that a kernel gets; a stray store shows.
const guard = float32(-12345.5)

// guarded returns a slice of n values at the given misalignment inside a band
// of guards, and a check of the band.
func guarded(n, offset int, value func(int) float32) ([]float32, func(*testing.T)) {
	const band = 8
	whole := make([]float32, band+offset+n+band)
	for i := range whole {
		whole[i] = guard
	}
	lo := band + offset
	x := whole[lo : lo+n : lo+n]
	for i := range x {
		x[i] = value(i)
	}
	return x, func(t *testing.T) {
		t.Helper()
		for i, v := range whole {
			if (i < lo || i >= lo+n) && v != guard {
				t.Fatalf("guard at %d of a slice [%d, %d) was overwritten with %v", i, lo, lo+n, v)
			}
		}
	}
}

func random(seed uint64) func(int) float32 {
	rng := rand.New(rand.NewPCG(seed, 1))
	return func(int) float32 { return float32(rng.NormFloat64()) }
}

// near compares with a float64 reference, given the sum of the magnitudes added.
func near(got float32, want, magnitude float64, n int) bool {
	return math.Abs(float64(got)-want) <= float64(n+2)*magnitude*0x1p-24
}

// lengths are all up to 70, and some around multiples of a block of lanes.
func lengths() []int {
	var all []int
	for n := range 71 {
		all = append(all, n)
	}
	return append(all, 95, 96, 97, 127, 128, 129, 255, 256, 384, 1000, 1024, 4099)
}

func same(a, b float32) bool {
	return math.Float32bits(a) == math.Float32bits(b) || a != a && b != b
}

func TestPairKernelsAgainstFloat64(t *testing.T) { eachPath(t, testPairs) }

func testPairs(t *testing.T) {
	for _, n := range lengths() {
		for offset := range 4 {
			a, checkA := guarded(n, offset, random(uint64(n)))
			b, checkB := guarded(n, (offset+1)%4, random(uint64(n)+1000))
			var dot, dotMag, sq, sumsq float64
			for i := range a {
				p := float64(a[i]) * float64(b[i])
				e := float64(a[i]) - float64(b[i])
				dot, dotMag, sq, sumsq = dot+p, dotMag+math.Abs(p), sq+e*e, sumsq+float64(a[i])*float64(a[i])
			}
			if got := Dot(a, b); !near(got, dot, dotMag, n) {
				t.Errorf("Dot n=%d: %v, want %v", n, got, dot)
			}
			if got := SqDist(a, b); !near(got, sq, 4*sq, n) {
				t.Errorf("SqDist n=%d: %v, want %v", n, got, sq)
			}
			if got := SumSq(a); !near(got, sumsq, sumsq, n) {
				t.Errorf("SumSq n=%d: %v, want %v", n, got, sumsq)
			}
			checkA(t)
			checkB(t)
		}
	}
}

func TestAxpyAndScaleStayInside(t *testing.T) { eachPath(t, testAxpyScale) }

func testAxpyScale(t *testing.T) {
	for n := range 71 {
		for offset := range 4 {
			x, checkX := guarded(n, offset, random(uint64(n)))
			y, checkY := guarded(n, 3-offset, random(uint64(n)+7))
			want := append([]float32(nil), y...)
			for i := range want {
				want[i] += float32(0.75 * x[i])
			}
			Axpy(0.75, x, y)
			for i := range y {
				if y[i] != want[i] {
					t.Fatalf("Axpy n=%d: y[%d] = %v, want %v", n, i, y[i], want[i])
				}
			}
			relu(y)
			for i := range y {
				if y[i] != max(0, want[i]) {
					t.Fatalf("relu n=%d: of %v, %v", n, want[i], y[i])
				}
			}
			copy(y, want)
			Scale(-2, y)
			for i := range y {
				if y[i] != -2*want[i] {
					t.Fatalf("Scale n=%d: y[%d] = %v, want %v", n, i, y[i], -2*want[i])
				}
			}
			checkX(t)
			checkY(t)
		}
	}
}

// TestBlocksEqualPairs is the promise that tiles and threads rest on.
func TestBlocksEqualPairs(t *testing.T) { eachPath(t, testBlocks) }

func testBlocks(t *testing.T) {
	special := []float32{float32(math.NaN()), float32(math.Inf(1)), float32(math.Inf(-1)), 0, math.MaxFloat32, math.SmallestNonzeroFloat32}
	for _, withSpecial := range []bool{false, true} {
		for d := 1; d <= 70; d++ {
			for _, shape := range [][2]int{{0, 3}, {3, 0}, {1, 1}, {1, 9}, {2, 2}, {2, 3}, {3, 5}, {5, 4}, {7, 7}} {
				m, n := shape[0], shape[1]
				a, checkA := guarded(m*d, d%4, random(uint64(d)))
				b, checkB := guarded(n*d, (d+1)%4, random(uint64(d)+99))
				if withSpecial && len(a) > 0 && len(b) > 0 {
					for i, v := range special {
						a[i*31%len(a)] = v
						b[i*17%len(b)] = v
					}
				}
				checkPairs(t, "DotBlock", DotBlock, Dot, a, b, m, n, d)
				checkPairs(t, "SqDistBlock", SqDistBlock, SqDist, a, b, m, n, d)
				if m == 1 {
					checkPairs(t, "DotMany", DotMany, Dot, a, b, m, n, d)
				}
				checkA(t)
				checkB(t)
			}
		}
	}
}

func checkPairs(t *testing.T, name string, block func(dst, a, b []float32, d int), pair func(a, b []float32) float32, a, b []float32, m, n, d int) {
	t.Helper()
	dst, check := guarded(m*n, 1, func(int) float32 { return guard })
	block(dst, a, b, d)
	check(t)
	for i := range m {
		for j := range n {
			got, want := dst[i*n+j], pair(a[i*d:(i+1)*d], b[j*d:(j+1)*d])
			if !same(got, want) {
				t.Fatalf("%s %dx%d d=%d: [%d,%d] = %v (%08x), pair gives %v (%08x)", name, m, n, d, i, j,
					got, math.Float32bits(got), want, math.Float32bits(want))
			}
		}
	}
}

// TestVectorPathsAgree is what makes an index built here open there unchanged:
// but for the sign of a zero, paths with vector instructions return the same bits.
func TestVectorPathsAgree(t *testing.T) {
	before := active
	defer func() { active = before }()
	for _, n := range lengths() {
		a, _ := guarded(n, 1, random(uint64(n)))
		b, _ := guarded(n, 2, random(uint64(n)+1000))
		var dots, dists []float32
		for _, active = range available()[1:] {
			dots, dists = append(dots, Dot(a, b)), append(dists, SqDist(a, b))
		}
		for i := range dots {
			if dots[i] != dots[0] || dists[i] != dists[0] {
				t.Errorf("n=%d: Dot %v, SqDist %v by path", n, dots, dists)
			}
		}
	}
}

func TestEqualRowsAreAtDistanceZero(t *testing.T) {
	eachPath(t, func(t *testing.T) {
		for _, n := range lengths() {
			x, _ := guarded(n, 1, random(uint64(n)))
			y, _ := guarded(n, 3, func(i int) float32 { return x[i] })
			if got := SqDist(x, y); got != 0 {
				t.Errorf("n=%d: %v", n, got)
			}
		}
	})
}

func TestNotFiniteComesThrough(t *testing.T) { eachPath(t, testNotFinite) }

func testNotFinite(t *testing.T) {
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	for n := 1; n <= 70; n++ {
		for at := range n {
			a, b := make([]float32, n), make([]float32, n)
			for i := range b {
				b[i] = 1
			}
			a[at] = nan
			if Dot(a, b) == Dot(a, b) || SqDist(a, b) == SqDist(a, b) || SumSq(a) == SumSq(a) {
				t.Fatalf("n=%d: the NaN at %d is lost", n, at)
			}
			a[at] = inf
			if Dot(a, b) != inf || SqDist(a, b) != inf || SumSq(a) != inf {
				t.Fatalf("n=%d: the infinity at %d is lost", n, at)
			}
		}
	}
}

func TestNormalize(t *testing.T) {
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	for _, bad := range [][]float32{nil, {0, 0}, {1, nan}, {inf, 1}, {-inf}} {
		x := append([]float32(nil), bad...)
		if Normalize(x) {
			t.Errorf("Normalize(%v) = true", bad)
		}
		for i := range x {
			if !same(x[i], bad[i]) {
				t.Errorf("Normalize(%v) changed it to %v", bad, x)
			}
		}
	}
	for _, good := range [][]float32{{3, 4}, {-1}, {math.MaxFloat32, math.MaxFloat32}, {math.SmallestNonzeroFloat32, 0}, {1e-30, 1e-30}} {
		x := append([]float32(nil), good...)
		if !Normalize(x) {
			t.Fatalf("Normalize(%v) = false", good)
		}
		if got := SumSq(x); math.Abs(float64(got)-1) > 1e-6 {
			t.Errorf("Normalize(%v) has squared length %v", good, got)
		}
	}
}

func TestWrongLengthsPanic(t *testing.T) {
	v := func(n int) []float32 { return make([]float32, n) }
	for want, calls := range map[string][]func(){
		errLen: {
			func() { Dot(v(2), v(3)) }, func() { SqDist(v(3), v(2)) }, func() { Axpy(1, v(1), v(2)) },
			func() { DotMany(v(2), v(3), v(8), 4) },
		},
		errDim:  {func() { DotBlock(v(0), v(0), v(0), 0) }, func() { DotMany(v(0), v(0), v(0), 0) }, func() { SqDistBlock(v(1), v(1), v(1), -1) }},
		errRows: {func() { DotBlock(v(1), v(5), v(4), 4) }, func() { SqDistBlock(v(1), v(4), v(3), 4) }},
		errDst:  {func() { DotBlock(v(3), v(8), v(8), 4) }, func() { DotMany(v(1), v(4), v(8), 4) }},
	} {
		for i, call := range calls {
			func() {
				defer func() {
					if got := recover(); got != want {
						t.Errorf("call %d: panic %v, want %q", i, got, want)
					}
				}()
				call()
			}()
		}
	}
}

func BenchmarkKernels(b *testing.B) {
	for _, d := range []int{128, 256, 512} {
		const m, n = 32, 64
		fill := random(5)
		x, y, dst := make([]float32, m*d), make([]float32, n*d), make([]float32, m*n)
		for i := range x {
			x[i] = fill(i)
		}
		for i := range y {
			y[i] = fill(i)
		}
		rate := func(name string, flops int, f func()) {
			b.Run(fmt.Sprintf("%s/d=%d", name, d), func(b *testing.B) {
				for b.Loop() {
					f()
				}
				b.ReportMetric(float64(flops)*float64(b.N)/float64(b.Elapsed().Nanoseconds()), "GFLOP/s")
			})
		}
		rate("Dot", 2*d, func() { dst[0] = Dot(x[:d], y[:d]) })
		rate("SqDist", 3*d, func() { dst[0] = SqDist(x[:d], y[:d]) })
		rate("Axpy", 2*d, func() { Axpy(1e-9, x[:d], y[:d]) })
		rate("DotMany", 2*n*d, func() { DotMany(dst[:n], x[:d], y, d) })
		rate("DotBlock", 2*m*n*d, func() { DotBlock(dst, x, y, d) })
		rate("SqDistBlock", 3*m*n*d, func() { SqDistBlock(dst, x, y, d) })
	}
}

func TestSelection(t *testing.T) { eachPath(t, testSelection) }

func testSelection(t *testing.T) {
	// Few values, so that some are equal and some are 0.
	coarse := func(seed uint64) func(int) float32 {
		rng := rand.New(rand.NewPCG(seed, 2))
		return func(int) float32 { return float32(rng.IntN(5) - 2) }
	}
	for n := range 71 {
		for offset := range 4 {
			a, checkA := guarded(n, offset, coarse(uint64(n)))
			b, checkB := guarded(n, 3-offset, coarse(uint64(n)+7))
			y, checkY := guarded(n, 1, coarse(uint64(n)+9))
			start := append([]float32(nil), y...)
			for _, k := range []struct {
				name string
				run  func()
				want func(i int) float32
			}{
				{"AddMul", func() { AddMul(a, b, y) }, func(i int) float32 { return start[i] + a[i]*b[i] }},
				{"ReLU", func() { ReLU(y) }, func(i int) float32 { return max(0, start[i]) }},
				{"Larger", func() { Larger(a, y) }, func(i int) float32 { return max(a[i], start[i]) }},
				{"Gate", func() { Gate(a, y) }, func(i int) float32 {
					if a[i] > 0 {
						return start[i]
					}
					return 0
				}},
				{"KeepEqual", func() { KeepEqual(a, b, y) }, func(i int) float32 {
					if a[i] == b[i] {
						return start[i]
					}
					return 0
				}},
			} {
				copy(y, start)
				k.run()
				for i := range y {
					if y[i] != k.want(i) {
						t.Fatalf("%s n=%d: y[%d] = %v, want %v", k.name, n, i, y[i], k.want(i))
					}
				}
			}
			checkA(t)
			checkB(t)
			checkY(t)
		}
	}
}
