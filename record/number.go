package record

import (
	"math"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxNumber is the longest value, in bytes, that is read as a number.
const maxNumber = 40

// ParseNumber reads one number as people write it: "1299", "$1,299.00",
// "1.299,00 €", "1'299.50 CHF", "₹1,23,456", "49.99 USD", "12 %", "1995,", "(1996).".
//
// A currency may stand before the number, a currency or a unit of up to five
// letters after it. False comes back for everything else: words, codes ("A4"),
// dates, phone numbers, version numbers, several numbers, digits that are not
// ASCII, and values that are not finite. A single comma before three digits is
// taken for thousands ("1,299" is 1299), a single point for a decimal ("1.299").
func ParseNumber(s string) (float64, bool) {
	s = strings.TrimFunc(s, func(r rune) bool {
		return unicode.IsSpace(r) || r == '"' || r == '\'' || r == '`'
	})
	s = strings.TrimRight(s, " ,;.")
	if t, ok := strings.CutPrefix(s, "("); ok && strings.HasSuffix(t, ")") { // "(1996)."
		s = t[:len(t)-1]
	}
	if s == "" || len(s) > maxNumber {
		return 0, false
	}
	s, negative := cutSign(s)
	s, before, ok := cutCurrency(s)
	if !ok {
		return 0, false
	}
	if before && !negative { // "$-5"
		s, negative = cutSign(s)
	}
	if s, ok = cutUnit(s, before); !ok {
		return 0, false
	}
	if s, ok = plainNumber(s); !ok {
		return 0, false
	}
	v, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsInf(v, 0) {
		return 0, false
	}
	if negative {
		v = -v
	}
	return v, true
}

func cutSign(s string) (rest string, negative bool) {
	for _, minus := range []string{"-", "−"} {
		if t, ok := strings.CutPrefix(s, minus); ok {
			return t, true
		}
	}
	return strings.TrimPrefix(s, "+"), false
}

// currencies are the words that may stand before a number. Other words may not:
// "A4" and "mk 2" are names.
var currencies = map[string]bool{
	"aed": true, "aud": true, "brl": true, "cad": true, "chf": true, "cny": true, "czk": true, "dkk": true,
	"eur": true, "fr": true, "gbp": true, "hkd": true, "huf": true, "ils": true, "inr": true, "jpy": true, "kr": true,
	"krw": true, "mxn": true, "nok": true, "nzd": true, "pln": true, "rmb": true, "rs": true, "sek": true,
	"sgd": true, "thb": true, "try": true, "twd": true, "usd": true, "zar": true, "zł": true,
	// before a sign: US$, A$, C$, HK$, NT$, R$, S$
	"us": true, "a": true, "c": true, "hk": true, "nt": true, "r": true, "s": true,
}

// cutCurrency drops "$", "EUR", "Rs." or "US$" from the front. word says that letters
// went; ok is false when the letters are no currency.
func cutCurrency(s string) (rest string, word, ok bool) {
	letters := s[:len(s)-len(strings.TrimLeftFunc(s, unicode.IsLetter))]
	rest = s[len(letters):]
	r, size := utf8.DecodeRuneInString(rest)
	sign := unicode.Is(unicode.Sc, r)
	if sign {
		rest = rest[size:]
	}
	if letters == "" {
		return strings.TrimLeftFunc(rest, unicode.IsSpace), sign, true
	}
	if !currencies[strings.ToLower(letters)] || (len(letters) == 1 && !sign) {
		return "", true, false
	}
	return strings.TrimLeftFunc(strings.TrimPrefix(rest, "."), unicode.IsSpace), true, true
}

// maxUnit is the most letters that a unit after a number may have.
const maxUnit = 5

// cutUnit drops "€", "USD", "%" or "kg" from the end.
func cutUnit(s string, currency bool) (rest string, ok bool) {
	letters := 0
	rest = strings.TrimRightFunc(s, func(r rune) bool {
		if unicode.IsLetter(r) {
			letters++
			return true
		}
		return r == '%' || unicode.Is(unicode.Sc, r)
	})
	if letters > maxUnit || (currency && letters > 3) {
		return "", false
	}
	return strings.TrimRightFunc(rest, unicode.IsSpace), true
}

// plainNumber writes digits with separators as [strconv.ParseFloat] reads them. It is
// strict about groups, so that dates, phones and versions stay what they are.
func plainNumber(s string) (string, bool) {
	s = strings.Map(plainSeparator, s)
	exponent := ""
	if i := strings.IndexAny(s, "eE"); i >= 0 {
		s, exponent = s[:i], s[i:]
		if !allDigits(strings.TrimLeft(exponent[1:], "+-")) {
			return "", false
		}
	}
	whole, fraction := s, ""
	if i := decimalSign(s); i >= 0 {
		whole, fraction = s[:i], s[i+1:]
	}
	whole, ok := ungroup(whole)
	if !ok || whole+fraction == "" || !allDigits(whole) || !allDigits(fraction) {
		return "", false
	}
	return whole + "." + fraction + exponent, true
}

// plainSeparator folds the spaces and apostrophes that separate thousands.
func plainSeparator(r rune) rune {
	switch r {
	case '\u00a0', '\u2009', '\u202f':
		return ' '
	case '’':
		return '\''
	}
	return r
}

// decimalSign gives the place of the decimal point or comma, or -1.
func decimalSign(s string) int {
	dot, comma := strings.LastIndexByte(s, '.'), strings.LastIndexByte(s, ',')
	switch {
	case dot >= 0 && comma >= 0:
		return max(dot, comma)
	case dot >= 0 && strings.Count(s, ".") == 1:
		return dot
	case comma < 0 || strings.Count(s, ",") > 1:
		return -1
	}
	// "1,299" is thousands; "0,125", "1299,125", "1 299,125" and "12,5" are decimals.
	if first := s[:comma]; len(s)-comma-1 == 3 && comma >= 1 && comma <= 3 && first != "0" {
		return -1
	}
	return comma
}

// ungroup drops the thousands separators of s, which must be all of one sort
// and three digits apart; in India two, the last three.
func ungroup(s string) (string, bool) {
	i := strings.IndexAny(s, " .,'")
	if i < 0 {
		return s, true
	}
	groups := strings.Split(s, s[i:i+1])
	for g, digits := range groups {
		want := len(groups[1])
		if g == len(groups)-1 {
			want = 3
		}
		if !allDigits(digits) || (g > 0 && len(digits) != want) || (g == 0 && (len(digits) < 1 || len(digits) > 3)) {
			return "", false
		}
	}
	if n := len(groups[1]); n != 2 && n != 3 {
		return "", false
	}
	return strings.Join(groups, ""), true
}

// allDigits says whether s has ASCII digits only; the empty string does.
func allDigits(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}
