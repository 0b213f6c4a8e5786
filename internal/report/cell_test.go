package report

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestNewCell(t *testing.T) {
	words := strings.Repeat("word ", 2000) // 10,000 bytes
	tests := []struct {
		name            string
		value           string
		missing, folded bool
		cut             int // bytes
	}{
		{"empty", "", true, false, 0},
		{"blank", " \n ", true, false, 0},
		{"short", "sony tv", false, false, 0},
		{"a little too long to fold", strings.Repeat("x", shownOpen+worthFolding-1), false, false, 0},
		{"folded", words[:2000], false, true, 0},
		{"cut", words, false, true, len(words) - shownFolded},
		{"cut before it is compared", strings.Repeat("y", 10<<20), false, true, 10<<20 - shownFolded},
		{"wide characters", strings.Repeat("界", 5000), false, true, 3 * (5000 - shownFolded)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := newCell(plain(clean(cutBytes(tt.value, maxCompared))), len(tt.value))
			if c.Missing != tt.missing || (c.Tail != nil) != tt.folded {
				t.Fatalf("missing %v, folded %v", c.Missing, c.Tail != nil)
			}
			// A cut is moved back to a space nearby, so up to a word more is hidden.
			if c.Cut < tt.cut || c.Cut > tt.cut+30 {
				t.Errorf("%d bytes cut, want %d", c.Cut, tt.cut)
			}
			if got := join(c.Head) + join(c.Tail); !c.Missing && (!strings.HasPrefix(tt.value, got) || len(got)+c.Cut != len(tt.value)) {
				t.Errorf("shows %d bytes and cuts %d of %d", len(got), c.Cut, len(tt.value))
			}
			if c.Hidden != utf8.RuneCountInString(join(c.Tail)) {
				t.Errorf("claims %d hidden characters", c.Hidden)
			}
		})
	}
}

// Splitting keeps marks and text in place.
func TestSplitSpans(t *testing.T) {
	parts := []span{{Text: "abc"}, {Text: "defgh", Mark: only}, {Text: "ij"}}
	for n := range 12 {
		head, tail := splitSpans(parts, n)
		if join(head)+join(tail) != "abcdefghij" || spanChars(head) != min(n, 10) {
			t.Errorf("at %d: %s + %s", n, show(head), show(tail))
		}
	}
	if head, tail := splitSpans(parts, 5); show(head) != "abc[de]" || show(tail) != "[fgh]ij" {
		t.Errorf("marks moved: %s + %s", show(head), show(tail))
	}
}
