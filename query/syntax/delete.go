package syntax

// Delete is DELETE FROM collection [WHERE condition].
type Delete struct {
	At    Pos
	From  Name
	Where Expr // nil for all records
}

// Pos is where the statement begins.
func (s *Delete) Pos() Pos { return s.At }

func (p *parser) delete(pos Pos) Statement {
	s := &Delete{At: pos}
	p.needWords(kwFrom)
	s.From = p.name(aCollection)
	s.Where = p.where()
	p.end()
	return s
}

func (s *Delete) print(p *printer) {
	p.words("DELETE FROM")
	p.name(s.From)
	p.where(s.Where)
}
