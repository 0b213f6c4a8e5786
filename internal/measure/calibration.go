package measure

import "math"

// Brier is the mean squared distance of probability and truth, 0 for a prophet
// and .25 for one who always says one half (Brier 1950). NaN without a pair; a
// probability that is NaN counts as entirely wrong.
func Brier(probability []float64, match []bool) float64 {
	sum := 0.0
	for i, p := range probability {
		d := p - float64(side(match[i]))
		if math.IsNaN(d) {
			d = 1
		}
		sum += d * d
	}
	return sum / float64(len(probability))
}

// Bin is the pairs whose probability is in [Low, High), the last one with High.
type Bin struct {
	Low, High float64
	Count     int     // pairs
	Said      float64 // their mean probability; NaN when there is none
	Seen      float64 // the share of matches among them; NaN when there is none
}

// Reliability puts pairs into n equal bins of probability over [0, 1]. What lies
// outside counts in the nearest bin, NaN in none.
func Reliability(probability []float64, match []bool, n int) []Bin {
	bins := make([]Bin, n)
	for b := range bins {
		bins[b].Low, bins[b].High = float64(b)/float64(n), float64(b+1)/float64(n)
	}
	for i, p := range probability {
		if math.IsNaN(p) {
			continue
		}
		b := &bins[int(min(max(p*float64(n), 0), float64(n-1)))]
		b.Count++
		b.Said += p
		b.Seen += float64(side(match[i]))
	}
	for b := range bins {
		bins[b].Said /= float64(bins[b].Count)
		bins[b].Seen /= float64(bins[b].Count)
	}
	return bins
}

// CalibrationError is the mean distance of what the bins said and what was seen,
// weighed by their pairs (the expected calibration error of Naeini et al. 2015).
// NaN without a pair.
func CalibrationError(bins []Bin) float64 {
	sum, n := 0.0, 0
	for _, b := range bins {
		if b.Count > 0 {
			sum += float64(b.Count) * math.Abs(b.Said-b.Seen)
			n += b.Count
		}
	}
	return sum / float64(n)
}
