package synth

import "strings"

// numTaxonomies is how many vocabularies the merchants use for nouns and shelves.
const numTaxonomies = 3

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
	taxonomy    int
	dialect     int
	brand       brandForm
	sep         separators
	code        codeForm
	letters     letterCase
	price       priceFormat
	description descriptionForm
	attributes  float64 // that a title shows an attribute that no sibling needs
	series      float64 // that a title shows the series of a coded product
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

// styles are the merchants of a catalogue. Their number exceeds maxCopies and
// has no factor 3 (see styleOf).
var styles = [...]style{
	{ // the flagship store: everything, in order
		title: layoutTitle("%b %s %k %m %n - %t"), taxonomy: 0, dialect: 0, brand: brandPlain, sep: sepKeep, code: codeFull,
		price: pricePlain, description: describeSentence, attributes: .95, series: 1, brandTitle: 1, brandColumn: 1, described: .85,
	},
	{ // the wholesaler's list: short forms, code first
		title: layoutTitle("%k %b %s %n %m %t"), taxonomy: 2, dialect: 1, brand: brandUpper, sep: sepDrop, code: codeFull, letters: caseUpper,
		price: priceBare, description: describeList, attributes: .8, series: .05, brandTitle: .8, brandColumn: .95, described: .3,
	},
	{ // the marketplace seller: shouts
		title: layoutTitle("%b %s %n %m %t %f (%k)"), taxonomy: 1, dialect: 2, brand: brandPlain, sep: sepDrop, code: codeFull, letters: caseTitle,
		price: priceDollar, description: describePitch, attributes: .9, series: .9, brandTitle: 1, brandColumn: .6, described: .7, hype: .5,
	},
	{ // the department store: what it is, by whom
		title: layoutTitle("%m %n by %b, %s, %t"), taxonomy: 1, dialect: 3, brand: brandPlain, sep: sepKeep, code: codeNone,
		price: priceThousands, description: describeSentence, attributes: .8, series: .8, brandTitle: .9, brandColumn: 1, described: .95,
	},
	{ // the brand lives in its column
		title: layoutTitle("%s %k %n, %m, %t"), taxonomy: 0, dialect: 1, brand: brandFirm, sep: sepKeep, code: codeFull,
		price: pricePlain, description: describeBars, attributes: .85, series: .9, brandTitle: 0, brandColumn: 1, described: .6,
	},
	{ // lower case, no brand column
		title: layoutTitle("%b %k %s %n %t %m"), taxonomy: 2, dialect: 1, brand: brandJoined, sep: sepDrop, code: codeShort, letters: caseLower,
		price: priceBare, description: describeList, attributes: .85, series: .8, brandTitle: 1, brandColumn: .1, described: .5,
	},
	{ // the search-engine optimiser: features in the title
		title: layoutTitle("%b %m %n with %f | %t | %s | %k"), taxonomy: 0, dialect: 3, brand: brandPlain, sep: sepKeep, code: codeFull, letters: caseTitle,
		price: priceCode, description: describePitch, attributes: .9, series: .7, brandTitle: .9, brandColumn: .8, described: .7, hype: .15,
	},
	{ // the clearance outlet
		title: layoutTitle("%n %b %s %k (%t) %m"), taxonomy: 1, dialect: 2, brand: brandUpper, sep: sepSpace, code: codeFull,
		price: priceDollarThousands, description: describeBars, attributes: .8, series: .8, brandTitle: .9, brandColumn: .7, described: .5, hype: .3,
	},
}

// The house styles of the two shops.
const (
	leftStyle  = 0
	rightStyle = 7
)

// styleOf gives the merchant of a copy: another one for each copy of a product,
// except, three times in ten, the first one again, as when a clerk enters a thing twice.
func (w *writer) styleOf(num, copyNo int) *style {
	first := int(mix(uint64(num)^mix(w.seed)) % uint64(len(styles)))
	if w.d.chance(.3) {
		copyNo = 0
	}
	return &styles[(first+3*copyNo)%len(styles)]
}
