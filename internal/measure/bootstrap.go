package measure

import (
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/stat"
)

// Interval is where a figure lies with 95 % confidence. Both ends are NaN where
// that cannot be said.
type Interval struct{ Low, High float64 }

// The two ends of a 95 % interval.
const lowTail, highTail = .025, .975

// Entities says of each pair which two entities (connected components of
// matches) its records belong to, numbered from 0 to N-1. The two are the same
// for a match.
type Entities struct {
	Left, Right []int
	N           int
}

// Bootstrap gives the intervals of figures over pairs by drawing the entities
// anew, draws times, with replacement: pairs of one entity are not independent,
// and drawing pairs would make the intervals too narrow. A pair inside an entity
// counts as often as the entity was drawn, one between two entities as often as
// the product of both (Owen: The pigeonhole bootstrap, 2007). figures gets the
// weight of each pair and gives always the same number of values; a value that is NaN is left
// out, and where that is so in half of the draws the interval is NaN. Intervals
// are those of percentiles. The same seed gives the same ones.
func Bootstrap(e Entities, draws int, seed uint64, figures func(weight []int) []float64) []Interval {
	rng := rand.New(rand.NewPCG(seed, 0x9e3779b97f4a7c15))
	drawn, weight := make([]int, e.N), make([]int, len(e.Left))
	var values [][]float64 // by figure
	for range draws {
		clear(drawn)
		for range e.N {
			drawn[rng.IntN(e.N)]++
		}
		for i, l := range e.Left {
			weight[i] = drawn[l]
			if r := e.Right[i]; r != l {
				weight[i] *= drawn[r]
			}
		}
		for f, v := range figures(weight) {
			if f == len(values) {
				values = append(values, nil)
			}
			if !math.IsNaN(v) {
				values[f] = append(values[f], v)
			}
		}
	}
	out := make([]Interval, len(values))
	for f, v := range values {
		if out[f] = (Interval{math.NaN(), math.NaN()}); 2*len(v) > draws {
			slices.Sort(v)
			out[f] = Interval{stat.Quantile(lowTail, stat.Empirical, v, nil), stat.Quantile(highTail, stat.Empirical, v, nil)}
		}
	}
	return out
}
