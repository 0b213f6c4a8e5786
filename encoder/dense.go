package encoder

import (
	"math"
	"math/rand/v2"
)

// startDense is the dense layer before labels, (in, dim). Position p of a sketch
// of dim*m is position p/m of one of dim, so the sum over m neighbours gives the
// zero-label vector itself, the length of the sketch aside: the m ones of one number stand in
// rows of their own. The rows of number codes are of random directions, of length about 1.
func startDense(dim int, shape *fusion) []float32 {
	w := make([]float32, dim*shape.in)
	m := shape.sketch / dim
	for p := range shape.sketch {
		w[p*dim+p/m] = 1
	}
	r := rand.New(rand.NewPCG(uint64(dim), uint64(shape.in)))
	codes := w[shape.sketch*dim:]
	for i := range codes {
		codes[i] = float32(r.NormFloat64() / math.Sqrt(float64(dim)))
	}
	return w
}
