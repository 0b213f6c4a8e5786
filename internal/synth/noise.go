package synth

import (
	"slices"
	"strings"
)

// What sellers add to a title; it says nothing about the product.
var (
	hypeBefore = []string{"NEW! ", "SALE ", "Top seller: ", "*BEST PRICE* ", "Original "}
	hypeAfter  = []string{" - free shipping", " NEW", " (in stock)", " - great gift", " fast delivery", " !!!"}
)

// hype adds one of the phrases, at one end of a title, when the style shouts.
func (w *writer) hype(s *style, phrases []string) {
	if w.d.chance((s.hype + .08*w.noise) / 2) {
		w.text(phrases[w.d.below(len(phrases))])
	}
}

// damage puts typos, a doubled word and HTML entities into the title that begins
// at start. Later words go first, so that earlier spans stay true.
func (w *writer) damage(start int) {
	n := len(w.words)
	if n > 0 && w.d.chance(.35*w.noise) {
		i := w.d.below(n)
		if i+1 < n && w.d.chance(.3) {
			w.typo(w.words[i+1+w.d.below(n-i-1)])
		}
		w.typo(w.words[i])
	} else if n > 0 && w.d.chance(.04*w.noise) {
		v := w.words[w.d.below(n)]
		twice := append([]byte{' '}, w.buf[v.from:v.to]...)
		w.buf = slices.Insert(w.buf, v.to, twice...)
	}
	if w.d.chance(.1 * w.noise) {
		w.entities(start)
	}
}

// typo makes one slip in a word: two letters swapped, one dropped, one doubled, or
// the key next to it hit. The first letter stays, as it does with most people.
func (w *writer) typo(v span) {
	i := v.from + 1 + w.d.below(v.to-v.from-2) // never the last letter either: i+1 is in the word
	switch w.d.below(4) {
	case 0:
		w.buf[i], w.buf[i+1] = w.buf[i+1], w.buf[i]
	case 1:
		w.buf = slices.Delete(w.buf, i, i+1)
	case 2:
		w.buf = slices.Insert(w.buf, i, w.buf[i])
	case 3:
		w.buf[i] = neighbourKey(w.buf[i])
	}
}

// neighbourKey gives the key to the right on a QWERTY keyboard, or to the left at its edge.
func neighbourKey(c byte) byte {
	const rows = "qwertyuiopoasdfghjklkzxcvbnmn"
	if i := strings.IndexByte(rows, c); i >= 0 {
		return rows[i+1]
	}
	return c
}

// entities escapes what an exporter escapes that does it once too often.
func (w *writer) entities(start int) {
	for i := len(w.buf) - 1; i >= start; i-- {
		switch w.buf[i] {
		case '"':
			w.buf = slices.Replace(w.buf, i, i+1, []byte("&quot;")...)
		case '&':
			w.buf = slices.Replace(w.buf, i, i+1, []byte("&amp;")...)
		case '\'':
			w.buf = slices.Replace(w.buf, i, i+1, []byte("&#39;")...)
		}
	}
}

// accents gives, rarely, an e in the title an accent that it does not have.
func (w *writer) accents(start int) {
	if !w.d.chance(.03*w.noise) || len(w.words) == 0 {
		return
	}
	if i := slices.Index(w.buf[start:], 'e'); i >= 0 && start+i+1 < len(w.buf) && isLetter(w.buf[start+i+1]) {
		w.buf = slices.Replace(w.buf, start+i, start+i+1, []byte("é")...)
	}
}

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

// setCase changes the case of a title in place; it is ASCII at this point. Title
// case leaves words under four letters alone: most of them are units.
func setCase(b []byte, c letterCase) {
	switch c {
	case caseLower:
		for i, ch := range b {
			if 'A' <= ch && ch <= 'Z' {
				b[i] = ch | 0x20
			}
		}
	case caseUpper:
		for i, ch := range b {
			if 'a' <= ch && ch <= 'z' {
				b[i] = ch &^ 0x20
			}
		}
	case caseTitle:
		for from := 0; from < len(b); {
			to := from
			for to < len(b) && b[to] != ' ' {
				to++
			}
			if to-from >= 4 {
				capitalise(b[from:to])
			}
			from = to + 1
		}
	}
}

// capitalise makes the first byte upper case if it is a letter.
func capitalise(b []byte) {
	if len(b) > 0 && 'a' <= b[0] && b[0] <= 'z' {
		b[0] &^= 0x20
	}
}
