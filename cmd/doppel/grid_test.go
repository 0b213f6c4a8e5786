package main

import (
	"strings"
	"testing"

	"github.com/rivo/uniseg"
)

// TestGrid: columns stand below each other by what characters take on a screen, and no line is wider.
func TestGrid(t *testing.T) {
	rows := [][]string{
		{"1", "lamp", "plain"}, {"20", "茶碗と急須", "wide characters"}, {"300", "e\u0301te\u0301", "combining marks"},
		{"4", "👩‍👩‍👧 family", "one picture of many signs"}, {"5", "tab\tand\nline", "\x1b[31mred"}, {"6", strings.Repeat("long ", 40), strings.Repeat("語", 60)},
	}
	for _, width := range []int{200, 80, 40, 24} {
		g := newGrid(&app{}, "n", "name", "note").numbers(0)
		g.width = width
		for _, r := range rows {
			g.add(r...)
		}
		lines := strings.Split(strings.TrimSuffix(g.String(), "\n"), "\n")
		if len(lines) != len(rows)+1 {
			t.Fatalf("%d lines for %d rows:\n%s", len(lines), len(rows), g)
		}
		at := -1 // where the second column starts
		for i, line := range lines {
			if w := uniseg.StringWidth(line); w > max(width, 3+2*(gridGap+leastColumn)) {
				t.Errorf("width %d: line of %d: %q", width, w, line)
			}
			if strings.ContainsAny(line, "\x1b\t") {
				t.Errorf("it can move the cursor: %q", line)
			}
			first := strings.Fields(line)[0]
			from := strings.Index(line, first) + len(first) + gridGap
			if start := uniseg.StringWidth(line[:from]); at >= 0 && start != at {
				t.Errorf("width %d, line %d: the second column starts at %d, before at %d", width, i, start, at)
			} else {
				at = start
			}
		}
	}
	for _, s := range []string{"lamp", "茶碗", "e\u0301te\u0301", ""} {
		for width := 1; width < 8; width++ {
			if got := fit(s, width); uniseg.StringWidth(got) > width {
				t.Errorf("%q in %d is %q", s, width, got)
			}
		}
	}
}
