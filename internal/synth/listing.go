package synth

import "strings"

// listing is the text of a product line that its sellers retype: one for all
// variants, which differ in the values that are filled in.
type listing struct {
	noun     int    // the family's noun that nearly all sellers use
	opening  int    // of openings
	feature  [4]int // of the family's features, all distinct
	more     int    // of furthers
	closings [2]int // of closings, distinct
	title    uint   // bit a: the title names attribute a even if all siblings share it
	text     uint   // bit a: the description names it
}

// The sentences of a description. No word of them is a value of an attribute.
// In openings and furthers % stands for b brand, s name, n noun, f feature; they
// end with one.
var (
	openings = layouts("%s by %b: %n with %f and %f", "The %s from %b comes with %f and %f", "%b %s %n, %f, %f",
		"%n with %f and %f, by %b", "%b presents the %s %n with %f and %f", "Discover the %s: %f, %f",
		"%f and %f distinguish this %n", "This %b %n has %f and %f")
	furthers = layouts("Further features: %f, %f", "%f; %f", "Also with %f and %f",
		"Comes complete with %f and %f", "%f as well as %f", "Not to forget: %f, %f")
	closings = strings.Split("Made to last|Backed by a two-year warranty|Ships in recyclable packaging|Designed for daily use|"+
		"A favourite with our customers|Carefully finished in every detail|Simple to use from the very start|Excellent value in its class|"+
		"Tested by independent experts|Developed together with professionals|Welcome in every household|Instructions included|"+
		"Thirty days right of return|Delivered in original packaging|Award-winning design|Winner of our reader survey|"+
		"Ideal as a present|Limited stock, order soon|Recommended by our customers|Manufactured under strict controls", "|")
)

func layouts(templates ...string) (all [][]slot) {
	for _, t := range templates {
		all = append(all, layoutTitle(t))
	}
	return all
}

// draw decides a listing. d is seeded with the line.
func (l *listing) draw(d *dice, f *family) {
	l.noun = d.below(numTaxonomies)
	l.opening, l.more = d.below(len(openings)), d.below(len(furthers))
	for i := range l.feature {
		l.feature[i] = d.below(len(f.features))
		for j := 0; j < i; j++ {
			if l.feature[j] == l.feature[i] {
				l.feature[i] = (l.feature[i] + 1) % len(f.features)
				j = -1
			}
		}
	}
	l.closings[0] = d.below(len(closings))
	l.closings[1] = (l.closings[0] + 1 + d.below(len(closings)-1)) % len(closings)
	l.title, l.text = 0, 0
	for a := range f.axes {
		if d.chance(.8) {
			l.title |= 1 << a
		}
		if d.chance(.7) {
			l.text |= 1 << a
		}
	}
}

// planListing decides what a plain rendering shows: what the listing says, less
// what the seller drops, and what the truth needs.
func (w *writer) planListing(q *product, s *style) plan {
	n := w.noise
	p := plan{
		brandTitle:  w.d.chance(s.brandTitle * (1 - .1*n)),
		brandColumn: w.d.chance(s.brandColumn * (1 - .1*n)),
		series:      !q.fam.coded() || w.d.chance(1-.1*n),
		described:   w.d.chance(s.described * (1 - .2*n)),
		noun:        w.list.noun,
	}
	if w.d.chance(.12 * n) {
		p.noun = w.d.below(numTaxonomies+1) - 1
	}
	if w.d.chance(s.coded) {
		p.codeTitle = codeFull
	}
	if w.d.chance(.25) {
		p.codeText = codeFull
	}
	for a := range q.fam.axes {
		bit := uint(1) << a
		if q.differs&bit != 0 && w.d.chance(.98) || w.list.title&bit != 0 && w.d.chance(s.attributes*(1-.15*n)) {
			p.title |= bit
		}
		if w.list.text&bit != 0 && w.d.chance(1-.15*n) {
			p.text |= bit
		}
	}
	w.complete(&p, q)
	return p
}

