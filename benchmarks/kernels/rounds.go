package main

import (
	"math"
	"slices"
	"time"
)

// tries is how many calls a contender has in a round; the fastest counts.
const tries = 5

// contender is something to measure: it does its work once and returns how long
// that took, or 0 when it cannot be measured.
type contender func() time.Duration

// walled measures a function by the clock on the wall.
func walled(f func()) contender {
	return func() time.Duration {
		start := time.Now()
		f()
		return time.Since(start)
	}
}

// series is the seconds of one contender in every round; empty if it is missing.
type series []float64

// compete lets all contenders take turns, after one round that does not count.
func compete(rounds int, all ...contender) []series {
	times := make([]series, len(all))
	for round := range rounds + 1 {
		for i, c := range all {
			best := time.Duration(math.MaxInt64)
			for range tries {
				if took := c(); took > 0 {
					best = min(best, took)
				}
			}
			if round > 0 && best < math.MaxInt64 {
				times[i] = append(times[i], best.Seconds())
			}
		}
	}
	return times
}

// seconds is the median.
func (s series) seconds() float64 {
	if len(s) == 0 {
		return math.NaN()
	}
	sorted := slices.Sorted(slices.Values(s))
	return (sorted[len(sorted)/2] + sorted[(len(sorted)-1)/2]) / 2
}

// over is the median of the ratios of s to t, each from one round.
func (s series) over(t series) float64 {
	if len(s) != len(t) {
		return math.NaN()
	}
	ratios := make(series, len(s))
	for i := range s {
		ratios[i] = s[i] / t[i]
	}
	return ratios.seconds()
}
