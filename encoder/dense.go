package encoder

import (
	"math"
	"math/rand/v2"

	"github.com/doppeldb/doppel/encoder/look"
)

// startDense is the dense layer before labels, (in, dim). Position p of a sketch
// of dim*m is position p/m of one of dim, so the sum over m neighbours gives the
// zero-label vector itself, the length of the sketch aside: the m ones of one number stand in
// rows of their own. The rows of number codes are of random directions, of length about 1; those of pictures
// put each number where the zero-label vector has it.
func startDense(dim int, shape *fusion) []float32 {
	w := make([]float32, dim*shape.in)
	m := shape.sketch / dim
	for p := range shape.sketch {
		w[p*dim+p/m] = 1
	}
	r := rand.New(rand.NewPCG(uint64(dim), uint64(shape.in)))
	for _, c := range shape.codes {
		rows := w[(shape.sketch+c.at)*dim:][:c.n*dim]
		if c.n == look.Len {
			for k := range c.n {
				pos, sign := placeOf(c.field, k, dim)
				rows[k*dim+pos] = sign
			}
			continue
		}
		for i := range rows {
			rows[i] = float32(r.NormFloat64() / math.Sqrt(float64(dim)))
		}
	}
	return w
}
