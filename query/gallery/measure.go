package gallery

import (
	"fmt"

	"github.com/doppeldb/doppel/internal/f32"
	"github.com/doppeldb/doppel/internal/measure"
)

// mostPairs bounds the pairs of either kind that are judged; more are drawn by the seed.
const mostPairs = 250_000

// Verify measures how well distances tell pairs of one class from pairs of two: all pairs, or
// a draw of so many. Scores are negative distances, so that a threshold t of the result accepts distances up to -t.
func (s *Set) Verify(vectors []float32, dim int, fars []float64, seed uint64) (*measure.Verification, error) {
	if err := s.Comparable(); err != nil {
		return nil, err
	}
	return s.verify(vectors, dim, measure.VerifyOptions{FARs: fars, Seed: seed}), nil
}

func (s *Set) verify(vectors []float32, dim int, o measure.VerifyOptions) *measure.Verification {
	class := s.Classes()
	trials := measure.NewTrials(class, mostPairs, o.Seed)
	score := make([]float64, trials.Len())
	for i := range score {
		score[i] = -distance(vectors, dim, trials.Left[i], trials.Right[i])
	}
	return measure.Verify(score, trials.Same, trials.Entities(class), o)
}

// distance is 1 - cosine of two vectors of a block.
func distance(vectors []float32, dim, i, j int) float64 {
	return Distance(vectors[i*dim:(i+1)*dim], vectors[j*dim:(j+1)*dim])
}

// Distance is 1 - cosine of two unit vectors, 0 to 2.
func Distance(a, b []float32) float64 {
	return 1 - min(max(float64(f32.Dot(a, b)), -1), 1)
}

// Episodes measures how often a class is named right out of several of which each has shown a few pictures.
func (s *Set) Episodes(vectors []float32, dim int, o measure.EpisodeOptions) (measure.EpisodeResult, error) {
	r, err := measure.Episodes(vectors, dim, s.Classes(), o)
	if err != nil {
		return r, fmt.Errorf("%s: %w", s.Path, err)
	}
	return r, nil
}
