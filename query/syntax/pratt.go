package syntax

// How strongly operators bind, weakest first. A comparison does not go on with
// another: a < b < c is an error.
const (
	bindNone = iota
	bindOr
	bindAnd
	bindNot
	bindCompare
	bindSum
	bindProduct
	bindSign
	bindValue // what needs no parentheses anywhere
)

// Bounds that keep a text from exhausting the stack.
const (
	maxDepth = 200  // of parentheses, signs and NOTs
	maxChain = 1000 // operators in a row, as in a + b + c
)

// expr reads an expression.
func (p *parser) expr() Expr { return p.binding(bindNone) }

// binding reads an expression of operators that bind more strongly than outer
// (V. Pratt, Top down operator precedence, 1973).
func (p *parser) binding(outer int) Expr {
	if p.depth++; p.depth > maxDepth {
		p.fail(p.tok.pos, "this is nested too deeply: more than %d levels", maxDepth)
		return nil
	}
	x := p.prefix()
	for n := 0; p.err == nil; n++ {
		power := p.infixPower()
		if power <= outer {
			break
		}
		if n == maxChain {
			p.fail(p.tok.pos, "more than %d operators in a row", maxChain)
			break
		}
		x = p.infix(x, power)
		if power == bindCompare && p.err == nil && p.infixPower() == bindCompare {
			p.fail(p.tok.pos, "a comparison cannot be compared; join comparisons with AND")
		}
	}
	p.depth--
	return x
}

// infixPower tells how strongly the current token binds as an operator after a
// value, bindNone for what is none.
func (p *parser) infixPower() int {
	p.expect.operator = true
	switch p.tok.kind {
	case tokenName:
		switch p.tok.keyword {
		case kwOr:
			return bindOr
		case kwAnd:
			return bindAnd
		case kwIn, kwBetween, kwLike, kwIs, kwNot:
			return bindCompare
		}
	case tokenEqual, tokenUnequal, tokenLess, tokenLessEqual, tokenGreater, tokenGreaterEqual:
		return bindCompare
	case tokenPlus, tokenMinus:
		return bindSum
	case tokenStar, tokenSlash:
		return bindProduct
	}
	return bindNone
}

// binaryOps are the signs between two values; Or stands for no such sign.
var binaryOps = [...]Op{
	tokenEqual: Equal, tokenUnequal: Unequal, tokenLess: Less, tokenLessEqual: LessEqual, tokenGreater: Greater,
	tokenGreaterEqual: GreaterEqual, tokenPlus: Plus, tokenMinus: Minus, tokenStar: Times, tokenSlash: Over,
}

func (p *parser) binaryOp() Op {
	if int(p.tok.kind) < len(binaryOps) {
		return binaryOps[p.tok.kind]
	}
	return Or
}

// infix reads an operator and what follows it.
func (p *parser) infix(x Expr, power int) Expr {
	pos := p.tok.pos
	if op := p.binaryOp(); op != Or {
		p.advance()
		return &Binary{At: pos, Op: op, X: x, Y: p.binding(power)}
	}
	if power == bindAnd || power == bindOr {
		return p.logic(x, power)
	}
	not := p.acceptWord(kwNot)
	switch {
	case p.acceptWord(kwIn):
		return &In{At: pos, X: x, Not: not, List: p.inList()}
	case p.acceptWord(kwBetween):
		b := &Between{At: pos, X: x, Not: not, Low: p.binding(bindCompare)}
		p.needWords(kwAnd)
		b.High = p.binding(bindCompare)
		return b
	case p.acceptWord(kwLike):
		return &Like{At: pos, X: x, Not: not, Pattern: p.binding(bindCompare)}
	case !not && p.acceptWord(kwIs):
		not = p.acceptWord(kwNot)
		p.needWords(kwNull)
		return &IsNull{At: pos, X: x, Not: not}
	}
	p.unexpected()
	return x
}

// logic reads the rest of x AND y AND ... into one node.
func (p *parser) logic(x Expr, power int) Expr {
	k, op := kwAnd, And
	if power == bindOr {
		k, op = kwOr, Or
	}
	l := &Logic{At: p.tok.pos, Op: op, Args: append(make([]Expr, 0, 4), x)}
	for p.acceptWord(k) {
		l.Args = append(l.Args, p.binding(power))
	}
	return l
}

func (p *parser) inList() []Expr {
	p.need(tokenOpen)
	p.noSubquery()
	list := append(make([]Expr, 0, 4), p.expr())
	for p.accept(tokenComma) {
		list = append(list, p.expr())
	}
	p.need(tokenClose)
	return list
}

func (p *parser) noSubquery() {
	if p.tok.keyword == kwSelect && p.tok.kind == tokenName {
		p.fail(p.tok.pos, "a SELECT inside a statement is not part of the language; give the values")
	}
}

// prefix reads what begins an expression.
func (p *parser) prefix() Expr {
	t := p.tok
	switch t.kind {
	case tokenNumber, tokenString, tokenQuestion, tokenColon:
		return p.value(aValue)
	case tokenMinus:
		p.advance()
		if p.tok.kind == tokenNumber && p.tok.pos == t.end {
			x := &Literal{At: t.pos, Kind: NumberLiteral, Text: p.lex.src[t.pos:p.tok.end]}
			p.checkNumber(p.tok)
			p.advance()
			return x
		}
		return &Unary{At: t.pos, Op: Minus, X: p.binding(bindProduct)}
	case tokenOpen:
		p.advance()
		p.noSubquery()
		x := p.expr()
		p.need(tokenClose)
		return x
	case tokenName:
		switch t.keyword {
		case kwNot:
			p.advance()
			return &Unary{At: t.pos, Op: Not, X: p.binding(bindNot - 1)}
		case kwNull, kwTrue, kwFalse:
			return p.value(aValue)
		}
	}
	return p.fieldOrCall()
}

// fieldOrCall reads a name and, after a parenthesis, arguments.
func (p *parser) fieldOrCall() Expr {
	p.expect.thing(aValue)
	n := p.name(aField)
	if p.err != nil {
		return nil
	}
	if p.tok.kind == tokenDot {
		p.fail(p.tok.pos, "a statement reads one collection: write the field without %s before it", shorten(n.Text))
		return nil
	}
	if n.Quoted || p.tok.kind != tokenOpen {
		return &Field{Name: n}
	}
	p.advance()
	c := &Call{Func: n}
	if p.accept(tokenStar) {
		c.Star = true
		p.need(tokenClose)
		return c
	}
	c.Distinct = p.acceptWord(kwDistinct)
	if c.Distinct || !p.is(tokenClose) {
		c.Args = append(c.Args, p.expr())
		for p.accept(tokenComma) {
			c.Args = append(c.Args, p.expr())
		}
	}
	p.need(tokenClose)
	return c
}
