package syntax

// Import is IMPORT 'file' INTO collection [KEY column].
type Import struct {
	At   Pos
	File Expr
	Into Name
	Key  Name // the column of the file that is the key; Text is "" without
}

// Pos is where the statement begins.
func (s *Import) Pos() Pos { return s.At }

func (p *parser) importFile(pos Pos) Statement {
	s := &Import{At: pos, File: p.value(aFile)}
	p.needWords(kwInto)
	s.Into = p.name(aCollection)
	if p.acceptWord(kwKey) {
		s.Key = p.name(aField)
	}
	p.end()
	return s
}

func (s *Import) print(p *printer) {
	p.words("IMPORT")
	p.expr(s.File)
	p.words("INTO")
	p.name(s.Into)
	if s.Key.Text != "" {
		p.words("KEY")
		p.name(s.Key)
	}
}
