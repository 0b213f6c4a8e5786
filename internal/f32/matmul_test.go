package f32

import (
	"fmt"
	"math"
	"testing"
)

// matMulReference is the product in float64, and the magnitudes that were added.
func matMulReference(a, b func(i, p int) float32, m, n, k int) (c, mag []float64) {
	c, mag = make([]float64, m*n), make([]float64, m*n)
	for i := range m {
		for j := range n {
			for p := range k {
				t := float64(a(i, p)) * float64(b(p, j))
				c[i*n+j] += t
				mag[i*n+j] += math.Abs(t)
			}
		}
	}
	return c, mag
}

// products is MatMul and its transposes, with the places of their elements.
var products = []struct {
	name string
	mul  func(dst, a, b []float32, m, n, k int, o Mul)
	a, b func(i, j, m, n, k int) int
}{
	{"MatMul", MatMul, func(i, p, m, n, k int) int { return i*k + p }, func(p, j, m, n, k int) int { return p*n + j }},
	{"MatMulNT", MatMulNT, func(i, p, m, n, k int) int { return i*k + p }, func(p, j, m, n, k int) int { return j*k + p }},
	{"MatMulTN", MatMulTN, func(i, p, m, n, k int) int { return p*m + i }, func(p, j, m, n, k int) int { return p*n + j }},
}

func TestMatMulAgainstFloat64(t *testing.T) {
	shapes := [][3]int{{1, 1, 1}, {1, 1, 0}, {2, 3, 0}, {3, 5, 7}, {14, 32, 16}, {13, 31, 15}, {15, 33, 17}, {28, 64, 33}, {6, 16, 300}, {7, 17, 257}, {1, 70, 40}, {70, 1, 40}, {237, 40, 20}, {20, 2100, 5}, {45, 50, 530}}
	eachPath(t, func(t *testing.T) {
		for _, f := range products {
			for _, s := range shapes {
				m, n, k := s[0], s[1], s[2]
				a, checkA := guarded(m*k, 1, random(1))
				b, checkB := guarded(k*n, 2, random(2))
				want, mag := matMulReference(
					func(i, p int) float32 { return a[f.a(i, p, m, n, k)] },
					func(p, j int) float32 { return b[f.b(p, j, m, n, k)] }, m, n, k)
				for _, add := range []bool{false, true} {
					for _, threads := range []int{1, 3} {
						dst, check := guarded(m*n, 3, func(int) float32 { return 2.5 })
						f.mul(dst, a, b, m, n, k, Mul{Add: add, Threads: threads})
						start := 0.0
						if add {
							start = 2.5
						}
						for i, got := range dst {
							if !near(got, want[i]+start, mag[i]+start, k+1) {
								t.Fatalf("%s %v add=%v threads=%d: [%d,%d] = %v, want %v", f.name, s, add, threads, i/n, i%n, got, want[i]+start)
							}
						}
						check(t)
					}
				}
				checkA(t)
				checkB(t)
			}
		}
	})
}

// TestMatMulIsOneOrder: an element is the same whatever surrounds it and however
// many threads compute it, and on every path with vector instructions.
func TestMatMulIsOneOrder(t *testing.T) {
	const m, n, k = 61, 131, 600
	a, _ := guarded(m*k, 0, random(1))
	b, _ := guarded(k*n, 0, random(2))
	var first []float32
	eachPath(t, func(t *testing.T) {
		one := make([]float32, m*n)
		MatMul(one, a, b, m, n, k, Mul{Threads: 1})
		for _, threads := range []int{0, 2, 3, 4, 7, 64} {
			dst := make([]float32, m*n)
			MatMul(dst, a, b, m, n, k, Mul{Threads: threads})
			for i := range dst {
				if dst[i] != one[i] {
					t.Fatalf("%d threads: [%d,%d] = %v, one thread %v", threads, i/n, i%n, dst[i], one[i])
				}
			}
		}
		part := make([]float32, 5*n)
		MatMul(part, a[40*k:45*k], b, 5, n, k, Mul{})
		for i := range part {
			if part[i] != one[40*n+i] {
				t.Fatalf("rows alone: [%d,%d] = %v, among others %v", i/n, i%n, part[i], one[40*n+i])
			}
		}
		if active == generic {
			return
		}
		if first == nil {
			first = one
		}
		for i := range one {
			if one[i] != first[i] {
				t.Fatalf("[%d,%d] = %v, another path %v", i/n, i%n, one[i], first[i])
			}
		}
	})
}

