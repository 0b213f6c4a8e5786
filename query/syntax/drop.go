package syntax

// DropCollection is DROP COLLECTION [IF EXISTS] name.
type DropCollection struct {
	At       Pos
	Name     Name
	IfExists bool
}

// DropModel is DROP MODEL name.
type DropModel struct {
	At   Pos
	Name Name
}

// Pos is where the statement begins.
func (s *DropCollection) Pos() Pos { return s.At }

// Pos is where the statement begins.
func (s *DropModel) Pos() Pos { return s.At }

// drop reads what follows DROP.
func (p *parser) drop(pos Pos) Statement {
	switch {
	case p.acceptWord(kwCollection):
		s := &DropCollection{At: pos}
		if p.isWord(kwIf) && p.peek().keyword == kwExists {
			p.needWords(kwIf, kwExists)
			s.IfExists = true
		}
		s.Name = p.name(aCollection)
		p.end()
		return s
	case p.acceptWord(kwClass):
		return p.dropClass(pos)
	case p.acceptWord(kwLabel):
		return p.dropLabel(pos)
	case p.acceptWord(kwModel):
		s := &DropModel{At: pos, Name: p.name(aName)}
		p.end()
		return s
	}
	p.unexpected()
	return nil
}

func (s *DropCollection) print(p *printer) {
	p.words("DROP COLLECTION")
	if s.IfExists {
		p.words("IF EXISTS")
	}
	p.name(s.Name)
}

func (s *DropModel) print(p *printer) {
	p.words("DROP MODEL")
	p.name(s.Name)
}
