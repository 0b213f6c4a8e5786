package syntax

import (
	"math"
	"strconv"
)

// name reads a name; what says of what, for messages.
func (p *parser) name(what string) Name {
	p.expect.thing(what)
	t := p.tok
	if t.kind == tokenQuoted || t.kind == tokenName && (t.keyword == noKeyword || t.keyword > lastReserved) {
		p.advance()
		return Name{At: t.pos, Text: t.text, Quoted: t.kind == tokenQuoted}
	}
	p.unexpected()
	return Name{At: t.pos}
}

// nameList reads names with commas between.
func (p *parser) nameList(what string) []Name {
	list := []Name{p.name(what)}
	for p.accept(tokenComma) {
		list = append(list, p.name(what))
	}
	return list
}

// value reads a literal or a parameter. what says what it is for; a literal of
// another kind is an error.
func (p *parser) value(what string) Expr {
	p.expect.thing(what)
	t := p.tok
	switch t.kind {
	case tokenQuestion:
		p.advance()
		p.questions++
		return &Param{At: t.pos, Index: p.questions - 1}
	case tokenColon:
		if n := p.peek(); n.kind == tokenName && n.pos == t.end {
			p.advance()
			p.advance()
			p.addName(n.text)
			return &Param{At: t.pos, Name: n.text}
		}
	case tokenString:
		if what == aNumber {
			break
		}
		p.advance()
		return &Literal{At: t.pos, Kind: TextLiteral, Text: t.text}
	case tokenNumber:
		if what == aText || what == aFile {
			break
		}
		p.checkNumber(t)
		p.advance()
		return &Literal{At: t.pos, Kind: NumberLiteral, Text: t.text}
	case tokenMinus:
		if n := p.peek(); n.kind == tokenNumber && n.pos == t.end && what != aText && what != aFile {
			p.checkNumber(n)
			p.advance()
			p.advance()
			return &Literal{At: t.pos, Kind: NumberLiteral, Text: p.lex.src[t.pos:n.end]}
		}
	case tokenName:
		if k, ok := wordLiterals[t.keyword]; ok && what == aValue {
			p.advance()
			return &Literal{At: t.pos, Kind: k}
		}
	}
	p.unexpected()
	return nil
}

var wordLiterals = map[keyword]LiteralKind{kwNull: NullLiteral, kwTrue: TrueLiteral, kwFalse: FalseLiteral}

// checkNumber fails on a number that is too large.
func (p *parser) checkNumber(t token) {
	if x, err := strconv.ParseFloat(t.text, 64); err != nil && math.IsInf(x, 0) {
		p.fail(t.pos, "%s is too large", t.describe())
	}
}

// Number gives the value of a number literal.
func (x *Literal) Number() float64 {
	v, err := strconv.ParseFloat(x.Text, 64)
	if err != nil && !math.IsInf(v, 0) {
		return math.NaN() // no text that was parsed
	}
	return v
}

func (p *parser) addName(name string) {
	for _, n := range p.names {
		if n == name {
			return
		}
	}
	p.names = append(p.names, name)
}
