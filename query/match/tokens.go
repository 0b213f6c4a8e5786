package match

import (
	"context"
	"math"
	"slices"
	"strings"
	"unicode"

	"github.com/doppeldb/doppel/internal/text"
)

// tokenSets is what containment is read from. A token is a word between white
// space with everything but letters and digits dropped, so that "kdl-40v3000"
// and "KDL40V3000" are the same token.
type tokenSets struct {
	vocab []string   // token id -> token
	idf   []float32  // token id -> ln((1+n)/(1+df)) + 1 over whole records
	digit []bool     // token id -> it has a digit in it
	whole [][]uint32 // record -> ascending ids of the tokens of all its text
	named [][]uint32 // record -> ids of the tokens of its name, in order, each once
	run   []string   // record -> its text with all separators dropped
}

// shortToken is the length below which a token inside the other's text is
// chance: "tv" stands in too many words.
const shortToken = 4

func (c *corpus) readTokens(ctx context.Context, threads int) error {
	n := c.len()
	t := &c.tokens
	wholeText, nameText := make([][]string, n), make([][]string, n)
	t.run = make([]string, n)
	err := parallel(ctx, n, threads, func() func(from, to int) {
		var buf []rune
		return func(from, to int) {
			for i := from; i < to; i++ {
				for _, f := range c.texts {
					var words []string
					words, buf = squashedWords(buf, c.text(i, f))
					wholeText[i] = append(wholeText[i], words...)
					if f == c.name {
						nameText[i] = words
					}
				}
				t.run[i] = strings.Join(wholeText[i], "")
			}
		}
	})
	if err != nil {
		return err
	}
	t.intern(wholeText, nameText)
	return nil
}

// squashedWords cuts folded text at white space, drops separators and gives the first mostWords.
func squashedWords(buf []rune, s string) ([]string, []rune) {
	var words []string
	buf = eachSquashed(buf, s, func(w []rune) { words = append(words, string(w)) })
	return words, buf
}

// eachSquashed visits the words of [squashedWords]; a word is good until the next one. It gives
// buf back, which it may have made larger.
func eachSquashed(buf []rune, s string, visit func(w []rune)) []rune {
	buf = text.Fold(buf[:0], s)
	words := 0
	for i := 0; i < len(buf) && words < mostWords; {
		j := i
		for j < len(buf) && !unicode.IsSpace(buf[j]) {
			j++
		}
		w := buf[i:i:j]
		for _, r := range buf[i:j] {
			if unicode.IsLetter(r) || unicode.IsDigit(r) {
				w = append(w, r)
			}
		}
		if len(w) > 0 {
			visit(w)
			words++
		}
		i = j + 1
	}
	return buf
}

// intern numbers the tokens in order of appearance and counts the records of each.
func (t *tokenSets) intern(whole, name [][]string) {
	ids := map[string]uint32{}
	t.whole, t.named = make([][]uint32, len(whole)), make([][]uint32, len(whole))
	var df []uint32
	for i, words := range whole {
		set := make([]uint32, 0, len(words))
		for _, w := range words {
			id, ok := ids[w]
			if !ok {
				id = uint32(len(t.vocab))
				ids[w] = id
				t.vocab = append(t.vocab, w)
				t.digit = append(t.digit, strings.IndexFunc(w, unicode.IsDigit) >= 0)
				df = append(df, 0)
			}
			set = append(set, id)
		}
		slices.Sort(set)
		t.whole[i] = slices.Compact(set)
		for _, id := range t.whole[i] {
			df[id]++
		}
		for _, w := range name[i] {
			if id := ids[w]; !slices.Contains(t.named[i], id) {
				t.named[i] = append(t.named[i], id)
			}
		}
	}
	t.idf = make([]float32, len(df))
	for id, d := range df {
		t.idf[id] = float32(math.Log(float64(1+len(whole))/float64(1+d))) + 1
	}
}

// found says whether token id of another record is in record y: as a token, or
// inside its text with the separators dropped.
func (t *tokenSets) found(id uint32, y int) bool {
	if _, ok := slices.BinarySearch(t.whole[y], id); ok {
		return true
	}
	w := t.vocab[id]
	return len(w) >= shortToken && strings.Contains(t.run[y], w)
}

// containment gives the idf-weighted share of the name tokens of x that are
// found in y: of those with a digit, and of the others. NaN where x has none.
func (t *tokenSets) containment(x, y int) (codes, words float32) {
	var has, sum [2]float32
	for _, id := range t.named[x] {
		k := 1
		if t.digit[id] {
			k = 0
		}
		sum[k] += t.idf[id]
		if t.found(id, y) {
			has[k] += t.idf[id]
		}
	}
	return has[0] / sum[0], has[1] / sum[1] // 0/0 is NaN
}
