package f32

import (
	"math"
	"slices"
)

// Softmax does dst = exp(x - m) / sum of exp(x - m), m the largest of x, for each
// row x of length d of src. dst may be src. A difference of more than 87 gives 0, so
// that -Inf takes an element out. A row with a NaN, with +Inf, or of -Inf alone
// gives NaN. It panics unless d > 0, src is whole rows and dst is as long.
func Softmax(dst, src []float32, d int) {
	checkRows(d, len(src), len(dst))
	copy(dst, src)
	for row := range slices.Chunk(dst, d) {
		expShift(largest(row), row)
		scale(1/sum(row), row)
	}
}

// SoftmaxGrad turns the gradient dy of a loss by what [Softmax] wrote, y, into that by
// its input: dx = y * (dy - Dot(y, dy)) for each row of length d. dx may be dy, not
// y. It panics unless d > 0, y is whole rows and dx and dy are as long.
func SoftmaxGrad(dx, y, dy []float32, d int) {
	checkRows(d, len(y), len(dx), len(dy))
	copy(dx, dy)
	for lo := 0; lo < len(y); lo += d {
		row, out := dx[lo:lo+d], y[lo:lo+d]
		shift(-dot(out, row), row)
		mul(out, row)
	}
}

// LogSumExp writes the logarithm of the sum of exp(x) for each row x of length d of
// src: what cross-entropy subtracts the right one of, with [Softmax] as its gradient.
// It panics unless d > 0 and src is len(dst) rows.
func LogSumExp(dst, src []float32, d int) {
	checkRows(d, len(src), len(dst)*d)
	buf := scratch.Get().(*[]float32)
	defer scratch.Put(buf)
	for i := range dst {
		row := append((*buf)[:0], src[i*d:(i+1)*d]...)
		*buf = row
		top := largest(row)
		if math.IsInf(float64(top), 0) && !slices.ContainsFunc(row, isNaN) {
			dst[i] = top // nothing at all, or all of it
			continue
		}
		expShift(top, row)
		dst[i] = top + float32(math.Log(float64(sum(row))))
	}
}

func isNaN(v float32) bool { return v != v }

// checkRows panics unless d > 0, n is whole rows of d, and others equal n.
func checkRows(d, n int, others ...int) {
	if d <= 0 {
		panic(errDim)
	}
	if n%d != 0 {
		panic(errRows)
	}
	for _, other := range others {
		if other != n {
			panic(errLen)
		}
	}
}
