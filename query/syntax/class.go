package syntax

// CreateClass is CREATE CLASS name IN collection [SET set] FROM supports: records by
// key (RECORD 'a', 'b'), written down ({field: value}, ...), or that fulfil a condition
// (WHERE ... [LIMIT n]). Supports are added to a class that exists.
type CreateClass struct {
	At     Pos
	Name   Expr // a text
	In     Name
	Set    Name         // Text is "" without
	Keys   []Expr       // FROM RECORD ...
	Values []ClassValue // FROM {...}, ...
	Where  Expr         // FROM WHERE ...
	Limit  Expr         // of Where; nil without
}

// ClassValue is a support that is written down.
type ClassValue struct {
	At     Pos
	Values []FieldValue
}

// CreateClasses is CREATE CLASSES IN collection [SET set] FROM field [WHERE condition]
// [LIMIT n]: a class for each value of a field, of at most n records each.
type CreateClasses struct {
	At    Pos
	In    Name
	Set   Name // Text is "" without
	Field Name
	Where Expr // nil without
	Limit Expr // nil without
}

// DropClass is DROP CLASS name IN collection [SET set].
type DropClass struct {
	At   Pos
	Name Expr // a text
	In   Name
	Set  Name // Text is "" without
}

// Pos is where the statement begins.
func (s *CreateClass) Pos() Pos { return s.At }

// Pos is where the statement begins.
func (s *CreateClasses) Pos() Pos { return s.At }

// Pos is where the statement begins.
func (s *DropClass) Pos() Pos { return s.At }

func (p *parser) createClass(pos Pos) Statement {
	s := &CreateClass{At: pos, Name: p.value(aText)}
	p.needWords(kwIn)
	s.In = p.name(aCollection)
	s.Set = p.set()
	p.needWords(kwFrom)
	switch {
	case p.acceptWord(kwRecord):
		s.Keys = append(s.Keys, p.value(aKey))
		for p.accept(tokenComma) {
			p.acceptWord(kwRecord)
			s.Keys = append(s.Keys, p.value(aKey))
		}
	case p.is(tokenOpenBrace):
		for {
			v := ClassValue{At: p.tok.pos}
			v.Values = p.braces()
			s.Values = append(s.Values, v)
			if !p.accept(tokenComma) {
				break
			}
		}
	case p.isWord(kwWhere):
		s.Where = p.where()
		if p.acceptWord(kwLimit) {
			s.Limit = p.value(aNumber)
		}
	default:
		p.unexpected()
	}
	p.end()
	return s
}

func (p *parser) createClasses(pos Pos) Statement {
	s := &CreateClasses{At: pos}
	p.needWords(kwIn)
	s.In = p.name(aCollection)
	s.Set = p.set()
	p.needWords(kwFrom)
	s.Field = p.name(aField)
	s.Where = p.where()
	if p.acceptWord(kwLimit) {
		s.Limit = p.value(aNumber)
	}
	p.end()
	return s
}

func (p *parser) dropClass(pos Pos) Statement {
	s := &DropClass{At: pos, Name: p.value(aText)}
	p.needWords(kwIn)
	s.In = p.name(aCollection)
	s.Set = p.set()
	p.end()
	return s
}

func (s *CreateClass) print(p *printer) {
	p.clause("CREATE CLASS", s.Name)
	p.in([]Name{s.In})
	p.set(s.Set)
	p.words("FROM")
	switch {
	case s.Keys != nil:
		p.words("RECORD ")
		p.exprs(s.Keys)
	case s.Values != nil:
		for i, v := range s.Values {
			if i > 0 {
				p.raw(",")
			}
			p.braces(v.Values)
		}
	default:
		p.where(s.Where)
		p.clause("LIMIT", s.Limit)
	}
}

func (s *CreateClasses) print(p *printer) {
	p.words("CREATE CLASSES")
	p.in([]Name{s.In})
	p.set(s.Set)
	p.words("FROM")
	p.name(s.Field)
	p.where(s.Where)
	p.clause("LIMIT", s.Limit)
}

func (s *DropClass) print(p *printer) {
	p.clause("DROP CLASS", s.Name)
	p.in([]Name{s.In})
	p.set(s.Set)
}
