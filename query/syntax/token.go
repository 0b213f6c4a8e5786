package syntax

// Pos is a place in a text: bytes from its beginning.
type Pos int

// tokenKind says what a token is. Keywords are names with a keyword.
type tokenKind uint8

const (
	tokenEnd tokenKind = iota
	tokenName
	tokenQuoted // a name in double quotes
	tokenString
	tokenNumber
	tokenQuestion // ?
	tokenColon
	tokenComma
	tokenSemicolon
	tokenDot
	tokenStar
	tokenPlus
	tokenMinus
	tokenSlash
	tokenOpen  // (
	tokenClose // )
	tokenOpenBrace
	tokenCloseBrace
	tokenEqual
	tokenUnequal // <> or !=
	tokenLess
	tokenLessEqual
	tokenGreater
	tokenGreaterEqual
)

// token is a word or a sign of the text.
type token struct {
	kind    tokenKind
	keyword keyword // of a tokenName; noKeyword for other words
	pos     Pos
	end     Pos
	text    string // of names and strings without quotes; of numbers as written
}

// signs are the tokens of fixed spelling, for messages.
var signs = [...]string{
	tokenQuestion: "?", tokenColon: ":", tokenComma: ",", tokenSemicolon: ";", tokenDot: ".", tokenStar: "*",
	tokenPlus: "+", tokenMinus: "-", tokenSlash: "/", tokenOpen: "(", tokenClose: ")", tokenOpenBrace: "{",
	tokenCloseBrace: "}", tokenEqual: "=", tokenUnequal: "<>", tokenLess: "<", tokenLessEqual: "<=",
	tokenGreater: ">", tokenGreaterEqual: ">=",
}

// describe says what a token is, for a message.
func (t token) describe() string {
	switch t.kind {
	case tokenEnd:
		return "the end"
	case tokenName:
		return shorten(t.text)
	case tokenQuoted:
		return "the name " + quoteName(shorten(t.text))
	case tokenString:
		return "the text " + quoteText(shorten(t.text))
	case tokenNumber:
		return "the number " + shorten(t.text)
	}
	return "'" + signs[t.kind] + "'"
}

// shorten cuts what is too long for a message.
func shorten(s string) string {
	const most = 40
	n := 0
	for i := range s {
		if n++; n > most {
			return s[:i] + "…"
		}
	}
	return s
}
