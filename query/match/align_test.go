package match

import (
	"math"
	"slices"
	"strings"
	"testing"
)

// background is rows that make the words of the cases words in use.
var background = titles("sony bravia tv black", "sony walkman player white", "canon camera black silver", "canon printer white", "hp laserjet printer",
	"tv wall bracket", "camera case leather", "player headphones wireless", "wireless router linksys", "coffee beans arabica", "silver ring", "green tea pack")

// alignTitles aligns two titles and gives the words that each side has alone and
// whether any of them clash, on either side.
func alignTitles(t *testing.T, left, right string) (onlyL, onlyR string, clash bool, property float32) {
	t.Helper()
	c := corpusOf(t, schemaOf(t, "title:text"), append(titles(left, right), background...), nil)
	p := piecesOf(t, c)
	like := newLikeness(p, c)
	a := newAligner(p, like.tells, c.name)
	a.align(0, 1)
	words := func(ps []piece, only []uint16) string {
		var out []string
		for _, k := range only {
			out = append(out, p.vocab[ps[k].id])
		}
		return strings.Join(out, " ")
	}
	clash = slices.Max(a.clashL) > 0 || slices.Max(a.clashR) > 0
	return words(p.of[0], a.onlyL), words(p.of[1], a.onlyR), clash, min(a.property[0], a.property[1])
}

func TestAlign(t *testing.T) {
	for _, c := range []struct {
		left, right, onlyL, onlyR string
		clash, property           bool
	}{
		// exact
		{"sony tv", "tv Sony", "", "", false, false},
		{"sony tv tv", "sony tv", "", "", false, false}, // a repeat is no evidence
		{"sony tv", "sony tv leather", "", "leather", false, false},
		{"", "sony tv", "", "sony tv", false, false},
		// inside the other's text, separators dropped
		{"sony kdl-40v3000", "sony kdl 40v3000", "", "", false, false},
		{"sony kdl40v3000", "sony KDL-40V3000", "", "", false, false},
		{"hp laser jet", "hp laserjet", "", "", false, false},
		// misspelt and shortened
		{"sony braiva tv", "sony bravia tv", "", "", false, false},
		{"canon camra", "canon camera", "", "", false, false},
		{"hp prntr", "hp printer", "", "", false, false},
		{"wlss router", "wireless router", "", "", true, false},                            // what a contraction lacks clashes
		{"linksys wireles routr", "linksys wireless router", "", "wireless", false, false}, // inside the text: only one side is matched
		// quantities
		{"coffee beans 1 kg", "coffee beans 1000 g", "", "", false, false},
		{"coffee beans 1kg", "coffee beans 1000g", "", "", false, false},
		{"coffee beans 900 g", "coffee beans 1 kg", "900g", "1000g", true, true},
		{`tv 40"`, "tv 40 inch", "", "", false, false},
		{"tv 40in", "tv 32in", "40in", "32in", true, true},
		{"tv 40in", "tv 200w", "40in", "200w", false, false}, // not comparable
		{"walkman 32gb", "walkman 64gb", "32gb", "64gb", true, true},
		{"green tea pack of 6", "green tea 6 pack", "", "", false, false},
		{"green tea 6pk", "green tea pack of 6", "", "", false, false},
		{"green tea 6pk", "green tea 12pk", "6pack", "12pack", true, true},
		// colours
		{"sony tv blk", "sony tv black", "", "", false, false},
		{"sony tv wht", "sony tv white", "", "", false, false},
		{"sony tv blk", "sony tv white", "black", "white", true, true},
		{"sony tv black", "sony tv", "black", "", false, false},
		// other words instead
		{"sony tv", "canon tv", "sony", "canon", true, false},
	} {
		l, r, clash, property := alignTitles(t, c.left, c.right)
		if l != c.onlyL || r != c.onlyR || clash != c.clash || (property > 0) != c.property {
			t.Errorf("%q and %q: only %q and %q, clash %v, property %v", c.left, c.right, l, r, clash, property)
		}
		r2, l2, clash2, property2 := alignTitles(t, c.right, c.left)
		if l2 != l || r2 != r || clash2 != clash || property2 != property {
			t.Errorf("%q and %q: the order matters", c.left, c.right)
		}
	}
}

// A slip of a word that the other side has matched already says nothing.
func TestForgive(t *testing.T) {
	l, r, clash, _ := alignTitles(t, "sony bravia bravai tv", "sony bravia tv")
	if l != "" || r != "" || clash {
		t.Errorf("only %q and %q, clash %v", l, r, clash)
	}
	if l, _, _, _ := alignTitles(t, "sony bravia printer tv", "sony bravia tv"); l != "printer" {
		t.Errorf("a word in use is forgiven: only %q", l)
	}
}

// What is matched and what is left over sum to the weight of both sides.
func TestAlignKeepsTheWeight(t *testing.T) {
	rows := append(titles("sony bravia braiva tv 40in blk kdl-40v3000", "sny bravia 32in television black case", "canon", ""), background...)
	c := corpusOf(t, schemaOf(t, "title:text"), rows, nil)
	p := piecesOf(t, c)
	a := newAligner(p, newLikeness(p, c).tells, c.name)
	sum := func(v []float32) (s float64) {
		for _, x := range v {
			s += float64(x)
		}
		return s
	}
	for i := range rows {
		for j := range rows {
			a.align(i, j)
			var all float64
			for _, r := range []int{i, j} {
				for _, q := range p.of[r] {
					all += float64(p.weight[q.id])
				}
			}
			got := 2*sum(a.same) + sum(a.left) + sum(a.right)
			if got > all+1e-4 || i == j && math.Abs(got-all) > 1e-4 {
				t.Errorf("%v and %v: %v of %v", rows[i], rows[j], got, all)
			}
			if sum(a.clashL) > sum(a.left)+1e-4 || sum(a.clashR) > sum(a.right)+1e-4 || sum(a.tellL) > sum(a.clashL)+1e-4 {
				t.Errorf("%v and %v: a part is larger than the whole", rows[i], rows[j])
			}
		}
	}
}
