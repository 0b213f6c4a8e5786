package augment

import "math/rand/v2"

// shortestTypo is the length below which a typing error makes another word.
const shortestTypo = 4

// Typo makes one typing error: a character dropped, doubled or changed places with the next. Short
// words and words with a digit stay: a wrong digit is another thing, not another spelling.
func Typo(r *rand.Rand, word string) string {
	runes := []rune(word)
	if len(runes) < shortestTypo || hasDigit(runes) {
		return word
	}
	i := 1 + r.IntN(len(runes)-2)
	switch r.IntN(3) {
	case 0:
		runes = append(runes[:i], runes[i+1:]...)
	case 1:
		runes = append(runes[:i+1], runes[i:]...)
	default:
		runes[i], runes[i+1] = runes[i+1], runes[i]
	}
	return string(runes)
}

func hasDigit(runes []rune) bool {
	for _, c := range runes {
		if c >= '0' && c <= '9' {
			return true
		}
	}
	return false
}
