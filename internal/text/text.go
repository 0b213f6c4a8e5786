// Package text turns a value into tokens that can be compared: case, accents,
// width and HTML entities folded away, words split, numbers joined with their
// units, and codes joined across the separators that shops put in or leave out.
package text

import (
	"html"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Fold appends the comparable form of s to dst: HTML entities decoded, Unicode
// compatibility decomposition (NFKD), combining marks and invisible characters
// dropped, lower case. Invalid UTF-8 becomes U+FFFD. The fast path is plain ASCII.
func Fold(dst []rune, s string) []rune {
	if strings.IndexByte(s, '&') >= 0 {
		s = html.UnescapeString(s)
	}
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= utf8.RuneSelf {
			// The ASCII letter just read may carry a combining mark that follows;
			// marks are dropped, so the cut is safe here.
			return foldUnicode(dst, s[i:])
		}
		dst = append(dst, rune(lowerASCII[c]))
	}
	return dst
}

// early replaces what NFKD would turn into letters ("sony™" into sonytm) or spaces.
var early = strings.NewReplacer("™", " ", "℠", " ", "´", "'")

func foldUnicode(dst []rune, s string) []rune {
	for _, r := range norm.NFKD.String(early.Replace(s)) {
		switch {
		case r < utf8.RuneSelf:
			dst = append(dst, rune(lowerASCII[r]))
		case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf): // marks; soft hyphens, joiners, directions
		default:
			if to, ok := spelled[r]; ok {
				dst = append(dst, []rune(to)...)
				continue
			}
			dst = append(dst, unicode.ToLower(r))
		}
	}
	return dst
}

// spelled holds letters that have no decomposition but a usual spelling, and the
// many shapes of quotes and dashes.
var spelled = map[rune]string{
	'ß': "ss", 'ẞ': "ss", 'æ': "ae", 'Æ': "ae", 'œ': "oe", 'Œ': "oe", 'ø': "o", 'Ø': "o",
	'đ': "d", 'Đ': "d", 'ł': "l", 'Ł': "l", 'ı': "i", 'ð': "d", 'Ð': "d", 'þ': "th", 'Þ': "th", 'ς': "σ",
	'’': "'", '‘': "'", '′': "'", '“': `"`, '”': `"`, '–': "-", '—': "-", '‐': "-", '−': "-", '×': "x", '⁄': "/",
}

var lowerASCII = func() (t [utf8.RuneSelf]byte) {
	for i := range t {
		t[i] = byte(unicode.ToLower(rune(i)))
	}
	t['`'] = '\''
	return t
}()

func isAlnum(r rune) bool {
	if r < utf8.RuneSelf {
		return classASCII[r]&(letter|digit) != 0
	}
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.Mc, r) // Mc: Indic vowel signs
}

func isDigit(r rune) bool {
	if r < utf8.RuneSelf {
		return classASCII[r]&digit != 0
	}
	return unicode.IsDigit(r)
}

const (
	letter = 1 << iota
	digit
	space
)

var classASCII = func() (t [utf8.RuneSelf]uint8) {
	for i := range t {
		switch r := rune(i); {
		case unicode.IsLetter(r):
			t[i] = letter
		case unicode.IsDigit(r):
			t[i] = digit
		case r <= ' ' || r == 0x7f:
			t[i] = space
		}
	}
	return t
}()

func isSpace(r rune) bool {
	if r < utf8.RuneSelf {
		return classASCII[r]&space != 0
	}
	return unicode.IsSpace(r)
}
