package match

import (
	"cmp"
	"slices"
)

// alignment is what two records say alike and differently, in weight of words
// (ln of rarity), slot by slot.
type alignment struct {
	same  []float32 // (slots) matched pieces
	left  []float32 // (slots) pieces that only the left record has
	right []float32 // (slots) pieces that only the right one has
	// (slots) the part of left and right that clashes with something comparable on
	// the other side, and the same weighed by how much each piece tells.
	clashL, clashR, tellL, tellR []float32
	// The part of each side's clashes that is in properties of the name.
	property [2]float32
}

// aligner aligns pairs. It has buffers and a cache: one per goroutine.
type aligner struct {
	t     *pieceTable
	tells []float32
	name  int // the field that names the record
	alignment
	// Pieces that one side has alone: places in pieceTable.of of its record, in the order of the text.
	onlyL, onlyR   []uint16
	links          []fuzzyLink
	doneL, doneR   []bool
	traitL, traitR []trait
	dfs            []uint32
	joined         []byte
	seenL, seenR   textGrams
}

func newAligner(t *pieceTable, tells []float32, name int) *aligner {
	a := &aligner{t: t, tells: tells, name: name}
	for _, v := range a.sums() {
		*v = make([]float32, t.slots)
	}
	return a
}

func (a *alignment) sums() [7]*[]float32 {
	return [...]*[]float32{&a.same, &a.left, &a.right, &a.clashL, &a.clashR, &a.tellL, &a.tellR}
}

// align fills the alignment of records i and j, in four passes: equal pieces;
// pieces inside the other's text once separators are dropped; misspelt and shortened
// pieces; the rest is what only one side says.
func (a *aligner) align(i, j int) {
	for _, v := range a.sums() {
		clear(*v)
	}
	a.exact(i, j)
	if len(a.onlyL) > 0 {
		a.seenR.read(a.t.run[j])
		a.onlyL = a.inside(a.t.of[i], a.onlyL, &a.seenR)
	}
	if len(a.onlyR) > 0 {
		a.seenL.read(a.t.run[i])
		a.onlyR = a.inside(a.t.of[j], a.onlyR, &a.seenL)
	}
	if len(a.onlyL) > 0 && len(a.onlyR) > 0 {
		a.similar(i, j)
	}
	a.onlyL = a.forgive(a.t.of[i], a.onlyL, a.t.of[j])
	a.onlyR = a.forgive(a.t.of[j], a.onlyR, a.t.of[i])
	a.property = [2]float32{}
	a.rest(0, a.t.of[i], a.onlyL, a.t.of[j], a.onlyR, a.left, a.clashL, a.tellL)
	a.rest(1, a.t.of[j], a.onlyR, a.t.of[i], a.onlyL, a.right, a.clashR, a.tellR)
}

// rest sums up the pieces that one side has alone.
func (a *aligner) rest(side int, ps []piece, only []uint16, others []piece, otherOnly []uint16, all, clash, tell []float32) {
	for _, k := range only {
		p := ps[k]
		w := a.t.weight[p.id]
		all[p.slot] += w
		if a.clashes(p, otherOnly, others) {
			clash[p.slot] += w
			if int(p.slot)/2 == a.name && typed(a.t.sort[p.id]) {
				a.property[side] += w
				continue
			}
			tell[p.slot] += w * a.tells[p.id]
		}
	}
}

// clashes says whether the other side has something comparable instead of p: a
// word for a word of the same field; for a number one of the same unit, for a code a code.
func (a *aligner) clashes(p piece, otherOnly []uint16, others []piece) bool {
	for _, k := range otherOnly {
		if q := others[k]; q.slot == p.slot && a.t.sort[q.id] == a.t.sort[p.id] {
			return true
		}
	}
	return false
}

// exact matches equal pieces; half of a match's weight goes to each side's slot. A
// repeat of a piece that the other side has at all is no evidence.
func (a *aligner) exact(i, j int) {
	t := a.t
	L, R := t.of[i], t.of[j]
	a.onlyL, a.onlyR = a.onlyL[:0], a.onlyR[:0]
	x, y := 0, 0
	for x < len(L) && y < len(R) {
		switch id := L[x].id; {
		case id < R[y].id:
			a.onlyL = append(a.onlyL, uint16(x))
			x++
		case id > R[y].id:
			a.onlyR = append(a.onlyR, uint16(y))
			y++
		default:
			w := t.weight[id] / 2
			for x < len(L) && y < len(R) && L[x].id == id && R[y].id == id {
				a.same[L[x].slot] += w
				a.same[R[y].slot] += w
				x, y = x+1, y+1
			}
			for x < len(L) && L[x].id == id {
				x++
			}
			for y < len(R) && R[y].id == id {
				y++
			}
		}
	}
	for ; x < len(L); x++ {
		a.onlyL = append(a.onlyL, uint16(x))
	}
	for ; y < len(R); y++ {
		a.onlyR = append(a.onlyR, uint16(y))
	}
	byPlace(L, a.onlyL)
	byPlace(R, a.onlyR)
}

