package syntax

// Describe is DESCRIBE collection.
type Describe struct {
	At   Pos
	Name Name
}

// Pos is where the statement begins.
func (s *Describe) Pos() Pos { return s.At }

func (p *parser) describe(pos Pos) Statement {
	s := &Describe{At: pos, Name: p.name(aCollection)}
	p.end()
	return s
}

func (s *Describe) print(p *printer) {
	p.words("DESCRIBE")
	p.name(s.Name)
}
