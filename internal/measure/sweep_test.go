package measure

import (
	"math"
	"math/rand/v2"
	"testing"
)

var nan = math.NaN()

func close2(a, b float64) bool {
	return math.Abs(a-b) < 1e-12 || math.IsNaN(a) && math.IsNaN(b)
}

// judged reads "+.9 -.8": matches and non-matches with their scores; ? is NaN.
func judged(s ...any) (score []float64, match []bool) {
	for i := 0; i < len(s); i += 2 {
		match = append(match, s[i] == "+")
		score = append(score, s[i+1].(float64))
	}
	return score, match
}

func TestSweepByHand(t *testing.T) {
	for _, c := range []struct {
		name                 string
		pairs                []any
		ap, auc, eer, f1, at float64
	}{
		// Precision at the three matches: 1/1, 2/3, 3/4. Of 3 x 2 triplets 4 are right.
		// F1 at the cuts: .5, .4, 2/3, 6/7 (.6), 3/4.
		// Down the cuts false accepts are 0 .5 .5 .5 1, false rejects 2/3 2/3 1/3 0 0: they meet where rejects fall past .5.
		{"mixed", []any{"+", .9, "-", .8, "+", .7, "+", .6, "-", .1}, (1 + 2./3 + 3./4) / 3, 4. / 6, .5, 6. / 7, .35},
		{"perfect", []any{"+", .9, "+", .8, "-", .3, "-", .1}, 1, 1, 0, 1, .55},
		{"reversed", []any{"-", .9, "-", .8, "+", .3, "+", .1}, (1./3 + 2./4) / 2, 0, 1, 2. / 3, .1},
		// All tied: one cut. The order of the pairs cannot help.
		{"tied", []any{"+", .5, "+", .5, "-", .5, "-", .5}, .5, .5, .5, 2. / 3, .5},
		// NaN is never accepted: the second match adds nothing, the threshold stays at the score.
		{"nan", []any{"+", nan, "+", .5, "-", .2}, .5, .5, .5, 2. / 3, .35},
		{"no match", []any{"-", .5, "-", .2}, nan, nan, nan, 1, math.Inf(1)},
		{"no non-match", []any{"+", .5, "+", .2}, 1, nan, nan, 1, .2},
		{"nothing", nil, nan, nan, nan, 1, math.Inf(1)},
	} {
		score, match := judged(c.pairs...)
		sweep := NewOrder(score, match).Sweep(nil)
		best := BestF1(sweep)
		for what, v := range map[string][2]float64{
			"AP": {AveragePrecision(sweep), c.ap}, "AUC": {AUC(sweep), c.auc}, "EER": {EER(sweep), c.eer}, "F1": {best.F1(), c.f1},
		} {
			if !close2(v[0], v[1]) {
				t.Errorf("%s: %s is %v, want %v", c.name, what, v[0], v[1])
			}
		}
		if best.Threshold != c.at && !close2(best.Threshold, c.at) {
			t.Errorf("%s: threshold %v, want %v", c.name, best.Threshold, c.at)
		}
		if d := Decide(score, match, nil, best.Threshold); d != best.Counts {
			t.Errorf("%s: the threshold gives %+v, the sweep said %+v", c.name, d, best.Counts)
		}
	}
}

// randomPairs has ties, NaN and sometimes one class only.
func randomPairs(rng *rand.Rand) (score []float64, match []bool, weight []int) {
	for range rng.IntN(12) {
		s := float64(rng.IntN(6)) / 4
		if rng.IntN(12) == 0 {
			s = nan
		}
		score, match, weight = append(score, s), append(match, rng.IntN(3) == 0), append(weight, rng.IntN(3))
	}
	return score, match, weight
}

