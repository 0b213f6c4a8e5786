package measure

import "math"

// VerifyOptions tunes [Verify]. The zero value is the default.
type VerifyOptions struct {
	// FARs are the false acceptance rates of the operating points; nil means .1, .01 and .001.
	FARs []float64
	// Draws of the bootstrap behind the intervals; 0 means 500, negative none.
	Draws int
	// Seed of the draws.
	Seed uint64
}

// verifyDraws: the ends of an interval of the EER of 20 people move by a twentieth of its
// width from seed to seed.
const verifyDraws = 500

// OperatingPoint is a threshold that keeps to a false acceptance rate.
type OperatingPoint struct {
	Want  float64 // the rate asked for
	Point Point
	// FRRBetween is where the false rejection rate lies if the threshold is placed
	// anew by the same rule.
	FRRBetween Interval
}

// Verification says how well a score tells the same from another. Every threshold in
// it is chosen on the pairs that it is judged by, as is usual for EER and FRR at a FAR:
// they describe the score, not a threshold in use.
type Verification struct {
	Genuine, Impostor int
	Identities        int
	EER, AUC          float64 // NaN without a genuine or an impostor's pair
	EERBetween        Interval
	AUCBetween        Interval
	AtEER             Point
	Points            []OperatingPoint
	Sweep             []Point
}

// Verify measures scores of pairs, larger being more alike; match says which are
// genuine, e whose they are. Intervals are by drawing identities anew ([Bootstrap]).
func Verify(score []float64, match []bool, e Entities, o VerifyOptions) *Verification {
	if o.FARs == nil {
		o.FARs = []float64{.1, .01, .001}
	}
	if o.Draws == 0 {
		o.Draws = verifyDraws
	}
	order := NewOrder(score, match)
	v := &Verification{Genuine: hits(match), Identities: identities(e), Sweep: order.Sweep(nil)}
	v.Impostor = len(match) - v.Genuine
	v.EER, v.AUC, v.AtEER = EER(v.Sweep), AUC(v.Sweep), AtEER(v.Sweep)
	between := Bootstrap(e, o.Draws, o.Seed, func(weight []int) []float64 {
		sweep := order.Sweep(weight)
		out := []float64{EER(sweep), AUC(sweep)}
		for _, far := range o.FARs {
			out = append(out, AtFAR(sweep, far).FRR())
		}
		return out
	})
	at := func(k int) Interval {
		if k < len(between) {
			return between[k]
		}
		return Interval{math.NaN(), math.NaN()}
	}
	v.EERBetween, v.AUCBetween = at(0), at(1)
	for k, far := range o.FARs {
		v.Points = append(v.Points, OperatingPoint{far, AtFAR(v.Sweep, far), at(2 + k)})
	}
	return v
}

// identities counts those that a pair has.
func identities(e Entities) int {
	seen := map[int]bool{}
	for i := range e.Left {
		seen[e.Left[i]], seen[e.Right[i]] = true, true
	}
	return len(seen)
}

// EERByEntity gives the equal error rate of each entity's own pairs, which is what a
// threshold of its own, placed in hindsight, can reach: of the pairs whose Left it is.
// It is NaN for an entity without genuine or without impostor's pairs.
func EERByEntity(score []float64, match []bool, e Entities) []float64 {
	own := make([]Trials, e.N)
	scores := make([][]float64, e.N)
	for i, m := range match {
		k := e.Left[i]
		own[k].add(i, i, m)
		scores[k] = append(scores[k], score[i])
	}
	out := make([]float64, e.N)
	for k := range out {
		out[k] = EER(NewOrder(scores[k], own[k].Same).Sweep(nil))
	}
	return out
}

// Mean is the mean of the values that are not NaN; NaN without one.
func Mean(values []float64) float64 {
	sum, n := 0.0, 0
	for _, v := range values {
		if !math.IsNaN(v) {
			sum += v
			n++
		}
	}
	return sum / float64(n)
}
