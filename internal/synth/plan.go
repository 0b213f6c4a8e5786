package synth

// plan is what a row shows and where, decided before a word is written.
type plan struct {
	brandTitle, brandColumn bool
	series                  bool
	described               bool
	noun                    int      // which of the family's nouns is in the title, -1 for none
	codeTitle, codeText     codeForm // in the title, in the description
	title, text             uint     // bit a: attribute a is in the title, in the description
}

// plan decides what a wild rendering shows: first by house style and noise, then it
// puts back what the truth needs.
func (w *writer) plan(q *product, s *style) plan {
	n := w.noise
	p := plan{
		brandTitle:  w.d.chance(s.brandTitle * (1 - .1*n)),
		brandColumn: w.d.chance(s.brandColumn * (1 - .12*n)),
		series:      !q.fam.coded() || w.d.chance(s.series*(1-.3*n)),
		described:   w.d.chance(s.described * (1 - .3*n)),
		noun:        s.taxonomy,
		codeTitle:   w.codeForm(s.code),
	}
	for a := range q.fam.axes {
		// Merchants name what the customer has to choose; the rest they may forget.
		shown := s.attributes
		if q.differs>>a&1 != 0 {
			shown = .96
		}
		if w.d.chance(shown * (1 - .15*n)) {
			p.title |= 1 << a
		}
		if w.d.chance(.35) {
			p.text |= 1 << a
		}
	}
	if w.d.chance(.2) {
		p.codeText = codeFull
	}
	w.complete(&p, q)
	return p
}

// codeForm lets noise shorten or drop the code that a house style shows.
func (w *writer) codeForm(f codeForm) codeForm {
	switch {
	case w.d.chance(.12 * w.noise):
		return codeNone
	case w.d.chance(.16 * w.noise):
		return min(f, codeShort)
	}
	return f
}

// complete upholds the package's invariant: the brand in one place at least, the
// code in one, and each attribute that tells siblings apart in one, as a value;
// a wild merchant may leave that to a full code.
func (w *writer) complete(p *plan, q *product) {
	if !p.brandTitle && !p.brandColumn {
		p.brandColumn = true
	}
	if !p.described {
		p.codeText, p.text = codeNone, 0
	}
	if q.fam.coded() && p.codeTitle == codeNone && p.codeText == codeNone {
		if p.described {
			p.codeText = codeFull
		} else {
			p.codeTitle = codeFull
		}
	}
	told := p.title | p.text
	if w.style == Wild && (p.codeTitle == codeFull || p.codeText == codeFull) {
		told |= q.inCode
	}
	missing := q.differs &^ told
	if missing == 0 {
		return
	}
	if p.described && w.d.chance(.5) {
		p.text |= missing
	} else {
		p.title |= missing
	}
}