func TestMatMulBiasAndReLU(t *testing.T) {
	eachPath(t, func(t *testing.T) {
		for _, s := range [][3]int{{5, 40, 9}, {300, 33, 270}, {3, 4, 0}} {
			m, n, k := s[0], s[1], s[2]
			a, _ := guarded(m*k, 0, random(1))
			b, _ := guarded(k*n, 0, random(2))
			bias, checkBias := guarded(n, 1, random(3))
			plain, dst := make([]float32, m*n), make([]float32, m*n)
			MatMul(plain, a, b, m, n, k, Mul{})
			for _, threads := range []int{1, 2} {
				MatMul(dst, a, b, m, n, k, Mul{Bias: bias, ReLU: true, Threads: threads})
				for i, v := range plain {
					if want := max(0, v+bias[i%n]); dst[i] != want {
						t.Fatalf("%v: [%d,%d] = %v, want %v", s, i/n, i%n, dst[i], want)
					}
				}
			}
			checkBias(t)
		}
	})
}

func TestMatMulNotFinite(t *testing.T) {
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	eachPath(t, func(t *testing.T) {
		const m, n, k = 17, 35, 20
		for _, bad := range []float32{nan, inf} {
			a, b, dst := make([]float32, m*k), make([]float32, k*n), make([]float32, m*n)
			for i := range b {
				b[i] = 1
			}
			a[15*k+19] = bad
			MatMul(dst, a, b, m, n, k, Mul{ReLU: true})
			for i, v := range dst {
				if i/n == 15 && !same(v, bad) || i/n != 15 && v != 0 {
					t.Fatalf("%v: [%d,%d] = %v", bad, i/n, i%n, v)
				}
			}
		}
	})
}

func TestMatMulWrongShapesPanic(t *testing.T) {
	v := func(n int) []float32 { return make([]float32, n) }
	for want, calls := range map[string][]func(){
		errShape: {
			func() { MatMul(v(4), v(5), v(6), 2, 2, 3, Mul{}) }, func() { MatMulNT(v(4), v(6), v(5), 2, 2, 3, Mul{}) },
			func() { MatMulTN(v(4), v(6), v(6), 2, 2, 3, Mul{Bias: v(3)}) }, func() { MatMul(v(4), v(6), v(6), -2, -2, -3, Mul{}) },
		},
		errDst: {func() { MatMul(v(3), v(6), v(6), 2, 2, 3, Mul{}) }},
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

func BenchmarkMatMul(b *testing.B) {
	for _, s := range [][3]int{{1024, 1024, 1024}, {2048, 384, 384}, {128, 256, 1024}} {
		m, n, k := s[0], s[1], s[2]
		x, y, dst := make([]float32, m*k), make([]float32, k*n), make([]float32, m*n)
		fill := random(1)
		for i := range x {
			x[i] = fill(i)
		}
		for i := range y {
			y[i] = fill(i)
		}
		for _, f := range products {
			for _, threads := range []int{1, 2} {
				b.Run(fmt.Sprintf("%s/%dx%dx%d/threads=%d", f.name, m, n, k, threads), func(b *testing.B) {
					for b.Loop() {
						f.mul(dst, x, y, m, n, k, Mul{Threads: threads})
					}
					b.ReportMetric(float64(2*m*n*k)*float64(b.N)/float64(b.Elapsed().Nanoseconds()), "GFLOP/s")
				})
			}
		}
	}
}

// TestMatMulOfOverlappingRows: with a stride the rows of a are windows of one slice.
func TestMatMulOfOverlappingRows(t *testing.T) {
	eachPath(t, func(t *testing.T) {
		for _, s := range [][4]int{{1, 1, 1, 1}, {40, 33, 9, 3}, {29, 32, 48, 16}, {15, 5, 17, 20}, {3, 64, 200, 70}} {
			m, n, k, stride := s[0], s[1], s[2], s[3]
			b, _ := guarded(k*n, 2, random(2))
			a, checkA := guarded((m-1)*stride+k, 1, random(1))
			want, mag := matMulReference(
				func(i, p int) float32 { return a[i*stride+p] },
				func(p, j int) float32 { return b[p*n+j] }, m, n, k)
			dst, check := guarded(m*n, 3, func(int) float32 { return 0 })
			MatMul(dst, a, b, m, n, k, Mul{Stride: stride, Threads: 2})
			for i, got := range dst {
				if !near(got, want[i], mag[i], k+1) {
					t.Fatalf("MatMul %v: [%d,%d] = %v, want %v", s, i/n, i%n, got, want[i])
				}
			}
			check(t)
			checkA(t)
			// The same a, transposed: m columns of k rows become k rows of m.
			a, checkA = guarded((k-1)*stride+m, 1, random(1))
			want, mag = matMulReference(
				func(i, p int) float32 { return a[p*stride+i] },
				func(p, j int) float32 { return b[p*n+j] }, m, n, k)
			MatMulTN(dst, a, b, m, n, k, Mul{Stride: stride, Threads: 2})
			for i, got := range dst {
				if !near(got, want[i], mag[i], k+1) {
					t.Fatalf("MatMulTN %v: [%d,%d] = %v, want %v", s, i/n, i%n, got, want[i])
				}
			}
			check(t)
			checkA(t)
		}
	})
}
