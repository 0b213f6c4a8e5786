package report

import (
	"html/template"
	"strings"
	"unicode/utf8"
)

// How much of a value is shown, in characters: shownOpen at once, up to
// shownFolded behind a fold, the rest counted only. A fold that would hide less
// than worthFolding is not made.
const (
	shownOpen    = 260
	shownFolded  = 4000
	worthFolding = 80
)

// cell is a value ready to print.
type cell struct {
	Missing bool
	Photo   template.URL // a small PNG of a picture; empty for other values
	Head    []span
	Tail    []span // behind a fold; nil when the head is everything
	Hidden  int    // characters of Tail
	Cut     int    // bytes of the value that are on the page nowhere
}

// newCell lays out the spans of one value, which is total bytes long.
func newCell(parts []span, total int) cell {
	if isBlank(parts) {
		return cell{Missing: true}
	}
	shown, lost := splitSpans(parts, shownFolded)
	c := cell{Head: shown}
	if head, tail := splitSpans(shown, shownOpen); spanChars(tail) >= worthFolding {
		c.Head, c.Tail, c.Hidden = head, tail, spanChars(tail)
	}
	if lost != nil || total > maxCompared {
		c.Cut = max(total-spanBytes(shown), 0)
	}
	return c
}

func isBlank(parts []span) bool {
	for _, p := range parts {
		if strings.TrimSpace(p.Text) != "" {
			return false
		}
	}
	return true
}

// splitSpans cuts after n characters, and rather after a space shortly before
// that than inside a word.
func splitSpans(parts []span, n int) (head, tail []span) {
	for i, p := range parts {
		size := utf8.RuneCountInString(p.Text)
		if size <= n {
			n -= size
			continue
		}
		at := runeOffset(p.Text, n)
		if space := strings.LastIndexByte(p.Text[:at], ' '); space > at-30 && space > 0 {
			at = space
		}
		head = append(head, parts[:i]...)
		first, rest := p, p
		first.Text, rest.Text = p.Text[:at], p.Text[at:]
		if at > 0 {
			head = append(head, first)
		}
		return head, append([]span{rest}, parts[i+1:]...)
	}
	return parts, nil
}

// runeOffset is the byte offset of the n-th rune of s.
func runeOffset(s string, n int) int {
	for i := range s {
		if n == 0 {
			return i
		}
		n--
	}
	return len(s)
}

func spanChars(parts []span) (n int) {
	for _, p := range parts {
		n += utf8.RuneCountInString(p.Text)
	}
	return n
}

func spanBytes(parts []span) (n int) {
	for _, p := range parts {
		n += len(p.Text)
	}
	return n
}
