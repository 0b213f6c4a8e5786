package syntax

// Evaluate is EVALUATE collection [TO collection] ON 'pairs' [USING MODEL name].
type Evaluate struct {
	At    Pos
	Left  Name
	Right Name // Text is "" for pairs of one collection
	Pairs Expr
	Model Model
}

// Pos is where the statement begins.
func (s *Evaluate) Pos() Pos { return s.At }

func (p *parser) evaluate(pos Pos) Statement {
	s := &Evaluate{At: pos, Left: p.name(aCollection)}
	s.Right = p.toCollection()
	p.needWords(kwOn)
	s.Pairs = p.value(aFile)
	s.Model = p.model()
	p.end()
	return s
}

func (s *Evaluate) print(p *printer) {
	p.words("EVALUATE")
	p.name(s.Left)
	p.toCollection(s.Right)
	p.clause("ON", s.Pairs)
	p.model(s.Model)
}
