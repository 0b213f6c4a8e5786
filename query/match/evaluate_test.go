package match

import "testing"

func TestPairQuality(t *testing.T) {
	truth := map[[2]int]bool{{0, 1}: true, {2, 3}: true, {4, 5}: true}
	for _, c := range []struct {
		found []Pair
		want  Quality
		text  string
	}{
		{nil, Quality{TruePositives: 0, FalsePositives: 0, FalseNegatives: 3}, "P 1.000  R 0.000  F1 0.000"},
		{[]Pair{{0, 1, 1}, {2, 3, .5}, {4, 5, .1}}, Quality{TruePositives: 3, FalsePositives: 0, FalseNegatives: 0}, "P 1.000  R 1.000  F1 1.000"},
		{[]Pair{{0, 1, 1}, {1, 0, 1}, {2, 5, 1}, {4, 5, 1}}, Quality{TruePositives: 2, FalsePositives: 2, FalseNegatives: 1}, "P 0.500  R 0.667  F1 0.571"},
	} {
		if got := PairQuality(c.found, truth); got != c.want || got.String() != c.text {
			t.Errorf("%v: %+v, %v", c.found, got, got)
		}
	}
	if q := PairQuality(nil, nil); q.F1() != 1 || q.Precision() != 1 || q.Recall() != 1 {
		t.Errorf("nothing to find: %v", q)
	}
}
