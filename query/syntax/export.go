package syntax

// Export is EXPORT collection TO 'file'.
type Export struct {
	At   Pos
	Name Name
	File Expr
}

// Pos is where the statement begins.
func (s *Export) Pos() Pos { return s.At }

func (p *parser) export(pos Pos) Statement {
	s := &Export{At: pos, Name: p.name(aCollection)}
	p.needWords(kwTo)
	s.File = p.value(aFile)
	p.end()
	return s
}

func (s *Export) print(p *printer) {
	p.words("EXPORT")
	p.name(s.Name)
	p.clause("TO", s.File)
}
