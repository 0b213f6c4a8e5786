package main

import (
	"os"
	"strings"
	"unicode"

	"github.com/rivo/uniseg"
	"golang.org/x/term"
)

// grid is a table for a reader: columns aligned by what characters take on a
// screen, as wide as the terminal at most.
type grid struct {
	head  []string
	rows  [][]string
	right map[int]bool // columns of numbers, flush right
	width int          // of the screen
}

const (
	gridGap = 3
	// leastColumn is how far a wide column is narrowed; below that it says nothing.
	leastColumn = 12
)

// newGrid makes a grid as wide as the terminal of stdout, or as a wide page where that is none.
func newGrid(a *app, head ...string) *grid {
	return &grid{head: head, right: map[int]bool{}, width: screenWidth(a)}
}

// pageWidth is how wide a grid is that goes to a pipe or a file: who wants all of
// it there takes --json.
const pageWidth = 120

// screenWidth is how many characters a line of stdout holds.
func screenWidth(a *app) int {
	if f, ok := a.stdout.(*os.File); ok {
		if w, _, err := term.GetSize(int(f.Fd())); err == nil && w > 0 {
			return w
		}
	}
	return pageWidth
}

func (g *grid) add(cells ...string) { g.rows = append(g.rows, cells) }

// numbers says that these columns are flush right.
func (g *grid) numbers(columns ...int) *grid {
	for _, c := range columns {
		g.right[c] = true
	}
	return g
}

// String draws the grid. Without any word in head there is no head.
func (g *grid) String() string {
	lines := make([][]string, 0, len(g.rows)+1)
	if strings.Join(g.head, "") != "" {
		lines = append(lines, g.head)
	}
	lines = append(lines, g.rows...)
	for i, line := range lines {
		flat := make([]string, len(g.head))
		for c := range flat {
			if c < len(line) {
				flat[c] = strings.ReplaceAll(plainText(line[c]), "\n", " ")
			}
		}
		lines[i] = flat
	}
	widths := g.widths(lines)
	var b strings.Builder
	for _, line := range lines {
		var text strings.Builder
		for c, cell := range line {
			cell = fit(cell, widths[c])
			pad := strings.Repeat(" ", max(0, widths[c]-uniseg.StringWidth(cell)))
			if g.right[c] {
				cell, pad = pad+cell, ""
			}
			text.WriteString(cell + pad + strings.Repeat(" ", gridGap))
		}
		b.WriteString(strings.TrimRight(text.String(), " ") + "\n")
	}
	return b.String()
}

// widths gives each column what it needs, and where that is too much takes from the widest.
func (g *grid) widths(lines [][]string) []int {
	widths := make([]int, len(g.head))
	total := gridGap * (len(widths) - 1)
	for c := range widths {
		for _, line := range lines {
			widths[c] = max(widths[c], uniseg.StringWidth(line[c]))
		}
		total += widths[c]
	}
	for total > g.width {
		widest := 0
		for c := range widths {
			if widths[c] > widths[widest] {
				widest = c
			}
		}
		if widths[widest] <= leastColumn {
			break
		}
		widths[widest]--
		total--
	}
	return widths
}

// fit cuts s to a width on the screen, between characters as a reader sees them.
func fit(s string, width int) string {
	if uniseg.StringWidth(s) <= width {
		return s
	}
	var b strings.Builder
	used := 1 // for the mark
	for state, rest := -1, s; rest != ""; {
		var cluster string
		var w int
		cluster, rest, w, state = uniseg.FirstGraphemeClusterInString(rest, state)
		if used += w; used > width {
			break
		}
		b.WriteString(cluster)
	}
	return b.String() + "…"
}

// plainText replaces what would move the cursor or colour the screen; line ends stay.
func plainText(s string) string {
	s = strings.ReplaceAll(s, "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case r == '\t':
			return ' '
		case unicode.IsControl(r), unicode.In(r, unicode.Bidi_Control):
			return '\uFFFD'
		}
		return r
	}, s)
}
