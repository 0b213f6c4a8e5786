package augment

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/doppeldb/doppel/record"
)

var schema = record.Schema{{Name: "t"}, {Name: "b", Kind: record.Category}, {Name: "p", Kind: record.Number}, {Name: "x", Kind: record.Ignore}}

func TestRecord(t *testing.T) {
	values := []string{"Sony Bravia KDL-40V3000 40 inch LCD HDTV black", "sony", "12.50", "note"}
	before := slices.Clone(values)
	seen, dropped := map[string]bool{}, 0
	for seed := range uint64(300) {
		got := Record(rand.New(rand.NewPCG(seed, 1)), schema, values)
		again := Record(rand.New(rand.NewPCG(seed, 1)), schema, values)
		if !slices.Equal(got, again) {
			t.Fatalf("seed %d gives %q and %q", seed, got, again)
		}
		if got[2] != "12.50" || got[3] != "note" || got[0]+got[1] == "" {
			t.Fatalf("%q", got)
		}
		if got[0] == "" || got[1] == "" {
			dropped++
		}
		seen[got[0]] = true
	}
	if !slices.Equal(values, before) {
		t.Error("the record itself was changed")
	}
	if len(seen) < 150 || dropped < 20 || dropped > 120 {
		t.Errorf("%d different texts, %d records without a field", len(seen), dropped)
	}
}

func TestNothingIsLost(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 3))
	for _, v := range []string{"", "  ", "a", "ab cd", "\xff\xfe", "1.5", "-", "--", "a-", "索尼 电视", "é", "40\"", "''"} {
		for range 200 {
			if got := Text(r, v); (strings.TrimSpace(got) == "") != (strings.TrimSpace(v) == "") {
				t.Errorf("%q became %q", v, got)
			}
		}
		if got := Record(r, schema[:1], []string{v}); len(got) != 1 || (v != "" && got[0] == "") {
			t.Errorf("%q became %q", v, got)
		}
	}
}

func TestTypo(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 5))
	for range 300 {
		got := Typo(r, "keyboard")
		if n := len(got) - len("keyboard"); n < -1 || n > 1 || got[0] != 'k' {
			t.Errorf("keyboard became %q", got)
		}
		for _, same := range []string{"tv", "abc", "kdl40v", ""} {
			if got := Typo(r, same); got != same {
				t.Errorf("%q became %q", same, got)
			}
		}
	}
}

func TestUnits(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 7))
	seen := map[string]bool{}
	for range 300 {
		seen[strings.Join(Units(r, []string{"lcd", "40", "inch", "tv", "8gb"}, 1), " ")] = true
	}
	for _, want := range []string{`lcd 40" tv 8gb`, "lcd 40 inches tv 8 gigabytes", "lcd 40in tv 8 gb"} {
		if !seen[want] {
			t.Errorf("%q was never written", want)
		}
	}
	if got := Units(r, []string{"in", "5", "pieces", "..", "."}, 1); strings.Join(got, " ") != "in 5 pieces .. ." {
		t.Errorf("%q", got)
	}
}

func TestSeparate(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 9))
	seen := map[string]bool{}
	for range 100 {
		seen[Separate(r, "kdl-40v/b")] = true
		for _, same := range []string{"sony", "1.5", "1,299.00", "-", "40", "x-", ""} {
			if got := Separate(r, same); got != same {
				t.Errorf("%q became %q", same, got)
			}
		}
	}
	if len(seen) != 4 || !seen["kdl40vb"] || Separate(r, "kdl40v") != "kdl-40v" {
		t.Errorf("%v, %q", seen, Separate(r, "kdl40v"))
	}
}
