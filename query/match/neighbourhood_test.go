package match

import (
	"math"
	"testing"
)

func TestStanding(t *testing.T) {
	// Left 0, 1; right 2, 3, 4. Own pairs: 0-1 and 2-3.
	candidates := []pairIDs{{0, 2}, {0, 3}, {0, 4}, {1, 3}}
	own := []pairIDs{{0, 1}, {2, 3}}
	asked := []pairIDs{{1, 4}}
	s := surround(5, 2, candidates, own, asked)
	v := make([]float32, len(s.pairs))
	for p, x := range map[pairIDs]float32{{0, 2}: .5, {0, 3}: .8, {0, 4}: .1, {1, 3}: .9, {0, 1}: .3, {2, 3}: .2, {1, 4}: 1} {
		v[s.find(p)] = x
	}
	best := s.bests(v)
	if best[3].first != .9 || best[3].second != .8 || best[4].first != .1 {
		t.Errorf("an asked pair is nobody's rival: %+v", best)
	}
	null := s.nulls(v, make([]float32, len(v)))
	st := s.stand(s.find(pairIDs{0, 2}), v, best, null)
	near := func(what string, got float32, want float64) {
		if math.Abs(float64(got)-want) > 1e-5 && !(math.IsNaN(want) && got != got) {
			t.Errorf("%s is %v, want %v", what, got, want)
		}
	}
	near("left rank", st.rank[0], math.Log(2))
	near("right rank", st.rank[1], 0)
	near("left margin", st.margin[0], -.3)
	near("right margin", st.margin[1], math.NaN()) // no rival
	near("free margin", st.free[0], .4)            // record 3 has a better partner, record 4 has not
	near("left gap", st.gap[0], .2)
	near("right gap", st.gap[1], .3)
	over := s.detour(s.find(pairIDs{0, 2}), v)
	near("detour over 1", over[0], math.NaN()) // 1-2 is no pair
	near("detour over 3", over[1], .2)         // 2-3 and 0-3
	copies := make([]float32, len(v))
	copies[s.find(pairIDs{0, 1})] = 1
	near("null of copies", s.nulls(v, copies)[0], math.NaN())
}
