package syntax

// Select is SELECT items FROM collection ... .
type Select struct {
	At      Pos
	Items   []Item
	From    Name
	Nearest *Nearest // nil without NEAREST TO
	Where   Expr     // nil without
	Engine  *Engine  // nil without USING
	Group   []Expr
	Order   []Order
	Limit   Expr // nil without
	Offset  Expr // nil without
}

// Item is a column of the answer.
type Item struct {
	At   Pos
	Star bool // *: the key and all fields
	Expr Expr // nil for *
	As   Name // Text is "" without AS
}

// Order is a key to sort by.
type Order struct {
	Expr Expr
	Desc bool
}

// Pos is where the statement begins.
func (s *Select) Pos() Pos { return s.At }

// selectRecords reads what follows SELECT.
func (p *parser) selectRecords(pos Pos) Statement {
	s := &Select{At: pos, Items: make([]Item, 0, 4)}
	if p.tok.keyword == kwDistinct && p.tok.kind == tokenName {
		p.fail(p.tok.pos, "SELECT DISTINCT is not part of the language: GROUP BY gives each value once")
	}
	s.Items = append(s.Items, p.item())
	for p.accept(tokenComma) {
		s.Items = append(s.Items, p.item())
	}
	p.needWords(kwFrom)
	s.From = p.name(aCollection)
	if p.acceptWord(kwNearest) {
		s.Nearest = p.nearest()
	}
	s.Where = p.where()
	if p.acceptWord(kwUsing) {
		s.Engine = p.engine()
	}
	if s.Where == nil {
		s.Where = p.where()
	}
	if p.acceptWord(kwGroup) {
		p.needWords(kwBy)
		s.Group = append(s.Group, p.expr())
		for p.accept(tokenComma) {
			s.Group = append(s.Group, p.expr())
		}
	}
	if p.acceptWord(kwOrder) {
		p.needWords(kwBy)
		s.Order = append(s.Order, p.order())
		for p.accept(tokenComma) {
			s.Order = append(s.Order, p.order())
		}
	}
	if p.acceptWord(kwLimit) {
		s.Limit = p.value(aNumber)
	}
	if p.acceptWord(kwOffset) {
		s.Offset = p.value(aNumber)
	}
	p.end()
	return s
}

// end fails unless the statement ends here.
func (p *parser) end() {
	if p.err == nil && !p.is(tokenSemicolon) && !p.is(tokenEnd) {
		p.unexpected()
	}
}

// where reads WHERE condition, nil when there is none.
func (p *parser) where() Expr {
	if p.acceptWord(kwWhere) {
		return p.expr()
	}
	return nil
}

func (p *parser) item() Item {
	it := Item{At: p.tok.pos}
	if p.accept(tokenStar) {
		it.Star = true
		return it
	}
	it.Expr = p.expr()
	if p.acceptWord(kwAs) {
		it.As = p.name(aName)
	}
	return it
}

func (p *parser) order() Order {
	o := Order{Expr: p.expr()}
	if p.acceptWord(kwDesc) {
		o.Desc = true
	} else {
		p.acceptWord(kwAsc)
	}
	return o
}

func (s *Select) print(p *printer) {
	p.words("SELECT")
	for i, it := range s.Items {
		if i > 0 {
			p.raw(",")
		}
		if it.Star {
			p.words("*")
			continue
		}
		p.expr(it.Expr)
		if it.As.Text != "" {
			p.words("AS")
			p.name(it.As)
		}
	}
	p.words("FROM")
	p.name(s.From)
	if s.Nearest != nil {
		s.Nearest.print(p)
	}
	p.where(s.Where)
	if s.Engine != nil {
		s.Engine.print(p)
	}
	if s.Group != nil {
		p.words("GROUP BY ")
		p.exprs(s.Group)
	}
	for i, o := range s.Order {
		if i == 0 {
			p.words("ORDER BY")
		} else {
			p.raw(",")
		}
		p.expr(o.Expr)
		if o.Desc {
			p.words("DESC")
		}
	}
	p.clause("LIMIT", s.Limit)
	p.clause("OFFSET", s.Offset)
}

func (p *printer) where(x Expr) { p.clause("WHERE", x) }

// clause writes a word and its expression, nothing for nil.
func (p *printer) clause(word string, x Expr) {
	if x != nil {
		p.words(word)
		p.expr(x)
	}
}
