package synth

import "strings"

// codeLetters leaves out what reads like a digit.
const codeLetters = "ABCDEFGHJKLMNPRSTUVWXYZ"

// generations is how many values the generation digit takes within a line.
const generations = 3

// pattern is the shape of a model code, one byte a position:
//
//	B        the next letter of the brand's prefix
//	A  #     a letter, a digit: together they number the lines of the family
//	g        the generation digit
//	0 1 2 3  the tag of that attribute
//	- / ' '  a separator
//
// A, # and g are contiguous: that run alone is the short form of the code
// ("V3004" of "KD-40V3004"), still unique among the lines of the family.
type pattern struct {
	shape string
	space int  // how many numbers A and # can write
	axes  uint // bit a: the tag of attribute a is in the code
}

func parsePattern(shape string) pattern {
	p := pattern{shape: shape, space: 1}
	for i := range len(shape) {
		switch c := shape[i]; {
		case c == 'A':
			p.space *= len(codeLetters)
		case c == '#':
			p.space *= 10
		case c >= '0' && c < '0'+maxAxes:
			p.axes |= 1 << (c - '0')
		}
	}
	return p
}

// code is a model code and where in it the short form stands.
type code struct {
	text       []byte
	start, end int
}

func (c *code) short() []byte { return c.text[c.start:c.end] }

// write makes the code of a product into c, reusing its memory. number says
// which line it is; what is beyond the space of the pattern becomes more digits.
func (p *pattern) write(c *code, q *product, number, overflow, generation int) {
	c.text, c.start, c.end = c.text[:0], -1, 0
	letters := 0
	for i := range len(p.shape) {
		ch := p.shape[i]
		free := ch == 'A' || ch == '#' || ch == 'g'
		if free && c.start < 0 {
			c.start = len(c.text)
		}
		switch {
		case ch == 'B':
			c.text = append(c.text, q.brand.prefix[letters%len(q.brand.prefix)])
			letters++
		case ch == 'A':
			c.text = append(c.text, codeLetters[number%len(codeLetters)])
			number /= len(codeLetters)
		case ch == '#':
			c.text = append(c.text, byte('0'+number%10))
			number /= 10
		case ch == 'g':
			c.text = append(c.text, byte('0'+generation))
			c.text = appendOverflow(c.text, overflow)
		case ch >= '0' && ch < '0'+maxAxes:
			axis := ch - '0'
			c.text = append(c.text, q.fam.axes[axis].tag[q.value[axis]]...)
		default:
			c.text = append(c.text, ch)
		}
		if free {
			c.end = len(c.text)
		}
	}
}

// tell ends a code with the tags of some attributes of q: "H1804Q BK" with a kit
// becomes "H1804Q BK-TL". The short form stays what it is.
func (c *code) tell(q *product, axes uint) {
	for a := range q.fam.axes {
		if axes>>a&1 == 1 {
			c.text = append(c.text, '-')
			c.text = append(c.text, q.fam.axes[a].tag[q.value[a]]...)
		}
	}
}

// appendOverflow numbers the lines beyond a family's space: a letter, then more.
func appendOverflow(b []byte, n int) []byte {
	for ; n > 0; n /= len(codeLetters) + 1 {
		if d := n % (len(codeLetters) + 1); d > 0 {
			b = append(b, codeLetters[d-1])
		} else {
			b = append(b, 'Q')
		}
	}
	return b
}

// appendCode writes a code with its separators kept, dropped or made spaces.
func appendCode(b, text []byte, sep separators) []byte {
	for _, c := range text {
		switch {
		case !strings.ContainsRune("-/ ", rune(c)), sep == sepKeep:
			b = append(b, c)
		case sep == sepSpace:
			b = append(b, ' ')
		}
	}
	return b
}
