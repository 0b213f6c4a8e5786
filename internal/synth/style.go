package synth

import "strings"

// numTaxonomies is how many vocabularies the merchants use for nouns and shelves.
const numTaxonomies = 3

// pathTaxonomy is the one whose shelves are paths ("Home > Lighting > Bulbs").
const pathTaxonomy = 1

// separators says what a merchant does to the separators in a code.
type separators uint8

const (
	sepKeep  separators = iota // KD-40V3004
	sepDrop                    // KD40V3004
	sepSpace                   // KD 40V3004
)

// codeForm says how much of a model code a text shows.
type codeForm uint8

const (
	codeNone  codeForm = iota
	codeShort          // V3004
	codeFull           // KD-40V3004
)

// brandForm says how a merchant writes a brand.
type brandForm uint8

const (
	brandPlain  brandForm = iota // Quiet Heron
	brandJoined                  // QuietHeron
	brandFirm                    // Quiet Heron Ltd
	brandUpper                   // QUIET HERON
)

// letterCase says what a merchant does to the letters of a title.
type letterCase uint8

const (
	caseAsIs letterCase = iota
	caseTitle
	caseLower
	caseUpper
)

// style is how one merchant writes. Chances are 0 to 1; noise comes on top.
type style struct {
	title       []slot
	taxonomy    int // wild merchants only: plain ones keep to the listing's
	dialect     int
	brand       brandForm
	sep         separators
	code        codeForm
	letters     letterCase
	price       priceFormat
	description descriptionForm
	attributes  float64 // that a title shows an attribute that no sibling needs
	series      float64 // that a title shows the series of a coded product
	coded       float64 // that a plain title shows the code
	brandTitle  float64 // that a title shows the brand
	brandColumn float64 // that the brand column is filled
	described   float64 // that there is a description
	hype        float64 // that a title shouts
}

// slot is a part of a title. The text around it is written only with it.
type slot struct {
	before, after string
	kind          byte
}

// layoutTitle reads a template: text, '%', and what stands there: b brand, s series
// or name, k code, m measures, n noun, t tail attributes, f feature; a ')' after
// the letter belongs to it.
func layoutTitle(template string) []slot {
	var slots []slot
	parts := strings.Split(template, "%")
	before := parts[0]
	for _, p := range parts[1:] {
		s := slot{before: before, kind: p[0]}
		before = p[1:]
		if strings.HasPrefix(before, ")") {
			s.after, before = ")", before[1:]
		}
		slots = append(slots, s)
	}
	return slots
}

// houses are the merchants of a style of catalogue; shopHouses says which of them
// write the left and the right shop.
func (s Style) houses() []style {
	if s == Wild {
		return wildHouses
	}
	return plainHouses
}

func (s Style) shopHouses() (left, right int) {
	if s == Wild {
		return 0, 7
	}
	return 0, 3
}

// styleOf gives the merchant of a copy: another one for each copy of a product,
// except, three times in ten, the first one again, as when a clerk enters a thing twice.
func (w *writer) styleOf(num, copyNo int) *style {
	houses := w.style.houses()
	first := int(mix(uint64(num)^mix(w.seed)) % uint64(len(houses)))
	if w.d.chance(.3) {
		copyNo = 0
	}
	return &houses[(first+3*copyNo)%len(houses)]
}
