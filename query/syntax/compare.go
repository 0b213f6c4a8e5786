package syntax

// Compare is COMPARE key WITH key IN collection [, collection] [USING model]: with two
// collections the first key is of the first.
type Compare struct {
	At          Pos
	Left, Right Expr // keys
	In          []Name
	Model       Model
}

// Model says which model judges: USING MODEL name, USING NO MODEL, or
// nothing, which leaves it to the runner.
type Model struct {
	None bool // USING NO MODEL
	Name Name // Text is "" without
}

// Pos is where the statement begins.
func (s *Compare) Pos() Pos { return s.At }

func (p *parser) compare(pos Pos) Statement {
	s := &Compare{At: pos, Left: p.key()}
	p.needWords(kwWith)
	s.Right = p.key()
	s.In = p.in()
	s.Model = p.model()
	p.end()
	return s
}

// key reads [RECORD] key.
func (p *parser) key() Expr {
	p.acceptWord(kwRecord)
	return p.value(aKey)
}

// model reads [USING MODEL name | USING NO MODEL].
func (p *parser) model() (m Model) {
	if !p.acceptWord(kwUsing) {
		return m
	}
	if p.acceptWord(kwNo) {
		p.needWords(kwModel)
		m.None = true
		return m
	}
	p.needWords(kwModel)
	m.Name = p.name("the name of a model")
	return m
}

func (p *printer) model(m Model) {
	switch {
	case m.None:
		p.words("USING NO MODEL")
	case m.Name.Text != "":
		p.words("USING MODEL")
		p.name(m.Name)
	}
}

func (s *Compare) print(p *printer) {
	p.clause("COMPARE", s.Left)
	p.clause("WITH", s.Right)
	p.in(s.In)
	p.model(s.Model)
}
