package synth

// plainHouses are the merchants of a plain catalogue: they order the words of a
// title and write units in their own way, and agree on the rest. Their number
// exceeds maxCopies and has no factor 3 (see styleOf).
var plainHouses = []style{
	{ // the maker's own shop
		title: layoutTitle("%b %s %k %n %m - %t"), dialect: 0, brand: brandPlain, sep: sepKeep, code: codeFull,
		price: pricePlain, description: describeSentence, attributes: .95, coded: 1, brandTitle: 1, brandColumn: 1, described: .95,
	},
	{ // measures before the noun
		title: layoutTitle("%b %s %m %n %k, %t"), dialect: 1, brand: brandPlain, sep: sepKeep, code: codeFull,
		price: priceBare, description: describeSentence, attributes: .9, coded: .95, brandTitle: .95, brandColumn: .95, described: .9,
	},
	{ // capitals, code first
		title: layoutTitle("%k %b %s %n %m %t"), dialect: 1, brand: brandUpper, sep: sepDrop, code: codeFull, letters: caseUpper,
		price: priceBare, description: describeList, attributes: .9, coded: 1, brandTitle: .9, brandColumn: .95, described: .8,
	},
	{ // the marketplace seller: shouts a little
		title: layoutTitle("%b %s %n %m %t (%k)"), dialect: 2, brand: brandPlain, sep: sepDrop, code: codeFull, letters: caseTitle,
		price: priceDollar, description: describeSentence, attributes: .9, coded: .9, brandTitle: 1, brandColumn: .75, described: .9, hype: .08,
	},
	{ // the brand lives in its column
		title: layoutTitle("%s %k %n, %m, %t"), dialect: 0, brand: brandPlain, sep: sepKeep, code: codeFull,
		price: priceThousands, description: describeBars, attributes: .9, coded: .95, brandTitle: 0, brandColumn: 1, described: .85,
	},
	{ // lower case, brand in the title only
		title: layoutTitle("%b %s %n %k %t %m"), dialect: 3, brand: brandPlain, sep: sepSpace, code: codeFull, letters: caseLower,
		price: pricePlain, description: describeList, attributes: .9, coded: .95, brandTitle: 1, brandColumn: .15, described: .8,
	},
	{ // what it is comes first
		title: layoutTitle("%n %b %s %k (%t) %m"), dialect: 3, brand: brandPlain, sep: sepKeep, code: codeFull,
		price: priceDollarThousands, description: describeSentence, attributes: .9, coded: .9, brandTitle: .95, brandColumn: .9, described: .9, hype: .05,
	},
}
