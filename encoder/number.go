package encoder

import (
	"math"

	"github.com/doppeldb/doppel/record"
)

// The number subnetwork: a quantity becomes a unit vector of codeLen numbers whose
// inner product with that of another falls smoothly with the ratio of the two:
// cosines and sines of its logarithm at frequencies an octave apart (random
// Fourier features, Rahimi and Recht 2007, at fixed frequencies). Its gain is 0
// before labels, for a bare number says little about identity on its own.
const (
	codeLen  = 16
	lowest   = .25 // radians per e-fold: tells 1 from 1,000,000
	frequent = codeLen / 2
)

// numberCode writes the code of value to dst, (codeLen): zeros when it is no number.
func numberCode(value string, dst []float32) {
	x, ok := record.ParseNumber(value)
	if !ok {
		clear(dst)
		return
	}
	x = math.Copysign(math.Log1p(math.Abs(x)), x)
	w := lowest
	for k := range frequent {
		sin, cos := math.Sincos(w * x)
		dst[2*k] = float32(cos / math.Sqrt(frequent))
		dst[2*k+1] = float32(sin / math.Sqrt(frequent))
		w *= 2
	}
}
