package index

import (
	"fmt"
	"math"

	"github.com/doppeldb/doppel/internal/f32"
)

const (
	// unitSlack is how far the squared length of a unit vector may be from 1. A
	// vector inside the slack is stored as it came, so that what was normalised
	// once keeps its bits; f32.Normalize is within 1e-6.
	unitSlack = 1e-5
	// maxSumSq bounds |v|². With |a|² and |b|² below it neither dot nor |a-b|²
	// (at most 4 times as large) overflows, so distances are always finite.
	maxSumSq = math.MaxFloat32 / 8
)

// prepare checks a vector and, under Cosine, brings it to unit length in place.
func (m Metric) prepare(vec []float32) error {
	sum := sumSq(vec)
	switch {
	case math.IsNaN(sum) || math.IsInf(sum, 0):
		return ErrNotFinite
	case m != Cosine && sum > maxSumSq:
		return fmt.Errorf("%w: squared length %g is over %g", ErrNotFinite, sum, float64(maxSumSq))
	case m == Cosine && sum == 0:
		return ErrZeroVector
	case m == Cosine && math.Abs(sum-1) > unitSlack:
		f32.Normalize(vec)
	}
	return nil
}

// stored says whether vec could have come out of prepare.
func (m Metric) stored(vec []float32) bool {
	sum := sumSq(vec)
	if m == Cosine {
		return math.Abs(sum-1) <= unitSlack
	}
	return sum <= maxSumSq
}

// sumSq is |v|² in float64, where no finite float32 overflows.
func sumSq(vec []float32) float64 {
	var sum float64
	for _, v := range vec {
		sum += float64(v) * float64(v)
	}
	return sum
}

// block writes the distances of all pairs: dst[i*n+j] is from row i of queries
// to row j of the n rows, all of length d.
func (m Metric) block(dst, queries, rows []float32, d int) {
	switch m {
	case Euclidean:
		f32.SqDistBlock(dst, queries, rows, d)
		for i, v := range dst {
			dst[i] = float32(math.Sqrt(float64(v)))
		}
	case InnerProduct:
		f32.DotBlock(dst, queries, rows, d)
		for i, v := range dst {
			dst[i] = 0 - v // not -v: no distance is -0
		}
	default:
		f32.DotBlock(dst, queries, rows, d)
		for i, v := range dst {
			dst[i] = max(0, 1-v)
		}
	}
}

// pair is the distance of two vectors, with the same bits as block gives.
func (m Metric) pair(a, b []float32) float32 {
	var dst [1]float32
	m.block(dst[:], a, b, len(a))
	return dst[0]
}
