package match

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

func TestTfidfAgainstMaps(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 1))
	const n = 300
	features := make([][]uint64, n)
	pool := make([]uint64, 80)
	for i := range pool {
		pool[i] = rng.Uint64()
	}
	for i := range features {
		for range rng.IntN(15) {
			features[i] = append(features[i], pool[rng.IntN(1+rng.IntN(len(pool)))])
		}
	}
	m, err := tfidf(context.Background(), n, 3, anyFrequency, func(b *featureBag, i int) { b.ids = append(b.ids, features[i]...) })
	if err != nil {
		t.Fatal(err)
	}
	df := map[uint64]float64{}
	counts := make([]map[uint64]float64, n)
	for i, fs := range features {
		counts[i] = map[uint64]float64{}
		for _, f := range fs {
			counts[i][f>>(64-idBits(n))]++
		}
		for f := range counts[i] {
			df[f]++
		}
	}
	for i := range n {
		var norm float64
		weight := func(f uint64) float64 {
			return (1 + math.Log(counts[i][f])) * (math.Log((1+n)/(1+df[f])) + 1)
		}
		for f := range counts[i] {
			norm += weight(f) * weight(f)
		}
		ids, ws := m.row(i)
		if len(ids) != len(counts[i]) || !slices.IsSorted(ids) {
			t.Fatalf("row %d: ids %v for %d features", i, ids, len(counts[i]))
		}
		for k, id := range ids {
			if want := weight(uint64(id)) / math.Sqrt(norm); math.Abs(float64(ws[k])-want) > 1e-5 {
				t.Fatalf("row %d, feature %d: %v, want %v", i, id, ws[k], want)
			}
		}
	}
}

func TestIDBits(t *testing.T) {
	for n, want := range map[int]uint{0: 18, 1024: 18, 1025: 19, 65536: 24, 1 << 40: 24} {
		if got := idBits(n); got != want {
			t.Errorf("%d records: %d bits, want %d", n, got, want)
		}
	}
}

func TestChooseFields(t *testing.T) {
	brandTitle := [][]string{{"sony", "tv 40", "1"}, {"sony", "tv 32", "2"}, {"lg", "tv 55", "3"}}
	for _, c := range []struct {
		name, schema           string
		left, right            [][]string
		field                  int
		texts, others, numbers []int
	}{
		{"the field that differs most", "brand:category title:text price:number", brandTitle, nil, 1, []int{0, 1}, []int{0}, []int{2}},
		{"the first of equals", "a:text b:text", [][]string{{"x", "p"}, {"y", "q"}}, nil, 0, []int{0, 1}, []int{1}, nil},
		{"over the worse side", "a:text b:text", [][]string{{"1", "p"}, {"2", "p"}, {"3", "q"}},
			[][]string{{"same", "p"}, {"same", "q"}, {"same", "q"}}, 1, []int{0, 1}, []int{0}, nil},
		{"missing values do not tell", "a:text b:text", [][]string{{"x", "p"}, {"", "q"}, {"", "r"}}, nil, 1, []int{0, 1}, []int{0}, nil},
		{"a code can be the name", "type:text sku:code", [][]string{{"x", "A1"}, {"x", "A2"}}, nil, 1, []int{0, 1}, []int{0}, nil},
		{"numbers serve as text where there is none", "a:number b:number", [][]string{{"1", "2"}}, nil, 0, []int{0, 1}, []int{1}, []int{0, 1}},
		{"what is ignored is no field", "a:ignore b:text", [][]string{{"x", "y"}}, nil, 1, []int{1}, nil, nil},
		{"nothing to compare", "a:ignore", [][]string{{"x"}}, nil, -1, nil, nil, nil},
		{"no record", "a:text", nil, nil, 0, []int{0}, nil, nil},
	} {
		got := corpusOf(t, schemaOf(t, c.schema), c.left, c.right)
		if got.name != c.field || !slices.Equal(got.texts, c.texts) || !slices.Equal(got.others, c.others) || !slices.Equal(got.numbers, c.numbers) {
			t.Errorf("%s: name %d, texts %v, others %v, numbers %v", c.name, got.name, got.texts, got.others, got.numbers)
		}
	}
}

func TestIgnoredFieldsHaveNoViews(t *testing.T) {
	c := corpusOf(t, schemaOf(t, "a:ignore"), [][]string{{"some words"}, {"some words"}}, nil)
	for v := range numViews {
		if s := c.views[v].dot(0, c.views[v], 1); s != 0 {
			t.Errorf("view %d: ignored values are %v alike", v, s)
		}
	}
}

// A separator that shops put into a name or leave out changes no run of it.
func TestViewsOfSpellings(t *testing.T) {
	c := corpusOf(t, schemaOf(t, "title:text"), titles("panasonic kx-fa83 toner", "Panasonic KXFA83 Toner", "panasonic kx fa83 toner", "sony toner"), nil)
	for _, p := range [][2]int{{0, 1}, {0, 2}, {1, 2}} {
		if s := c.views[viewNameRun].dot(p[0], c.views[viewNameRun], p[1]); s < .999 {
			t.Errorf("%v: %v", p, s)
		}
	}
	if s := c.views[viewNameRun].dot(0, c.views[viewNameRun], 3); s > .7 {
		t.Errorf("different names: %v", s)
	}
}

func TestLongValuesAreCut(t *testing.T) {
	word := strings.Repeat("é", longestValue) // two bytes each
	many := strings.Builder{}
	for i := range 10 * mostWords {
		fmt.Fprintf(&many, "w%dx ", i)
	}
	c := corpusOf(t, schemaOf(t, "a:text b:text"), [][]string{{word, many.String()}, {"x", "y"}}, nil)
	if got := c.text(0, 0); len(got) != longestValue || strings.ContainsRune(got, '�') {
		t.Errorf("%d bytes", len(got))
	}
	if n := len(c.tokens.whole[0]); n > mostWords+1 {
		t.Errorf("%d tokens", n)
	}
	if n := len(piecesOf(t, c).of[0]); n > mostWords+1 {
		t.Errorf("%d pieces", n)
	}
}
