package syntax

// Label is LABEL key SAME AS key IN collection [, collection] [BY source], or
// DIFFERENT FROM.
type Label struct {
	At          Pos
	Left, Right Expr // keys
	Same        bool
	In          []Name
	By          Expr // who judged, a text; nil without
}

// DropLabel is DROP LABEL key WITH key IN collection [, collection].
type DropLabel struct {
	At          Pos
	Left, Right Expr // keys
	In          []Name
}

// Pos is where the statement begins.
func (s *Label) Pos() Pos { return s.At }

// Pos is where the statement begins.
func (s *DropLabel) Pos() Pos { return s.At }

func (p *parser) label(pos Pos) Statement {
	s := &Label{At: pos, Left: p.key()}
	switch {
	case p.acceptWord(kwSame):
		p.needWords(kwAs)
		s.Same = true
	case p.acceptWord(kwDifferent):
		p.needWords(kwFrom)
	default:
		p.unexpected()
	}
	s.Right = p.key()
	s.In = p.in()
	if p.acceptWord(kwBy) {
		s.By = p.value(aText)
	}
	p.end()
	return s
}

func (p *parser) dropLabel(pos Pos) Statement {
	s := &DropLabel{At: pos, Left: p.key()}
	p.needWords(kwWith)
	s.Right = p.key()
	s.In = p.in()
	p.end()
	return s
}

func (s *Label) print(p *printer) {
	p.clause("LABEL", s.Left)
	if s.Same {
		p.clause("SAME AS", s.Right)
	} else {
		p.clause("DIFFERENT FROM", s.Right)
	}
	p.in(s.In)
	p.clause("BY", s.By)
}

func (s *DropLabel) print(p *printer) {
	p.clause("DROP LABEL", s.Left)
	p.clause("WITH", s.Right)
	p.in(s.In)
}
