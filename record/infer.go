package record

import (
	"math"
	"strings"
	"sync"
	"unicode"
)

// sampleRows is how many rows [Infer] looks at, evenly spaced: files are often
// sorted, so the first rows alone would mislead.
const sampleRows = 20000

// Infer guesses the kind of each column from its values. rows are in header
// order; short rows count as missing. The rules, in order:
//
//   - no value at all: ignore
//   - identifier-like (a digit in nearly every value; one piece, or mostly
//     digits as in a phone number; many different): code
//   - nearly all values are numbers: code when they are whole, long, all of one
//     length or with leading zeros, and no years (a postcode); else number
//   - few different values, all short: category
//   - else: text
func Infer(header []string, rows [][]string) Schema {
	schema := make(Schema, len(header))
	var columns sync.WaitGroup // 20,000 rows of six columns take 125 ms one after the other
	for c, name := range header {
		columns.Go(func() { schema[c] = Field{Name: name, Kind: profileColumn(rows, c).kind()} })
	}
	columns.Wait()
	return schema
}

// profile counts what a column's values look like.
type profile struct {
	filled    int
	numbers   int // ParseNumber reads it
	fractions int // a number that is not whole, or is written with '.' or ','
	years     int // 1500 to 2100
	padded    int // digits with a leading zero, at least minCode long
	coded     int // see looksCoded
	words     int
	lengths   map[int]int // of coded or whole values: letters and digits -> count
	distinct  map[string]bool
}

func profileColumn(rows [][]string, c int) *profile {
	p := &profile{lengths: map[int]int{}, distinct: map[string]bool{}}
	n := min(len(rows), sampleRows)
	for i := range n {
		if row := rows[i*len(rows)/n]; c < len(row) {
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
	p.distinct[strings.ToLower(v)] = true
	pieces := len(strings.Fields(v))
	p.words += pieces
	if x, ok := ParseNumber(v); ok {
		p.numbers++
		switch {
		case x != math.Trunc(x) || strings.ContainsAny(strings.TrimRight(v, ".,"), ".,"):
			p.fractions++
		case x >= 1500 && x <= 2100:
			p.years++
		}
	}
	if len(v) >= minCode && v[0] == '0' && allDigits(v) {
		p.padded++
	}
	if length, ok := looksCoded(v, pieces); ok {
		p.coded++
		p.lengths[length]++
	}
}

// A code has this many letters and digits.
const (
	minCode = 4
	maxCode = 32
)

// looksCoded says whether v could be an identifier, and how many letters and
// digits it has: one piece with a digit in it ("B000JZ3UPW", "rec-223-org"),
// or up to three that are mostly digits ("310/246 -1501"). E-mail
// addresses and links are not: their words are worth comparing.
func looksCoded(v string, pieces int) (length int, ok bool) {
	digits := 0
	for _, r := range v {
		switch {
		case unicode.IsDigit(r):
			digits++
			length++
		case unicode.IsLetter(r):
			length++
		}
	}
	if digits == 0 || length < minCode || length > maxCode || strings.ContainsRune(v, '@') || strings.Contains(v, "://") {
		return length, false
	}
	return length, pieces == 1 || (pieces <= 3 && digits*2 >= length)
}

// maxCategories bounds what "few different values" means in a large collection.
const maxCategories = 200

func (p *profile) kind() Kind {
	if p.filled == 0 {
		return Ignore
	}
	switch few := len(p.distinct) <= max(12, min(p.filled/20, maxCategories)); {
	case p.share(p.numbers) >= .9 && p.isQuantity():
		return Number
	case p.share(p.coded) >= .9 && !few && p.share(len(p.distinct)) >= .05:
		return Code
	case p.share(p.numbers) >= .9:
		return Number
	case few && p.share(p.words) <= 3 && p.repeats():
		return Category
	}
	return Text
}

// repeats says whether values come again, as those of a category do: in a file
// of a few rows, texts that all differ are no category.
func (p *profile) repeats() bool { return p.filled > len(p.distinct) }

// isQuantity tells prices, years and measures from barcodes, postcodes and dates
// written as digits, for a column of numbers.
func (p *profile) isQuantity() bool {
	common := 0
	for _, n := range p.lengths {
		common = max(common, n)
	}
	oneLength := p.share(common) >= .95 || p.share(p.padded) >= .02
	return p.share(p.fractions) >= .2 || p.share(p.years) >= .8 || !oneLength
}

func (p *profile) share(n int) float64 { return float64(n) / float64(p.filled) }
