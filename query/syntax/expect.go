package syntax

import (
	"slices"
	"strings"
)

// expectation is what would have been accepted in the place of the current token.
// Every question that the parser asks about the token goes in here, so that
// the message needs no list of its own.
type expectation struct {
	words    [numKeywords/64 + 1]uint64
	signs    uint64
	what     [3]string // a name, a value, ...
	numWhats int
	operator bool // AND, IN and their like: worth a suggestion, not worth a list
}

func (e *expectation) clear() { *e = expectation{} }

func (e *expectation) word(k keyword)     { e.words[k/64] |= 1 << (k % 64) }
func (e *expectation) sign(k tokenKind)   { e.signs |= 1 << k }
func (e *expectation) has(k keyword) bool { return e.words[k/64]>>(k%64)&1 == 1 }

// thing is something that is not one word or sign.
func (e *expectation) thing(what string) {
	for _, w := range e.what[:e.numWhats] {
		if w == what {
			return
		}
	}
	if e.numWhats < len(e.what) {
		e.what[e.numWhats] = what
		e.numWhats++
	}
}

// keywords lists the expected words.
func (e *expectation) keywords() (words []string) {
	for k := noKeyword + 1; k < numKeywords; k++ {
		if e.has(k) {
			words = append(words, k.String())
		}
	}
	return words
}

// operators are the words that may follow a value.
var operators = []keyword{kwAnd, kwOr, kwIn, kwBetween, kwLike, kwIs, kwNot}

// suggested lists the words that a misspelt one may mean.
func (e *expectation) suggested() []string {
	words := e.keywords()
	if e.operator {
		for _, k := range operators {
			words = append(words, k.String())
		}
	}
	return words
}

// quietSigns are not worth a word where there is something else to say.
const quietSigns = 1<<tokenStar | 1<<tokenPlus | 1<<tokenMinus | 1<<tokenSlash | 1<<tokenDot | 1<<tokenEqual |
	1<<tokenUnequal | 1<<tokenLess | 1<<tokenLessEqual | 1<<tokenGreater | 1<<tokenGreaterEqual

// all lists everything that is expected.
func (e *expectation) all() []string {
	out := append([]string{}, e.what[:e.numWhats]...)
	out = append(out, e.keywords()...)
	signs := e.signs
	if len(out) > 0 {
		signs &^= quietSigns
	}
	for k, s := range []string(signNames()) {
		if signs>>k&1 == 1 && s != "" {
			out = append(out, "'"+s+"'")
		}
	}
	if e.signs>>tokenSemicolon&1 == 1 || e.signs>>tokenEnd&1 == 1 {
		out = append(out, "the end")
	}
	return out
}

func signNames() []string {
	names := make([]string, len(signs))
	copy(names, signs[:])
	names[tokenSemicolon] = ""
	return names
}

// unexpected fails on the current token: what is expected, and what may be meant.
func (p *parser) unexpected() {
	if p.err != nil {
		return
	}
	t := p.tok
	if t.kind == tokenName {
		if hint := foreignHint(t.text); hint != "" {
			p.fail(t.pos, "%s is not part of the language: %s", strings.ToUpper(t.text), hint)
			return
		}
		if s := Suggest(t.text, p.expect.suggested()); s != "" && !strings.EqualFold(s, t.text) {
			p.fail(t.pos, "%s is not expected here; did you mean %s?", t.describe(), s)
			return
		}
	}
	want := list(p.expect.all(), "or")
	if t.kind == tokenName && t.keyword != noKeyword && t.keyword <= lastReserved && p.expect.wantsName() && !slices.Contains(operators, t.keyword) {
		p.fail(t.pos, "%s is expected here, not the keyword %s; as a name it needs double quotes: %s",
			want, t.keyword, quoteName(t.text))
		return
	}
	if t.kind == tokenQuoted && p.expect.wantsText() {
		p.fail(t.pos, "%s is expected here, and double quotes make a name; text is in single quotes: %s", want, quoteText(t.text))
		return
	}
	if t.kind == tokenString && p.expect.wantsName() && !p.expect.wantsText() {
		p.fail(t.pos, "%s is expected here, and single quotes make a text; a name needs none, or double ones: %s", want, quoteName(t.text))
		return
	}
	if want == "" {
		p.fail(t.pos, "%s is not expected here", t.describe())
		return
	}
	p.fail(t.pos, "%s is expected here, not %s", want, t.describe())
}

// Things that are expected.
const (
	aCollection = "the name of a collection"
	aField      = "the name of a field"
	aName       = "a name"
	aValue      = "a value"
	aText       = "a text in quotes"
	aNumber     = "a number"
	aFile       = "the name of a file in quotes"
)

func (e *expectation) wantsName() bool {
	for _, w := range e.what[:e.numWhats] {
		if w == aCollection || w == aField || w == aName {
			return true
		}
	}
	return false
}

func (e *expectation) wantsText() bool {
	for _, w := range e.what[:e.numWhats] {
		if w == aValue || w == aText || w == aFile {
			return true
		}
	}
	return false
}
