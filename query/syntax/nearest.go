package syntax

// Nearest is NEAREST TO target [ON fields] [WITHIN distance].
type Nearest struct {
	At     Pos
	To     Target
	On     []Name
	Within Expr // nil without
}

// Engine is USING EXACT or USING HNSW [(EF = n)].
type Engine struct {
	At   Pos
	HNSW bool
	Ef   Expr // nil without
}

func (p *parser) nearest() *Nearest {
	n := &Nearest{At: p.tok.pos}
	p.needWords(kwTo)
	n.To = p.target()
	if p.acceptWord(kwOn) {
		n.On = p.nameList(aField)
	}
	if p.acceptWord(kwWithin) {
		n.Within = p.value(aNumber)
	}
	return n
}

func (n *Nearest) print(p *printer) {
	p.words("NEAREST TO")
	n.To.print(p)
	if n.On != nil {
		p.words("ON")
		p.names(n.On)
	}
	p.clause("WITHIN", n.Within)
}

func (p *parser) engine() *Engine {
	e := &Engine{At: p.tok.pos}
	switch {
	case p.acceptWord(kwExact):
	case p.acceptWord(kwHnsw):
		e.HNSW = true
		if p.accept(tokenOpen) {
			p.needWords(kwEf)
			p.need(tokenEqual)
			e.Ef = p.value(aNumber)
			p.need(tokenClose)
		}
	default:
		p.unexpected()
	}
	return e
}

func (e *Engine) print(p *printer) {
	p.words("USING")
	if !e.HNSW {
		p.words("EXACT")
		return
	}
	p.words("HNSW")
	if e.Ef != nil {
		p.words("(EF =")
		p.expr(e.Ef)
		p.raw(")")
	}
}
