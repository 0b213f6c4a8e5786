package encoder

import (
	"math"
	"math/rand/v2"
)

// startDense is the dense layer before labels, (dim, in). Position p of a sketch
// of dim*m is position p/m of one of dim, so the sum over m neighbours gives the
// zero-label vector itself, the lengths of the sketch aside: rows of m ones are
// orthogonal. The columns of number codes are of random directions, of length about 1.
func startDense(dim int, shape *fusion) []float32 {
	w := make([]float32, dim*shape.in)
	m := shape.sketch / dim
	for p := range shape.sketch {
		w[p/m*shape.in+p] = 1
	}
	r := rand.New(rand.NewPCG(uint64(dim), uint64(shape.in)))
	for i := range dim {
		for c := shape.sketch; c < shape.in; c++ {
			w[i*shape.in+c] = float32(r.NormFloat64() / math.Sqrt(float64(dim)))
		}
	}
	return w
}
