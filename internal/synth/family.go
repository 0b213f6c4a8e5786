package synth

import "slices"

// maxAxes bounds the attributes of a family; the generation digit of a code
// counts as one more axis.
const maxAxes = 4

// family is a kind of product: what it is called, how it is coded, what varies.
type family struct {
	// nouns say what the thing is, one for each taxonomy of the merchants.
	nouns [numTaxonomies]string
	// categories name its shelf in each taxonomy.
	categories [numTaxonomies]string
	// patterns of the model codes; a brand sticks to one. See [pattern]. Families
	// without patterns are known by brand and name: one word of each of names.
	patterns []string
	names    [3][]string // coded families use the first list for the series
	axes     []attribute
	features []string // never a word that is also an attribute's value
	low      int      // least and greatest base price, in whole units
	high     int

	codes     []pattern // patterns, parsed
	space     int       // how many lines can be told apart before numbering starts
	varieties uint      // bit a: attribute a is a variety
}

// families is every family; the number of a family is its position.
var families = makeFamilies()

func makeFamilies() []family {
	all := slices.Concat(screens(), devices(), tools(), household(), clothes(), leisure())
	for i := range all {
		f := &all[i]
		for a := range f.axes {
			if f.axes[a].variety {
				f.varieties |= 1 << a
			}
		}
		f.space = brandsPerFamily
		for _, list := range f.names {
			f.space *= max(len(list), 1)
		}
		for j, p := range f.patterns {
			code := parsePattern(p)
			f.codes = append(f.codes, code)
			if j == 0 || code.space < f.space {
				f.space = code.space
			}
		}
	}
	return all
}

// coded says whether products of the family have a model code.
func (f *family) coded() bool { return len(f.codes) > 0 }

// axisSize is the number of values of an axis; the axis after the last attribute
// is the generation digit of a coded family.
func (f *family) axisSize(axis int) int {
	switch {
	case axis < len(f.axes):
		return len(f.axes[axis].spell)
	case f.coded():
		return generations
	}
	return 0
}
