package synth

import (
	"strings"
	"testing"
)

func TestFamilies(t *testing.T) {
	if len(families) < 20 || len(families)%7 == 0 {
		t.Errorf("%d families: want 20 or more, no multiple of 7 (see maker.family)", len(families))
	}
	for _, f := range families {
		name, widest := f.nouns[0], 0
		for _, a := range f.axes {
			widest = max(widest, len(a.spell))
			checkAttribute(t, name, a)
			if a.variety {
				checkTags(t, name, a)
			}
		}
		if widest < 6 {
			t.Errorf("%s: no attribute has the six values that the longest line needs", name)
		}
		if len(f.axes) > maxAxes || len(f.features) < 4 || f.low <= 0 || f.high <= f.low {
			t.Errorf("%s: axes, features or prices out of range", name)
		}
		if f.coded() == (len(f.names[1]) > 0) {
			t.Errorf("%s: want either codes or full names", name)
		}
		for _, p := range f.codes {
			checkPattern(t, &f, p)
		}
	}
}

// checkAttribute wants every value told from every other in all dialects.
func checkAttribute(t *testing.T, family string, a attribute) {
	owner := make(map[string]int)
	for v, forms := range a.spell {
		for _, form := range forms {
			key := strings.Join(tokens(form), "")
			if other, taken := owner[key]; key == "" || taken && other != v {
				t.Errorf("%s: %q is empty or stands for two values of %s", family, form, a.label)
			}
			owner[key] = v
		}
	}
	for v, forms := range a.spell {
		for _, form := range forms {
			for part := range windows(form) {
				if other, taken := owner[part]; taken && other != v {
					t.Errorf("%s: %q contains another value of %s", family, form, a.label)
				}
			}
		}
	}
}

// checkTags wants tags that end a code without containing another of them there.
func checkTags(t *testing.T, family string, a attribute) {
	for v, tag := range a.tag {
		for u, other := range a.tag {
			if tag == "" || u != v && strings.HasPrefix(other, tag) {
				t.Errorf("%s: the tag %q of %s is empty or begins %q", family, tag, a.label, other)
			}
		}
	}
}

func checkPattern(t *testing.T, f *family, p pattern) {
	free := strings.Map(func(r rune) rune {
		if strings.ContainsRune("A#g", r) {
			return r
		}
		return '.'
	}, p.shape)
	if run := strings.Trim(free, "."); strings.Contains(run, ".") || !strings.Contains(run, "g") || len(run) < 4 {
		t.Errorf("%s: free part of %q is not one run of four or more with a generation", f.nouns[0], p.shape)
	}
	for a := range maxAxes {
		if p.axes>>a&1 == 0 {
			continue
		}
		if a >= len(f.axes) {
			t.Fatalf("%s: %q codes attribute %d, which it does not have", f.nouns[0], p.shape, a)
		}
		seen := make(map[string]bool)
		for _, tag := range f.axes[a].tag {
			if tag == "" || seen[tag] {
				t.Errorf("%s: %q codes %s, whose tag %q is empty or double", f.nouns[0], p.shape, f.axes[a].label, tag)
			}
			seen[tag] = true
		}
	}
}

// No feature may sound like a value of another sibling.
func TestFeaturesAreNoValues(t *testing.T) {
	for _, f := range families {
		for _, words := range append([]string{f.nouns[0], f.nouns[1], f.nouns[2]}, f.features...) {
			in := windows(words)
			for _, a := range f.axes {
				for _, forms := range a.spell {
					for _, form := range forms {
						if in[strings.Join(tokens(form), "")] {
							t.Errorf("%s: %q contains %q, a value of %s", f.nouns[0], words, form, a.label)
						}
					}
				}
			}
		}
	}
}

func TestBrands(t *testing.T) {
	seen := make(map[string]bool)
	for _, b := range brands {
		if seen[b.joined] {
			t.Errorf("brand %s twice", b.name)
		}
		seen[b.joined] = true
	}
	if len(brands) != 150 {
		t.Errorf("%d brands: familyBrand counts on 150", len(brands))
	}
	for f := range families {
		mine := make(map[*brand]bool)
		for i := range brandsPerFamily {
			mine[familyBrand(f, i)] = true
		}
		if len(mine) != brandsPerFamily {
			t.Errorf("family %d has %d distinct brands", f, len(mine))
		}
	}
}
