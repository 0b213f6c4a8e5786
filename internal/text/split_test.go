package text

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// show writes tokens one after the other: '+' before a joined one, '*' after one
// whose n-grams count.
func show(tokens []Token) string {
	var b strings.Builder
	for i, t := range tokens {
		if i > 0 {
			b.WriteByte(' ')
		}
		if t.Role&IsJoined != 0 {
			b.WriteByte('+')
		}
		b.WriteString(string(t.Text))
		if t.Role&IsGrams != 0 {
			b.WriteByte('*')
		}
	}
	return b.String()
}

func TestSplit(t *testing.T) {
	for in, want := range map[string]string{
		// nothing
		"": "", " \t\n": "", "\x00": "", "-- / ,": "", `"`: "", "''": "", "'": "", "\xff\xfe": "", "™": "", "🙂": "", "\u200b": "",
		// words
		"Sony TV": "sony* tv*", "one/two": "one* two*", "well-known": "well* known*", "AT&T": "at* t*", "a\x00b": "a* b*", "c++": "c*",
		// apostrophes
		"Levi's": "levis*", "levi’s": "levis*", "levi`s": "levis*", "levi´s": "levis*", "rock 'n' roll": "rock* n* roll*", "'quoted'": "quoted*",
		// codes: the joined form carries the n-grams, so separators do not count
		"kdl-40v3000": "kdl 40v3000 +kdl40v3000*", "KDL40V3000": "kdl40v3000*", "kdl 40v3000": "kdl* 40v3000*",
		"wh_1000/xm.5": "wh 1000 xm 5 +wh1000xm5*", "(310)246-1501": "310 246 1501 +3102461501*", "1995-01-02": "1995 01 02 +19950102*",
		"a-" + strings.Repeat("9", 31): "a " + strings.Repeat("9", 31) + " +a" + strings.Repeat("9", 31) + "*",
		"a-" + strings.Repeat("9", 32): "a* " + strings.Repeat("9", 32) + "*", // too long for a code
		// numbers
		"3.14": "3.14*", "3,14": "3.14*", "1,299.00": "1299.00*", "1,299": "1299*", "1,299,000": "1299000*", "12,34,567": "12.34 567 +1234567*", "1,5": "1.5*",
		"5.": "5*", ".5": "5*", "1.2.3": "1.2 3 +123*", "v1.2-3": "v1.2 3 +v123*", "2.4ghz": "2.4ghz*",
		// units
		"40 inch": "40* inch* +40in", "40 inches": "40* inches* +40in", `40"`: "40* +40in", "40''": "40* +40in", "40″": "40* +40in", "40”": "40* +40in",
		"40in": "40in*", "40inch": "40inch* +40in", "500 GB": "500* gb* +500gb", "500gb": "500gb*", "1.7 litres": "1.7* litres* +1.7l",
		`19"-22"`: "19 22 +1922* +19in +22in", `40",`: "40* +40in", `(40")`: "40* +40in", "40-inch": "40 inch +40inch*",
		"inch": "inch*", "big inch": "big* inch*", "x40 inch": "x40* inch*", "1/2 inch": "1 2 +12* inch*", `tv"`: "tv*", `4x"`: "4x*", `"40"`: "40* +40in",
		"40 millimeters": "40* millimeters*", // longer than any unit
		// folding
		"Caf\u00e9": "cafe*", "Cafe\u0301": "cafe*", "CAFÉ": "cafe*", "ＳＯＮＹ　４０": "sony* 40*", "ﬁre": "fire*", "Straße": "strasse*", "STRAẞE": "strasse*",
		"Ærøskøbing": "aeroskobing*", "Łódź": "lodz*", "İstanbul": "istanbul*", "ΟΔΟΣ": "οδοσ*", "οδος": "οδοσ*", "½": "1 2 +12*", "H₂O": "h2o*",
		"2×4": "2x4*", "Sony™ TV": "sony* tv*", "Core™2": "core* 2*", "Sony®": "sony*", "so\u00adny": "sony*", "\ufeffsony": "sony*", "so\u200bny": "sony*",
		// HTML entities
		"Black &amp; Decker": "black* decker*", "caf&eacute;": "cafe*", "40&quot; TV": "40* +40in tv*", "a&nbsp;b": "a* b*", "&#x41;": "a*", "&bogus;": "bogus*",
		// other scripts
		"索尼 电视": "索尼* 电视*", "东京2020": "东京2020*", "हिन्दी": "हिनदी*", "서울": "서울*", "عربى": "عربى*", "٤٠": "٤٠*", "a🙂b": "a* b*",
		"a\xffb": "a* b*", "Сони": "сони*",
	} {
		var s Splitter
		got := show(s.Split(in))
		// Hangul comes out decomposed; compare what both spellings fold to.
		if got != want && got != string(Fold(nil, want)) {
			t.Errorf("Split(%.60q)\n got %s\nwant %s", in, got, want)
		}
	}
}

