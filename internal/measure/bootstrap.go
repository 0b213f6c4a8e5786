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

// Bootstrap gives the interval of a figure over pairs by drawing the entities
// anew, draws times, with replacement: pairs of one entity are not independent,
// and drawing pairs would make the interval too narrow. A pair inside an entity
// counts as often as the entity was drawn, one between two entities as often as
// the product of both (Owen: The pigeonhole bootstrap, 2007). figure gets the weight
// of each pair; where it is NaN the draw is left out, and if that is more than half of
// them the interval is NaN. The interval is that of percentiles. The same seed
// gives the same interval.
func Bootstrap(e Entities, draws int, seed uint64, figure func(weight []int) float64) Interval {
	rng := rand.New(rand.NewPCG(seed, 0x9e3779b97f4a7c15))
	drawn, weight := make([]int, e.N), make([]int, len(e.Left))
	var values []float64
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
		if v := figure(weight); !math.IsNaN(v) {
			values = append(values, v)
		}
	}
	if 2*len(values) <= draws {
		return Interval{math.NaN(), math.NaN()}
	}
	slices.Sort(values)
	return Interval{stat.Quantile(lowTail, stat.Empirical, values, nil), stat.Quantile(highTail, stat.Empirical, values, nil)}
}
