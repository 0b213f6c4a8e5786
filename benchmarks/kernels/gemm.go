package main

import (
	"fmt"
	"io"
	"sync"
	"time"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/gonum"

	"github.com/doppeldb/doppel/internal/f32"
)

var shapes = [][3]int{{1024, 1024, 1024}, {2048, 384, 384}}

// gemmTable compares products with the peak of multiply-adds, with OpenBLAS on one
// thread and with gonum.
func gemmTable(w io.Writer, rounds int) {
	plain, wide := startOpenBLAS(""), startOpenBLAS("SkylakeX")
	defer plain.stop()
	defer wide.stop()
	fmt.Fprintf(w, "\n## Product of matrices\n\nGFLOP/s of float32 on one thread.\n\n- OpenBLAS: %s\n- OpenBLAS told to use AVX-512: %s\n\n", plain.name, wide.name)
	fmt.Fprintf(w, "| m x n x k | FMA peak | MatMul | of peak | OpenBLAS | MatMul / OpenBLAS | OpenBLAS AVX-512 | MatMul / it | gonum | MatMul / gonum | bars: 80 %% of peak, 1.4 x OpenBLAS, 10 x gonum |\n")
	fmt.Fprintf(w, "|---|---|---|---|---|---|---|---|---|---|---|\n")
	for _, s := range shapes {
		gemmRow(w, rounds, plain, wide, s[0], s[1], s[2])
	}
	threads(w, rounds)
	transposes(w, rounds)
}

func gemmRow(w io.Writer, rounds int, plain, wide *openBLAS, m, n, k int) {
	a, b, dst := uniform(m*k), uniform(k*n), make([]float32, m*n)
	flops := 2 * float64(m) * float64(n) * float64(k)
	var peakFlops float64
	peak := func() { peakFlops = float64(multiplyAdds()) }
	s := compete(rounds,
		timed(peak),
		timed(func() { f32.MatMul(dst, a, b, m, n, k, f32.Mul{Threads: 1}) }),
		func() time.Duration { return plain.sgemm(m, n, k) },
		func() time.Duration { return wide.sgemm(m, n, k) })
	// gonum starts threads of its own and takes ten times as long: few rounds, and
	// the time of all its threads.
	g := compete(3,
		timed(func() { f32.MatMul(dst, a, b, m, n, k, f32.Mul{Threads: 1}) }),
		processTime(func() {
			gonum.Implementation{}.Sgemm(blas.NoTrans, blas.NoTrans, m, n, k, 1, a, k, b, n, 0, dst, n)
		}))
	gflops := func(s series) float64 { return flops / s.seconds() / 1e9 }
	ofPeak := flops / peakFlops * s[0].over(s[1])
	blas, gon := s[2].over(s[1]), g[1].over(g[0])
	fmt.Fprintf(w, "| %dx%dx%d | %s | %.0f | %s | %s | %s | %s | %s | %s | %s | %s, %s, %s |\n", m, n, k,
		figure("%.0f", peakFlops/s[0].seconds()/1e9), gflops(s[1]), figure("%.0f %%", 100*ofPeak),
		figure("%.0f", gflops(s[2])), figure("%.2f", blas), figure("%.0f", gflops(s[3])), figure("%.2f", s[3].over(s[1])),
		figure("%.1f", gflops(g[1])), figure("%.1f", gon),
		verdict(ofPeak, .8, "peak"), verdict(blas, 1.4, "OpenBLAS"), verdict(gon, 10, "gonum"))
}

// threads compares two threads with one, by the clock on the wall.
func threads(w io.Writer, rounds int) {
	fmt.Fprintf(w, "\nTwo threads against one, by the clock on the wall. The peak loop touches no memory: where it gains less than 2,\n")
	fmt.Fprintf(w, "other programs had the CPUs. The CPU time of two threads over that of one says what sharing the work costs.\n\n")
	fmt.Fprintf(w, "| m x n x k | MatMul | peak loop | CPU time, two / one | bar |\n|---|---|---|---|---|\n")
	for _, s := range shapes {
		m, n, k := s[0], s[1], s[2]
		a, b, dst := uniform(m*k), uniform(k*n), make([]float32, m*n)
		one := func() { f32.MatMul(dst, a, b, m, n, k, f32.Mul{Threads: 1}) }
		two := func() { f32.MatMul(dst, a, b, m, n, k, f32.Mul{Threads: 2}) }
		peak := func() {
			for range 10 { // long beside the start of a thread
				multiplyAdds()
			}
		}
		s := compete(rounds, walled(one), walled(two), walled(peak), walled(func() { both(peak) }), processTime(one), processTime(two))
		gain, possible := s[0].over(s[1]), 2*s[2].over(s[3])
		bar := verdict(gain, 1.9, ">= 1.9")
		if gain < 1.9 && possible < 1.9 {
			bar = ">= 1.9: the CPUs were not free to tell"
		}
		fmt.Fprintf(w, "| %dx%dx%d | %s | %s | %s | %s |\n", m, n, k, figure("%.2f", gain), figure("%.2f", possible),
			figure("%.2f", s[5].over(s[4])), bar)
	}
}

// both runs f on two threads at a time.
func both(f func()) {
	var wg sync.WaitGroup
	wg.Go(f)
	f()
	wg.Wait()
}

// transposes are the shapes of training: a batch through a dense layer, its
// gradient for the input and for the weights.
func transposes(w io.Writer, rounds int) {
	const batch, in, out = 256, 1024, 256
	x, weights, y := uniform(batch*in), uniform(in*out), uniform(batch*out)
	one := f32.Mul{Threads: 1}
	toOut, toIn, toWeights := make([]float32, batch*out), make([]float32, batch*in), make([]float32, in*out)
	s := compete(rounds,
		timed(func() { f32.MatMul(toOut, x, weights, batch, out, in, one) }),
		timed(func() {
			f32.MatMul(toOut, x, weights, batch, out, in, f32.Mul{Threads: 1, Bias: y[:out], ReLU: true})
		}),
		timed(func() { f32.MatMulNT(toIn, y, weights, batch, in, out, one) }),
		timed(func() { f32.MatMulTN(toWeights, x, y, in, out, batch, one) }))
	fmt.Fprintf(w, "\nA dense layer %d -> %d, batch %d, one thread:\n\n| pass | GFLOP/s |\n|---|---|\n", in, out, batch)
	for i, name := range []string{"forward, MatMul", "forward with bias and ReLU", "gradient of the input, MatMulNT", "gradient of the weights, MatMulTN"} {
		fmt.Fprintf(w, "| %s | %.0f |\n", name, 2*batch*in*out/s[i].seconds()/1e9)
	}
}
