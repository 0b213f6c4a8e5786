package match

import (
	"slices"
	"strings"
	"testing"
)

// A duel is a clue less that of the best rival by the first judgement.
func TestDuels(t *testing.T) {
	s := surround(4, 1, []pairIDs{{0, 1}, {0, 2}, {0, 3}}, nil, nil)
	d := &dossier{surroundings: s, clues: []clue{{"price.difference", ""}, {"other", ""}}, context: 2, x: []float32{1, 9, 4, 9, 6, 9}}
	duels := duelsAmong(d, []int{0, 1})
	if !slices.Equal(duels, []int{0}) {
		t.Fatalf("duels about %v", duels)
	}
	l := d.secondLook([]float32{.5, .9, .7}, duels)
	names := clueNames(secondClues(d, duels))
	for k, want := range []float32{1 - 4, 4 - 6, 6 - 4} { // the best rival of pairs 0 and 2 is pair 1, that of pair 1 is pair 2
		var sheet clueSheet
		l.add(&sheet, k)
		if len(sheet.values) != len(names) {
			t.Fatalf("%d values, %d names", len(sheet.values), len(names))
		}
		at := slices.Index(names, "duel.price.difference.left")
		if got := sheet.values[at]; got != want {
			t.Errorf("pair %d: left %v, want %v", k, got, want)
		}
		if right := sheet.values[at+1]; names[at+1] != "duel.price.difference.right" || right == right {
			t.Errorf("pair %d: %s is %v where there is no rival", k, names[at+1], right)
		}
	}
}

// A model whose duels are none that this doppel knows is refused.
func TestModelOfOtherDuels(t *testing.T) {
	for what, change := range map[string]func(s *Scorer){
		"renamed": func(s *Scorer) { s.second[len(s.second)-1] = "duel.nothing.right" },
		"of no clue": func(s *Scorer) {
			s.second = append(s.second, "duel.nothing.left", "duel.nothing.right")
			s.usual = append(s.usual, 0, 0)
		},
		"of one side": func(s *Scorer) { s.second = s.second[:len(s.second)-1] },
	} {
		m := smallModelCopy(t)
		if len(m.Scorer.duelNames()) < 10 || !strings.HasPrefix(m.Scorer.second[len(m.Scorer.second)-1], duelPrefix) {
			t.Fatalf("duels about %v", m.Scorer.duelNames())
		}
		change(m.Scorer)
		if err := m.Scorer.knows(); err == nil {
			t.Errorf("%s: accepted", what)
		}
	}
}
