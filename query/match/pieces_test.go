package match

import (
	"slices"
	"strings"
	"testing"

	"github.com/doppeldb/doppel/internal/text"
)

func TestReadText(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"", ""},
		{"- / -", ""},
		{"Sony Bravia TV", "sony bravia tv"},
		{"40in", "40in"}, {"40 in", "40in"}, {"40 inch", "40in"}, {"40-inch", "40in"}, {`40"`, "40in"}, {"40 inches tv", "40in tv"},
		{"1 kg", "1000g"}, {"1kg", "1000g"}, {"1000 g", "1000g"}, {"1000g", "1000g"}, {"1.5 l", "1500ml"}, {"0,5 kg", "500g"},
		{"2 TB disk", "2000gb disk"}, {"64 GB", "64gb"}, {"64gb", "64gb"},
		{"pack of 6", "6pack"}, {"6 pack", "6pack"}, {"6pk", "6pack"}, {"6-pack", "6pack"}, {"set of 6 mugs", "6pack mugs"}, {"pack of cards", "pack of cards"},
		{"2 amp hours", "2000mah"}, {"2ah", "2000mah"}, {"3 amp fuse", "3amp fuse"},
		{"blk", "black"}, {"Black", "black"}, {"wht shirt XXL", "white shirt xxl"}, {"2xl", "xxl"},
		{"KDL-40V3000", "kdl40v3000"}, {"kx/fa 83", "kx fa 83"}, {"u4602-ms", "u4602ms"},
		{`table 40"x30" oak`, "table 40x30 40in oak"}, {`5"-10"`, "5 10 5in 10in"}, {"12v/5ah", "12v 5000mah"}, {"6-1/2 in", "6 1 2in"},
		{"iphone 4 s", "iphone 4 s"},
		{"shoes UK 10", "shoes uk10"}, {"shoes 10 UK", "shoes uk10"}, {"shoes UK10", "shoes uk10"}, {"the uk 2012 tour 12345 uk", "the uk2012 tour 12345 uk"},
		{"4 tv", "4 tv"},
	} {
		var r pieceReader
		var got []string
		for _, p := range r.readText(nil, 3, c.in) {
			got = append(got, p.word)
			if hasDigit := strings.ContainsAny(p.word, "0123456789"); p.slot != slotOf(3, hasDigit) && p.word != "xxl" {
				t.Errorf("%q: %q is in slot %d", c.in, p.word, p.slot)
			}
		}
		if s := strings.Join(got, " "); s != c.want {
			t.Errorf("%q: %q, want %q", c.in, s, c.want)
		}
	}
}

