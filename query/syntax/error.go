package syntax

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/rivo/uniseg"
)

// Error is something wrong with a statement, and where.
type Error struct {
	// Line and Column count from 1; Column counts characters.
	Line, Column int
	// Text says what is wrong and what to do.
	Text string
	// Err is the cause, if another package refused what the place asks for.
	Err error

	line string // the line of the text, without its end
	at   int    // bytes into it
	open bool   // more text could mend it: a quote or comment has no end
}

// NewError makes the error of a place in src.
func NewError(src string, pos Pos, text string) *Error {
	at := min(max(int(pos), 0), len(src))
	begin := strings.LastIndexByte(src[:at], '\n') + 1
	line := src[begin:]
	if end := strings.IndexByte(line, '\n'); end >= 0 {
		line = line[:end]
	}
	return &Error{
		Line:   1 + strings.Count(src[:begin], "\n"),
		Column: 1 + utf8.RuneCountInString(src[begin:at]),
		Text:   text,
		line:   strings.TrimSuffix(line, "\r"),
		at:     min(at-begin, len(strings.TrimSuffix(line, "\r"))),
	}
}

// Error gives place and text in one line.
func (e *Error) Error() string {
	return fmt.Sprintf("line %d, column %d: %s", e.Line, e.Column, e.Text)
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// excerptWidth is how many columns of a long line an excerpt shows.
const excerptWidth = 76

// Excerpt gives the line of the error and below it a caret under the place. Of a
// long line it gives the part around the place.
func (e *Error) Excerpt() string {
	before, after := clean(lastBytes(e.line[:e.at])), clean(firstBytes(e.line[e.at:]))
	if width(before)+width(after) > excerptWidth {
		before, after = keepEnd(before, excerptWidth/2), keepStart(after, excerptWidth/2)
	}
	return before + after + "\n" + strings.Repeat(" ", width(before)) + "^"
}

// clean replaces what would move the caret: tabs, controls and bytes that are no text.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == utf8.RuneError {
			return ' '
		}
		return r
	}, s)
}

func width(s string) int { return uniseg.StringWidth(s) }

// excerptBytes bounds what is measured of a line that may have megabytes.
const excerptBytes = 8 * excerptWidth

func lastBytes(s string) string {
	if len(s) > excerptBytes {
		s = s[len(s)-excerptBytes:]
	}
	return s
}

func firstBytes(s string) string { return s[:min(len(s), excerptBytes)] }

// keepEnd gives the end of s that is at most most columns wide.
func keepEnd(s string, most int) string {
	if width(s) <= most {
		return s
	}
	for width(s) > most-1 {
		_, size := utf8.DecodeRuneInString(s)
		s = s[size:]
	}
	return "…" + s
}

func keepStart(s string, most int) string {
	if width(s) <= most {
		return s
	}
	for width(s) > most-1 {
		_, size := utf8.DecodeLastRuneInString(s)
		s = s[:len(s)-size]
	}
	return s + "…"
}
