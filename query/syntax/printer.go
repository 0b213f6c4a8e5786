package syntax

import (
	"fmt"
	"strings"
)

// String prints a statement in one line; [Parse] reads it back as the same statement.
func String(s Statement) string {
	var p printer
	s.print(&p)
	return p.b.String()
}

// ExprString prints an expression.
func ExprString(x Expr) string {
	var p printer
	p.tight = true
	p.expr(x)
	return p.b.String()
}

// printer writes words with spaces between.
type printer struct {
	b     strings.Builder
	tight bool // no space before what comes next
}

func (p *printer) space() {
	if !p.tight && p.b.Len() > 0 {
		p.b.WriteByte(' ')
	}
	p.tight = false
}

// raw writes without a space.
func (p *printer) raw(s string) {
	p.tight = false
	p.b.WriteString(s)
}

// words writes keywords.
func (p *printer) words(s string) {
	p.space()
	p.b.WriteString(s)
}

func (p *printer) name(n Name) {
	p.space()
	p.b.WriteString(n.String())
}

func (p *printer) names(list []Name) {
	for i, n := range list {
		if i > 0 {
			p.raw(",")
		}
		p.name(n)
	}
}

// expr writes an expression, spaced as a word.
func (p *printer) expr(x Expr) {
	p.space()
	x.print(p, bindNone)
}

func (p *printer) exprs(list []Expr) {
	for i, x := range list {
		if i > 0 {
			p.raw(", ")
		}
		x.print(p, bindNone)
	}
}

// String writes the name as it has to be written.
func (n Name) String() string {
	if n.Quoted {
		return `"` + strings.ReplaceAll(n.Text, `"`, `""`) + `"`
	}
	return quoteName(n.Text)
}

// QuoteName writes a name as a statement needs it: in double quotes unless it is a plain word.
func QuoteName(s string) string { return quoteName(s) }

// QuoteText writes a text as a statement needs it: in single quotes.
func QuoteText(s string) string { return quoteText(s) }

func quoteName(s string) string {
	l := lexer{src: s}
	if t := l.next(); t.kind == tokenName && l.pos == len(s) && int(t.pos) == 0 && !Reserved(s) {
		return s
	}
	return `"` + strings.ReplaceAll(s, `"`, `""`) + `"`
}

func quoteText(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

func (x *Literal) print(p *printer, _ int) {
	switch x.Kind {
	case NullLiteral:
		p.raw("NULL")
	case TrueLiteral:
		p.raw("TRUE")
	case FalseLiteral:
		p.raw("FALSE")
	case TextLiteral:
		p.raw(quoteText(x.Text))
	case NumberLiteral:
		p.raw(x.Text)
	default:
		panic(fmt.Sprintf("syntax: literal of kind %d", x.Kind))
	}
}

func (x *Param) print(p *printer, _ int) {
	if x.Name == "" {
		p.raw("?")
		return
	}
	p.raw(":" + x.Name)
}

func (x *Field) print(p *printer, _ int) { p.raw(x.Name.String()) }

// within writes an operator's expression, in parentheses where outer binds as strongly.
func (p *printer) within(power, outer int, write func()) {
	if power > outer {
		write()
		return
	}
	p.raw("(")
	write()
	p.raw(")")
}

// powers of the operators, as the parser has them.
var powers = [...]int{
	Or: bindOr, And: bindAnd, Not: bindNot, Equal: bindCompare, Unequal: bindCompare, Less: bindCompare,
	LessEqual: bindCompare, Greater: bindCompare, GreaterEqual: bindCompare, Plus: bindSum, Minus: bindSum,
	Times: bindProduct, Over: bindProduct,
}

func (x *Unary) print(p *printer, outer int) {
	if x.Op == Not {
		p.within(bindNot, outer, func() {
			p.raw("NOT ")
			x.X.print(p, bindNot-1)
		})
		return
	}
	p.within(bindSign, outer, func() {
		p.raw("-(") // with a space less, -5 would be a number and -- a comment
		x.X.print(p, bindNone)
		p.raw(")")
	})
}

func (x *Binary) print(p *printer, outer int) {
	power := powers[x.Op]
	p.within(power, outer, func() {
		left := power - 1 // a - b - c is (a - b) - c
		if x.Op.Compares() {
			left = power
		}
		x.X.print(p, left)
		p.raw(" " + x.Op.String() + " ")
		x.Y.print(p, power)
	})
}

func (x *Logic) print(p *printer, outer int) {
	power := powers[x.Op]
	p.within(power, outer, func() {
		for i, arg := range x.Args {
			if i > 0 {
				p.raw(" " + x.Op.String() + " ")
			}
			arg.print(p, power)
		}
	})
}

func not(not bool) string {
	if not {
		return " NOT"
	}
	return ""
}

func (x *In) print(p *printer, outer int) {
	p.within(bindCompare, outer, func() {
		x.X.print(p, bindCompare)
		p.raw(not(x.Not) + " IN (")
		p.exprs(x.List)
		p.raw(")")
	})
}

func (x *Between) print(p *printer, outer int) {
	p.within(bindCompare, outer, func() {
		x.X.print(p, bindCompare)
		p.raw(not(x.Not) + " BETWEEN ")
		x.Low.print(p, bindCompare)
		p.raw(" AND ")
		x.High.print(p, bindCompare)
	})
}

func (x *Like) print(p *printer, outer int) {
	p.within(bindCompare, outer, func() {
		x.X.print(p, bindCompare)
		p.raw(not(x.Not) + " LIKE ")
		x.Pattern.print(p, bindCompare)
	})
}

func (x *IsNull) print(p *printer, outer int) {
	p.within(bindCompare, outer, func() {
		x.X.print(p, bindCompare)
		p.raw(" IS" + not(x.Not) + " NULL")
	})
}

func (x *Call) print(p *printer, _ int) {
	p.raw(x.Func.Text + "(")
	switch {
	case x.Star:
		p.raw("*")
	case x.Distinct:
		p.raw("DISTINCT ")
	}
	p.exprs(x.Args)
	p.raw(")")
}
