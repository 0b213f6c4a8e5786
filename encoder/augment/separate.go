package augment

import (
	"math/rand/v2"
	"strings"
)

// Separate writes a word with separators inside without them, or with another one; a
// word of letters and digits gets one where they meet: kdl-40v, kdl40v, kdl/40v.
func Separate(r *rand.Rand, word string) string {
	const separators = "-/_."
	if i := strings.IndexAny(strings.Trim(word, separators), separators); i > 0 {
		to := []string{"", " ", "-", "/"}[r.IntN(4)]
		parts := strings.FieldsFunc(word, func(c rune) bool { return strings.ContainsRune(separators, c) })
		if isDecimal(word) || len(parts) < 2 {
			return word
		}
		return strings.Join(parts, to)
	}
	for i := 1; i < len(word); i++ {
		if isDigit(word[i]) != isDigit(word[i-1]) && isPlain(word[i]) && isPlain(word[i-1]) {
			return word[:i] + "-" + word[i:]
		}
	}
	return word
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func isPlain(c byte) bool { return isDigit(c) || c|0x20 >= 'a' && c|0x20 <= 'z' }

// isDecimal says that the separators belong to a number: 1.5, 1,299.00.
func isDecimal(word string) bool {
	return strings.Trim(word, "0123456789.,$") == ""
}
