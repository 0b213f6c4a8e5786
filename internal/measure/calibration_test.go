package measure

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestCalibrationByHand(t *testing.T) {
	p := []float64{.1, .2, .8, 1, 1.5, nan}
	m := []bool{false, true, true, true, false, true}
	if got, want := Brier(p[:4], m[:4]), (.01+.64+.04+0)/4; !close2(got, want) {
		t.Errorf("Brier %v, want %v", got, want)
	}
	if got := Brier(p[5:], m[5:]); got != 1 {
		t.Errorf("Brier of NaN is %v", got)
	}
	if got := Brier(nil, nil); !close2(got, nan) {
		t.Errorf("Brier of nothing is %v", got)
	}
	bins := Reliability(p, m, 2)
	want := []Bin{{0, .5, 2, .15, .5}, {.5, 1, 3, 1.1, 2. / 3}}
	for b := range want {
		if g := bins[b]; g.Low != want[b].Low || g.High != want[b].High || g.Count != want[b].Count || !close2(g.Said, want[b].Said) || !close2(g.Seen, want[b].Seen) {
			t.Errorf("bin %d is %+v, want %+v", b, g, want[b])
		}
	}
	if got, want := CalibrationError(bins), (2*.35+3*(1.1-2./3))/5; !close2(got, want) {
		t.Errorf("calibration error %v, want %v", got, want)
	}
	if b := Reliability(nil, nil, 3)[1]; b.Count != 0 || !math.IsNaN(b.Said) || !math.IsNaN(b.Seen) {
		t.Errorf("an empty bin is %+v", b)
	}
	if got := CalibrationError(Reliability(nil, nil, 3)); !close2(got, nan) {
		t.Errorf("calibration error of nothing is %v", got)
	}
}

// oneEntityEach gives n pairs that have nothing to do with each other.
func oneEntityEach(n int) Entities {
	e := Entities{N: n}
	for i := range n {
		e.Left, e.Right = append(e.Left, i), append(e.Right, i)
	}
	return e
}

func shareOf(match []bool) func(weight []int) []float64 {
	return func(weight []int) []float64 {
		yes, all := 0, 0
		for i, w := range weight {
			all += w
			yes += w * side(match[i])
		}
		return []float64{float64(yes) / float64(all)}
	}
}

// TestBootstrapCovers draws many samples from a known share and asks how often the
// interval holds it: for independent pairs about 95 in 100, and for pairs that come
// in fours as well, which an interval over pairs would miss.
func TestBootstrapCovers(t *testing.T) {
	for _, together := range []int{1, 4} {
		rng := rand.New(rand.NewPCG(5, uint64(together)))
		const samples, entities, truth = 200, 60, .7
		held, width := 0, 0.0
		for s := range samples {
			e := Entities{N: entities}
			var match []bool
			for k := range entities {
				m := rng.Float64() < truth
				for range together {
					e.Left, e.Right, match = append(e.Left, k), append(e.Right, k), append(match, m)
				}
			}
			in := Bootstrap(e, 200, uint64(s), shareOf(match))[0]
			width += (in.High - in.Low) / samples
			held += side(in.Low <= truth && truth <= in.High)
		}
		if held < samples*88/100 || held == samples {
			t.Errorf("%d pairs an entity: the interval holds the truth in %d of %d samples", together, held, samples)
		}
		// 2 x 1.96 x sqrt(.7 x .3 / 60), whatever the number of pairs an entity has.
		if want := 2 * 1.96 * math.Sqrt(truth*(1-truth)/entities); math.Abs(width-want) > .15*want {
			t.Errorf("%d pairs an entity: mean width %.3f, want about %.3f", together, width, want)
		}
	}
}

func TestBootstrapByHand(t *testing.T) {
	match := []bool{true, false, true, true, false, true}
	e := oneEntityEach(6)
	a, b := Bootstrap(e, 300, 1, shareOf(match))[0], Bootstrap(e, 300, 1, shareOf(match))[0]
	if a != b {
		t.Errorf("the same seed gave %v and %v", a, b)
	}
	sums := map[int]bool{}
	for seed := range uint64(3) {
		sum := 0
		Bootstrap(e, 30, seed, func(w []int) []float64 { sum = 7*sum + w[0]; return nil })
		sums[sum] = true
	}
	if len(sums) != 3 {
		t.Error("other seeds gave the same draws")
	}
	if got := Bootstrap(oneEntityEach(1), 20, 1, shareOf([]bool{true}))[0]; got != (Interval{1, 1}) {
		t.Errorf("one pair: %v", got)
	}
	if got := Bootstrap(e, 20, 1, func([]int) []float64 { return []float64{1, nan} }); got[0] != (Interval{1, 1}) || !math.IsNaN(got[1].Low) || !math.IsNaN(got[1].High) {
		t.Errorf("never defined: %v", got)
	}
	if got := Bootstrap(Entities{}, 20, 1, shareOf(nil))[0]; !math.IsNaN(got.Low) {
		t.Errorf("no pair: %v", got)
	}
	// A pair between two entities counts as often as the product of the two draws.
	between := Entities{Left: []int{0, 0, 1}, Right: []int{0, 1, 1}, N: 2}
	Bootstrap(between, 50, 1, func(w []int) []float64 {
		if w[1] != w[0]*w[2] || w[0]+w[2] != 2 {
			t.Errorf("weights %v", w)
		}
		return nil
	})
}
