package synth

import (
	"strings"
	"testing"
)

func TestExactTitlesFindFew(t *testing.T) {
	tab := Catalogue(Options{Seed: 1, Products: 3000})
	same, pairs := 0, tab.Pairs()
	for _, p := range pairs {
		if tab.Rows[p[0]][colTitle] == tab.Rows[p[1]][colTitle] {
			same++
		}
	}
	if share := float64(same) / float64(len(pairs)); share >= .3 {
		t.Errorf("exact titles find %.2f of the pairs, want under .3", share)
	} else {
		t.Logf("exact titles find %.3f of %d pairs", share, len(pairs))
	}
}

// Words alone must not solve it, and must not be useless either.
func TestWordJaccardIsNotEnough(t *testing.T) {
	tab := Catalogue(Options{Seed: 1, Products: 500})
	for name, text := range map[string]func([]string) string{
		"title":  func(r []string) string { return r[colTitle] },
		"record": func(r []string) string { return strings.Join(r[1:], " ") },
	} {
		f1, at := bestF1(tab, text)
		t.Logf("word Jaccard on the %s: best F1 %.3f at %.2f", name, f1, at)
		if f1 >= .9 || f1 < .2 {
			t.Errorf("word Jaccard on the %s reaches F1 %.3f, want .2 to .9", name, f1)
		}
	}
}

// bestF1 tries 100 thresholds on the Jaccard similarity of all pairs of rows.
func bestF1(tab *Table, text func([]string) string) (best, at float64) {
	sets := make([]map[string]bool, len(tab.Rows))
	for i, row := range tab.Rows {
		sets[i] = make(map[string]bool)
		for _, w := range strings.Fields(strings.ToLower(text(row))) {
			sets[i][w] = true
		}
	}
	var hits, all [101]int // pairs by similarity in percent, true ones and all
	positives := 0
	for i := range sets {
		for j := range i {
			s := int(100 * jaccard(sets[i], sets[j]))
			all[s]++
			if tab.Cluster[i] == tab.Cluster[j] {
				hits[s]++
				positives++
			}
		}
	}
	found, taken := 0, 0
	for s := 100; s >= 0; s-- {
		found += hits[s]
		taken += all[s]
		if f1 := 2 * float64(found) / float64(taken+positives); f1 > best {
			best, at = f1, float64(s)/100
		}
	}
	return best, at
}

func jaccard(a, b map[string]bool) float64 {
	both := 0
	for w := range a {
		if b[w] {
			both++
		}
	}
	return float64(both) / float64(len(a)+len(b)-both)
}

func TestFieldsAreSometimesMissing(t *testing.T) {
	tab := Catalogue(Options{Seed: 1, Products: 3000})
	var missing [numColumns]float64
	for _, row := range tab.Rows {
		for c, v := range row {
			if v == "" {
				missing[c] += 1 / float64(len(tab.Rows))
			}
		}
	}
	for c, want := range [numColumns][2]float64{colBrand: {.1, .4}, colPrice: {.02, .15}, colCategory: {.02, .15}, colDescription: {.2, .6}} {
		if missing[c] < want[0] || missing[c] > want[1] {
			t.Errorf("%s is missing in %.2f of the rows, want %.2f to %.2f", Header()[c], missing[c], want[0], want[1])
		}
	}
}
