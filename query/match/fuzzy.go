package match

import (
	"math/bits"
	"strings"
)

const partCredit = .7 // for an initial, a contraction or a slip in a long number

// wordCredit says how far two different pieces are the same word, 0 to 1:
// misspelt or cut off 1, an initial or a contraction .7.
func wordCredit(t *pieceTable, a, b uint32) float32 {
	return max(slipCredit(t, a, b), shortCredit(t, a, b))
}

func slipCredit(t *pieceTable, a, b uint32) float32 {
	if len(t.runes[a]) > len(t.runes[b]) {
		a, b = b, a
	}
	short, long := t.runes[a], t.runes[b]
	if t.digit[a] || t.digit[b] {
		return numberCredit(short, long)
	}
	if len(short) >= 3 && len(long)-len(short) <= maxTypos {
		d := mostEdits(typos(len(long), false), typos(len(long), true), t.df[a], t.df[b])
		if d > 0 && editsWithin(short, long, d) {
			return 1
		}
	}
	return 0
}

// shortCredit says how far one of two words is the other one cut off or contracted.
func shortCredit(t *pieceTable, a, b uint32) float32 {
	if len(t.runes[a]) > len(t.runes[b]) {
		a, b = b, a
	}
	short, long := t.runes[a], t.runes[b]
	// Colours and sizes have one spelling here: only a typo makes another.
	if t.digit[a] || t.digit[b] || t.sort[a] != sortWord || t.sort[b] != sortWord || short[0] != long[0] {
		return 0
	}
	if strings.HasPrefix(t.vocab[b], t.vocab[a]) {
		if len(short) >= 3 {
			return 1
		}
		return partCredit
	}
	if contracts(short, long) {
		return partCredit
	}
	return 0
}

// trait is what tells, without a look at the letters in order, that two pieces cannot be one word.
type trait struct {
	letters uint32 // see letterSet
	first   rune
	runes   uint8    // at most 255
	typos   [2]uint8 // as the longer word: see typos; of a word in use, of one seen once
	digit   bool     // no word of letters only
	number  bool     // digits only, long enough for a slip
	df      uint32
}

func (t *pieceTable) traitOf(id uint32) trait {
	rs := t.runes[id]
	n := len(rs)
	return trait{letters: letterSet(rs), first: rs[0], runes: uint8(min(n, 255)), typos: [2]uint8{uint8(typos(n, false)), uint8(typos(n, true))},
		digit: t.digit[id], number: n >= leastNumber && allDigits(rs), df: t.df[id]}
}

// traits appends those of some pieces.
func (t *pieceTable) traits(dst []trait, ps []piece, which []uint16) []trait {
	for _, k := range which {
		dst = append(dst, t.trait[ps[k].id])
	}
	return dst
}

// near says whether [wordCredit] can be above 0. An edit changes at most two letters
// of the set; a word that is cut off or contracted has no letter of its own.
func (p *trait) near(q *trait) bool {
	if p.digit || q.digit {
		return p.number && q.number
	}
	if p.runes > q.runes {
		p, q = q, p
	}
	if p.first == q.first && p.letters&^q.letters == 0 {
		return true
	}
	others := bits.OnesCount32(p.letters ^ q.letters)
	if q.runes-p.runes > maxTypos || others > 2*maxTypos {
		return false
	}
	d := mostEdits(int(q.typos[0]), int(q.typos[1]), p.df, q.df)
	return d > 0 && others <= 2*d
}

// slips says whether one of two words, in so many records, may be anybody's slip of the
// other: it stands in one record, or is that much rarer. In a large table the same slip
// happens more than once.
func slips(a, b uint32) bool {
	return min(a, b) == 1 || uint64(min(a, b))*slipShare <= uint64(max(a, b))
}

const slipShare = 100

// mostEdits is how many edits away a word may be from another, usual for two words in use, once for one that
// stands in one record. Where one of the two is rarer by slipShare it may be one slip of the other, and
// two slips only where it is rarer by the square of that: "andes" is a hundredth of "and", and no slip of it.
func mostEdits(usual, once int, a, b uint32) int {
	rare, common := uint64(min(a, b)), uint64(max(a, b))
	if rare == 1 {
		return once
	}
	d, share := 0, uint64(slipShare)
	for d < once && rare*share <= common {
		d, share = d+1, share*slipShare
	}
	return max(d, usual)
}

// maxTypos is the most that typos gives.
const maxTypos = 3

// letterSet is the set of letters of a word, one bit each.
func letterSet(rs []rune) (set uint32) {
	for _, r := range rs {
		set |= 1 << (uint32(r) & 31)
	}
	return set
}

// typos is how many edits a word of n letters may be away: a word that stands
// once in the table may be a typo of anything near, two words in use must be nearer.
func typos(n int, once bool) int {
	cuts := [2][3]int{{4, 8, 1 << 30}, {3, 5, 9}}
	k := 0
	if once {
		k = 1
	}
	d := 0
	for _, c := range cuts[k] {
		if n >= c {
			d++
		}
	}
	return d
}

const leastNumber = 6 // digits in which one slip can be told from another number

// numberCredit: two long numbers one slip apart; anything shorter with a digit
// in it is another thing (16gb is not 32gb).
func numberCredit(short, long []rune) float32 {
	const longer = 8
	if len(short) < leastNumber || !allDigits(short) || !allDigits(long) {
		return 0
	}
	d := 1
	if len(long) >= longer {
		d = 2
	}
	if editsWithin(short, long, d) {
		return partCredit
	}
	return 0
}

func allDigits(rs []rune) bool {
	for _, r := range rs {
		if r < '0' || r > '9' {
			return false
		}
	}
	return true
}

// contracts says whether short is long with letters left out: blvd for
// boulevard (same first and last letter), wht for white (vowels dropped).
func contracts(short, long []rune) bool {
	if len(short) < 2 || len(short) > 5 || len(long) <= len(short)+1 || short[0] != long[0] {
		return false
	}
	if short[len(short)-1] != long[len(long)-1] && (len(short) < 3 || hasVowel(short[1:])) {
		return false
	}
	k := 0
	for _, r := range long {
		if k < len(short) && short[k] == r {
			k++
		}
	}
	return k == len(short)
}

func hasVowel(rs []rune) bool {
	for _, r := range rs {
		switch r {
		case 'a', 'e', 'i', 'o', 'u':
			return true
		}
	}
	return false
}

// editsWithin says whether b can be made from a with at most limit insertions,
// deletions, replacements and swaps of neighbours (optimal string alignment).
func editsWithin(a, b []rune, limit int) bool {
	const most = 64
	if len(b)-len(a) > limit || len(a)-len(b) > limit || len(b) > most || len(a) > most {
		return false
	}
	var rows [3][most + 1]int
	before, last, now := &rows[0], &rows[1], &rows[2]
	for j := range len(b) + 1 {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		now[0] = i
		best := i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			d := min(last[j]+1, now[j-1]+1, last[j-1]+cost)
			if cost == 1 && i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d = min(d, before[j-2]+1)
			}
			now[j] = d
			best = min(best, d)
		}
		if best > limit {
			return false
		}
		before, last, now = last, now, before
	}
	return last[len(b)] <= limit
}
