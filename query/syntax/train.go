package syntax

// Train is TRAIN collection [TO collection] [ON 'pairs' [VALID 'pairs']] [AS model]. Without
// ON it learns from the labels in the file.
type Train struct {
	At    Pos
	Left  Name
	Right Name // Text is "" for pairs of one collection
	Pairs Expr // nil without
	Valid Expr // nil without
	As    Name // Text is "" without
}

// Pos is where the statement begins.
func (s *Train) Pos() Pos { return s.At }

func (p *parser) train(pos Pos) Statement {
	s := &Train{At: pos, Left: p.name(aCollection)}
	s.Right = p.toCollection()
	if p.acceptWord(kwOn) {
		s.Pairs = p.value(aFile)
		if p.acceptWord(kwValid) {
			s.Valid = p.value(aFile)
		}
	}
	if p.acceptWord(kwAs) {
		s.As = p.name("the name of a model")
	}
	p.end()
	return s
}

// toCollection reads [TO collection].
func (p *parser) toCollection() Name {
	if p.acceptWord(kwTo) {
		return p.name(aCollection)
	}
	return Name{}
}

func (p *printer) toCollection(n Name) {
	if n.Text != "" {
		p.words("TO")
		p.name(n)
	}
}

func (s *Train) print(p *printer) {
	p.words("TRAIN")
	p.name(s.Left)
	p.toCollection(s.Right)
	p.clause("ON", s.Pairs)
	p.clause("VALID", s.Valid)
	if s.As.Text != "" {
		p.words("AS")
		p.name(s.As)
	}
}
