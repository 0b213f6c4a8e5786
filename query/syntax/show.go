package syntax

// ShowKind is what SHOW lists.
type ShowKind uint8

// What SHOW lists.
const (
	ShowCollections ShowKind = iota
	ShowModels
	ShowClasses
	ShowLabels
)

// Show is SHOW COLLECTIONS, SHOW MODELS, SHOW CLASSES IN collection [SET set] or
// SHOW LABELS IN collection [, collection].
type Show struct {
	At   Pos
	What ShowKind
	In   []Name // collections of classes and labels
	Set  Name   // of classes; Text is "" without
}

// Pos is where the statement begins.
func (s *Show) Pos() Pos { return s.At }

func (p *parser) show(pos Pos) Statement {
	s := &Show{At: pos}
	switch {
	case p.acceptWord(kwCollections):
	case p.acceptWord(kwModels):
		s.What = ShowModels
	case p.acceptWord(kwClasses):
		s.What = ShowClasses
		p.needWords(kwIn)
		s.In = []Name{p.name(aCollection)}
		s.Set = p.set()
	case p.acceptWord(kwLabels):
		s.What = ShowLabels
		s.In = p.in()
	default:
		p.unexpected()
	}
	p.end()
	return s
}

// in reads IN collection [, collection].
func (p *parser) in() []Name {
	p.needWords(kwIn)
	list := []Name{p.name(aCollection)}
	if p.accept(tokenComma) {
		list = append(list, p.name(aCollection))
	}
	return list
}

// set reads [SET name].
func (p *parser) set() Name {
	if p.acceptWord(kwSet) {
		return p.name("the name of a set of classes")
	}
	return Name{}
}

func (p *printer) set(n Name) {
	if n.Text != "" {
		p.words("SET")
		p.name(n)
	}
}

func (p *printer) in(list []Name) {
	p.words("IN")
	p.names(list)
}

func (s *Show) print(p *printer) {
	p.words("SHOW")
	switch s.What {
	case ShowCollections:
		p.words("COLLECTIONS")
	case ShowModels:
		p.words("MODELS")
	case ShowClasses:
		p.words("CLASSES")
		p.in(s.In)
		p.set(s.Set)
	case ShowLabels:
		p.words("LABELS")
		p.in(s.In)
	}
}
