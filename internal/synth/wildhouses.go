package synth

// wildHouses are the merchants of a wild catalogue. Their number exceeds maxCopies
// and has no factor 3 (see styleOf).
var wildHouses = []style{
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