// category writes the shelf: for plain merchants one taxonomy, which some cut
// short to the parent.
func (w *writer) category(q *product, s *style) {
	if w.style == Wild {
		w.text(q.fam.categories[s.taxonomy])
		return
	}
	path := q.fam.categories[pathTaxonomy]
	if w.d.chance(.16 * w.noise) {
		path = path[:max(strings.LastIndex(path, " > "), 0)]
	}
	w.text(path)
}

// The parts of a retyped description.
const (
	partOpening = iota
	partFurther
	partClosing
	partSecondClosing
	partValues
	numParts
)

// retype writes the listing's description as a seller hands it on: sentences
// moved, cut or dropped, words dropped or mistyped.
func (w *writer) retype(q *product, s *style, p *plan) {
	start := len(w.buf)
	w.words = w.words[:0]
	parts := [numParts]int{partOpening, partFurther, partClosing, partSecondClosing, partValues}
	if w.d.chance(.4 * w.noise) { // the values go up, or a sentence moves
		i := 1 + w.d.below(numParts-2)
		parts[i], parts[numParts-1] = parts[numParts-1], parts[i]
	}
	if w.d.chance(.3 * w.noise) {
		parts[0], parts[1] = parts[1], parts[0]
	}
	cut := numParts // from here on only the values remain
	if w.d.chance(.25 * w.noise) {
		cut = 1 + w.d.below(numParts-1)
	}
	between := ". "
	switch s.description {
	case describeBars:
		between = " | "
	case describeList:
		between = "; "
	}
	for i, part := range parts {
		if part != partValues && (i >= cut || w.d.chance(.1*w.noise)) {
			continue
		}
		mark := len(w.buf)
		if mark > start {
			w.text(between)
		}
		from := len(w.buf)
		w.part(q, s, p, part, between)
		if len(w.buf) == from {
			w.buf = w.buf[:mark]
			continue
		}
		capitalise(w.buf[from:])
	}
	if between == ". " && len(w.buf) > start {
		w.text(".")
	}
	w.wear()
}

// part writes one sentence of a description.
func (w *writer) part(q *product, s *style, p *plan, part int, between string) {
	switch part {
	case partOpening:
		w.fill(q, openings[w.list.opening], w.list.feature[:2])
	case partFurther:
		w.fill(q, furthers[w.list.more], w.list.feature[2:])
	case partClosing, partSecondClosing:
		w.frail(closings[w.list.closings[part-partClosing]])
	case partValues:
		w.values(q, s, p, between)
	}
}

// fill writes a sentence of the listing.
func (w *writer) fill(q *product, template []slot, features []int) {
	for i := range template {
		w.text(template[i].before)
		switch template[i].kind {
		case 'b':
			w.text(q.brand.name)
		case 's':
			w.name(q)
		case 'n':
			w.frail(q.fam.nouns[w.list.noun])
		case 'f':
			w.frail(q.fam.features[features[0]])
			features = features[1:]
		}
	}
}

// values writes the attributes and the code that the plan wants in the description.
func (w *writer) values(q *product, s *style, p *plan, between string) {
	first := true
	for a := range q.fam.axes {
		if p.text>>a&1 == 0 {
			continue
		}
		if !first {
			w.text(between)
		}
		first = false
		if s.description == describeSentence {
			w.texts(q.fam.axes[a].label, ": ")
		}
		w.value(q, s, a)
	}
	if p.codeText != codeNone && q.fam.coded() {
		if !first {
			w.text(between)
		}
		w.text("Model ")
		w.code(q, p.codeText, s.sep)
	}
}

// wear drops and mistypes words of a description, later ones first, so that
// earlier spans stay true.
func (w *writer) wear() {
	drop, slip := .08*w.noise, .04*w.noise
	for i := len(w.words) - 1; i > 0; i-- {
		v := w.words[i]
		switch {
		case w.d.chance(drop) && w.buf[v.from-1] == ' ':
			w.buf = append(w.buf[:v.from-1], w.buf[v.to:]...)
		case w.d.chance(slip):
			w.typo(v)
		}
	}
}
