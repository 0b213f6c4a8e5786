package report

import (
	"math"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/doppeldb/doppel/record"
)

// token is one word of a value: the bytes from start to end, without the
// punctuation around it.
type token struct {
	start, end int
	text       string
	// fold is what two spellings of one word share; see foldToken.
	fold string
	// number is the token's value if it is a plain number, else NaN.
	number float64
	mark   mark
	note   string
}

// tokenize cuts a value into words. White space separates; a character of a
// script that is written without spaces is a word of its own. Pieces that are
// only punctuation are no words: they lie in the gaps.
func tokenize(s string, kind record.Kind) []token {
	var out []token
	add := func(start, end int) {
		start, end = trimEdges(s, start, end, kind)
		if start == end {
			return
		}
		t := token{start: start, end: end, text: s[start:end], number: math.NaN()}
		if kind != record.Code {
			t.number = parseNumber(t.text)
		}
		if t.fold = foldToken(t, kind); t.fold != "" {
			out = append(out, t)
		}
	}
	from := 0
	for i, r := range s {
		size := runeSize(s, i)
		switch {
		case unicode.IsSpace(r):
			add(from, i)
			from = i + size
		case spaceless(r):
			add(from, i)
			add(i, i+size)
			from = i + size
		}
	}
	add(from, len(s))
	return out
}

// runeSize is the length in bytes of the rune at s[i], 1 where it is invalid.
func runeSize(s string, i int) int {
	_, size := utf8.DecodeRuneInString(s[i:])
	return size
}

func spaceless(r rune) bool {
	return r >= 0x0E00 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer)
}

// trimEdges moves start and end inwards over punctuation that surrounds a word.
// A point before a digit belongs to the number and stays, and so does a minus
// where numbers are expected; in text a dash is more often a dash.
func trimEdges(s string, start, end int, kind record.Kind) (int, int) {
	for start < end {
		r, size := utf8.DecodeRuneInString(s[start:end])
		if !edge(r) || (r == '.' || r == '-' && kind == record.Number) && start+1 < end && isDigit(s[start+1]) {
			break
		}
		start += size
	}
	for start < end {
		r, size := utf8.DecodeLastRuneInString(s[start:end])
		if !edge(r) {
			break
		}
		end -= size
	}
	return start, end
}

func edge(r rune) bool { return unicode.IsPunct(r) && r != '#' && r != '%' }

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// foldToken ignores case and separators. Numbers fold to their value, so 399.0
// is 399; elsewhere a point, comma or slash between digits is kept, because
// 1.5 is not 15. In a code nothing but letters and digits counts.
func foldToken(t token, kind record.Kind) string {
	if !math.IsNaN(t.number) {
		return strconv.FormatFloat(t.number, 'f', -1, 64)
	}
	var b strings.Builder
	for i, r := range t.text {
		switch {
		case kind != record.Code && (r == '.' || r == ',' || r == '/') && betweenDigits(t.text, i):
			b.WriteRune(r)
		case r == '#' || r == '%':
			b.WriteRune(r)
		case unicode.IsPunct(r) || unicode.IsSpace(r) || unicode.In(r, unicode.Cf):
		default:
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return b.String()
}

func betweenDigits(s string, i int) bool {
	return i > 0 && i+1 < len(s) && isDigit(s[i-1]) && isDigit(s[i+1])
}

// parseNumber reads a plain decimal number, with a currency sign before or
// after it and commas between thousands allowed. Anything else is NaN, and so
// are more than 15 digits: a float64 cannot tell such numbers apart.
func parseNumber(s string) float64 {
	s = strings.TrimFunc(s, func(r rune) bool { return unicode.Is(unicode.Sc, r) })
	digits := 0
	for i := range len(s) {
		switch c := s[i]; {
		case isDigit(c):
			digits++
		case c == '.' || c == ',' || c == '-' && i == 0:
		default:
			return math.NaN()
		}
	}
	if digits == 0 || digits > 15 || !groupedByThousands(s) {
		return math.NaN()
	}
	x, err := strconv.ParseFloat(strings.ReplaceAll(s, ",", ""), 64)
	if err != nil {
		return math.NaN()
	}
	return x
}

// groupedByThousands says whether the commas of s, if any, stand where commas
// between thousands stand.
func groupedByThousands(s string) bool {
	whole, fraction, _ := strings.Cut(strings.TrimPrefix(s, "-"), ".")
	if strings.Contains(fraction, ",") {
		return false
	}
	groups := strings.Split(whole, ",")
	for i, g := range groups {
		if i > 0 && len(g) != 3 || i == 0 && len(groups) > 1 && (len(g) == 0 || len(g) > 3) {
			return false
		}
	}
	return true
}
