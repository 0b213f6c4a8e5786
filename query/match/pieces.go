package match

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strings"
	"unicode"

	"github.com/doppeldb/doppel/internal/text"
	"github.com/doppeldb/doppel/record"
)

// piece is one written token of a record: a word, or a number with its unit.
type piece struct {
	id    uint32 // in the vocabulary
	slot  uint16 // 2 * field, plus 1 when it has a digit in it
	place uint16 // among the pieces of the record, as they are written, field by field
}

func comparePieces(a, b piece) int {
	return cmp.Or(cmp.Compare(a.id, b.id), cmp.Compare(a.place, b.place))
}

// fewRecords is the number of records below which rarity cannot be told: words
// weigh as if there were so many.
const fewRecords = 100

// maxPieces bounds the pieces of a record that are aligned: the time of a pair
// grows with the product of what its two sides have alone.
const maxPieces = 2000

// Slots tell words from numbers and codes, field by field: what a conflict
// means differs between the two.
func slotOf(field int, digit bool) uint16 {
	if digit {
		return uint16(2*field + 1)
	}
	return uint16(2 * field)
}

// pieceTable is the records as sequences of pieces, for alignment.
type pieceTable struct {
	slots  int
	vocab  []string
	runes  [][]rune
	df     []uint32  // records that have the piece
	weight []float32 // ln((n+1) / (df+.5))
	digit  []bool
	rare   []bool    // has a digit and stands in few records: see rarities
	trait  []trait   // what tells quickly that two pieces are not one word
	slot   []uint16  // the largest that it stands in
	sort   []uint64  // what it can be compared with: see sortOf
	of     [][]piece // record -> pieces by id, then place
	run    []string  // record -> its text without separators
	filled []bool    // (records, fields) the field has a value
	codes  *codeTable
}

// has says whether field f of record i has a value.
func (t *pieceTable) has(i, f int) bool { return t.filled[i*t.slots/2+f] }

// readPieces reads every record. Fields of kind number take part as one piece when
// they are whole numbers, such as years; quantities with fractions, such as prices, do not.
func (c *corpus) readPieces(ctx context.Context, threads int) (*pieceTable, error) {
	n := c.len()
	t := &pieceTable{slots: 2 * len(c.schema), of: make([][]piece, n)}
	var err error
	if t.codes, t.run, err = c.readCodes(ctx, threads); err != nil {
		return nil, err
	}
	whole := c.wholeNumbers()
	ids := map[string]uint32{}
	words := make([][]rawPiece, min(n, readAhead))
	for from := 0; from < n; from += readAhead {
		to := min(n, from+readAhead)
		err := parallel(ctx, to-from, threads, func() func(from, to int) {
			var r pieceReader
			return func(lo, hi int) {
				for i := lo; i < hi; i++ {
					words[i] = r.read(words[i][:0], c, from+i, whole)
				}
			}
		})
		if err != nil {
			return nil, err
		}
		t.intern(ids, from, words[:to-from])
	}
	t.weigh()
	t.markFilled(c)
	return t, nil
}

// readAhead is how many records are cut into words before the words are numbered: the
// words of all records at once would be most of the memory of a run.
const readAhead = 1 << 13

// wholeNumbers says for each field whether it is a number field without fractions.
func (c *corpus) wholeNumbers() []bool {
	out := make([]bool, len(c.schema))
	for k, f := range c.numbers {
		fractions, numbers := 0, 0
		for i, x := range c.number[k] {
			if !math.IsNaN(x) {
				numbers++
				if hasFraction(c.values[i][f]) {
					fractions++
				}
			}
		}
		out[f] = fractions*20 < numbers
	}
	return out
}

// hasFraction says whether a number is written with digits behind a decimal
// sign: 879.00 is a quantity, as 879.50 is.
func hasFraction(v string) bool {
	at := strings.LastIndexAny(v, ".,")
	return at >= 0 && at+1 < len(v) && v[at+1] >= '0' && v[at+1] <= '9'
}

type rawPiece struct {
	word string
	slot uint16
}

type pieceReader struct {
	split text.Splitter
	buf   []rune
}

func (r *pieceReader) read(out []rawPiece, c *corpus, i int, whole []bool) []rawPiece {
	for f, field := range c.schema {
		v := c.text(i, f)
		switch {
		case v == "" || field.Kind == record.Ignore:
		case field.Kind == record.Code || field.Kind == record.Number && whole[f]:
			if r.buf = squash(r.buf[:0], v); len(r.buf) > 0 {
				out = append(out, rawPiece{string(r.buf), slotOf(f, true)})
			}
		case field.Kind != record.Number:
			out = r.readText(out, f, v)
		}
	}
	return out
}

