package synth

import (
	"strings"
	"testing"
)

func TestExactTitlesFindFew(t *testing.T) {
	for _, s := range []Style{Plain, Wild} {
		tab := Catalogue(Options{Seed: 1, Products: 3000, Style: s})
		same, pairs := 0, tab.Pairs()
		for _, p := range pairs {
			if tab.Rows[p[0]][colTitle] == tab.Rows[p[1]][colTitle] {
				same++
			}
		}
		share := float64(same) / float64(len(pairs))
		t.Logf("%v: exact titles find %.3f of %d pairs", s, share, len(pairs))
		if share >= .3 {
			t.Errorf("%v: exact titles find %.2f of the pairs, want under .3", s, share)
		}
	}
}

// Words alone must not solve it, and must not be useless either; the wild style is
// the harder one.
func TestWordJaccardIsNotEnough(t *testing.T) {
	for name, text := range map[string]func([]string) string{
		"title":  func(r []string) string { return r[colTitle] },
		"record": func(r []string) string { return strings.Join(r[1:], " ") },
	} {
		var f1 [Wild + 1]float64
		for _, s := range []Style{Plain, Wild} {
			f1[s], _ = bestF1(Catalogue(Options{Seed: 1, Products: 500, Style: s}), text)
			t.Logf("%v: word Jaccard on the %s: best F1 %.3f", s, name, f1[s])
		}
		if f1[Plain] > .8 || f1[Wild] >= f1[Plain] || f1[Wild] < .2 {
			t.Errorf("word Jaccard on the %s reaches F1 %.3f plain and %.3f wild, want at most .8, more than wild, .2 or more", name, f1[Plain], f1[Wild])
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
	for s, want := range map[Style][numColumns][2]float64{
		Plain: {colBrand: {.1, .3}, colPrice: {.02, .15}, colCategory: {.02, .15}, colDescription: {.1, .35}},
		Wild:  {colBrand: {.1, .4}, colPrice: {.02, .15}, colCategory: {.02, .15}, colDescription: {.2, .6}},
	} {
		tab := Catalogue(Options{Seed: 1, Products: 3000, Style: s})
		var missing [numColumns]float64
		for _, row := range tab.Rows {
			for c, v := range row {
				if v == "" {
					missing[c] += 1 / float64(len(tab.Rows))
				}
			}
		}
		for c := range want {
			if missing[c] < want[c][0] || missing[c] > want[c][1] {
				t.Errorf("%v: %s is missing in %.2f of the rows, want %.2f to %.2f", s, Header()[c], missing[c], want[c][0], want[c][1])
			}
		}
	}
}
