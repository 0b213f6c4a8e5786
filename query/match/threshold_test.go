package match

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// mixture simulates the scores of n records: each has 40 chance candidates with an
// exponential tail above a level of its own, and a share matched of them a partner
// that much above the level. levels is how much the levels spread.
func mixture(rng *rand.Rand, n int, matched, above, levels float64) (v []float64, d decoys) {
	var second, third []float64
	for i := range n {
		s, level := make([]float64, 40), levels*rng.NormFloat64()
		for k := range s {
			s[k] = level + rng.ExpFloat64()
		}
		if float64(i) < matched*float64(n) {
			s = append(s, level+above+rng.NormFloat64())
		}
		slices.Sort(s)
		slices.Reverse(s)
		v = append(v, s[0])
		second, third = append(second, s[1]), append(third, s[2])
	}
	slices.Sort(v)
	slices.Reverse(v)
	return v, newDecoys(second, third)
}

// Where scores are exponential, s2 + 2 (s2 - s3) has the mean of the best. It
// spreads more, because s2 - s3 is a part of s2: the two are not of one
// distribution, and the decoys have the heavier tail.
func TestDecoysStandForTheBestOfChance(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 1))
	const n = 20000
	v, d := mixture(rng, n, 0, 0, 0)
	mean := func(x []float64) (sum float64) {
		for _, s := range x {
			sum += s / n
		}
		return sum
	}
	if a, b := mean(v), mean(d.extrapolated); math.Abs(a-b) > .05 {
		t.Errorf("the best are %v in the mean, decoys %v", a, b)
	}
	slices.Sort(v)
	distance := 0.0
	for _, x := range v {
		distance = max(distance, math.Abs(float64(atLeast(v, x)-atLeast(d.extrapolated, x)))/n)
	}
	if distance > .1 { // .077 by theory and in large samples
		t.Errorf("the largest difference of the two distributions is %v", distance)
	}
	for _, q := range []float64{.9, .99, .999} {
		if k := int(q * n); d.extrapolated[k] < v[k] {
			t.Errorf("quantile %v: decoys %v under the real ones, %v", q, d.extrapolated[k], v[k])
		}
	}
}

func TestShareAlone(t *testing.T) {
	for _, matched := range []float64{0, .05, .2, .5, .8, .95} {
		for seed := range uint64(3) {
			rng := rand.New(rand.NewPCG(seed, 2))
			const n, above, levels = 1500, 25, 6
			v, d := mixture(rng, n, matched, above, levels)
			e := estimateLink(v, n, d)
			if e.matched > matched+.02 || e.matched < matched-.06 {
				t.Errorf("seed %d: %v of %v found", seed, e.matched, matched)
			}
			accepted := 0
			for _, s := range v {
				if s >= e.threshold {
					accepted++
				}
			}
			if low, high := (matched-.05)*n, (matched+.05)*n; float64(accepted) < low || float64(accepted) > high || matched == 0 && accepted > 2 {
				t.Errorf("seed %d: %d of %d accepted where %v have a partner", seed, accepted, n, matched)
			}
		}
	}
}

func TestBestF1AgainstBruteForce(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 3))
	for _, matched := range []float64{.1, .4, .9} {
		const n, alone = 300, .4
		v, d := mixture(rng, n, matched, 6, 1)
		got := bestF1(v, n, d, alone)
		f := func(t float64) float64 {
			accepted := float64(len(v) - atLeastDescending(v, t))
			wrong := min(accepted, alone*n*d.survival(t, alone))
			return 2 * (accepted - wrong) / (accepted + (1-alone)*n)
		}
		for _, s := range v {
			if f(s) > f(got)+1e-12 {
				t.Fatalf("F1 %v at %v, but %v at %v", f(got), got, f(s), s)
			}
		}
	}
}

// atLeastDescending is how many of v are under t.
func atLeastDescending(v []float64, t float64) (under int) {
	for _, s := range v {
		if s < t {
			under++
		}
	}
	return under
}

