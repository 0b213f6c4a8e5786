package text

import "strings"

// Attribute says what kind of property a word names: two products that differ
// in a colour or a size are variants, not copies.
type Attribute uint8

// The kinds of attribute words.
const (
	NoAttribute Attribute = iota
	Colour
	Size
	Wearer
)

// attributes maps words, and the usual abbreviations, to the property and the
// value that they name.
var attributes = map[string]struct {
	kind  Attribute
	value string
}{}

func init() {
	for kind, groups := range map[Attribute][]string{
		Colour: {"black blk bk", "white wht wh", "grey gray gry gr", "silver slv sv", "red rd", "blue blu bl", "green grn gn", "yellow ylw yel",
			"orange orng org", "purple pur prpl", "pink pnk", "brown brn br", "beige bge", "gold gld", "navy nvy", "olive olv", "teal", "turquoise",
			"burgundy burg", "graphite gph", "champagne chmp", "bronze", "copper", "charcoal", "cream", "ivory", "lavender", "mint", "violet", "magenta", "cyan", "khaki", "sand", "titanium", "coral", "mustard", "rose", "stainless", "chrome", "platinum", "indigo", "maroon", "taupe"},
		Size:   {"xxs", "xs", "small", "medium", "large", "xl", "xxl 2xl", "xxxl 3xl"},
		Wearer: {"men mens man", "women womens woman ladies", "boys boy", "girls girl", "kids kid children childrens", "unisex"},
	} {
		for _, group := range groups {
			addAttribute(kind, group)
		}
	}
}

func addAttribute(kind Attribute, group string) {
	first := ""
	for word := range strings.SplitSeq(group, " ") {
		if first == "" {
			first = word
		}
		attributes[word] = struct {
			kind  Attribute
			value string
		}{kind, first}
	}
}

// AttributeOf gives what property a folded word names and its usual value:
// "blk" is Colour, "black".
func AttributeOf(word string) (Attribute, string) {
	a := attributes[word]
	return a.kind, a.value
}
