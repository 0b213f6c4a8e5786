package synth

import (
	"slices"
	"strings"
	"testing"
)

func TestListingDraw(t *testing.T) {
	var l listing
	var d dice
	for i := range 2000 {
		f := &families[i%len(families)]
		d.seed(1, streamListing, uint64(i))
		l.draw(&d, f)
		features := slices.Sorted(slices.Values(l.feature[:]))
		if len(slices.Compact(features)) != len(l.feature) || features[len(features)-1] >= len(f.features) {
			t.Fatalf("features %v are not distinct ones of %d", l.feature, len(f.features))
		}
		if l.closings[0] == l.closings[1] || l.closings[1] >= len(closings) {
			t.Fatalf("closings %v are not distinct ones of %d", l.closings, len(closings))
		}
	}
}

// No sentence may sound like a value, or it would tell siblings apart wrongly.
func TestSentencesAreNoValues(t *testing.T) {
	texts := slices.Clone(closings)
	for _, template := range append(slices.Clone(openings), furthers...) {
		for _, slot := range template {
			texts = append(texts, slot.before)
		}
	}
	in := windows(strings.Join(texts, " "))
	for _, f := range families {
		for _, a := range f.axes {
			for _, forms := range a.spell {
				for _, form := range forms {
					if in[joined(form)] {
						t.Errorf("%s: a sentence contains %q, a value of %s", f.nouns[0], form, a.label)
					}
				}
			}
		}
	}
}

// Sentences end with a slot: the layout keeps no text after the last one.
func TestTemplatesFillTheirFeatures(t *testing.T) {
	for _, template := range append(slices.Clone(openings), furthers...) {
		features := 0
		for _, slot := range template {
			if !strings.ContainsRune("bsnf", rune(slot.kind)) {
				t.Errorf("unknown slot %%%c", slot.kind)
			}
			if slot.kind == 'f' {
				features++
			}
		}
		if features != 2 {
			t.Errorf("a sentence names %d features, want the two it gets", features)
		}
	}
}

func TestPlainMerchantsAvoidWildForms(t *testing.T) {
	a := choice("Colour", "champagne|~chmp|champ|~chp=CH", "black|blk")
	if want := [numDialects]string{"champagne", "chmp", "champ", "chp"}; a.spell[0] != want {
		t.Errorf("wild forms %q, want %q", a.spell[0], want)
	}
	if want := [numDialects]string{"champagne", "champagne", "champ", "champagne"}; a.plain[0] != want {
		t.Errorf("plain forms %q, want %q", a.plain[0], want)
	}
	if a.spell[1] != a.plain[1] || a.tag[0] != "CH" {
		t.Errorf("black is %q, %q plain; tag %q", a.spell[1], a.plain[1], a.tag[0])
	}
	for _, f := range families {
		for _, a := range f.axes {
			for v, forms := range a.spell {
				for _, form := range slices.Concat(forms[:], a.plain[v][:]) {
					if strings.Contains(form, "~") {
						t.Errorf("%s: %q shows the mark of the wild", f.nouns[0], form)
					}
				}
			}
		}
	}
}

// Copies of a plain product share most words of their descriptions and, as a
// rule, their shelf; copies of a wild one do not.
func TestPlainCopiesAreRetyped(t *testing.T) {
	alike := func(s Style) (descriptions, shelves float64) {
		tab := Catalogue(Options{Seed: 1, Products: 3000, Style: s})
		var words, described, same, shelved float64
		for _, p := range tab.Pairs() {
			a, b := tab.Rows[p[0]], tab.Rows[p[1]]
			if a[colDescription] != "" && b[colDescription] != "" {
				words += jaccard(wordSet(a[colDescription]), wordSet(b[colDescription]))
				described++
			}
			if a[colCategory] != "" && b[colCategory] != "" {
				if a[colCategory] == b[colCategory] {
					same++
				} else if s == Plain && !strings.HasPrefix(a[colCategory], b[colCategory]) && !strings.HasPrefix(b[colCategory], a[colCategory]) {
					t.Fatalf("%q and %q: want the same shelf or its parent", a[colCategory], b[colCategory])
				}
				shelved++
			}
		}
		return words / described, same / shelved
	}
	plain, plainShelf := alike(Plain)
	wild, wildShelf := alike(Wild)
	t.Logf("plain: %.2f of the words, %.2f of the shelves; wild %.2f and %.2f", plain, plainShelf, wild, wildShelf)
	if plain < .5 || plain > .9 || plain < wild+.2 {
		t.Errorf("descriptions of copies share %.2f of their words, wild ones %.2f", plain, wild)
	}
	if plainShelf < .75 || plainShelf < wildShelf+.2 {
		t.Errorf("copies are on the same shelf in %.2f of the pairs, wild ones in %.2f", plainShelf, wildShelf)
	}
}

// Shops decorate few titles: in a catalogue, and in either of two shops.
func TestPlainTitlesAreRarelyDecorated(t *testing.T) {
	decorated := func(tab *Table) float64 {
		n := 0
		for _, row := range tab.Rows {
			title := strings.ReplaceAll(strings.ToLower(row[colTitle]), "é", "e")
			before := func(s string) bool { return strings.HasPrefix(title, strings.ToLower(s)) }
			after := func(s string) bool { return strings.HasSuffix(title, strings.ToLower(s)) }
			if slices.ContainsFunc(hypeBefore, before) || slices.ContainsFunc(hypeAfter, after) {
				n++
			}
		}
		return float64(n) / float64(len(tab.Rows))
	}
	left, right, _ := Shops(Options{Seed: 1, Products: 5000})
	for name, tab := range map[string]*Table{"catalogue": Catalogue(Options{Seed: 1, Products: 5000}), "left shop": left, "right shop": right,
		"noisy catalogue": Catalogue(Options{Seed: 1, Products: 5000, Noise: 1})} {
		share := decorated(tab)
		t.Logf("%s: %.3f of the titles", name, share)
		if share > .13 || share < .01 {
			t.Errorf("%s: %.2f of the titles are decorated, want some and at most about .12", name, share)
		}
	}
}

func wordSet(s string) map[string]bool {
	set := make(map[string]bool)
	for _, w := range tokens(s) {
		set[w] = true
	}
	return set
}

// Dropping and mistyping words leaves the space between the others single.
func TestWearKeepsSentencesTidy(t *testing.T) {
	for _, row := range Rows(Options{Seed: 2, Products: 2000, Noise: 1}) {
		text := row[colDescription]
		if strings.Contains(text, "  ") || strings.HasPrefix(text, " ") || strings.HasSuffix(text, " ") {
			t.Fatalf("untidy spaces in %q", text)
		}
		if strings.Contains(text, " .") || strings.Contains(text, " ;") {
			t.Fatalf("a space before the end of a sentence in %q", text)
		}
	}
}
