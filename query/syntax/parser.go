package syntax

import (
	"fmt"
	"strings"
)

// Statement is one statement of the language.
type Statement interface {
	// Pos is where it begins.
	Pos() Pos
	print(p *printer)
}

// Parsed is a statement with its text.
type Parsed struct {
	Statement Statement
	// Source is the text that positions count in; the statement may be a part of it.
	Source string
	// Questions is the number of parameters ?; Names are those of :name, each
	// once, in the order of their first use.
	Questions int
	Names     []string
}

// Error makes an [Error] about a place of the statement.
func (p *Parsed) Error(pos Pos, format string, args ...any) *Error {
	return NewError(p.Source, pos, fmt.Sprintf(format, args...))
}

// Parse reads one statement; a semicolon may end it. The error is an *[Error].
func Parse(src string) (*Parsed, error) {
	p := newParser(src, 0)
	s := p.statement()
	if p.err == nil && s != nil {
		p.accept(tokenSemicolon)
		if p.err == nil && p.tok.kind != tokenEnd {
			p.fail(p.tok.pos, "one statement is expected here, and this begins another")
		}
	}
	return p.result(s)
}

func (p *parser) result(s Statement) (*Parsed, error) {
	if p.err != nil {
		return nil, p.err
	}
	if s == nil {
		return nil, NewError(p.lex.src, p.tok.pos, "there is no statement")
	}
	return &Parsed{Statement: s, Source: p.lex.src, Questions: p.questions, Names: p.names}, nil
}

// parser reads tokens with one ahead. The first error stays; after it every token
// is the end, so that loops come to theirs.
type parser struct {
	lex   lexer
	tok   token
	ahead token // valid when peeked
	have  bool
	last  Pos // end of the token before tok
	err   *Error

	depth     int // of nested expressions
	questions int
	names     []string
	expect    expectation
}

func newParser(src string, from int) *parser {
	p := &parser{lex: lexer{src: src, pos: from}}
	p.advance()
	return p
}

// advance goes to the next token.
func (p *parser) advance() {
	p.last = p.tok.end
	p.expect.clear()
	if p.have {
		p.tok, p.have = p.ahead, false
	} else {
		p.tok = p.lex.next()
	}
	if p.lex.err != nil && p.err == nil {
		p.err = p.lex.err
	}
}

// peek gives the token after the current one.
func (p *parser) peek() token {
	if !p.have {
		p.ahead, p.have = p.lex.next(), true
	}
	return p.ahead
}

// fail keeps the first error.
func (p *parser) fail(pos Pos, format string, args ...any) {
	if p.err == nil {
		p.err = NewError(p.lex.src, pos, fmt.Sprintf(format, args...))
	}
	p.tok = token{kind: tokenEnd, pos: p.tok.pos, end: p.tok.pos}
	p.have = false
	p.lex.pos = len(p.lex.src)
}

// is says whether the current token is of a kind, and remembers that it would be expected.
func (p *parser) is(kind tokenKind) bool {
	p.expect.sign(kind)
	return p.tok.kind == kind
}

// accept passes a token of a kind.
func (p *parser) accept(kind tokenKind) bool {
	if !p.is(kind) {
		return false
	}
	p.advance()
	return true
}

// need passes a token of a kind or fails.
func (p *parser) need(kind tokenKind) {
	if !p.accept(kind) {
		p.unexpected()
	}
}

// isWord says whether the current token is a keyword.
func (p *parser) isWord(k keyword) bool {
	p.expect.word(k)
	return p.tok.keyword == k && p.tok.kind == tokenName
}

// acceptWord passes a keyword.
func (p *parser) acceptWord(k keyword) bool {
	if !p.isWord(k) {
		return false
	}
	p.advance()
	return true
}

// needWords passes keywords or fails.
func (p *parser) needWords(ks ...keyword) {
	for _, k := range ks {
		if !p.acceptWord(k) {
			p.unexpected()
			return
		}
	}
}

// statement reads one statement; nil after an error.
func (p *parser) statement() Statement {
	if p.tok.kind == tokenEnd {
		return nil
	}
	begin := p.tok
	read := statements[begin.keyword]
	if begin.kind != tokenName || read == nil {
		p.noStatement(begin)
		return nil
	}
	p.advance()
	s := read(p, begin.pos)
	if p.err != nil {
		return nil
	}
	return s
}

// statements finds a statement by its first word. It is filled by init, since
// EXPLAIN holds another statement.
var statements [numKeywords]func(p *parser, pos Pos) Statement

func init() {
	statements = [numKeywords]func(p *parser, pos Pos) Statement{
		kwClassify: (*parser).classify,
		kwCompare:  (*parser).compare,
		kwCreate:   (*parser).create,
		kwDedupe:   (*parser).dedupe,
		kwDelete:   (*parser).delete,
		kwDescribe: (*parser).describe,
		kwDrop:     (*parser).drop,
		kwEvaluate: (*parser).evaluate,
		kwExplain:  (*parser).explain,
		kwExport:   (*parser).export,
		kwImport:   (*parser).importFile,
		kwInsert:   (*parser).insert,
		kwLabel:    (*parser).label,
		kwLink:     (*parser).link,
		kwSelect:   (*parser).selectRecords,
		kwShow:     (*parser).show,
		kwTrain:    (*parser).train,
	}
}

// noStatement fails on a word that begins no statement.
func (p *parser) noStatement(t token) {
	if t.kind != tokenName {
		p.fail(t.pos, "a statement begins with a word such as SELECT, not with %s", t.describe())
		return
	}
	if hint := foreignHint(t.text); hint != "" {
		p.fail(t.pos, "%s is not part of the language: %s", strings.ToUpper(t.text), hint)
		return
	}
	var words []string
	for k, read := range statements {
		if read != nil {
			words = append(words, keyword(k).String())
		}
	}
	sortWords(words)
	if s := Suggest(t.text, words); s != "" {
		p.fail(t.pos, "no statement begins with %s; did you mean %s?", t.describe(), s)
		return
	}
	p.fail(t.pos, "no statement begins with %s; there are %s", t.describe(), list(words, "and"))
}

// list writes words as "a, b and c".
func list(words []string, last string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " " + last + " " + words[len(words)-1]
}
