package syntax

import (
	"strings"

	"github.com/doppeldb/doppel/record"
)

// CreateCollection is CREATE COLLECTION [IF NOT EXISTS] name (columns).
type CreateCollection struct {
	At          Pos
	Name        Name
	IfNotExists bool
	Columns     []Column
}

// Column is a field of a collection, or the name of its key.
type Column struct {
	Name Name
	Kind record.Kind
	Key  bool // its values are the keys of the records
}

// Pos is where the statement begins.
func (s *CreateCollection) Pos() Pos { return s.At }

// create reads what follows CREATE.
func (p *parser) create(pos Pos) Statement {
	switch {
	case p.acceptWord(kwCollection):
		return p.createCollection(pos)
	case p.acceptWord(kwClass):
		return p.createClass(pos)
	case p.acceptWord(kwClasses):
		return p.createClasses(pos)
	}
	p.unexpected()
	return nil
}

func (p *parser) createCollection(pos Pos) Statement {
	s := &CreateCollection{At: pos}
	if p.isWord(kwIf) && p.peek().keyword == kwNot {
		p.needWords(kwIf, kwNot, kwExists)
		s.IfNotExists = true
	}
	s.Name = p.name(aCollection)
	p.need(tokenOpen)
	s.Columns = append(s.Columns, p.column())
	for p.accept(tokenComma) {
		s.Columns = append(s.Columns, p.column())
	}
	p.need(tokenClose)
	p.end()
	return s
}

// Kinds are the kinds of fields as statements name them.
func Kinds() []string {
	return []string{"TEXT", "NUMBER", "CATEGORY", "CODE", "IMAGE", "IGNORE"}
}

// likelyKinds are what other databases call the kinds.
var likelyKinds = map[string]string{
	"VARCHAR": "TEXT", "CHAR": "TEXT", "STRING": "TEXT", "INT": "NUMBER", "INTEGER": "NUMBER", "BIGINT": "NUMBER",
	"REAL": "NUMBER", "FLOAT": "NUMBER", "DOUBLE": "NUMBER", "DECIMAL": "NUMBER", "NUMERIC": "NUMBER", "ENUM": "CATEGORY",
	"UUID": "CODE", "BLOB": "IGNORE", "DATE": "CODE", "BOOLEAN": "CATEGORY", "BOOL": "CATEGORY", "PHOTO": "IMAGE", "PICTURE": "IMAGE",
}

func (p *parser) column() Column {
	c := Column{Name: p.name(aField)}
	const aKind = "the kind of the field (TEXT, NUMBER, CATEGORY, CODE, IMAGE or IGNORE)"
	p.expect.thing(aKind)
	t := p.tok
	if t.kind != tokenName {
		p.unexpected()
		return c
	}
	kind, err := record.ParseKind(t.text)
	if err != nil {
		p.noKind(t)
		return c
	}
	c.Kind = kind
	p.advance()
	c.Key = p.acceptWord(kwKey)
	return c
}

func (p *parser) noKind(t token) {
	word := strings.ToUpper(t.text)
	hint := didYouMean(t.text, Kinds())
	if k := likelyKinds[word]; k != "" {
		hint = "; did you mean " + k + "?"
	}
	if word == "VECTOR" {
		hint = "; this version takes no vectors"
	}
	p.fail(t.pos, "%s is no kind of field; there are %s%s", t.describe(), list(Kinds(), "and"), hint)
}

func (s *CreateCollection) print(p *printer) {
	p.words("CREATE COLLECTION")
	if s.IfNotExists {
		p.words("IF NOT EXISTS")
	}
	p.name(s.Name)
	p.words("(")
	for i, c := range s.Columns {
		if i > 0 {
			p.raw(", ")
		}
		p.raw(c.Name.String() + " " + strings.ToUpper(c.Kind.String()))
		if c.Key {
			p.raw(" KEY")
		}
	}
	p.raw(")")
}
