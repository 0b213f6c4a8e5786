// Package f32 holds the kernels over vectors and matrices of float32, and of int8,
// that the encoder and the index spend their time in.
//
// A matrix is a flat slice of rows of one length d, row-major, without padding.
//
// There are four paths through the kernels: AVX-512 and AVX2 on amd64, NEON on
// arm64, and plain Go, which is always compiled and the reference of the others.
// One is chosen at start; see [Path]. The build tag purego leaves out the assembly.
//
// Every kernel adds in one fixed order, so a result depends on its operands
// alone: not on the number of threads, not on how the caller cuts its work into
// tiles, not on which of [Dot], [DotMany], [DotGather] and [DotBlock] computed it.
// The three paths with vector instructions share their order and return the same
// bits, but for the sign of a zero; plain Go has its own. A NaN in gives a NaN out;
// which of the NaNs is not fixed.
//
// A wrong length is the caller's bug: the kernels panic with a constant string.
package f32

import "math"

const (
	errLen   = "f32: lengths differ"
	errDim   = "f32: row length is not positive"
	errRows  = "f32: matrix is not a whole number of rows"
	errDst   = "f32: dst has the wrong length"
	errRange = "f32: row is outside the arena"
	errShape = "f32: shapes of the product do not fit"
)

// Dot returns the sum over i of a[i]*b[i]. It panics unless len(a) == len(b).
func Dot(a, b []float32) float32 {
	if len(a) != len(b) {
		panic(errLen)
	}
	return dot(a, b)
}

// SqDist returns the sum over i of (a[i]-b[i])². It panics unless len(a) == len(b).
func SqDist(a, b []float32) float32 {
	if len(a) != len(b) {
		panic(errLen)
	}
	return sqDist(a, b)
}

// SumSq returns the sum over i of x[i]², which is Dot(x, x).
func SumSq(x []float32) float32 { return dot(x, x) }

// Sum returns the sum over i of x[i].
func Sum(x []float32) float32 { return sum(x) }

// Max returns the largest x[i], and -Inf where there is none. x must hold no NaN: which
// number it gives then differs from path to path.
func Max(x []float32) float32 { return largest(x) }

// Axpy does y[i] += alpha*x[i]. It panics unless len(x) == len(y).
func Axpy(alpha float32, x, y []float32) {
	if len(x) != len(y) {
		panic(errLen)
	}
	axpy(alpha, x, y)
}

// Scale does x[i] *= alpha.
func Scale(alpha float32, x []float32) { scale(alpha, x) }

// Multiply does y[i] *= x[i]. It panics unless len(x) == len(y).
func Multiply(x, y []float32) {
	if len(x) != len(y) {
		panic(errLen)
	}
	mul(x, y)
}

// AddMul does y[i] += a[i]*b[i]. It panics unless the three are of one length.
func AddMul(a, b, y []float32) {
	if len(a) != len(y) || len(b) != len(y) {
		panic(errLen)
	}
	addMul(a, b, y)
}

// ReLU makes 0 of what is below 0 in x.
func ReLU(x []float32) { relu(x) }

// Larger does y[i] = max(x[i], y[i]). It panics unless len(x) == len(y). What comes of a NaN
// differs from path to path.
func Larger(x, y []float32) {
	if len(x) != len(y) {
		panic(errLen)
	}
	larger(x, y)
}

// Gate makes y[i] 0 where x[i] is not above 0: the derivative of a ReLU. It panics unless
// len(x) == len(y).
func Gate(x, y []float32) {
	if len(x) != len(y) {
		panic(errLen)
	}
	gate(x, y)
}

// KeepEqual makes y[i] 0 where a[i] is not b[i]: the derivative of a maximum. It panics
// unless the three are of one length.
func KeepEqual(a, b, y []float32) {
	if len(a) != len(y) || len(b) != len(y) {
		panic(errLen)
	}
	equal(a, b, y)
}

// Normalize scales x to Euclidean length 1. It returns false and leaves x as it
// is when x is zero, empty or has a NaN or an infinity. The length is taken in
// float64, so that no finite x overflows and no tiny one vanishes.
func Normalize(x []float32) bool {
	var sum float64
	for _, v := range x {
		sum += float64(v) * float64(v)
	}
	if sum == 0 || math.IsNaN(sum) || math.IsInf(sum, 0) {
		return false
	}
	length := math.Sqrt(sum)
	for i, v := range x {
		x[i] = float32(float64(v) / length)
	}
	return true
}
