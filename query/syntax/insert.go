package syntax

// Insert is INSERT [OR REPLACE] INTO collection [(fields)] VALUES (...), ... .
type Insert struct {
	At      Pos
	Replace bool
	Into    Name
	Fields  []Name   // nil for all, the key first
	Rows    [][]Expr // literals and parameters
	Places  []Pos    // of the rows
}

// Pos is where the statement begins.
func (s *Insert) Pos() Pos { return s.At }

func (p *parser) insert(pos Pos) Statement {
	s := &Insert{At: pos}
	if p.acceptWord(kwOr) {
		p.needWords(kwReplace)
		s.Replace = true
	}
	p.needWords(kwInto)
	s.Into = p.name(aCollection)
	if p.accept(tokenOpen) {
		s.Fields = p.nameList(aField)
		p.need(tokenClose)
	}
	p.needWords(kwValues)
	for {
		s.Places = append(s.Places, p.tok.pos)
		p.need(tokenOpen)
		row := []Expr{p.value(aValue)}
		for p.accept(tokenComma) {
			row = append(row, p.value(aValue))
		}
		p.need(tokenClose)
		s.Rows = append(s.Rows, row)
		if !p.accept(tokenComma) {
			break
		}
	}
	p.end()
	return s
}

func (s *Insert) print(p *printer) {
	p.words("INSERT")
	if s.Replace {
		p.words("OR REPLACE")
	}
	p.words("INTO")
	p.name(s.Into)
	if s.Fields != nil {
		p.words("(")
		p.tight = true
		p.names(s.Fields)
		p.raw(")")
	}
	p.words("VALUES")
	for i, row := range s.Rows {
		if i > 0 {
			p.raw(",")
		}
		p.words("(")
		p.exprs(row)
		p.raw(")")
	}
}