// What people write for one thing must meet in a token.
func TestSplitMeets(t *testing.T) {
	for _, c := range [][]string{
		{"40in", "40 inch", "40inch", `40"`, "40''", "40 Inches"},
		{"500gb", "500 GB", "500 gigabytes", "500gigabyte"},
		{"kdl40v3000", "KDL-40V3000", "kdl_40v3000", "kdl.40v3000", "KDL40V3000"},
		{"3102461501", "310/246-1501", "310-246-1501", "310.246.1501", "(310)246-1501"},
	} {
		for _, spelling := range c[1:] {
			var s Splitter
			found := false
			for _, tok := range s.Split("x " + spelling + " y") {
				found = found || string(tok.Text) == c[0]
			}
			if !found {
				t.Errorf("%q has no token %q: %s", spelling, c[0], show(s.Split(spelling)))
			}
		}
	}
}

func TestSplitRoles(t *testing.T) {
	var s Splitter
	for _, tok := range s.Split(`sony kdl-40v3000 1,299.00 40" 500 gigabytes`) {
		w := string(tok.Text)
		if got, want := tok.Role&HasDigit != 0, strings.ContainsAny(w, "0123456789"); got != want {
			t.Errorf("%s: HasDigit %v", w, got)
		}
		if got, want := tok.Role&HasAlpha != 0, strings.ContainsAny(w, "abcdefghijklmnopqrstuvwxyz"); got != want {
			t.Errorf("%s: HasAlpha %v", w, got)
		}
		if tok.Role&IsWord == 0 {
			t.Errorf("%s: not a word", w)
		}
	}
}

// A splitter has no memory of what it split before.
func TestSplitReuse(t *testing.T) {
	var s Splitter
	values := []string{"kdl-40v3000", "", "é", "inch", strings.Repeat("long value ", 10000), "5", "gb", `40"`}
	for _, v := range append(values, values...) {
		var fresh Splitter
		if got, want := show(s.Split(v)), show(fresh.Split(v)); got != want {
			t.Errorf("%.40q: %.80s, fresh %.80s", v, got, want)
		}
	}
}

func TestSplitDoesNotAllocate(t *testing.T) {
	var s Splitter
	const title = `Brenwick KDX-40V300 40" LCD HDTV television, black, 1080p, 4 inches`
	s.Split(title)
	if n := testing.AllocsPerRun(100, func() { s.Split(title) }); n != 0 {
		t.Errorf("%v allocations for an ASCII title", n)
	}
}

// The ASCII path of Fold is a shortcut of the Unicode path.
func TestFoldASCIIPath(t *testing.T) {
	all := make([]byte, 0, 3*utf8.RuneSelf)
	for c := range byte(utf8.RuneSelf) {
		all = append(all, c, 'x', '1')
	}
	s := strings.ReplaceAll(string(all), "&", "") // entities are decoded before the paths part
	fast, slow := string(Fold(nil, s)), string(foldUnicode(nil, s))
	if fast != slow {
		t.Errorf("fast %q\nslow %q", fast, slow)
	}
	for _, cut := range []string{s + "é", "é" + s, "e\u0301" + s, "x\u0323\u0301" + s} {
		if got, want := string(Fold(nil, cut)), string(foldUnicode(nil, cut)); got != want {
			t.Errorf("with an accent: %q, want %q", got, want)
		}
	}
}

func TestFoldAppends(t *testing.T) {
	if got := string(Fold([]rune("a|"), "Bé")); got != "a|be" {
		t.Errorf("got %q", got)
	}
}

// The table itself: short forms are units too, lower case, reachable within maxUnit.
func TestUnits(t *testing.T) {
	for long, short := range units {
		if units[short] != short {
			t.Errorf("%s -> %s, which is %q itself", long, short, units[short])
		}
		if len(long) > maxUnit || strings.ToLower(long) != long {
			t.Errorf("%s cannot be found", long)
		}
	}
}

func FuzzSplit(f *testing.F) {
	for _, s := range []string{"", `sony kdl-40v3000 40" 1,299.00`, "é", "&amp;", "\xff'", "\"\"''", "1'\"", "5 gb", "½\"", "서울", "a\u0301\u0301"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, value string) {
		var s Splitter
		tokens := s.Split(value)
		first := show(tokens)
		for _, tok := range tokens {
			if len(tok.Text) == 0 {
				t.Fatalf("%q gives an empty token: %s", value, first)
			}
			for _, r := range tok.Text {
				if !isAlnum(r) && r != '.' {
					t.Fatalf("%q gives %q", value, string(tok.Text))
				}
			}
			if tok.Role&(HasDigit|HasAlpha) == 0 || tok.Role&IsWord == 0 {
				t.Fatalf("%q: role %b of %q", value, tok.Role, string(tok.Text))
			}
		}
		if second := show(s.Split(value)); second != first {
			t.Fatalf("%q: %s, then %s", value, first, second)
		}
	})
}
