package syntax

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// lexer cuts a text into tokens. It makes no copies but of strings and names
// that hold a doubled quote.
type lexer struct {
	src string
	pos int
	err *Error // the first thing that is no token
}

// next gives the next token; at the end and after an error, tokenEnd.
func (l *lexer) next() token {
	l.skipSpace()
	start := l.pos
	if l.err != nil || start >= len(l.src) {
		return token{kind: tokenEnd, pos: Pos(start), end: Pos(start)}
	}
	c := l.src[start]
	switch {
	case isNameStart(c):
		return l.name()
	case isDigit(c), c == '.' && isDigit(l.at(start+1)):
		return l.number()
	case c == '\'':
		return l.quoted(tokenString, '\'', "this text has no end: a ' is missing")
	case c == '"':
		return l.quoted(tokenQuoted, '"', "this name has no end: a \" is missing")
	}
	return l.sign(c)
}

// at gives the byte at i, 0 beyond the end.
func (l *lexer) at(i int) byte {
	if i < len(l.src) {
		return l.src[i]
	}
	return 0
}

// skipSpace passes white space and comments.
func (l *lexer) skipSpace() {
	for l.err == nil && l.pos < len(l.src) {
		switch c := l.src[l.pos]; {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v':
			l.pos++
		case c == '-' && l.at(l.pos+1) == '-':
			end := strings.IndexByte(l.src[l.pos:], '\n')
			if end < 0 {
				l.pos = len(l.src)
				return
			}
			l.pos += end + 1
		case c == '/' && l.at(l.pos+1) == '*':
			end := strings.Index(l.src[l.pos+2:], "*/")
			if end < 0 {
				l.fail(l.pos, "this comment has no end: a */ is missing")
				l.err.open = true
				return
			}
			l.pos += 2 + end + 2
		case c >= utf8.RuneSelf:
			r, size := utf8.DecodeRuneInString(l.src[l.pos:])
			if !unicode.IsSpace(r) && r != '\ufeff' { // a byte order mark begins many files
				return
			}
			l.pos += size
		default:
			return
		}
	}
}

func (l *lexer) fail(pos int, text string) {
	l.err = NewError(l.src, Pos(pos), text)
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isNameStart(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_' || c >= utf8.RuneSelf
}

// name reads a word: letters of any script, digits, '_' and combining marks.
func (l *lexer) name() token {
	start := l.pos
	for l.pos < len(l.src) {
		c := l.src[l.pos]
		if c < utf8.RuneSelf {
			if !isNameStart(c) && !isDigit(c) {
				break
			}
			l.pos++
			continue
		}
		r, size := utf8.DecodeRuneInString(l.src[l.pos:])
		if !unicode.In(r, unicode.L, unicode.N, unicode.M) {
			break
		}
		l.pos += size
	}
	if l.pos == start {
		l.foreignRune()
		return token{kind: tokenEnd, pos: Pos(start), end: Pos(start)}
	}
	word := l.src[start:l.pos]
	return token{kind: tokenName, keyword: keywordOf(word), pos: Pos(start), end: Pos(l.pos), text: word}
}

// foreignRune says what is wrong with a character that begins nothing.
func (l *lexer) foreignRune() {
	r, size := utf8.DecodeRuneInString(l.src[l.pos:])
	switch {
	case r == utf8.RuneError && size <= 1:
		l.fail(l.pos, "this is not UTF-8 text")
	case strings.ContainsRune("‘’‚‛`´′", r):
		l.fail(l.pos, "this quote begins nothing; text is in straight quotes: 'text'")
	case strings.ContainsRune("“”„‟«»", r):
		l.fail(l.pos, "this quote begins nothing; text is in '...', a name in \"...\"")
	case unicode.IsPrint(r):
		l.fail(l.pos, "the character '"+string(r)+"' means nothing here")
	default:
		l.fail(l.pos, "a character that cannot be printed")
	}
}

// number reads digits with a point and an exponent.
func (l *lexer) number() token {
	start := l.pos
	for isDigit(l.at(l.pos)) {
		l.pos++
	}
	if l.at(l.pos) == '.' {
		l.pos++
		for isDigit(l.at(l.pos)) {
			l.pos++
		}
	}
	if c := l.at(l.pos); c == 'e' || c == 'E' {
		at := l.pos + 1
		if s := l.at(at); s == '+' || s == '-' {
			at++
		}
		if isDigit(l.at(at)) {
			for l.pos = at; isDigit(l.at(l.pos)); {
				l.pos++
			}
		}
	}
	if c := l.at(l.pos); l.pos < len(l.src) && isNameStart(c) {
		l.fail(start, "this is neither a number nor a name; text is in quotes: '...', and so is a name that begins with a digit: \"...\"")
		return token{kind: tokenEnd, pos: Pos(start), end: Pos(start)}
	}
	return token{kind: tokenNumber, pos: Pos(start), end: Pos(l.pos), text: l.src[start:l.pos]}
}

// quoted reads what is between quotes; a doubled one stands for itself.
func (l *lexer) quoted(kind tokenKind, quote byte, unfinished string) token {
	start := l.pos
	doubled := false
	for at := start + 1; at < len(l.src); at++ {
		if l.src[at] != quote {
			continue
		}
		if l.at(at+1) == quote {
			doubled = true
			at++
			continue
		}
		text := l.src[start+1 : at]
		l.pos = at + 1
		if !utf8.ValidString(text) {
			l.fail(start, "this is not UTF-8 text")
			break
		}
		if doubled {
			q := string(quote)
			text = strings.ReplaceAll(text, q+q, q)
		}
		if kind == tokenQuoted && text == "" {
			l.fail(start, "a name cannot be empty; text is in single quotes: ''")
			break
		}
		return token{kind: kind, pos: Pos(start), end: Pos(l.pos), text: text}
	}
	if l.err == nil {
		l.fail(start, unfinished)
		l.err.open = true
	}
	return token{kind: tokenEnd, pos: Pos(start), end: Pos(start)}
}

// sign reads punctuation and operators.
func (l *lexer) sign(c byte) token {
	start := l.pos
	kind, size := tokenEnd, 1
	next := l.at(start + 1)
	switch c {
	case '?':
		kind = tokenQuestion
	case ':':
		kind = tokenColon
	case ',':
		kind = tokenComma
	case ';':
		kind = tokenSemicolon
	case '.':
		kind = tokenDot
	case '*':
		kind = tokenStar
	case '+':
		kind = tokenPlus
	case '-':
		kind = tokenMinus
	case '/':
		kind = tokenSlash
	case '(':
		kind = tokenOpen
	case ')':
		kind = tokenClose
	case '{':
		kind = tokenOpenBrace
	case '}':
		kind = tokenCloseBrace
	case '=':
		kind = tokenEqual
		if next == '=' {
			size = 2
		}
	case '!':
		if next == '=' {
			kind, size = tokenUnequal, 2
		}
	case '<':
		switch next {
		case '=':
			kind, size = tokenLessEqual, 2
		case '>':
			kind, size = tokenUnequal, 2
		default:
			kind = tokenLess
		}
	case '>':
		kind = tokenGreater
		if next == '=' {
			kind, size = tokenGreaterEqual, 2
		}
	}
	if kind == tokenEnd {
		l.foreignRune()
		return token{kind: tokenEnd, pos: Pos(start), end: Pos(start)}
	}
	l.pos += size
	return token{kind: kind, pos: Pos(start), end: Pos(l.pos)}
}
