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

// pair is the distance of two vectors.
func (m Metric) pair(a, b []float32) float32 {
	if m == Euclidean {
		return m.distance(f32.SqDist(a, b))
	}
	return m.distance(0 - f32.Dot(a, b)) // not -dot: no distance is -0
}
