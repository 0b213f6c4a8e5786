package query

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// pattern is a LIKE pattern: % is any text, _ any character, case does not count.
type pattern struct {
	// Between the %: pieces of folded letters, '_' standing for any.
	pieces []string
	// anchored says that the pattern has no %: the one piece is all of the text.
	anchored bool
}

func newPattern(s string) pattern {
	pieces := strings.Split(fold(s), "%")
	return pattern{pieces: pieces, anchored: len(pieces) == 1}
}

// fold makes equal what differs in case alone.
func fold(s string) string {
	for i := range len(s) {
		if c := s[i]; c >= utf8.RuneSelf || 'A' <= c && c <= 'Z' {
			return strings.Map(foldRune, s)
		}
	}
	return s
}

// foldRune gives the smallest of the letters that are equal to r but for case;
// letters of ASCII become small ones.
func foldRune(r rune) rune {
	if r < utf8.RuneSelf {
		if 'A' <= r && r <= 'Z' {
			r += 'a' - 'A'
		}
		return r
	}
	least := r
	for f := unicode.SimpleFold(r); f != r; f = unicode.SimpleFold(f) {
		least = min(least, f)
	}
	if 'A' <= least && least <= 'Z' { // the Kelvin sign is a k
		least += 'a' - 'A'
	}
	return least
}

// match tries the pieces one after the other, each at the first place where it
// fits: with % alone between them no other choice can do better.
func (p pattern) match(s string) bool {
	s = fold(s)
	if p.anchored {
		rest, ok := prefix(s, p.pieces[0])
		return ok && rest == ""
	}
	s, ok := prefix(s, p.pieces[0])
	if !ok {
		return false
	}
	last := len(p.pieces) - 1
	for _, piece := range p.pieces[1:last] {
		if s, ok = after(s, piece); !ok {
			return false
		}
	}
	return suffix(s, p.pieces[last])
}

// prefix takes piece off the beginning of s.
func prefix(s, piece string) (rest string, ok bool) {
	for _, want := range piece {
		r, size := utf8.DecodeRuneInString(s)
		if size == 0 || want != '_' && r != want {
			return s, false
		}
		s = s[size:]
	}
	return s, true
}

// after gives what follows the first place of piece in s.
func after(s, piece string) (rest string, ok bool) {
	if !strings.Contains(piece, "_") {
		at := strings.Index(s, piece)
		if at < 0 {
			return s, false
		}
		return s[at+len(piece):], true
	}
	for {
		if rest, ok := prefix(s, piece); ok {
			return rest, true
		}
		_, size := utf8.DecodeRuneInString(s)
		if size == 0 {
			return s, false
		}
		s = s[size:]
	}
}

// suffix says whether s ends with piece.
func suffix(s, piece string) bool {
	skip := utf8.RuneCountInString(s) - utf8.RuneCountInString(piece)
	if skip < 0 {
		return false
	}
	for range skip {
		_, size := utf8.DecodeRuneInString(s)
		s = s[size:]
	}
	rest, ok := prefix(s, piece)
	return ok && rest == ""
}
