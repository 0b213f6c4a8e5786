package match

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// distanceOSA is the optimal string alignment distance by its recursive definition.
func distanceOSA(a, b []rune) int {
	if len(a) == 0 || len(b) == 0 {
		return len(a) + len(b)
	}
	cost := 1
	x, y := len(a)-1, len(b)-1
	if a[x] == b[y] {
		cost = 0
	}
	d := min(distanceOSA(a[:x], b)+1, distanceOSA(a, b[:y])+1, distanceOSA(a[:x], b[:y])+cost)
	if x > 0 && y > 0 && a[x] == b[y-1] && a[x-1] == b[y] {
		d = min(d, distanceOSA(a[:x-1], b[:y-1])+1)
	}
	return d
}

func TestEditsWithinAgainstTheDefinition(t *testing.T) {
	rng := rand.New(rand.NewPCG(12, 1))
	word := func() []rune {
		w := make([]rune, rng.IntN(7))
		for i := range w {
			w[i] = []rune("abé")[rng.IntN(3)]
		}
		return w
	}
	for range 2000 {
		a, b := word(), word()
		want := distanceOSA(a, b)
		for limit := range 5 {
			if got := editsWithin(a, b, limit); got != (want <= limit) {
				t.Fatalf("%q to %q in %d edits: %v, the distance is %d", string(a), string(b), limit, got, want)
			}
		}
	}
	long := slices.Repeat([]rune("x"), 65)
	if editsWithin(long, long, 3) { // too long for the table
		t.Error("65 letters")
	}
	if !editsWithin(long[:64], long[:63], 1) {
		t.Error("64 letters")
	}
}

func TestWordCredit(t *testing.T) {
	// often stands in several records, so that it is a word in use.
	rows := titles("panasonic", "headphone", "boulevard", "black", "white", "wireless", "camera", "gamers", "sleeve", "sleeves",
		"16gb", "32gb", "1234567", "4006381333931", "kx123", "brown", "brawn", "john", "cordless")
	rows = append(rows, rows...)
	rows = append(rows, titles("panasoinc", "panasnic", "pnasoncik", "hedphone", "blvd", "wrls", "wht", "j", "jo", "cam", "camra", "headphones", "sony",
		"1234568", "123456", "4006381339331", "x", "wireles", "crdls", "kx124", "whx", "ж", "жа")...)
	p := piecesOf(t, corpusOf(t, schemaOf(t, "title:text"), rows, nil))
	for _, c := range []struct {
		a, b string
		want float32
	}{
		{"panasonic", "panasoinc", 1}, // swapped
		{"panasonic", "panasnic", 1},  // a letter left out
		{"panasonic", "pnasoncik", 1}, // three slips of a long word seen once
		{"headphone", "hedphone", 1},
		{"headphone", "headphones", 1}, // plural
		{"sleeve", "sleeves", 1},
		{"wireless", "wireles", 1},
		{"camera", "cam", 1}, // cut off
		{"john", "jo", partCredit},
		{"john", "j", partCredit}, // an initial
		{"boulevard", "blvd", partCredit},
		{"cordless", "crdls", partCredit},
		{"sony", "john", 0},
		{"camera", "gamers", 0}, // two words in use, two edits
		{"16gb", "32gb", 0},
		{"kx123", "kx124", 0},
		{"1234567", "1234568", partCredit},
		{"1234567", "123456", partCredit},
		{"4006381333931", "4006381339331", partCredit},
		{"john", "x", 0},
		{"ж", "жа", partCredit},
	} {
		a, b := slices.Index(p.vocab, c.a), slices.Index(p.vocab, c.b)
		if a < 0 || b < 0 {
			t.Errorf("%q or %q is no piece: %v", c.a, c.b, p.vocab)
			continue
		}
		x, y := wordCredit(p, uint32(a), uint32(b)), wordCredit(p, uint32(b), uint32(a))
		if x != c.want || y != c.want {
			t.Errorf("%q and %q: %v and %v, want %v", c.a, c.b, x, y, c.want)
		}
	}
}

// The sets of letters only save time: no pair that few edits link is lost by them.
func TestLettersOfEdits(t *testing.T) {
	rng := rand.New(rand.NewPCG(13, 1))
	letters := []rune("abcdefghijklmnopqrstuvwxyzжя")
	var rows [][]string
	for range 500 {
		a := make([]rune, 9)
		for i := range a {
			a[i] = letters[rng.IntN(len(letters))]
		}
		b := slices.Clone(a)
		for range 2 {
			b[rng.IntN(len(b))] = letters[rng.IntN(len(letters))]
		}
		rows = append(rows, titles(string(a), string(b))...)
	}
	p := piecesOf(t, corpusOf(t, schemaOf(t, "title:text"), rows, nil))
	for i := 0; i < len(rows); i += 2 {
		if a, b := p.of[i][0].id, p.of[i+1][0].id; a != b && wordCredit(p, a, b) != 1 {
			t.Fatalf("%v and %v", rows[i], rows[i+1])
		}
	}
}

