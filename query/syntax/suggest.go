package syntax

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// Suggest gives the word that a misspelt one may mean: the nearest by edits
// (insert, delete, replace, swap of neighbours; case ignored), at most a third of its letters
// and three; or the only one that it is the start of. "" when there is none or
// several are as near.
func Suggest(word string, words []string) string {
	word = strings.ToLower(word)
	letters := utf8.RuneCountInString(word)
	best, nearest, tie := min(3, (letters+2)/3)+1, "", false
	for _, w := range words {
		d := edits(word, strings.ToLower(w), best)
		if letters >= 3 && d > 1 && strings.HasPrefix(strings.ToLower(w), word) {
			d = 1
		}
		switch {
		case d < best:
			best, nearest, tie = d, w, false
		case d == best && nearest != "" && !strings.EqualFold(w, nearest):
			tie = true
		}
	}
	if tie {
		return ""
	}
	return nearest
}

// didYouMean is the end of a message about a word that is not one of words.
func didYouMean(word string, words []string) string {
	if s := Suggest(word, words); s != "" {
		return "; did you mean " + s + "?"
	}
	return ""
}

// edits counts the letters to insert, delete, replace or swap to make b of a
// (optimal string alignment); counts above most are not exact.
func edits(a, b string, most int) int {
	x, y := []rune(a), []rune(b)
	if len(x)-len(y) > most || len(y)-len(x) > most || len(x) > 255 || len(y) > 255 {
		return most + 1
	}
	two, one, row := make([]int, len(y)+1), make([]int, len(y)+1), make([]int, len(y)+1)
	for j := range one {
		one[j] = j
	}
	for i := range x {
		row[0] = i + 1
		for j := range y {
			cost := 1
			if x[i] == y[j] {
				cost = 0
			}
			row[j+1] = min(one[j]+cost, one[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && x[i] == y[j-1] && x[i-1] == y[j] {
				row[j+1] = min(row[j+1], two[j-1]+1)
			}
		}
		two, one, row = one, row, two
	}
	return one[len(y)]
}

func sortWords(words []string) { slices.Sort(words) }
