// Package syntax reads and writes the query language: text to statements
// ([Parse], [Script]) and back ([String]). It knows nothing of databases; what
// a statement means is the business of package query.
//
//	text        lexer.go, token.go, keyword.go
//	errors      error.go, expect.go, suggest.go: line, column, caret, a likely word
//	expressions expr.go (the nodes), pratt.go (how they bind)
//	statements  one file each: its node, how it is parsed, how it is printed
//	back        printer.go
//
// The parser is written by hand: it remembers what would have been accepted at a
// place, so that an error can say it. Whatever is parsed prints as text that
// parses to the same statement. docs/language.md has the grammar.
package syntax
