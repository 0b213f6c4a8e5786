package measure

import "fmt"

// Counts compares decisions with the truth. What was rightly left alone is not
// counted: among all pairs of records that is nearly everything.
type Counts struct {
	TruePositives, FalsePositives, FalseNegatives int
}

// Precision is the share of what was accepted that is right; 1 when nothing was accepted.
func (c Counts) Precision() float64 {
	return share(c.TruePositives, c.TruePositives+c.FalsePositives)
}

// Recall is the share of what is right that was accepted; 1 when there is none.
func (c Counts) Recall() float64 { return share(c.TruePositives, c.TruePositives+c.FalseNegatives) }

// F1 is the harmonic mean of precision and recall; 1 when there was nothing to accept and nothing was.
func (c Counts) F1() float64 {
	return share(2*c.TruePositives, 2*c.TruePositives+c.FalsePositives+c.FalseNegatives)
}

// share is a/b, 1 when there is nothing to share.
func share(a, b int) float64 {
	if b == 0 {
		return 1
	}
	return float64(a) / float64(b)
}

// String gives "P 0.950  R 0.930  F1 0.940".
func (c Counts) String() string {
	return fmt.Sprintf("P %.3f  R %.3f  F1 %.3f", c.Precision(), c.Recall(), c.F1())
}

// Decide counts what accepting every score of at least threshold gives.
// score[i] and match[i] are of pair i; weight[i] counts it so many times, nil
// means once each.
func Decide(score []float64, match []bool, weight []int, threshold float64) Counts {
	var c Counts
	for i, s := range score {
		w := 1
		if weight != nil {
			w = weight[i]
		}
		switch accepted := s >= threshold; {
		case accepted && match[i]:
			c.TruePositives += w
		case accepted:
			c.FalsePositives += w
		case match[i]:
			c.FalseNegatives += w
		}
	}
	return c
}