// readText cuts a value into words; a number and its unit become one piece,
// however they are written: "40in", "40 inch", "40-inch", `40"`, "pack of 6".
func (r *pieceReader) readText(out []rawPiece, f int, v string) []rawPiece {
	from := len(out)
	for _, t := range r.split.Split(v) {
		word := string(t.Text)
		switch {
		case t.Role&text.IsJoined == 0:
			if kind, value := text.AttributeOf(word); kind != text.NoAttribute {
				word = value
			}
			if t.Role&text.HasDigit != 0 {
				word = canonicalQuantity(word)
			}
			out = append(out, rawPiece{word, slotOf(f, t.Role&text.HasDigit != 0)})
			out = joinUnit(out, from, f)
		case t.Role&text.IsGrams != 0 && t.Role&text.HasAlpha != 0:
			out = joinCode(out, from, f, word)
		case t.Role&text.IsGrams == 0:
			out = dropParts(out, from, word)
			if q := canonicalQuantity(word); len(out) == from || out[len(out)-1].word != q {
				out = append(out, rawPiece{q, slotOf(f, true)})
			}
		}
	}
	return out[:min(len(out), from+mostWords)]
}

// joinCode puts the runs of a chunk back together, so that "u4602-ms" is compared
// with "u4602gyxl" and not "ms" with nothing. Runs that have become a quantity stay.
func joinCode(out []rawPiece, from, f int, joined string) []rawPiece {
	n, rest := len(out), joined
	for n > from && rest != "" {
		run := strings.ReplaceAll(out[n-1].word, ".", "")
		if !strings.HasSuffix(rest, run) {
			return out
		}
		rest = strings.TrimSuffix(rest, run)
		n--
	}
	if rest != "" {
		return out
	}
	return append(out[:n], rawPiece{canonicalQuantity(joined), slotOf(f, true)})
}

// joinUnit puts a unit that was just read to the number before it.
func joinUnit(out []rawPiece, from, f int) []rawPiece {
	n := len(out) - 1
	word := out[n].word
	if n-2 >= from && isNumber(word) && out[n-1].word == "of" && (out[n-2].word == "pack" || out[n-2].word == "set") {
		return append(out[:n-2], rawPiece{text.Quantity(word, "pack"), slotOf(f, true)})
	}
	if n-1 < from {
		return out
	}
	before := out[n-1].word
	if isSizing(before) && isNumber(word) && len(word) <= longestSize { // "UK 10" is "uk10", as "10 UK" and "UK10" are
		return append(out[:n-1], rawPiece{before + word, slotOf(f, true)})
	}
	if isSizing(word) && isNumber(before) && len(before) <= longestSize {
		return append(out[:n-1], rawPiece{word + before, slotOf(f, true)})
	}
	if (word == "hour" || word == "hours") && strings.HasSuffix(before, "amp") && isNumber(strings.TrimSuffix(before, "amp")) {
		return append(out[:n-1], rawPiece{text.Quantity(strings.TrimSuffix(before, "amp"), "ah"), slotOf(f, true)})
	}
	if !isNumber(before) {
		return out
	}
	if word == "amp" || word == "amps" {
		return append(out[:n-1], rawPiece{text.Quantity(before, "amp"), slotOf(f, true)})
	}
	if short, ok := text.Unit([]rune(word)); ok {
		return append(out[:n-1], rawPiece{text.Quantity(before, short), slotOf(f, true)})
	}
	return out
}

// isSizing says whether a word names the system of a shoe's or a garment's size.
func isSizing(word string) bool { return word == "uk" || word == "us" || word == "eu" }

// canonicalQuantity writes "1kg" as "1000g"; other words stay.
func canonicalQuantity(word string) string {
	number := strings.TrimRightFunc(word, unicode.IsLetter)
	if number == word || !isNumber(number) {
		return word
	}
	if short, ok := text.Unit([]rune(word[len(number):])); ok {
		return text.Quantity(number, short)
	}
	return word
}

func isNumber(w string) bool {
	for i := range len(w) {
		if (w[i] < '0' || w[i] > '9') && w[i] != '.' {
			return false
		}
	}
	return w != ""
}

