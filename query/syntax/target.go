package syntax

// Target is what is looked for: one of Text, Record and Values.
type Target struct {
	At     Pos
	Text   Expr         // a text
	Record Expr         // the key of a stored record
	Values []FieldValue // {field: value, ...}
}

// FieldValue is field: value.
type FieldValue struct {
	Field Name
	Value Expr
}

// target reads 'text', RECORD key or {field: value, ...}.
func (p *parser) target() Target {
	t := Target{At: p.tok.pos}
	switch {
	case p.acceptWord(kwRecord):
		t.Record = p.value(aKey)
	case p.is(tokenOpenBrace):
		t.Values = p.braces()
	default:
		t.Text = p.value(aText)
	}
	return t
}

const aKey = "a key"

// braces reads {field: value, ...}.
func (p *parser) braces() (list []FieldValue) {
	p.need(tokenOpenBrace)
	for {
		f := FieldValue{Field: p.name(aField)}
		p.need(tokenColon)
		if p.err == nil && p.tok.kind == tokenName && wordLiterals[p.tok.keyword] == 0 && p.tok.keyword != kwNull {
			p.fail(p.tok.pos, "a value is expected here, not a name; text is in quotes, and a parameter has a colon of its own: {%s: :%s}",
				quoteName(f.Field.Text), p.tok.text)
		}
		f.Value = p.value(aValue)
		list = append(list, f)
		if !p.accept(tokenComma) {
			break
		}
	}
	p.need(tokenCloseBrace)
	return list
}

func (t *Target) print(p *printer) {
	switch {
	case t.Record != nil:
		p.words("RECORD")
		p.expr(t.Record)
	case t.Values != nil:
		p.braces(t.Values)
	default:
		p.expr(t.Text)
	}
}

func (p *printer) braces(values []FieldValue) {
	p.space()
	p.raw("{")
	for i, v := range values {
		if i > 0 {
			p.raw(", ")
		}
		p.raw(v.Field.String())
		p.raw(": ")
		p.tight = true
		p.expr(v.Value)
	}
	p.raw("}")
}
