package syntax

// Explain is EXPLAIN [ANALYZE] SELECT ... .
type Explain struct {
	At      Pos
	Analyze bool // run it, and count and time its steps
	Select  *Select
}

// Pos is where the statement begins.
func (s *Explain) Pos() Pos { return s.At }

func (p *parser) explain(pos Pos) Statement {
	s := &Explain{At: pos}
	s.Analyze = p.acceptWord(kwAnalyze)
	begin := p.tok.pos
	if !p.isWord(kwSelect) && p.tok.kind == tokenName && p.tok.keyword != noKeyword && statements[p.tok.keyword] != nil {
		p.fail(begin, "EXPLAIN explains SELECT, not %s", p.tok.keyword)
		return nil
	}
	if !p.acceptWord(kwSelect) {
		p.unexpected()
		return nil
	}
	s.Select = p.selectRecords(begin).(*Select)
	return s
}

func (s *Explain) print(p *printer) {
	p.words("EXPLAIN")
	if s.Analyze {
		p.words("ANALYZE")
	}
	s.Select.print(p)
}
