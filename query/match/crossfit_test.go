package match

import (
	"slices"
	"testing"
)

// Validation pairs of one thing are in one part, and all parts are used.
func TestValidFolds(t *testing.T) {
	d := &dossier{surroundings: &surroundings{}}
	var valid judged
	add := func(l, r uint32, match bool) {
		valid.pairs, valid.match = append(valid.pairs, len(d.pairs)), append(valid.match, match)
		d.pairs = append(d.pairs, pairIDs{l, r})
	}
	for i := range uint32(30) { // thing i: left record i with right records 100+2i and 101+2i
		add(i, 100+2*i, true)
		add(i, 101+2*i, true)
		add(i, 100+(2*i+2)%60, false)
	}
	of := d.validFolds(valid, 5, 1)
	var rows [5]int
	for n := range of {
		rows[of[n]]++
		if of[n] != of[n/3*3] {
			t.Errorf("pair %d is in part %d, the first of its thing in %d", n, of[n], of[n/3*3])
		}
	}
	if slices.Min(rows[:]) != 18 || slices.Max(rows[:]) != 18 {
		t.Errorf("parts of %v pairs", rows)
	}
	if again := d.validFolds(valid, 5, 1); !slices.Equal(of, again) {
		t.Error("the same seed deals otherwise")
	}
	if none := d.validFolds(judged{}, 5, 1); len(none) != 0 {
		t.Errorf("parts of nothing: %v", none)
	}
}
