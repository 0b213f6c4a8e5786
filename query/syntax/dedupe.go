package syntax

// Dedupe is DEDUPE collection [THRESHOLD x] [USING model] [INTO destination].
type Dedupe struct {
	At        Pos
	Name      Name
	Threshold Expr // nil without
	Model     Model
	Into      Destination
}

// Pos is where the statement begins.
func (s *Dedupe) Pos() Pos { return s.At }

func (p *parser) dedupe(pos Pos) Statement {
	s := &Dedupe{At: pos, Name: p.name(aCollection)}
	s.Threshold = p.threshold()
	s.Model = p.model()
	s.Into = p.destination()
	p.end()
	return s
}

func (s *Dedupe) print(p *printer) {
	p.words("DEDUPE")
	p.name(s.Name)
	p.clause("THRESHOLD", s.Threshold)
	p.model(s.Model)
	s.Into.print(p)
}
