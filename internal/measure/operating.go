package measure

import "math"

// In verification a match that is refused is a false rejection and a non-match that
// is accepted a false acceptance; an operating point is a threshold with the rates
// of both (ISO/IEC 19795-1). Here are the ways to choose one of a sweep.

// FAR is the false acceptance rate of a cut: [Point.FalsePositiveRate].
func (p Point) FAR() float64 { return p.FalsePositiveRate() }

// FRR is the false rejection rate of a cut: the share of the matches that is
// refused; NaN without a match.
func (p Point) FRR() float64 { return 1 - p.TruePositiveRate() }

// AtFAR gives the lowest cut that accepts at most a share far of the non-matches: of
// all that keep to it, the one that refuses the fewest matches. Its threshold is
// half-way to the next score below, where one is, like that of [BestF1]. It accepts nothing
// where no cut keeps to far.
func AtFAR(sweep []Point, far float64) Point {
	best := 0
	for i, p := range sweep {
		if p.FAR() > far {
			break // rates only grow
		}
		best = i
	}
	return loosen(sweep, best)
}

// AtFRR gives the highest cut that refuses at most a share frr of the matches: of all
// that keep to it, the one that accepts the fewest non-matches. Where scores that are
// NaN make that impossible, it is the lowest cut.
func AtFRR(sweep []Point, frr float64) Point {
	for i, p := range sweep {
		if p.FRR() <= frr {
			return loosen(sweep, i)
		}
	}
	return sweep[len(sweep)-1]
}

// AtEER gives the cut whose two rates are closest to each other, of equally close ones
// the highest.
func AtEER(sweep []Point) Point {
	best, least := 0, math.Inf(1)
	for i, p := range sweep {
		if d := math.Abs(p.FAR() - p.FRR()); d < least {
			best, least = i, d
		}
	}
	return loosen(sweep, best)
}

// loosen puts the threshold of a cut half-way to the score that it excludes.
func loosen(sweep []Point, at int) Point {
	p := sweep[at]
	if at > 0 && at+1 < len(sweep) {
		p.Threshold = between(p.Threshold, sweep[at+1].Threshold)
	}
	return p
}
