package match

import (
	"context"
	"math"
	"slices"
	"strings"
	"unicode"

	"github.com/doppeldb/doppel/internal/text"
)

// codeTable is the rare codes of the records: words between white space, separators
// dropped, that have a digit and a letter, are no quantity, and stand in few records. They
// name a model, or one of its variants.
type codeTable struct {
	vocab []string
	shape []string // the pattern of letters and digits: aa999a
	// Record -> its codes, ascending. Those of of are written without white space. Those of apart
	// can be cut behind a few letters, as "LO 280Z", and have no long run of letters, as mail addresses
	// have: one that is written differently is another model.
	of, apart [][]uint32
}

// What can be a code, in bytes or letters.
const (
	shortestCode = 5
	longestCode  = 32
	longestHead  = 4 // of what stands before the white space in a code that is written in two words, as "75TR 09915"
	longestRun   = 5 // letters in a row
	longestTail  = 3 // digits behind it that can be a quantity: "DVD 500GB" is none, "PI 1297W" is a code
)

// codeReader finds what may be a code in one record.
type codeReader struct {
	buf, word, head []rune
	run             []byte
	of, apart       []string
}

// read goes through the text fields; run becomes the text without separators.
func (r *codeReader) read(c *corpus, i int) {
	r.run, r.of, r.apart = r.run[:0], r.of[:0], r.apart[:0]
	for _, f := range c.texts {
		r.head = r.head[:0]
		r.buf = eachSquashed(r.buf, c.text(i, f), r.add)
	}
}

func (r *codeReader) add(w []rune) {
	r.run = appendRunes(r.run, w)
	letters, digits := 0, 0
	for _, x := range w {
		if unicode.IsDigit(x) {
			digits++
		} else {
			letters++
		}
	}
	quantity := digits > 0 && isQuantity(w)
	if digits > 0 && len(w) <= longestCode {
		if letters > 0 && len(w) >= shortestCode && !quantity {
			r.of = append(r.of, string(w))
			if letterRun(w) <= longestRun {
				r.apart = append(r.apart, string(w))
			}
		}
		many := digits > longestTail
		if quantity {
			many = many && !slices.ContainsFunc(r.head, unicode.IsDigit)
		}
		if len(r.head) > 0 && len(r.head)+len(w) >= shortestCode && unicode.IsDigit(w[0]) && (many || letters > 0 && !quantity) {
			r.word = append(append(r.word[:0], r.head...), w...)
			r.apart = append(r.apart, string(r.word))
		}
	}
	r.head = r.head[:0]
	if len(w) <= longestHead && letters > 0 && letters < longestHead && !quantity {
		r.head = append(r.head, w...)
	}
}

// letterRun is the length of the longest run of letters.
func letterRun(w []rune) int {
	run, longest := 0, 0
	for _, r := range w {
		if run++; unicode.IsDigit(r) {
			run = 0
		}
		longest = max(longest, run)
	}
	return longest
}

func appendRunes(dst []byte, w []rune) []byte {
	for _, r := range w {
		if r < 0x80 {
			dst = append(dst, byte(r))
		} else {
			dst = append(dst, string(r)...)
		}
	}
	return dst
}

// isQuantity says whether a word with a digit is a number and a unit.
func isQuantity(w []rune) bool {
	n := 0
	for n < len(w) && unicode.IsDigit(w[n]) {
		n++
	}
	if n == 0 {
		return false
	}
	_, known := text.Unit(w[n:])
	return known
}

// readCodes finds the rare codes, and the text without separators, of all records.
func (c *corpus) readCodes(ctx context.Context, threads int) (*codeTable, []string, error) {
	n := c.len()
	t := &codeTable{of: make([][]uint32, n), apart: make([][]uint32, n)}
	run := make([]string, n)
	ids := map[string]uint32{}
	type found struct{ of, apart []string }
	words := make([]found, min(n, readAhead))
	for from := 0; from < n; from += readAhead {
		to := min(n, from+readAhead)
		err := parallel(ctx, to-from, threads, func() func(from, to int) {
			var r codeReader
			return func(lo, hi int) {
				for i := lo; i < hi; i++ {
					r.read(c, from+i)
					run[from+i] = string(r.run)
					words[i] = found{clone(r.of), clone(r.apart)}
				}
			}
		})
		if err != nil {
			return nil, nil, err
		}
		for i, w := range words[:to-from] {
			t.of[from+i] = t.number(ids, w.of)
			t.apart[from+i] = t.number(ids, w.apart)
		}
	}
	t.keepRare()
	return t, run, nil
}

