package synth

import (
	"fmt"
	"html"
	"maps"
	"slices"
	"strings"
	"testing"
	"unicode"
)

// tokens cuts a text at spaces and strips everything but letters, digits and
// points between digits; the inch sign is read as "in".
func tokens(s string) []string {
	s = strings.ToLower(html.UnescapeString(s))
	s = strings.NewReplacer(`"`, "in", "é", "e").Replace(s)
	var out []string
	for _, field := range strings.Fields(s) {
		r, kept := []rune(field), []rune(nil)
		for i, c := range r {
			point := c == '.' && i > 0 && i+1 < len(r) && unicode.IsDigit(r[i-1]) && unicode.IsDigit(r[i+1])
			if unicode.IsLetter(c) || unicode.IsDigit(c) || point {
				kept = append(kept, c)
			}
		}
		if len(kept) > 0 {
			out = append(out, string(kept))
		}
	}
	return out
}

// windows holds each run of up to five tokens, joined.
func windows(s string) map[string]bool {
	all := make(map[string]bool)
	tok := tokens(s)
	for i := range tok {
		joined := ""
		for j := i; j < min(i+5, len(tok)); j++ {
			joined += tok[j]
			all[joined] = true
		}
	}
	return all
}

func joined(s string) string { return strings.Join(tokens(s), "") }

// fits says whether a text can be product q among its siblings. A wild one has the
// full code, or the short code (if there are codes) and every attribute that
// differs; a plain one has the full code and the attributes, in plain spellings.
func fits(in map[string]bool, q *product, s Style) bool {
	full := q.fam.coded() && in[joined(string(q.code.text))]
	if q.fam.coded() && !full && (s == Plain || !in[joined(string(q.code.short()))]) {
		return false
	}
	for a := range q.fam.axes {
		if q.differs>>a&1 == 0 || s == Wild && full && q.inCode>>a&1 == 1 {
			continue
		}
		says := func(form string) bool { return in[joined(form)] }
		forms := q.fam.axes[a].spell[q.value[a]]
		if s == Plain {
			forms = q.fam.axes[a].plain[q.value[a]]
		}
		if !slices.ContainsFunc(forms[:], says) {
			return false
		}
	}
	return true
}

// bare gives the full code as [windows] holds it, "" if there is none.
func bare(q *product) string { return joined(string(q.code.text)) }

// lines groups products by line; code memory is not shared.
func lines(seed uint64, s Style, products int) map[int][]*product {
	m, byLine := newMaker(seed, s), make(map[int][]*product)
	for num := range products {
		q := new(product)
		m.make(q, num)
		byLine[q.line] = append(byLine[q.line], q)
	}
	return byLine
}

// Every row must be its own product and none of the siblings, from its text alone.
func TestTruthIsDecidable(t *testing.T) {
	for _, o := range []Options{
		{Seed: 1, Products: 3000}, {Seed: 2, Products: 3000, Noise: 1, Duplicates: .6}, {Seed: 3, Products: 2000, Noise: -1},
		{Seed: 1, Products: 3000, Style: Wild}, {Seed: 2, Products: 3000, Noise: 1, Duplicates: .6, Style: Wild},
	} {
		byLine := lines(o.Seed, o.Style, o.Products)
		lineOf := make([]int, o.Products)
		for line, siblings := range byLine {
			for _, q := range siblings {
				lineOf[q.num] = line
			}
		}
		compared := 0
		for num, row := range Rows(o) {
			siblings := byLine[lineOf[num]]
			if siblings[0].size == 1 {
				continue
			}
			own := siblings[slices.IndexFunc(siblings, func(q *product) bool { return q.num == num })]
			in := windows(row[colTitle])
			maps.Copy(in, windows(row[colDescription]))
			for _, q := range siblings {
				compared++
				if fits(in, q, o.Style) != (q.num == num) {
					t.Errorf("%v row of product %d fits product %d (code %s): %v\n%q", o.Style, num, q.num, q.code.text, q.num != num, row)
				}
				if o.Style == Plain && q.num != num && in[bare(q)] && bare(q) != bare(own) {
					t.Errorf("row of product %d (code %s) shows the code %s of a sibling: %q", num, own.code.text, q.code.text, row)
				}
			}
			if t.Failed() {
				return
			}
		}
		if compared < o.Products {
			t.Errorf("only %d comparisons of siblings", compared)
		}
	}
}

// Two lines never have the same code, even without separators, or brand and name,
// in the same family.
func TestLinesAreUnique(t *testing.T) {
	for _, s := range []Style{Plain, Wild} {
		seen := make(map[string]int)
		for line, siblings := range lines(5, s, 100000) {
			for _, q := range siblings {
				key := fmt.Sprint(q.fam.nouns[0], q.brand.name, q.word, q.volume)
				if q.fam.coded() {
					key = q.fam.nouns[0] + bare(q) + "|" + string(q.code.short()) + fmt.Sprint(q.value) + q.brand.name
				}
				if other, taken := seen[key]; taken && other != line {
					t.Fatalf("%v: lines %d and %d are both %s", s, line, other, key)
				}
				seen[key] = line
			}
		}
	}
}

