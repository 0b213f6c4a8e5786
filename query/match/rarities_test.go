package match

import (
	"slices"
	"testing"
)

func TestNamesakes(t *testing.T) {
	rows := append(titles(
		"yastium daguerre system camera ys s424 k50", // 0
		"YSS424K50 YASTIUM",                          // 1
		"nikon vr lens 2166",                         // 2
		"niko 2166",                                  // 3
		"camera ks l444",                             // 4
		"KSL444",                                     // 5
		"camera kl s444",                             // 6: other letters
		"no number at all",                           // 7
		"",                                           // 8
	), background...)
	p := piecesOf(t, corpusOf(t, schemaOf(t, "title:text"), rows, nil))
	want, err := p.namesakes(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	ours := func(p pairIDs) bool { return p.right < 9 }
	if got := slices.DeleteFunc(slices.Clone(want), func(p pairIDs) bool { return !ours(p) }); !slices.Equal(got, []pairIDs{{0, 1}, {2, 3}, {4, 5}}) {
		t.Errorf("%v", got)
	}
	for _, threads := range []int{2, 4} {
		if got, err := p.namesakes(t.Context(), threads); err != nil || !slices.Equal(got, want) {
			t.Errorf("%d threads: %v, %v", threads, got, err)
		}
	}
}

// A number that stands in many records is no name.
func TestRareNames(t *testing.T) {
	rows := append(titles("hose pw900 ondrarde", "pipe pw900 ondrarde", "hose pw700 fenkisk", "hose ondrarde"), background...)
	for range 20 {
		rows = append(rows, titles("tent 2024 sand")...)
	}
	p := piecesOf(t, corpusOf(t, schemaOf(t, "title:text"), rows, nil))
	a := newAligner(p, make([]float32, len(p.vocab)), 0)
	for _, c := range []struct {
		i, j int
		want uint8
	}{{0, 1, namesShared}, {0, 2, namesDiffer}, {2, 1, namesDiffer}, {0, 3, namesNone}, {0, len(rows) - 1, namesNone}} {
		a.align(c.i, c.j)
		if got := a.names(c.i, c.j); got != c.want {
			t.Errorf("%v and %v: %d, want %d", rows[c.i], rows[c.j], got, c.want)
		}
	}
}

func TestMergePairs(t *testing.T) {
	a, b := []pairIDs{{0, 1}, {0, 3}, {2, 3}}, []pairIDs{{0, 2}, {0, 3}, {4, 5}}
	all := []pairIDs{{0, 1}, {0, 2}, {0, 3}, {2, 3}, {4, 5}}
	for _, c := range [][3][]pairIDs{{a, b, all}, {b, a, all}, {a, nil, a}, {nil, b, b}, {nil, nil, nil}} {
		if got := mergePairs(c[0], c[1]); !slices.Equal(got, c[2]) {
			t.Errorf("%v and %v: %v", c[0], c[1], got)
		}
	}
}
