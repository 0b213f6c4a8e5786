package measure

import (
	"math"
	"math/rand/v2"
	"reflect"
	"testing"
)

// Ten genuine and ten impostor's scores by hand: at .55 one of ten is wrong on both sides.
var (
	handScores = []float64{.95, .9, .85, .8, .75, .7, .68, .65, .6, .3, .58, .5, .45, .4, .35, .25, .2, .15, .1, .05}
	handMatch  = append(make([]bool, 0, 20), true, true, true, true, true, true, true, true, true, true,
		false, false, false, false, false, false, false, false, false, false)
)

func TestOperatingPoints(t *testing.T) {
	sweep := NewOrder(handScores, handMatch).Sweep(nil)
	for _, c := range []struct {
		name      string
		got       Point
		threshold float64
		far, frr  float64
	}{
		{"FAR 0", AtFAR(sweep, 0), .59, 0, .1},
		{"FAR .1", AtFAR(sweep, .1), .54, .1, .1},
		{"FAR .49", AtFAR(sweep, .49), .375, .4, .1},
		{"FAR .5", AtFAR(sweep, .5), .275, .5, 0},
		{"FRR .1", AtFRR(sweep, .1), .59, 0, .1},
		{"FRR 0", AtFRR(sweep, 0), .275, .5, 0},
		{"EER", AtEER(sweep), .54, .1, .1},
	} {
		if math.Abs(c.got.Threshold-c.threshold) > 1e-9 || c.got.FAR() != c.far || math.Abs(c.got.FRR()-c.frr) > 1e-9 {
			t.Errorf("%s: threshold %.3f, FAR %.2f, FRR %.2f; want %.3f, %.2f, %.2f", c.name, c.got.Threshold, c.got.FAR(), c.got.FRR(), c.threshold, c.far, c.frr)
		}
	}
	if p := AtFAR(sweep, -1); !math.IsInf(p.Threshold, 1) {
		t.Errorf("an impossible FAR accepts from %v on", p.Threshold)
	}
}

// Whatever the scores: a point keeps to its rate, and no other cut that does is better.
func TestOperatingPointsAreTheBest(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		n := 2 + rng.IntN(60)
		score, match := make([]float64, n), make([]bool, n)
		for i := range score {
			score[i], match[i] = float64(rng.IntN(12)), i == 0 || i > 1 && rng.IntN(2) == 0
		}
		sweep, far := NewOrder(score, match).Sweep(nil), rng.Float64()
		a, r := AtFAR(sweep, far), AtFRR(sweep, far)
		for _, p := range sweep {
			if p.FAR() <= far && p.FRR() < a.FRR() || p.FRR() <= far && p.FAR() < r.FAR() {
				t.Fatalf("a better cut than %+v, %+v for %.3f: %+v", a, r, far, p)
			}
		}
		if a.FAR() > far || r.FRR() > far {
			t.Fatalf("%.3f is not kept: %+v, %+v", far, a, r)
		}
		c := Decide(score, match, nil, a.Threshold)
		if c != a.Counts {
			t.Fatalf("the threshold %.3f decides %+v, want %+v", a.Threshold, c, a.Counts)
		}
	}
}

func TestVerify(t *testing.T) {
	// Twelve people of four; a person's things are alike but for noise.
	rng := rand.New(rand.NewPCG(3, 4))
	var class []int
	var place []float64
	for p := range 12 {
		for range 4 {
			class, place = append(class, p), append(place, float64(p)+.4*rng.NormFloat64())
		}
	}
	trials := NewTrials(class, 0, 1)
	if trials.Len() != 48*47/2 || trials.Genuine() != 12*6 {
		t.Fatalf("%d pairs, %d genuine", trials.Len(), trials.Genuine())
	}
	score := make([]float64, trials.Len())
	for i := range score {
		score[i] = -math.Abs(place[trials.Left[i]] - place[trials.Right[i]])
	}
	v := Verify(score, trials.Same, trials.Entities(class), VerifyOptions{Seed: 1})
	if v.Genuine != 72 || v.Impostor != 1056 || v.Identities != 12 || !(v.EER > 0 && v.EER < .3) || !(v.AUC > .8) {
		t.Errorf("%+v", v)
	}
	if b := v.EERBetween; !(b.Low <= v.EER && v.EER <= b.High && b.High-b.Low < .3) {
		t.Errorf("EER %.3f in %v", v.EER, b)
	}
	for i, p := range v.Points {
		if p.Point.FAR() > p.Want || i > 0 && p.Point.FRR() < v.Points[i-1].Point.FRR() {
			t.Errorf("operating points %+v", v.Points)
		}
	}
	if again := Verify(score, trials.Same, trials.Entities(class), VerifyOptions{Seed: 1}); !reflect.DeepEqual(v, again) {
		t.Error("not the same twice")
	}
}

// One person's scores lie higher than the other's: a threshold each is perfect, one for both is not.
func TestEERByEntity(t *testing.T) {
	score := []float64{.9, .8, .7, .6, .5, .4, .3, .2}
	match := []bool{true, true, false, false, true, true, false, false}
	e := Entities{Left: []int{0, 0, 0, 0, 1, 1, 1, 1}, Right: []int{0, 0, 0, 0, 1, 1, 1, 1}, N: 3}
	got := EERByEntity(score, match, e)
	if got[0] != 0 || got[1] != 0 || !math.IsNaN(got[2]) || Mean(got) != 0 {
		t.Errorf("by person %v", got)
	}
	if all := EER(NewOrder(score, match).Sweep(nil)); all != .5 {
		t.Errorf("for all %v", all)
	}
}

func TestTrialsDrawn(t *testing.T) {
	class := make([]int, 300)
	for i := range class {
		class[i] = i % 30
	}
	a, b := NewTrials(class, 500, 7), NewTrials(class, 500, 7)
	if !reflect.DeepEqual(a, b) || a.Len() != 1000 || a.Genuine() != 500 {
		t.Errorf("%d pairs, %d genuine", a.Len(), a.Genuine())
	}
	seen := map[[2]int]bool{}
	for i := range a.Same {
		p := [2]int{a.Left[i], a.Right[i]}
		if seen[p] || p[0] >= p[1] || a.Same[i] != (class[p[0]] == class[p[1]]) {
			t.Fatalf("pair %v", p)
		}
		seen[p] = true
	}
	if reflect.DeepEqual(a, NewTrials(class, 500, 8)) {
		t.Error("the seed does nothing")
	}
}

func TestDET(t *testing.T) {
	got := DET(NewOrder(handScores, handMatch).Sweep(nil))
	want := [][2]float64{{0, 1}, {0, .1}, {.5, .1}, {.5, 0}, {1, 0}}
	if len(got) != len(want) {
		t.Fatalf("%v", got)
	}
	for i := range want {
		if math.Abs(got[i][0]-want[i][0]) > 1e-9 || math.Abs(got[i][1]-want[i][1]) > 1e-9 {
			t.Errorf("%v", got)
		}
	}
	if d := Deviate(.975); math.Abs(d-1.959964) > 1e-5 || Deviate(.5) != 0 {
		t.Errorf("deviate %v", d)
	}
}
