package match

import (
	"math"
	"math/rand/v2"
	"testing"
)

// The cut is where expected F1 is largest: no other cut does better.
func TestExpectedCut(t *testing.T) {
	s := &Scorer{slope: .8, offset: -.3}
	rng := rand.New(rand.NewPCG(8, 1))
	var z []float64
	for range 300 {
		z = append(z, 3*rng.NormFloat64()-2)
	}
	expected := func(at float64) float64 {
		var right, accepted, matches float64
		for _, v := range z {
			matches += s.probability(v)
			if v >= at {
				right, accepted = right+s.probability(v), accepted+1
			}
		}
		return 2 * right / (accepted + matches)
	}
	best := expected(s.expectedCut(z))
	for _, at := range z {
		if f := expected(at); f > best+1e-9 {
			t.Errorf("expected F1 %.4f at %.3f, %.4f at the cut", f, at, best)
		}
	}
	if at := (&Scorer{slope: 1e-3, offset: -800}).expectedCut(z); math.IsNaN(at) || math.IsInf(at, 0) {
		t.Errorf("no pair is likely: cut at %v", at)
	}
}
