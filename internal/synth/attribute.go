package synth

import "strings"

// Four dialects spell the same value: long ("40 inch"), short ("40in"), symbol
// (`40"`) and word ("40-inch").
const numDialects = 4

// attribute is something that a product has one value of, such as its colour.
type attribute struct {
	label string
	// tail attributes (colour, size of clothes) stand after the noun, others before it.
	tail bool
	// variety attributes are in the full code of a plain line whose siblings differ
	// in them.
	variety bool
	spell   [][numDialects]string
	// plain is spell without the abbreviations that only wild merchants use.
	plain [][numDialects]string
	tag   []string // how a model code writes the value
}

// unit is how the four dialects write a unit after a number.
type unit [numDialects]string

var (
	inch     = unit{" inch", "in", `"`, "-inch"}
	gigabyte = unit{" GB", "GB", "gb", " gigabyte"}
	terabyte = unit{" TB", "TB", "tb", " terabyte"}
	ram      = unit{" GB RAM", "GB RAM", "GB memory", " gigabyte RAM"}
	watt     = unit{" W", "W", " watt", "-watt"}
	volt     = unit{" V", "V", " volt", "-volt"}
	ampHour  = unit{" Ah", "Ah", "AH", " amp hour"}
	litre    = unit{" l", "L", " litre", "-litre"}
	millilit = unit{" ml", "ml", "ML", " millilitres"}
	metre    = unit{" m", "m", " metre", "-metre"}
	millimet = unit{" mm", "mm", "MM", "-mm"}
	gram     = unit{" g", "g", "gr", " grams"}
	kilogram = unit{" kg", "kg", "KG", " kilogram"}
	bar      = unit{" bar", "bar", " bars", "-bar"}
	hertz    = unit{" Hz", "Hz", "HZ", " hertz"}
	kelvin   = unit{" K", "K", "k", " kelvin"}
	model    = unit{" model", "", " version", " model year"}
)

// measure is an attribute of numbers with one unit.
func measure(label string, u unit, values ...string) attribute {
	a := attribute{label: label}
	return a.and(u, values...)
}

// and appends numbers with another unit: 500 GB, 1 TB.
func (a attribute) and(u unit, values ...string) attribute {
	for _, v := range values {
		var s [numDialects]string
		for d := range s {
			s[d] = v + u[d]
		}
		a.spell, a.plain = append(a.spell, s), append(a.plain, s)
		tag := strings.ReplaceAll(v, ".", "")
		if u == terabyte {
			tag += "T"
		}
		a.tag = append(a.tag, tag)
	}
	return a
}

// choice is an attribute of words. A value is "long|short|symbol|word=TAG"; a
// dialect that is not given writes the long form, and so does a plain merchant
// where a form begins with '~'.
func choice(label string, values ...string) attribute {
	a := attribute{label: label, tail: true}
	for _, v := range values {
		forms, tag, _ := strings.Cut(v, "=")
		parts := strings.Split(forms, "|")
		var s, plain [numDialects]string
		for d := range s {
			s[d], plain[d] = parts[0], parts[0]
			if d < len(parts) {
				form, wildOnly := strings.CutPrefix(parts[d], "~")
				s[d] = form
				if !wildOnly {
					plain[d] = form
				}
			}
		}
		a.spell, a.plain = append(a.spell, s), append(a.plain, plain)
		a.tag = append(a.tag, tag)
	}
	return a
}

// variety is a choice that makes another model of a thing for its maker (a kit, a
// cap, a connection), which colours and sizes may not. Each value needs a tag,
// and none may begin another.
func variety(label string, values ...string) attribute {
	a := choice(label, values...)
	a.variety = true
	return a
}

// packs is an attribute of counts.
func packs(counts ...string) attribute {
	a := attribute{label: "Pack", tail: true}
	for _, n := range counts {
		s := [numDialects]string{"pack of " + n, n + "pk", n + "-pack", n + " pack"}
		a.spell, a.plain = append(a.spell, s), append(a.plain, s)
		a.tag = append(a.tag, n)
	}
	return a
}

var (
	deviceColours = choice("Colour", "black|blk=BK", "white|wht=WH", "silver|slv=SV", "red|~rd=RD", "blue|blu=BL", "graphite|~gph=GR", "champagne|~chmp=CH")
	clothColours  = choice("Colour", "black|blk=BK", "white|wht=WH", "navy|nvy=NV", "olive|~olv=OL", "burgundy|~burg=BU", "heather grey|~hthr gry|heather gray=HG", "teal|~tl=TL", "mustard|~mstrd=MU")
)