// number gives the ids of words, ascending, each once.
func (t *codeTable) number(ids map[string]uint32, words []string) []uint32 {
	if len(words) == 0 {
		return nil
	}
	out := make([]uint32, 0, len(words))
	for _, w := range words {
		id, ok := ids[w]
		if !ok {
			id = uint32(len(t.vocab))
			ids[w] = id
			t.vocab, t.shape = append(t.vocab, w), append(t.shape, shapeOf(w))
		}
		out = append(out, id)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// shapeOf gives the pattern: every digit is a 9, every letter an a.
func shapeOf(w string) string {
	pattern := make([]byte, 0, len(w))
	for _, r := range w {
		c := byte('a')
		if unicode.IsDigit(r) {
			c = '9'
		}
		pattern = append(pattern, c)
	}
	return string(pattern)
}

// keepRare forgets codes that stand in more than n^(1/4) records: a model has few
// listings, however many there are of all.
func (t *codeTable) keepRare() {
	limit := math.Pow(float64(len(t.of)), .25)
	count := make([]int, len(t.vocab))
	for i, ids := range t.of {
		for _, id := range ids {
			count[id]++
		}
		for _, id := range t.apart[i] {
			if _, counted := slices.BinarySearch(ids, id); !counted {
				count[id]++
			}
		}
	}
	for i := range t.of {
		common := func(id uint32) bool { return float64(count[id]) > limit }
		t.of[i], t.apart[i] = slices.DeleteFunc(t.of[i], common), slices.DeleteFunc(t.apart[i], common)
	}
}

// link says whether rare codes tie two records together: at least one of a
// side's codes stands in the other's text, and the other side has no code of its own left.
func (t *codeTable) link(run []string, a, b int) bool {
	if len(t.of[a]) == 0 && len(t.of[b]) == 0 {
		return false
	}
	ua, ub := t.alone(run, a, b), t.alone(run, b, a)
	return ua < len(t.of[a]) && ub == 0 || ub < len(t.of[b]) && ua == 0
}

// alone counts the codes of a that do not stand in b.
func (t *codeTable) alone(run []string, a, b int) (n int) {
	for _, id := range t.of[a] {
		if !strings.Contains(run[b], t.vocab[id]) {
			n++
		}
	}
	return n
}

// conflict gives a code of each side that does not stand in the other, where the two
// are of one shape as far as the shorter one goes and yet differ there: two models of one
// maker, or two variants of a model.
func (t *codeTable) conflict(run []string, a, b int) (x, y string, found bool) {
	for _, p := range t.apart[a] {
		for _, q := range t.apart[b] {
			if p != q && t.differ(p, q) && !strings.Contains(run[b], t.vocab[p]) && !strings.Contains(run[a], t.vocab[q]) {
				return t.vocab[p], t.vocab[q], true
			}
		}
	}
	return "", "", false
}

// differ says whether two codes are of one shape as far as the shorter one goes, and not equal there.
func (t *codeTable) differ(p, q uint32) bool {
	n := min(len(t.shape[p]), len(t.shape[q]))
	return t.shape[p][:n] == t.shape[q][:n] && !strings.HasPrefix(t.vocab[p], t.vocab[q]) && !strings.HasPrefix(t.vocab[q], t.vocab[p])
}

// shared lists the codes of either side that stand in the other as well, three at the most.
func (t *codeTable) shared(run []string, a, b int) string {
	var codes []string
	for _, d := range [2][2]int{{a, b}, {b, a}} {
		for _, id := range t.of[d[0]] {
			if w := t.vocab[id]; strings.Contains(run[d[1]], w) && !slices.Contains(codes, w) {
				codes = append(codes, w)
			}
		}
	}
	if len(codes) == 0 {
		return ""
	}
	return " (" + strings.Join(codes[:min(3, len(codes))], ", ") + ")"
}