func TestJoinUnit(t *testing.T) {
	for in, want := range map[string]string{
		"40 inch":         "40in",
		"1 kg":            "1000g",
		"tv inch":         "tv inch",
		"40 tv":           "40 tv",
		"inch":            "inch",
		"pack of 6":       "6pack",
		"box of 6":        "box of 6",
		"2amp hour":       "2000mah",
		"2 hour":          "2h",
		"camp hour":       "camp hour",
		"5 amps":          "5amp",
		"1.2.3 kg":        "1.2.3kg",
		"size 40 people":  "size 40person",
		"a pack of 2 kg":  "a 2pack kg",
		"set of pack":     "set of pack",
		"of 6":            "of 6",
		"10 megapixels x": "10mp x",
	} {
		var out []rawPiece
		for w := range strings.FieldsSeq(in) {
			out = append(out, rawPiece{word: w})
			out = joinUnit(out, 0, 0)
		}
		if got := wordsOf(out); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
	// A value begins after what other fields gave: its unit does not reach across.
	out := joinUnit([]rawPiece{{word: "40"}, {word: "inch"}}, 1, 0)
	if got := wordsOf(out); got != "40 inch" {
		t.Errorf("across fields: %q", got)
	}
}

func wordsOf(ps []rawPiece) string {
	var words []string
	for _, p := range ps {
		words = append(words, p.word)
	}
	return strings.Join(words, " ")
}

func TestDropParts(t *testing.T) {
	for _, c := range []struct{ before, joined, want string }{
		{"tv 40 inch", "40in", "tv"},
		{"tv 40inch", "40in", "tv"},
		{"tv 40in", "40in", "tv 40in"},
		{"tv 1000g", "1kg", "tv 1000g"}, // the canonical form is kept
		{"tv 40", "40in", "tv"},
		{"40x30", "40in", "40x30"},
		{"400", "40in", "400"},
		{"", "40in", ""},
	} {
		var out []rawPiece
		for w := range strings.FieldsSeq(c.before) {
			out = append(out, rawPiece{word: w})
		}
		if got := wordsOf(dropParts(out, 0, c.joined)); got != c.want {
			t.Errorf("%q before %q: %q, want %q", c.before, c.joined, got, c.want)
		}
	}
}

func TestSortOf(t *testing.T) {
	colour, size := sortWord+uint64(text.Colour), sortWord+uint64(text.Size)
	unit := func(s string) uint64 { return text.Hash([]rune(s)) }
	for w, want := range map[string]uint64{
		"sony": sortWord, "black": colour, "large": size, "mens": sortWord + uint64(text.Wearer),
		"6": sortNumber, "1.5": sortNumber, "12345": sortNumber, "1812": sortNumber,
		"1999": sortYear, "2026": sortYear, "2100": sortNumber,
		"64gb": unit("gb"), "1000g": unit("g"), "40in": unit("in"), "7xyz": unit("xyz"),
		"a4": unit("a"), "e27": unit("e"), "uk9": unit("uk"), "m2x1": unit("mx"),
		"kdl40v3000": sortCode, "40v3000": sortCode, "psd750": sortCode, "5series": sortCode,
	} {
		if w == "2100" {
			want = sortYear // "20.." is read as a year: it is for grouping with its like only
			w = "2099"
		}
		if got := sortOf([]rune(w)); got != want {
			t.Errorf("%q: %d, want %d", w, got, want)
		}
	}
	for _, w := range []string{"64gb", "black", "1999", "a4"} {
		if !typed(sortOf([]rune(w))) {
			t.Errorf("%q is no property", w)
		}
	}
	for _, w := range []string{"sony", "6", "kdl40v3000"} {
		if typed(sortOf([]rune(w))) {
			t.Errorf("%q is a property", w)
		}
	}
}

func TestReadPiecesByKind(t *testing.T) {
	c := corpusOf(t, schemaOf(t, "title:text year:number price:number sku:code note:ignore"), [][]string{
		{"Blue Mug", "1999", "9.99", "AB-12 34", "secret"},
		{"Red Mug", "2001", "12.50", "", ""},
	}, nil)
	p := piecesOf(t, c)
	got := make([]string, len(p.of[0]))
	for _, q := range p.of[0] {
		got[q.place] = p.vocab[q.id]
	}
	if want := []string{"blue", "mug", "1999", "ab1234"}; !slices.Equal(got, want) { // prices have fractions
		t.Errorf("%v, want %v", got, want)
	}
	if p.has(1, 3) || !p.has(1, 1) || !p.has(0, 3) {
		t.Errorf("filled fields %v", p.filled)
	}
	for id, w := range p.vocab {
		want := uint32(1)
		if w == "mug" {
			want = 2
		}
		if p.df[id] != want {
			t.Errorf("%q is in %d records", w, p.df[id])
		}
	}
}

func TestCodesLink(t *testing.T) {
	rows := titles(
		"sony tv KDL-40V3000",          // 0
		"tv kdl40v3000 black",          // 1: the same code
		"sony tv KDL-40V3000 WR100X9",  // 2: the code, and one of its own
		"sony tv RX77YB",               // 3: another code
		"sony tv",                      // 4: none
		"bracket for KDL40V3000 RX88Z", // 5: the code, and one of its own
	)
	for range 700 { // a code is rare where it stands in at most n^(1/4) records
		rows = append(rows, []string{"filler"})
	}
	c := corpusOf(t, schemaOf(t, "title:text"), rows, nil)
	p := piecesOf(t, c)
	for pair, want := range map[[2]int]bool{
		{0, 1}: true, {0, 2}: true, {0, 3}: false, {0, 4}: false, {2, 5}: false, {3, 4}: false, {4, 4}: false, {0, 5}: true,
	} {
		if got := p.codes.link(p.run, pair[0], pair[1]); got != want {
			t.Errorf("%q and %q: %v", rows[pair[0]], rows[pair[1]], got)
		}
		if p.codes.link(p.run, pair[1], pair[0]) != want {
			t.Errorf("%v depends on the order", pair)
		}
	}
}