func TestTypos(t *testing.T) {
	for _, c := range []struct{ n, used, once int }{{2, 0, 0}, {3, 0, 1}, {4, 1, 1}, {5, 1, 2}, {7, 1, 2}, {8, 2, 2}, {9, 2, 3}, {60, 2, 3}} {
		if a, b := typos(c.n, false), typos(c.n, true); a != c.used || b != c.once || max(a, b) > maxTypos {
			t.Errorf("%d letters: %d and %d", c.n, a, b)
		}
	}
}

func TestContracts(t *testing.T) {
	for _, c := range []struct {
		short, long string
		want        bool
	}{
		{"blvd", "boulevard", true}, {"wht", "white", true}, {"mfg", "manufacturing", true}, {"st", "street", true}, {"dept", "department", true},
		{"rd", "road", true}, {"pkg", "package", true}, {"blk", "black", true},
		{"blvd", "avenue", false}, {"wh", "white", false}, {"cat", "carton", false}, {"blck", "black", false}, {"x", "xylophone", false},
		{"abcdef", "abcdefghij", false}, {"", "abc", false}, {"wte", "white", true},
	} {
		if got := contracts([]rune(c.short), []rune(c.long)); got != c.want {
			t.Errorf("%q for %q: %v", c.short, c.long, got)
		}
	}
}

// In a large table a slip happens more than once: it is told by how much rarer it is.
func TestSlips(t *testing.T) {
	for _, c := range []struct {
		a, b uint32
		want bool
	}{{1, 1, true}, {1, 50, true}, {2, 100, false}, {2, 200, true}, {200, 2, true}, {5, 499, false}, {5, 500, true}, {1 << 31, 1 << 31, false}} {
		if got := slips(c.a, c.b); got != c.want {
			t.Errorf("in %d and in %d records: %v", c.a, c.b, got)
		}
	}
}

// What near gives up, wordCredit gives nothing for.
func TestNearIsNoNarrower(t *testing.T) {
	words := []string{"camera", "camra", "cam", "cmr", "cordless", "crdls", "1234567", "1234568", "12", "16gb", "black", "blk", "panasonic", "pnasoncik", "x", "xy",
		"boulevard", "blvd", "gamers", "sony", "headphones", "hedphone"}
	p := piecesOf(t, corpusOf(t, schemaOf(t, "title:text"), append(titles(words...), titles(words[:12]...)...), nil))
	credits := 0
	for a := range uint32(len(p.vocab)) {
		for b := range uint32(len(p.vocab)) {
			if a == b {
				continue
			}
			if near := p.trait[a].near(&p.trait[b]); wordCredit(p, a, b) > 0 {
				credits++
				if !near {
					t.Errorf("%q and %q", p.vocab[a], p.vocab[b])
				}
			}
		}
	}
	if credits < 10 {
		t.Errorf("only %d pairs of words are near", credits)
	}
}

// A word is an abbreviation of another only within a field: "pro" of a title is none of "proof" in a description.
func TestAbbreviationsStayInTheirField(t *testing.T) {
	rows := append([][]string{
		{"hose ondrarde pro", "stays supple"}, {"hose ondrarde soft", "frost proof"}, {"hose ondrarde proof", "stays supple"}, {"hose ondrarde", "profesional"}, {"hose professional", "supple"},
		{"tent pro", "two entrances"}, // in two records each: of a word in one, anything near may be a slip
	}, backgroundOf(2)...)
	p := piecesOf(t, corpusOf(t, schemaOf(t, "title:text description:text"), rows, nil))
	a := newAligner(p, make([]float32, len(p.vocab)), 0)
	alone := func(i, j int, word string) bool {
		a.align(i, j)
		return slices.ContainsFunc(a.onlyL, func(k uint16) bool { return p.vocab[p.of[i][k].id] == word })
	}
	if !alone(0, 1, "pro") {
		t.Error("pro in a title is proof in a description")
	}
	if alone(0, 2, "pro") {
		t.Error("pro in a title is not proof in a title")
	}
	if alone(4, 3, "professional") {
		t.Error("a slip in another field is no slip")
	}
}

// backgroundOf makes rows of so many fields of which the first is a title.
func backgroundOf(fields int) (rows [][]string) {
	for _, r := range background {
		row := make([]string, fields)
		row[0] = r[0]
		rows = append(rows, row)
	}
	return rows
}
