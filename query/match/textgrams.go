package match

import "strings"

// textGrams answers whether a word stands in a text without separators. Most words do
// not, and for nearly all of those one look at the text's 4-grams in a bit set says so: a
// search through the text for each word of each pair was two fifths of the time of an alignment.
type textGrams struct {
	text string
	set  [1 << (gramBits - 6)]uint64
}

// gramBits is the logarithm of the bits: a listing of 300 letters sets one of 14.
const (
	gramBits = 12
	setGram  = 4
)

// read takes another text; one that it has already costs nothing.
func (g *textGrams) read(text string) {
	if text == g.text {
		return
	}
	clear(g.set[:])
	g.text = text
	if len(text) < setGram {
		return
	}
	x := uint32(text[0])<<16 | uint32(text[1])<<8 | uint32(text[2])
	for i := setGram - 1; i < len(text); i++ {
		x = x<<8 | uint32(text[i])
		h := x * gramStep >> (32 - gramBits)
		g.set[h>>6] |= 1 << (h & 63)
	}
}

const gramStep = 0x9e3779b1 // 2^32 / 1.618...: a multiplicative hash

// contains says whether word, of four bytes at least, stands in the text.
func (g *textGrams) contains(word []byte) bool {
	if len(word) > len(g.text) {
		return false
	}
	x := uint32(word[0])<<16 | uint32(word[1])<<8 | uint32(word[2])
	for _, c := range word[setGram-1:] {
		x = x<<8 | uint32(c)
		h := x * gramStep >> (32 - gramBits)
		if g.set[h>>6]&(1<<(h&63)) == 0 {
			return false
		}
	}
	return strings.Contains(g.text, string(word))
}
