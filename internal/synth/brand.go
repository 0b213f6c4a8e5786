package synth

import "strings"

// brand is an invented maker in the spellings that merchants use.
type brand struct {
	name   string // "Quiet Heron"
	joined string // "QuietHeron"
	firm   string // "Quiet Heron Ltd"
	upper  string // "QUIET HERON"
	prefix string // "QH": the letters that open its model codes
}

// Each start takes five of the ten ends; each first word all the second words.
var (
	brandStarts = strings.Fields("Quor Zeph Brax Velm Thrum Ondr Kesp Murv Jaxt Plin Drov Yast Fenk Gribb Hulv Wexl Tresk Ilb Orv Skand")
	brandEnds   = strings.Fields("ora adyn ello ium ett ovan isk una eth arde")
	brandFirst  = strings.Fields("Juniper Copper Quiet Seven Velvet Lowland Crooked Distant Paper Winter")
	brandSecond = strings.Fields("Heron Anvil Orchard Lantern Gable")
	brandFirms  = []string{" Ltd", " Inc.", " GmbH", " Co."}
	brands      = makeBrands()
)

func makeBrands() []brand {
	var all []brand
	for i, start := range brandStarts {
		for j := range 5 {
			name := start + brandEnds[(i*3+j*2)%len(brandEnds)]
			all = append(all, newBrand(name, strings.ToUpper(name[:1]+name[2:3]), len(all)))
		}
	}
	for _, a := range brandFirst {
		for _, b := range brandSecond {
			all = append(all, newBrand(a+" "+b, a[:1]+b[:1], len(all)))
		}
	}
	return all
}

func newBrand(name, prefix string, i int) brand {
	return brand{
		name:   name,
		joined: strings.ReplaceAll(name, " ", ""),
		firm:   name + brandFirms[i%len(brandFirms)],
		upper:  strings.ToUpper(name),
		prefix: prefix,
	}
}

// brandsPerFamily keeps families competitive: a brand has several lines in each.
const brandsPerFamily = 12

// familyBrand gives brand i of family f; 11 and the number of brands are coprime.
func familyBrand(f, i int) *brand {
	return &brands[(f*37+i*11)%len(brands)]
}
