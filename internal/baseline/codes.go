package baseline

import (
	"strings"
	"unicode"
)

// Codes are the codes of every record of one or two tables: words with a digit
// and more than two characters, separators dropped.
type Codes struct{ left, right []squashed }

type squashed struct {
	run   string // the whole record without separators
	codes []string
}

// NewCodes reads the records, one slice of values each; right is nil for pairs of
// one table.
func NewCodes(left, right [][]string) *Codes {
	c := &Codes{left: squashAll(left)}
	c.right = c.left
	if right != nil {
		c.right = squashAll(right)
	}
	return c
}

// Contained is the length, in bytes, of the longest code of one record that
// stands in the other's text; 0 when none does.
func (c *Codes) Contained(left, right uint32) (n int) {
	a, b := c.left[left], c.right[right]
	for _, side := range [][2]squashed{{a, b}, {b, a}} {
		for _, code := range side[0].codes {
			if len(code) > n && strings.Contains(side[1].run, code) {
				n = len(code)
			}
		}
	}
	return n
}

func squashAll(rows [][]string) []squashed {
	out := make([]squashed, len(rows))
	for i, row := range rows {
		var run strings.Builder
		for _, word := range strings.Fields(strings.ToLower(strings.Join(row, " "))) {
			w := strings.Map(func(r rune) rune {
				if unicode.IsLetter(r) || unicode.IsDigit(r) {
					return r
				}
				return -1
			}, word)
			run.WriteString(w)
			if len(w) > 2 && strings.IndexFunc(w, unicode.IsDigit) >= 0 {
				out[i].codes = append(out[i].codes, w)
			}
		}
		out[i].run = run.String()
	}
	return out
}