// dropParts removes what a joined quantity was made of: "40inch", or "40" and "inch".
func dropParts(out []rawPiece, from int, joined string) []rawPiece {
	number := strings.TrimRightFunc(joined, unicode.IsLetter)
	for k := 0; k < 2 && len(out) > from; k++ {
		last := out[len(out)-1].word
		if last == joined || last == canonicalQuantity(joined) {
			return out
		}
		rest, starts := strings.CutPrefix(last, number)
		if starts && strings.IndexFunc(rest, unicode.IsDigit) >= 0 {
			return out // of 40"x30" the joined code stays
		}
		if !starts && (k == 1 || last[0] >= '0' && last[0] <= '9') {
			return out
		}
		out = out[:len(out)-1]
		if starts {
			return out
		}
	}
	return out
}

// What a piece can be compared with. A number with letters behind it is a
// quantity, and its sort the hash of the unit.
const (
	sortWord   uint64 = 0 // plus the attribute that it names
	sortNumber uint64 = 100
	sortCode   uint64 = 101
	sortYear   uint64 = 102
)

// typed says whether a sort is a property with a value: a quantity with a unit,
// a colour, a size. Where such values clash in the name, the things differ.
func typed(sort uint64) bool {
	return sort != sortWord && sort != sortNumber && sort != sortCode
}

func sortOf(rs []rune) uint64 {
	cut := 0
	for cut < len(rs) && (unicode.IsDigit(rs[cut]) || rs[cut] == '.') {
		cut++
	}
	tailDigits := slices.ContainsFunc(rs[cut:], unicode.IsDigit)
	switch {
	case cut == 0 && !tailDigits:
		kind, _ := text.AttributeOf(string(rs))
		return sortWord + uint64(kind)
	case cut == 4 && len(rs) == 4 && (rs[0] == '1' && rs[1] == '9' || rs[0] == '2' && rs[1] == '0'):
		return sortYear
	case cut == len(rs):
		return sortNumber
	case cut > 0 && !tailDigits:
		if _, known := text.Unit(rs[cut:]); known || len(rs)-cut <= longestUnit {
			return text.Hash(rs[cut:])
		}
	case len(rs) <= longestSize:
		return text.Hash(slices.DeleteFunc(slices.Clone(rs), unicode.IsDigit)) // a4, e27, uk9
	}
	return sortCode
}

const longestSize = 4

const longestUnit = 4

// intern numbers the words of the records from..., in order of appearance.
func (t *pieceTable) intern(ids map[string]uint32, from int, words [][]rawPiece) {
	total := 0
	for _, ws := range words {
		total += min(len(ws), maxPieces)
	}
	arena := make([]piece, 0, total)
	for i, ws := range words {
		first := len(arena)
		for k, w := range ws[:min(len(ws), maxPieces)] {
			id, ok := ids[w.word]
			if !ok {
				id = t.enter(ids, w.word)
			}
			t.slot[id] = max(t.slot[id], w.slot)
			arena = append(arena, piece{id, w.slot, uint16(k)})
		}
		ps := arena[first:len(arena):len(arena)]
		slices.SortFunc(ps, comparePieces)
		t.countIn(ps)
		t.of[from+i] = ps
	}
}

// countIn counts one more record for each of its pieces.
func (t *pieceTable) countIn(ps []piece) {
	for k, p := range ps {
		if k == 0 || p.id != ps[k-1].id {
			t.df[p.id]++
		}
	}
}

// enter gives a new word its number.
func (t *pieceTable) enter(ids map[string]uint32, word string) uint32 {
	id := uint32(len(t.vocab))
	word = strings.Clone(word) // it may be a part of a long text
	runes := []rune(word)
	ids[word] = id
	t.vocab, t.runes, t.df = append(t.vocab, word), append(t.runes, runes), append(t.df, 0)
	t.sort, t.slot = append(t.sort, sortOf(runes)), append(t.slot, 0)
	t.digit = append(t.digit, strings.IndexFunc(word, unicode.IsDigit) >= 0)
	return id
}

// weigh derives what needs the counts of all records.
func (t *pieceTable) weigh() {
	t.weight, t.trait = make([]float32, len(t.df)), make([]trait, len(t.df))
	for id, d := range t.df {
		t.weight[id] = float32(math.Log((float64(max(len(t.of), fewRecords)) + 1) / (float64(d) + .5)))
		t.trait[id] = t.traitOf(uint32(id))
	}
	t.markRare()
}

func (t *pieceTable) markFilled(c *corpus) {
	t.filled = make([]bool, 0, c.len()*len(c.schema))
	for _, values := range c.values {
		for f, v := range values { // of pictures no piece can say whether they have something in common
			t.filled = append(t.filled, v != "" && c.schema[f].Kind != record.Image)
		}
	}
}
