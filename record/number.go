package record

import (
	"math"
	"strconv"
	"strings"
	"unicode"
)

// ParseNumber reads a number as people write it: "1299", "$1,299.00",
// "1.299,00 €", "49.99 USD", "12 %", "1995,". It gives false for anything
// with letters other than one currency or unit word before or after, for
// several numbers, and for values that are not finite.
func ParseNumber(s string) (float64, bool) {
	s = strings.TrimFunc(s, func(r rune) bool {
		return unicode.IsSpace(r) || r == ',' || r == ';' || r == '"' || r == '\''
	})
	s = trimWord(s)
	if s == "" || len(s) > 40 {
		return 0, false
	}
	for _, r := range s {
		if (r < '0' || r > '9') && r != '.' && r != ',' && r != '-' && r != '+' && r != ' ' && r != 'e' && r != 'E' {
			return 0, false
		}
	}
	v, err := strconv.ParseFloat(decimalPoint(s), 64)
	if err != nil || math.IsInf(v, 0) || math.IsNaN(v) {
		return 0, false
	}
	return v, true
}

// trimWord drops one currency sign or short word on each side: "$5", "5 EUR", "USD 5".
func trimWord(s string) string {
	cut := func(r rune) bool {
		return unicode.IsLetter(r) || unicode.Is(unicode.Sc, r) || r == '%' || r == ' ' || r == '\u00a0'
	}
	t := strings.TrimLeftFunc(s, cut)
	if len(s)-len(t) > 4 {
		return ""
	}
	u := strings.TrimRightFunc(t, cut)
	if len(t)-len(u) > 5 {
		return ""
	}
	return strings.TrimRight(u, ".,")
}

// decimalPoint drops thousands separators and writes the decimal sign as a point.
func decimalPoint(s string) string {
	s = strings.ReplaceAll(s, " ", "")
	dot, comma := strings.LastIndexByte(s, '.'), strings.LastIndexByte(s, ',')
	switch {
	case comma < 0:
		if strings.Count(s, ".") > 1 {
			return strings.ReplaceAll(s, ".", "")
		}
		return s
	case dot > comma:
		return strings.ReplaceAll(s, ",", "")
	case dot >= 0: // 1.299,00
		return strings.ReplaceAll(strings.ReplaceAll(s, ".", ""), ",", ".")
	case strings.Count(s, ",") > 1 || len(s)-comma-1 == 3:
		return strings.ReplaceAll(s, ",", "")
	}
	return strings.ReplaceAll(s, ",", ".")
}
