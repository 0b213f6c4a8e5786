package f32

import "math"

// LayerNorm brings each row x of length d of src to mean 0 and variance 1 (Ba, Kiros
// and Hinton, arXiv 1607.06450) and stretches it:
//
//	inv  = 1 / sqrt(variance of x + eps)
//	norm = (x - mean of x) * inv
//	dst  = norm * gain + bias
//
// norm (as src) and inv (one a row) are what [LayerNormGrad] needs; both may be nil
// where there is no backward pass. gain and bias are of length d, eps is above 0. dst
// may be src, norm overlaps neither. It panics when a length does not fit.
func LayerNorm(dst, norm, inv, src, gain, bias []float32, d int, eps float32) {
	checkRows(d, len(src), len(dst))
	checkAffine(d, gain, bias)
	if norm != nil {
		checkRows(d, len(src), len(norm), len(inv)*d)
	}
	copy(dst, src)
	for lo := 0; lo < len(dst); lo += d {
		row := dst[lo : lo+d]
		shift(-sum(row)/float32(d), row)
		// The variance is of what the mean was taken from, not |x|² - mean²: where
		// the mean is large, that is the difference of two large numbers.
		s := float32(1 / math.Sqrt(float64(dot(row, row)/float32(d)+eps)))
		scale(s, row)
		if norm != nil {
			copy(norm[lo:lo+d], row)
			inv[lo/d] = s
		}
		mul(gain, row)
		axpy(1, bias, row)
	}
}

// LayerNormGrad turns the gradient dy of a loss by what [LayerNorm] wrote into those by
// its input, gain and bias. With g = dy * gain, for each row:
//
//	dx     = inv * (g - mean of g - norm * mean of g*norm)
//	dgain += dy * norm
//	dbias += dy
//
// norm and inv are what LayerNorm left there. dx may be dy. It panics when a length
// does not fit.
func LayerNormGrad(dx, dgain, dbias, norm, inv, gain, dy []float32, d int) {
	checkRows(d, len(dy), len(dx), len(norm), len(inv)*d)
	checkAffine(d, gain, dgain)
	checkAffine(d, gain, dbias)
	for lo := 0; lo < len(dy); lo += d {
		row, g, n := dx[lo:lo+d], dy[lo:lo+d], norm[lo:lo+d]
		addMul(g, n, dgain)
		axpy(1, g, dbias)
		copy(row, g)
		mul(gain, row)
		along := dot(row, n) / float32(d)
		shift(-sum(row)/float32(d), row)
		axpy(-along, n, row)
		scale(inv[lo/d], row)
	}
}

func checkAffine(d int, gain, bias []float32) {
	if len(gain) != d || len(bias) != d {
		panic(errLen)
	}
}
