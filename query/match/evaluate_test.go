package match

import (
	"math/rand/v2"
	"testing"
)

func TestPairQuality(t *testing.T) {
	truth := map[[2]int]bool{{0, 1}: true, {2, 3}: true, {4, 5}: true}
	for _, c := range []struct {
		found []Pair
		want  Quality
		text  string
	}{
		{nil, Quality{0, 0, 3}, "P 1.000  R 0.000  F1 0.000"},
		{[]Pair{{0, 1, 1}, {2, 3, .5}, {4, 5, .1}}, Quality{3, 0, 0}, "P 1.000  R 1.000  F1 1.000"},
		{[]Pair{{0, 1, 1}, {1, 0, 1}, {2, 5, 1}, {4, 5, 1}}, Quality{2, 2, 1}, "P 0.500  R 0.667  F1 0.571"},
	} {
		if got := PairQuality(c.found, truth); got != c.want || got.String() != c.text {
			t.Errorf("%v: %+v, %v", c.found, got, got)
		}
	}
	if q := PairQuality(nil, nil); q.F1() != 1 || q.Precision() != 1 || q.Recall() != 1 {
		t.Errorf("nothing to find: %v", q)
	}
}

func TestClusterQualityAgainstAllPairs(t *testing.T) {
	rng := rand.New(rand.NewPCG(18, 1))
	for range 50 {
		n := rng.IntN(30)
		found, truth := make([]uint32, n), make([]string, n)
		for i := range n {
			found[i], truth[i] = uint32(rng.IntN(8)), string(rune('a'+rng.IntN(8)))
		}
		var want Quality
		for i := range n {
			for j := range i {
				switch f, t := found[i] == found[j], truth[i] == truth[j]; {
				case f && t:
					want.TruePositives++
				case f:
					want.FalsePositives++
				case t:
					want.FalseNegatives++
				}
			}
		}
		if got := ClusterQuality(found, truth); got != want {
			t.Fatalf("%v %v: %+v, want %+v", found, truth, got, want)
		}
	}
}
