package syntax

// Classify is CLASSIFY target IN collection [AGAINST set] [TOP n].
type Classify struct {
	At     Pos
	Target Target
	In     Name
	Set    Name // Text is "" without AGAINST
	Top    Expr // nil without
}

// Pos is where the statement begins.
func (s *Classify) Pos() Pos { return s.At }

func (p *parser) classify(pos Pos) Statement {
	s := &Classify{At: pos, Target: p.target()}
	p.needWords(kwIn)
	s.In = p.name(aCollection)
	if p.acceptWord(kwAgainst) {
		s.Set = p.name("the name of a set of classes")
	}
	if p.acceptWord(kwTop) {
		s.Top = p.value(aNumber)
	}
	p.end()
	return s
}

func (s *Classify) print(p *printer) {
	p.words("CLASSIFY")
	s.Target.print(p)
	p.in([]Name{s.In})
	if s.Set.Text != "" {
		p.words("AGAINST")
		p.name(s.Set)
	}
	p.clause("TOP", s.Top)
}
