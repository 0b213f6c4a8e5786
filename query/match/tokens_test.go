package match

import (
	"math"
	"slices"
	"strings"
	"testing"
)

func TestSquashedWords(t *testing.T) {
	for in, want := range map[string]string{
		"":                            "",
		" \t\n":                       "",
		"Sony KDL-40V3000 LCD TV":     "sony kdl40v3000 lcd tv",
		"o'neill  &  sons":            "oneill sons",
		"Café Señor":                  "cafe senor",
		"12.5\u00a0kg":                "125 kg",
		"--- a - b ---":               "a b",
		"x\u200by":                    "xy",
		"1/2\" drive":                 "12 drive",
		strings.Repeat("- ", 5) + "z": "z",
	} {
		words, _ := squashedWords(nil, in)
		if got := strings.Join(words, " "); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestContainment(t *testing.T) {
	rows := titles(
		"kdl-40v3000",                 // 0
		"KDL40V3000 sony",             // 1
		"sony bravia kdl 40 v3000 tv", // 2
		"lcd tv",                      // 3
		"sony tv 40",                  // 4
		"mp3tv player",                // 5: "tv" inside a word is chance
		"",                            // 6
	)
	c := corpusOf(t, schemaOf(t, "title:text"), rows, nil)
	nan := float32(math.NaN())
	for _, p := range []struct {
		x, y         int
		codes, words float32
	}{
		{0, 1, 1, nan},   // equal once separators are dropped
		{0, 2, 1, nan},   // inside the run of the other's text
		{1, 0, 1, 0},     // its code is there, its brand is not
		{0, 3, 0, nan},   // not there
		{3, 0, nan, 0},   // no code on the asking side
		{3, 5, nan, 0},   // too short to be looked for inside
		{6, 0, nan, nan}, // nothing asked
		{0, 6, 0, nan},   // nothing there
	} {
		codes, words := c.tokens.containment(p.x, p.y)
		same := func(a, b float32) bool { return a == b || a != a && b != b }
		if !same(codes, p.codes) || !same(words, p.words) {
			t.Errorf("%q in %q: codes %v, words %v; want %v, %v", rows[p.x], rows[p.y], codes, words, p.codes, p.words)
		}
	}
	// "sony" and "tv" of 4: both are in 2, tv alone in 3, weighed by rarity.
	idf := func(w string) float32 { return c.tokens.idf[slices.Index(c.tokens.vocab, w)] }
	if _, words := c.tokens.containment(4, 3); math.Abs(float64(words-idf("tv")/(idf("tv")+idf("sony")))) > 1e-6 {
		t.Errorf("share of words %v", words)
	}
	if got, want := idf("tv"), float32(math.Log(8./4)+1); math.Abs(float64(got-want)) > 1e-6 {
		t.Errorf("tv is in 3 of 7 records: idf %v, want %v", got, want)
	}
}

func TestNumberLikeness(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct{ x, y, want float64 }{
		{5, 5, 1}, {0, 0, 1}, {1, 2, .25}, {2, 1, .25}, {0, 3, 0}, {99, 100, .495}, {nan, 1, nan}, {1, nan, nan}, {nan, nan, nan},
	} {
		got := float64(numberLikeness(c.x, c.y))
		if math.Abs(got-c.want) > 1e-6 || math.IsNaN(got) != math.IsNaN(c.want) {
			t.Errorf("%v and %v: %v, want %v", c.x, c.y, got, c.want)
		}
	}
}

func TestEvidenceColumns(t *testing.T) {
	c := corpusOf(t, schemaOf(t, "brand:category title:text price:number"),
		[][]string{{"Sony", "KDL-40V3000", "999"}, {"", "walkman 5", "n/a"}}, [][]string{{"sony", "kdl40v3000 tv", "$999.00"}, {"LG", "fridge", "1,998"}})
	cols, err := c.gather(t.Context(), []pairIDs{{0, 2}, {0, 3}, {1, 2}}, 1)
	if err != nil {
		t.Fatal(err)
	}
	value := map[string][]float32{}
	for _, col := range cols {
		value[col.name] = col.value
		if strings.Contains(col.text, "%") || col.text == "" {
			t.Errorf("%s is put to a reader as %q", col.name, col.text)
		}
	}
	if len(value) != len(cols) || len(cols) != numTextColumns+2 {
		t.Fatalf("columns %v", value)
	}
	for _, w := range []struct {
		name string
		pair int
		want float32
	}{
		{"field.brand", 0, 1}, {"field.brand", 1, 0}, {"number.price", 0, 1}, {"number.price", 1, .25}, {"codes.max", 0, 1}, {"codes.max", 1, 0},
	} {
		if got := value[w.name][w.pair]; math.Abs(float64(got-w.want)) > 1e-6 {
			t.Errorf("%s of pair %d: %v, want %v", w.name, w.pair, got, w.want)
		}
	}
	if x, y := value["field.brand"][2], value["number.price"][2]; x == x || y == y {
		t.Errorf("what is missing is %v and %v alike, not missing", x, y)
	}
}