// naiveCurve fits the isotonic regression by its min-max formula: at point i the
// largest over a <= i of the smallest over b >= i of the mean of a..b.
func naiveCurve(v []float64, n int, d decoys, alone float64) curve {
	type point struct{ x, real, weight float64 }
	var points []point
	m := float64(len(d.second))
	for i := range d.second {
		points = append(points, point{d.second[i], 0, (1 - alone) * alone * float64(n) / m}, point{d.extrapolated[i], 0, alone * alone * float64(n) / m})
	}
	for _, x := range v {
		points = append(points, point{x, 1, 1})
	}
	slices.SortFunc(points, func(a, b point) int { return cmp.Compare(a.x, b.x) })
	fit := make([]float64, len(points))
	for a := range points { // INVARIANT: lowest[i] is the smallest mean of a..b over b >= i
		lowest := make([]float64, len(points))
		var real, weight float64
		for b := a; b < len(points); b++ {
			real, weight = real+points[b].real*points[b].weight, weight+points[b].weight
			lowest[b] = real / weight
		}
		for i := len(points) - 2; i >= a; i-- {
			lowest[i] = min(lowest[i], lowest[i+1])
		}
		for i := a; i < len(points); i++ {
			if a == 0 {
				fit[i] = lowest[i]
			}
			fit[i] = max(fit[i], lowest[i])
		}
	}
	var c curve
	for i := 0; i < len(points); {
		var x, real, weight float64
		from := i
		for ; i < len(points) && math.Abs(fit[i]-fit[from]) < 1e-9; i++ {
			x, real, weight = x+points[i].x*points[i].weight, real+points[i].real*points[i].weight, weight+points[i].weight
		}
		p := min(1, max(0, 2-(weight+1)/(real+.5)))
		if k := len(c.y); k > 0 {
			p = max(p, c.y[k-1])
		}
		c.x, c.y = append(c.x, x/weight), append(c.y, p)
	}
	return c
}

func TestCurveAgainstNaiveIsotonicRegression(t *testing.T) {
	rng := rand.New(rand.NewPCG(10, 1))
	for _, matched := range []float64{0, .3, .9} {
		for _, alone := range []float64{.05, .5, .95} {
			v, d := mixture(rng, 60, matched, 6, 1)
			got, want := fitCurve(v, 60, d, alone), naiveCurve(v, 60, d, alone)
			near := func(a, b float64) bool { return math.Abs(a-b) < 1e-9 }
			if !slices.EqualFunc(got.x, want.x, near) || !slices.EqualFunc(got.y, want.y, near) {
				t.Fatalf("matched %v, alone %v:\n%v\n%v", matched, alone, got, want)
			}
		}
	}
}

func TestCurveIsMonotone(t *testing.T) {
	rng := rand.New(rand.NewPCG(11, 1))
	for _, alone := range []float64{0, .01, .5, 1} {
		for _, matched := range []float64{0, .5, 1} {
			v, d := mixture(rng, 200, matched, 8, 1)
			for i := range v { // coarse scores: ties between decoys and real ones
				v[i] = math.Round(v[i])
			}
			c := fitCurve(v, 200, d, alone)
			last := 0.0
			for s := -5.; s < 30; s += .01 {
				p := c.at(s)
				if !(p >= last && p <= 1) {
					t.Fatalf("matched %v, alone %v: %v at %v after %v", matched, alone, p, s, last)
				}
				last = p
			}
		}
	}
	if p := (curve{}).at(3); p != 0 {
		t.Errorf("no curve gives %v", p)
	}
	c := curve{x: []float64{1, 3}, y: []float64{.2, .6}}
	for s, want := range map[float64]float64{0: .2, 1: .2, 2: .4, 2.5: .5, 3: .6, 9: .6} {
		if got := c.at(s); math.Abs(got-want) > 1e-12 {
			t.Errorf("%v: %v, want %v", s, got, want)
		}
	}
}
