package synth

import "strconv"

// writer makes rows. One buffer holds the row under construction; a row costs
// two allocations, its text and its slice of columns.
type writer struct {
	seed  uint64
	noise float64
	style Style
	maker *maker
	d     dice
	q     product
	list  listing // what the plain merchants retype; not used by wild ones
	buf   []byte
	words []span // words that may suffer: never codes or values
}

// span is a stretch of the buffer.
type span struct{ from, to int }

func newWriter(o Options) *writer {
	return &writer{seed: o.Seed, noise: o.Noise, style: o.Style, maker: newMaker(o.Seed, o.Style), buf: make([]byte, 0, 1024)}
}

// catalogueRow makes the given copy of product num as row r of a catalogue.
func (w *writer) catalogueRow(r, num, copyNo int) []string {
	w.begin(num, streamRow+uint64(copyNo)<<8)
	return w.row("p", r, w.styleOf(num, copyNo))
}

// shopRow makes product num as row r of a shop.
func (w *writer) shopRow(prefix string, r, num int, stream uint64, s *style) []string {
	w.begin(num, stream)
	return w.row(prefix, r, s)
}

func (w *writer) begin(num int, stream uint64) {
	w.maker.make(&w.q, num)
	if w.style == Plain {
		w.d.seed(w.seed, streamListing, uint64(w.q.line))
		w.list.draw(&w.d, w.q.fam)
	}
	w.d.seed(w.seed, stream, uint64(num))
}

// row renders w.q in the given style. The order of the draws is part of what a
// seed means: the golden test guards it.
func (w *writer) row(prefix string, r int, s *style) []string {
	q := &w.q
	var p plan
	if w.style == Wild {
		p = w.plan(q, s)
	} else {
		p = w.planListing(q, s)
	}
	var end [numColumns]int
	w.buf = appendID(w.buf[:0], prefix, r)
	end[colID] = len(w.buf)
	w.title(q, s, &p)
	end[colTitle] = len(w.buf)
	if p.brandColumn {
		w.brand(q.brand, s.brand)
	}
	end[colBrand] = len(w.buf)
	if w.d.chance(1 - .12*w.noise) {
		w.buf = appendPrice(w.buf, w.asked(q.cents), s.price)
	}
	end[colPrice] = len(w.buf)
	if w.d.chance(1 - .12*w.noise) {
		w.category(q, s)
	}
	end[colCategory] = len(w.buf)
	switch {
	case p.described && w.style == Plain:
		w.retype(q, s, &p)
	case p.described:
		w.describe(q, s, &p)
	}
	end[colDescription] = len(w.buf)

	text, from := string(w.buf), 0
	row := make([]string, numColumns)
	for i, to := range end {
		row[i] = text[from:to]
		from = to
	}
	return row
}

// appendID writes a shop's own number for row r, six digits or more.
func appendID(b []byte, prefix string, r int) []byte {
	b = append(b, prefix...)
	for limit := 100000; limit > r+1; limit /= 10 {
		b = append(b, '0')
	}
	return strconv.AppendInt(b, int64(r+1), 10)
}

// title writes the slots that the plan shows, then lets noise at them.
func (w *writer) title(q *product, s *style, p *plan) {
	start := len(w.buf)
	w.words = w.words[:0]
	w.hype(s, hypeBefore)
	for i := range s.title {
		mark := len(w.buf)
		if mark > start {
			w.text(s.title[i].before)
		}
		from := len(w.buf)
		w.slot(q, s, p, s.title[i].kind)
		if len(w.buf) == from {
			w.buf = w.buf[:mark]
		} else {
			w.text(s.title[i].after)
		}
	}
	w.hype(s, hypeAfter)
	w.damage(start)
	letters := s.letters
	if letters == caseAsIs && w.d.chance(.05*w.noise) {
		letters = caseUpper
	}
	setCase(w.buf[start:], letters)
	w.accents(start)
}

func (w *writer) slot(q *product, s *style, p *plan, kind byte) {
	switch kind {
	case 'b':
		if p.brandTitle {
			w.brand(q.brand, s.brand)
		}
	case 's':
		if p.series {
			w.name(q)
		}
	case 'k':
		w.code(q, p.codeTitle, s.sep)
	case 'm':
		w.attributes(q, s, p.title, false)
	case 't':
		w.attributes(q, s, p.title, true)
	case 'n':
		if p.noun >= 0 {
			w.frail(q.fam.nouns[p.noun])
		}
	case 'f':
		w.frail(q.fam.features[q.feature[0]])
	}
	// A code that its house style has no place for stands with the name.
	if kind == 's' && s.code == codeNone && p.codeTitle != codeNone {
		w.space()
		w.code(q, p.codeTitle, s.sep)
	}
}

func (w *writer) text(s string) { w.buf = append(w.buf, s...) }

// space separates from what was written before.
func (w *writer) space() {
	if n := len(w.buf); n > 0 && w.buf[n-1] != ' ' {
		w.buf = append(w.buf, ' ')
	}
}

// frail writes words that noise may damage.
func (w *writer) frail(s string) {
	from := len(w.buf)
	w.text(s)
	for i := from; i <= len(w.buf); i++ {
		if i == len(w.buf) || !isLetter(w.buf[i]) {
			if i-from >= 4 {
				w.words = append(w.words, span{from, i})
			}
			from = i + 1
		}
	}
}

func (w *writer) brand(b *brand, f brandForm) {
	switch f {
	case brandJoined:
		w.text(b.joined)
	case brandFirm:
		w.text(b.firm)
	case brandUpper:
		w.text(b.upper)
	default:
		w.text(b.name)
	}
}

// name writes the series of a coded product, the name of another.
func (w *writer) name(q *product) {
	if q.fam.coded() {
		w.frail(q.fam.names[0][q.word[0]])
		return
	}
	for i, list := range q.fam.names {
		if word := list[q.word[i]]; word != "" {
			if i > 0 {
				w.text(" ")
			}
			w.frail(word)
		}
	}
	if q.volume > 0 {
		w.text(" series ")
		w.buf = strconv.AppendInt(w.buf, int64(q.volume)+1, 10)
	}
}

// code writes a model code. Only wild merchants slip in it, and only if the line
// has no siblings.
func (w *writer) code(q *product, f codeForm, sep separators) {
	from := len(w.buf)
	switch {
	case f == codeNone || !q.fam.coded():
		return
	case f == codeShort:
		w.buf = appendCode(w.buf, q.code.short(), sep)
	default:
		w.buf = appendCode(w.buf, q.code.text, sep)
	}
	if w.style == Wild && q.size == 1 && w.d.chance(.02*w.noise) {
		i := from + w.d.below(len(w.buf)-from-1)
		w.buf[i], w.buf[i+1] = w.buf[i+1], w.buf[i]
	}
}

// attributes writes the shown values that stand before (or after) the noun.
func (w *writer) attributes(q *product, s *style, shown uint, tail bool) {
	first := true
	for a := range q.fam.axes {
		if shown>>a&1 == 0 || q.fam.axes[a].tail != tail {
			continue
		}
		if !first {
			w.text(" ")
		}
		first = false
		w.value(q, s, a)
	}
}

// value writes attribute a in the merchant's dialect, now and then in another.
func (w *writer) value(q *product, s *style, a int) {
	dialect := s.dialect
	if w.d.chance(.2 * w.noise) {
		dialect = w.d.below(numDialects)
	}
	if w.style == Plain {
		w.text(q.fam.axes[a].plain[q.value[a]][dialect])
	} else {
		w.text(q.fam.axes[a].spell[q.value[a]][dialect])
	}
}
