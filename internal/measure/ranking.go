package measure

import "math"

// Ranking is the answer to one question, best first.
type Ranking struct {
	// Hits says of each answer whether it is right.
	Hits []bool
	// Relevant is how many right answers there are, found or not. A question
	// without any is left out of every mean.
	Relevant int
}

// RecallAt is the share of all right answers, over all questions, among the
// first k of their question; NaN without a right answer.
func RecallAt(rs []Ranking, k int) float64 {
	found, all := 0, 0
	for _, r := range rs {
		all += r.Relevant
		found += hits(r.head(k))
	}
	return float64(found) / float64(all)
}

// PrecisionAt1 is the share of questions whose first answer is right; NaN
// without a question that has one.
func PrecisionAt1(rs []Ranking) float64 {
	return mean(rs, func(r Ranking) float64 { return float64(hits(r.head(1))) })
}

// MRR is the mean of 1 over the place of the first right answer, 0 where none
// was found; NaN without a question that has one.
func MRR(rs []Ranking) float64 {
	return mean(rs, func(r Ranking) float64 {
		for k, hit := range r.Hits {
			if hit {
				return 1 / float64(k+1)
			}
		}
		return 0
	})
}

// MAPAtR is the mean average precision of the first R answers, R being the
// number of right ones of the question (Musgrave, Belongie, Lim: A Metric
// Learning Reality Check, ECCV 2020, section 3.2). It is 1 only when the right
// answers come first, all of them. NaN without a question that has one.
func MAPAtR(rs []Ranking) float64 {
	return mean(rs, func(r Ranking) float64 {
		sum, found := 0.0, 0
		for k, hit := range r.head(r.Relevant) {
			if hit {
				found++
				sum += float64(found) / float64(k+1)
			}
		}
		return sum / float64(r.Relevant)
	})
}

func mean(rs []Ranking, of func(Ranking) float64) float64 {
	sum, n := 0.0, 0
	for _, r := range rs {
		if r.Relevant > 0 {
			sum += of(r)
			n++
		}
	}
	if n == 0 {
		return math.NaN()
	}
	return sum / float64(n)
}

func (r Ranking) head(k int) []bool { return r.Hits[:max(0, min(k, len(r.Hits)))] }

func hits(list []bool) (n int) {
	for _, hit := range list {
		n += side(hit)
	}
	return n
}
