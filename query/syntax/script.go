package syntax

import "iter"

// Script reads the statements of a text one after the other; each but the last
// ends with a semicolon. An error ends it.
func Script(src string) iter.Seq2[*Parsed, error] {
	return func(yield func(*Parsed, error) bool) {
		for from := 0; ; {
			p := newParser(src, from)
			for p.accept(tokenSemicolon) { // an empty statement
			}
			if p.err == nil && p.tok.kind == tokenEnd {
				return
			}
			parsed, err := p.result(p.statement())
			if err == nil && p.tok.kind != tokenSemicolon && p.tok.kind != tokenEnd {
				p.unexpected()
				parsed, err = nil, p.err
			}
			if !yield(parsed, err) || err != nil {
				return
			}
			from = int(p.tok.end)
		}
	}
}

// Complete says whether a text ends with a semicolon that is outside of quotes
// and comments, or holds nothing but space and comments: a shell need not wait for
// more. A text that can be no statement whatever follows is complete too.
func Complete(src string) bool {
	l := lexer{src: src}
	last, some := tokenSemicolon, false
	for t := l.next(); t.kind != tokenEnd; t = l.next() {
		last, some = t.kind, true
	}
	if l.err != nil {
		return !l.err.open
	}
	return !some || last == tokenSemicolon
}
