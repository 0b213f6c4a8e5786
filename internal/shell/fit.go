package shell

import (
	"strings"
	"unicode"

	"github.com/rivo/uniseg"
)

// width is how many columns of a terminal a text takes.
func width(s string) int {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return uniseg.StringWidth(s)
		}
	}
	return len(s)
}

// printable makes one line of a text: what would move the cursor or change the terminal
// becomes a space.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == unicode.ReplacementChar || r == '\u2028' || r == '\u2029' || unicode.Is(unicode.Bidi_Control, r) {
			return ' '
		}
		return r
	}, s)
}

// cut shortens a text to at most most columns, with … at its end.
func cut(s string, most int) string {
	if width(s) <= most {
		return s
	}
	var b strings.Builder
	used, state := 0, -1
	for len(s) > 0 {
		var cluster string
		var w int
		cluster, s, w, state = uniseg.FirstGraphemeClusterInString(s, state)
		if used+w > most-1 {
			break
		}
		b.WriteString(cluster)
		used += w
	}
	return b.String() + "…"
}

// pad fills a text up with spaces, before it or behind it.
func pad(s string, to int, right bool) string {
	spaces := strings.Repeat(" ", max(0, to-width(s)))
	if right {
		return spaces + s
	}
	return s + spaces
}

// The colours: of names, and of what is less important.
func (l look) bold(s string) string { return l.paint("1", s) }
func (l look) dim(s string) string  { return l.paint("2", s) }

func (l look) paint(code, s string) string {
	if !l.colour {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}
