package main

import (
	"fmt"
	"io"
	"math/rand/v2"

	"github.com/viterin/vek/vek32"

	"github.com/doppeldb/doppel/internal/f32"
)

// calls is how many dot products one measurement has.
const calls = 20_000

// uniform returns n numbers between -1 and 1.
func uniform(n int) []float32 {
	rng := rand.New(rand.NewPCG(1, uint64(n)))
	x := make([]float32, n)
	for i := range x {
		x[i] = 2*rng.Float32() - 1
	}
	return x
}

func dotRows(w io.Writer, rounds int) {
	bar := 1.0
	if f32.Path() == "avx512" {
		bar = 1.3
	}
	for _, d := range []int{128, 256, 384} {
		x, y := uniform(d), uniform(d)
		s := compete(rounds,
			timed(func() {
				for range calls {
					_ = f32.Dot(x, y)
				}
			}),
			timed(func() {
				for range calls {
					_ = vek32.Dot(x, y)
				}
			}))
		ratio := s[1].over(s[0])
		fmt.Fprintf(w, "| %s | %d | %.1f | %.1f | %.2f | %s |\n", f32.Path(), d,
			s[0].seconds()/calls*1e9, s[1].seconds()/calls*1e9, ratio, verdict(ratio, bar, fmt.Sprintf(">= %.1f", bar)))
	}
}