// Makers give a kit or a cap a code of its own, so plain siblings that differ in
// words have different full codes; colours, sizes and counts may go untold. Wild
// codes tell what their pattern tells.
func TestPlainCodesTellVarieties(t *testing.T) {
	untold := []string{"Colour", "Size", "Ink", "Pack"} // an ink is a colour
	told, all := 0, 0
	for _, siblings := range lines(1, Plain, 20000) {
		if !siblings[0].fam.coded() || len(siblings) == 1 {
			continue
		}
		all++
		seen := make(map[string]bool)
		for i, q := range siblings {
			seen[bare(q)] = true
			for _, r := range siblings[:i] {
				for a, axis := range q.fam.axes {
					if axis.tail && !slices.Contains(untold, axis.label) && q.value[a] != r.value[a] && bare(q) == bare(r) {
						t.Fatalf("%s and %s are both %s", axis.plain[q.value[a]][0], axis.plain[r.value[a]][0], q.code.text)
					}
				}
			}
		}
		if len(seen) == len(siblings) {
			told++
		}
	}
	share := float64(told) / float64(all)
	t.Logf("codes tell all siblings apart in %.2f of %d lines", share, all)
	if share < .4 || share > .7 {
		t.Errorf("codes tell all siblings apart in %.2f of the lines, want about half", share)
	}
}

func TestVarietyCode(t *testing.T) {
	m, q := newMaker(1, Plain), new(product)
	wild, r := newMaker(1, Wild), new(product)
	longer := 0
	for num := range 2000 {
		m.make(q, num)
		wild.make(r, num)
		text, suffix := string(q.code.text), ""
		for a, axis := range q.fam.axes {
			if axis.variety && q.differs>>a&1 == 1 && r.inCode>>a&1 == 0 {
				suffix += "-" + axis.tag[q.value[a]]
			}
		}
		if q.fam.coded() && text != string(r.code.text)+suffix || string(q.code.short()) != string(r.code.short()) {
			t.Fatalf("product %d is %s, wild %s, want %q added", num, text, r.code.text, suffix)
		}
		if suffix != "" {
			longer++
		}
	}
	if longer < 100 {
		t.Errorf("only %d of 2000 codes tell more than their pattern", longer)
	}
}

// A line's siblings differ in code or attributes.
func TestSiblings(t *testing.T) {
	withSibling, byAxis, byGeneration := 0, 0, 0
	for _, siblings := range lines(1, Plain, 3600) {
		if len(siblings) > 1 {
			withSibling += len(siblings)
			if siblings[0].differs == 0 {
				byGeneration++
			} else {
				byAxis++
			}
		}
		seen := make(map[string]bool)
		for _, q := range siblings {
			seen[fmt.Sprint(string(q.code.text), q.value)] = true
			if q.brand != siblings[0].brand || q.word != siblings[0].word || q.size != siblings[0].size {
				t.Fatalf("siblings of line %d disagree", q.line)
			}
		}
		if len(seen) != len(siblings) {
			t.Errorf("line %d: %d products, %d distinct", siblings[0].line, len(siblings), len(seen))
		}
	}
	if share := float64(withSibling) / 3600; share < .3 {
		t.Errorf("%.2f of the products have a sibling, want .3 or more", share)
	}
	if byAxis < byGeneration || byGeneration == 0 {
		t.Errorf("%d lines differ in attributes, %d in the generation only", byAxis, byGeneration)
	}
}

func TestRowsNameTheirLine(t *testing.T) {
	for _, s := range []Style{Plain, Wild} {
		checkNames(t, Options{Seed: 9, Products: 3000, Noise: -1, Style: s})
	}
}

// checkNames wants the code in rows of coded products, in plain ones the full one,
// and brand and whole name in those of others.
func checkNames(t *testing.T, o Options) {
	t.Helper()
	m, q := newMaker(o.Seed, o.Style), new(product)
	for num, row := range Rows(o) {
		m.make(q, num)
		text := joined(strings.Join(row, " "))
		if q.fam.coded() {
			code := q.code.short()
			if o.Style == Plain {
				code = q.code.text
			}
			if !strings.Contains(text, joined(string(code))) {
				t.Fatalf("no code %s in %q", q.code.text, row)
			}
			continue
		}
		for i, list := range q.fam.names {
			if !strings.Contains(text, joined(list[q.word[i]])) {
				t.Fatalf("no %q in %q", list[q.word[i]], row)
			}
		}
		if !strings.Contains(text, joined(q.brand.name)) {
			t.Fatalf("no brand %q in %q", q.brand.name, row)
		}
	}
}
