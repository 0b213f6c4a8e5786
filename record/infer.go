package record

import (
	"strings"
	"unicode"
)

// sampleRows is how many rows [Infer] looks at; the rest can only agree with them.
const sampleRows = 20000

// Infer guesses the kind of each column from its values. rows are in header
// order; short rows count as missing. The rules, in order:
//
//   - no value at all: ignore
//   - identifier-like (a digit in nearly every value, no white space or a
//     fixed length, nearly all different): code
//   - nearly all values are numbers: number
//   - few different values, all short: category
//   - else: text
func Infer(header []string, rows [][]string) Schema {
	schema := make(Schema, len(header))
	if len(rows) > sampleRows {
		rows = rows[:sampleRows]
	}
	for c, name := range header {
		schema[c] = Field{Name: name, Kind: profileColumn(rows, c).kind()}
	}
	return schema
}

// profile counts what a column's values look like.
type profile struct {
	filled, numbers, fractions, coded, spaced, words int
	lengths                                          map[int]int
	distinct                                         map[string]int
}

func profileColumn(rows [][]string, c int) *profile {
	p := &profile{lengths: map[int]int{}, distinct: map[string]int{}}
	for _, row := range rows {
		if c < len(row) {
			p.add(strings.TrimSpace(row[c]))
		}
	}
	return p
}

func (p *profile) add(v string) {
	if v == "" {
		return
	}
	p.filled++
	p.distinct[strings.ToLower(v)]++
	if _, ok := ParseNumber(v); ok {
		p.numbers++
		if strings.ContainsAny(v, ".,") {
			p.fractions++
		}
	}
	digits, alnum := 0, 0
	for _, r := range v {
		if unicode.IsDigit(r) {
			digits++
		}
		if unicode.IsDigit(r) || unicode.IsLetter(r) {
			alnum++
		}
	}
	n := len(strings.Fields(v))
	p.words += n
	if n > 1 {
		p.spaced++
	}
	if digits*2 >= alnum && alnum >= 5 && alnum <= 32 && n <= 3 {
		p.coded++
		p.lengths[alnum]++
	}
}

func (p *profile) kind() Kind {
	if p.filled == 0 {
		return Ignore
	}
	share := func(n int) float64 { return float64(n) / float64(p.filled) }
	different := share(len(p.distinct))
	common := 0
	for _, n := range p.lengths {
		common = max(common, n)
	}
	switch {
	// A price is a number with a fraction; a phone number, a barcode or a date
	// of birth is a run of digits of one length, or has separators in it.
	case share(p.coded) >= .9 && different >= .3 && share(p.fractions) < .2 && (share(common) >= .8 || share(p.numbers) < .5):
		return Code
	case share(p.numbers) >= .9:
		return Number
	case len(p.distinct) <= max(12, p.filled/20) && float64(p.words)/float64(p.filled) <= 3:
		return Category
	}
	return Text
}