// TestSweepAgainstDefinitions counts pairs and cuts one by one.
func TestSweepAgainstDefinitions(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 1))
	for range 2000 {
		score, match, weight := randomPairs(rng)
		sweep := NewOrder(score, match).Sweep(weight)
		for k, p := range sweep {
			if k > 0 && Decide(score, match, weight, p.Threshold) != p.Counts {
				t.Fatalf("%v %v %v: at %v %+v", score, match, weight, p.Threshold, p)
			}
		}
		if got, want := AveragePrecision(sweep), slowAP(score, match, weight); !close2(got, want) {
			t.Fatalf("%v %v %v: AP %v, want %v", score, match, weight, got, want)
		}
		if got, want := AUC(sweep), slowAUC(score, match, weight); !close2(got, want) {
			t.Fatalf("%v %v %v: AUC %v, want %v", score, match, weight, got, want)
		}
		best := BestF1(sweep)
		for _, at := range []float64{-1, 0, .1, .25, .3, .5, .75, 1, 1.2, 1.25} {
			if f := Decide(score, match, weight, at).F1(); f > best.F1() {
				t.Fatalf("%v %v %v: F1 %v at %v is more than %v", score, match, weight, f, at, best.F1())
			}
		}
		if e := EER(sweep); !math.IsNaN(e) && (e < 0 || e > 1) {
			t.Fatalf("%v %v: EER %v", score, match, e)
		}
	}
}

// slowAP is the mean over matches of the precision when everything at least as good is accepted.
func slowAP(score []float64, match []bool, weight []int) float64 {
	sum, n := 0.0, 0
	for i, m := range match {
		if m {
			n += weight[i]
			if s := score[i]; s == s {
				sum += float64(weight[i]) * Decide(score, match, weight, s).Precision()
			}
		}
	}
	return sum / float64(n)
}

func slowAUC(score []float64, match []bool, weight []int) float64 {
	below := func(a, b float64) bool { return a < b || math.IsNaN(a) && !math.IsNaN(b) }
	right, n := 0.0, 0.0
	for i, m := range match {
		for j, other := range match {
			if m && !other {
				w := float64(weight[i] * weight[j])
				n += w
				switch {
				case below(score[j], score[i]):
					right += w
				case !below(score[i], score[j]):
					right += w / 2
				}
			}
		}
	}
	return right / n
}

// TestEER: for scores without ties the two error rates cross between two cuts;
// scanning a fine grid of the broken line finds the same place.
func TestEERAgainstScan(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 2))
	for range 100 {
		var score []float64
		var match []bool
		for i := range 30 {
			match = append(match, i%3 == 0)
			score = append(score, rng.NormFloat64()+float64(side(i%3 == 0)))
		}
		sweep := NewOrder(score, match).Sweep(nil)
		best, at := math.Inf(1), 0.0
		for k := 1; k < len(sweep); k++ {
			a, b := sweep[k-1], sweep[k]
			for s := range 1001 {
				f := float64(s) / 1000
				fa := a.FalsePositiveRate() + f*(b.FalsePositiveRate()-a.FalsePositiveRate())
				fr := 1 - (a.TruePositiveRate() + f*(b.TruePositiveRate()-a.TruePositiveRate()))
				if d := math.Abs(fa - fr); d < best {
					best, at = d, (fa+fr)/2
				}
			}
		}
		if got := EER(sweep); math.Abs(got-at) > 1e-3 {
			t.Fatalf("EER %v, the scan says %v", got, at)
		}
	}
}

func TestCountsByHand(t *testing.T) {
	for _, c := range []struct {
		counts Counts
		text   string
	}{
		{Counts{0, 0, 3}, "P 1.000  R 0.000  F1 0.000"},
		{Counts{3, 0, 0}, "P 1.000  R 1.000  F1 1.000"},
		{Counts{2, 2, 1}, "P 0.500  R 0.667  F1 0.571"},
		{Counts{}, "P 1.000  R 1.000  F1 1.000"},
	} {
		if got := c.counts.String(); got != c.text {
			t.Errorf("%+v: %s, want %s", c.counts, got, c.text)
		}
	}
}