// byPlace sorts in the order of the text, by insertion: the lists are short.
func byPlace(ps []piece, only []uint16) {
	for k := 1; k < len(only); k++ {
		o := only[k]
		at := k
		for at > 0 && ps[only[at-1]].place > ps[o].place {
			only[at] = only[at-1]
			at--
		}
		only[at] = o
	}
}

// Lengths from which a piece inside the other's run of text is no chance.
const (
	insideJoined = 4 // two neighbours written as one
	insideCode   = 4 // a piece with a digit
	insideWord   = 6 // any piece
)

// inside takes out the pieces that stand in the other's text without separators.
func (a *aligner) inside(ps []piece, only []uint16, other *textGrams) []uint16 {
	t, rest := a.t, only[:0]
	for k := 0; k < len(only); k++ {
		p := ps[only[k]]
		word, w := t.vocab[p.id], t.weight[p.id]
		if k+1 < len(only) {
			next := ps[only[k+1]]
			if next.place == p.place+1 && next.slot/2 == p.slot/2 && len(word)+len(t.vocab[next.id]) >= insideJoined {
				a.joined = append(append(a.joined[:0], word...), t.vocab[next.id]...)
				if other.contains(a.joined) {
					a.same[p.slot] += (w + t.weight[next.id]) / 2
					k++
					continue
				}
			}
		}
		if n := len(word); n >= insideCode && t.digit[p.id] || n >= insideWord {
			a.joined = append(a.joined[:0], word...)
			if other.contains(a.joined) {
				a.same[p.slot] += w / 2
				continue
			}
		}
		rest = append(rest, only[k])
	}
	return rest
}

type fuzzyLink struct {
	x, y   int
	credit float32
	rank   float32
}

// similar pairs up misspelt and shortened pieces, best first, each once. The
// weight is that of the commoner one: a typo is rare.
func (a *aligner) similar(i, j int) {
	t := a.t
	L, R := t.of[i], t.of[j]
	a.links = a.links[:0]
	a.traitL, a.traitR = t.traits(a.traitL[:0], L, a.onlyL), t.traits(a.traitR[:0], R, a.onlyR)
	for x, kx := range a.onlyL {
		for y, ky := range a.onlyR {
			if !a.traitL[x].near(&a.traitR[y]) {
				continue
			}
			p, q := L[kx], R[ky]
			c := slipCredit(t, p.id, q.id)
			if p.slot/2 == q.slot/2 && c < 1 {
				c = max(c, shortCredit(t, p.id, q.id))
			}
			if c > 0 {
				rank := c
				if p.slot == q.slot {
					rank += .01
				}
				a.links = append(a.links, fuzzyLink{x, y, c, rank})
			}
		}
	}
	if len(a.links) == 0 {
		return
	}
	slices.SortStableFunc(a.links, func(p, q fuzzyLink) int { return cmp.Compare(q.rank, p.rank) })
	a.doneL = append(a.doneL[:0], make([]bool, len(a.onlyL))...)
	a.doneR = append(a.doneR[:0], make([]bool, len(a.onlyR))...)
	for _, l := range a.links {
		if a.doneL[l.x] || a.doneR[l.y] {
			continue
		}
		a.doneL[l.x], a.doneR[l.y] = true, true
		p, q := L[a.onlyL[l.x]], R[a.onlyR[l.y]]
		w := min(t.weight[p.id], t.weight[q.id])
		a.same[p.slot] += l.credit * w / 2
		a.same[q.slot] += l.credit * w / 2
		if r := (1 - l.credit) * w; r > 0 {
			a.left[p.slot], a.right[q.slot] = a.left[p.slot]+r, a.right[q.slot]+r
			a.clashL[p.slot], a.clashR[q.slot] = a.clashL[p.slot]+r, a.clashR[q.slot]+r
		}
	}
	a.onlyL, a.onlyR = undone(a.onlyL, a.doneL), undone(a.onlyR, a.doneR)
}

// forgive takes out words that are a slip of a word that the other side has, matched
// already or not: they say nothing.
func (a *aligner) forgive(ps []piece, only []uint16, others []piece) []uint16 {
	if len(only) == 0 {
		return only
	}
	t := a.t
	a.dfs = a.dfs[:0]
	most := uint32(0)
	for _, q := range others {
		df := t.df[q.id]
		a.dfs, most = append(a.dfs, df), max(most, df)
	}
	rest := only[:0]
	for _, k := range only {
		p := ps[k]
		df := t.df[p.id]
		if t.digit[p.id] || df > most || !slips(df, most) || !a.slipOf(p, df, others) {
			rest = append(rest, k)
		}
	}
	return rest
}

// slipOf says whether p, in df records, is a slip of one of others, which are in dfs records.
func (a *aligner) slipOf(p piece, df uint32, others []piece) bool {
	t := a.t
	for n, q := range others {
		if q.slot == p.slot && df <= a.dfs[n] && slips(df, a.dfs[n]) && q.id != p.id && t.trait[p.id].near(&t.trait[q.id]) && wordCredit(t, p.id, q.id) == 1 {
			return true
		}
	}
	return false
}

func undone(only []uint16, done []bool) []uint16 {
	rest := only[:0]
	for k, o := range only {
		if !done[k] {
			rest = append(rest, o)
		}
	}
	return rest
}
