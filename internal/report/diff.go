package report

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/doppeldb/doppel/record"
)

// mark says how a piece of a value relates to the other side.
type mark uint8

const (
	agree mark = iota // the other side has the same word
	soft              // it does when case and separators are ignored
	near              // a number, and the other side has one close to it
	only              // the other side has nothing like it
)

// span is a piece of a value under one mark.
type span struct {
	Text string
	Mark mark
	Note string // for a tooltip
}

// Class is the span's CSS class; empty for plain text.
func (s span) Class() string {
	return [...]string{agree: "", soft: "soft", near: "near", only: "only"}[s.Mark]
}

// maxCompared bounds the bytes of a value that are compared: words beyond it
// would not be shown anyway.
const maxCompared = 16 << 10

// nearShare is the largest relative difference of two numbers that are called
// near: the rounding and the sales of prices, not another model.
const nearShare = 0.10

// diff compares two values word by word. Order and repetition do not count:
// titles of one thing shuffle the same words. A word that is missing on an
// empty side is not a difference, so the other side stays plain.
func diff(kind record.Kind, left, right string) (l, r []span) {
	left, right = clean(cutBytes(left, maxCompared)), clean(cutBytes(right, maxCompared))
	if kind == record.Ignore || strings.TrimSpace(left) == "" || strings.TrimSpace(right) == "" {
		return plain(left), plain(right)
	}
	a, b := tokenize(left, kind), tokenize(right, kind)
	markAgainst(a, b)
	markAgainst(b, a)
	markJoined(a, b, kind)
	markJoined(b, a, kind)
	if foldAll(a, kind) == foldAll(b, kind) {
		soften(a)
		soften(b)
	}
	noteNear(a, b)
	return spans(left, a), spans(right, b)
}

func plain(s string) []span {
	if s == "" {
		return nil
	}
	return []span{{Text: s}}
}

// markAgainst sets agree, soft or only on each token of a by what b holds.
func markAgainst(a, b []token) {
	texts, folds := make(map[string]bool, len(b)), make(map[string]bool, len(b))
	for _, t := range b {
		texts[t.text], folds[t.fold] = true, true
	}
	for i := range a {
		switch {
		case texts[a[i].text]:
			a[i].mark = agree
		case folds[a[i].fold]:
			a[i].mark = soft
		default:
			a[i].mark = only
		}
	}
}

// maxJoined is the most neighbouring words that are tried as one: "PS LX 350 H"
// for "pslx350h".
const maxJoined = 4

// markJoined softens neighbouring words of a that b writes as one.
func markJoined(a, b []token, kind record.Kind) {
	at := make(map[string][]int, len(b))
	for i, t := range b {
		at[t.fold] = append(at[t.fold], i)
	}
	for i := range a {
		joined := a[i].fold
		for j := i + 1; j < len(a) && j < i+maxJoined; j++ {
			// 1 6 is not 16, unless separators mean nothing.
			if kind != record.Code && isDigit(joined[len(joined)-1]) && isDigit(a[j].fold[0]) {
				break
			}
			joined += a[j].fold
			if found := at[joined]; found != nil {
				soften(a[i : j+1])
				for _, k := range found {
					soften(b[k : k+1])
				}
			}
		}
	}
}

func soften(tokens []token) {
	for i := range tokens {
		if tokens[i].mark == only {
			tokens[i].mark = soft
		}
	}
}

// foldAll is the whole value without separators, but for those that part two
// digits: they count, except in a code.
func foldAll(tokens []token, kind record.Kind) string {
	var b strings.Builder
	parted := false // whether the last byte is a digit that must not meet another
	for _, t := range tokens {
		if parted && isDigit(t.fold[0]) {
			b.WriteByte(' ')
		}
		b.WriteString(t.fold)
		parted = kind != record.Code && isDigit(t.fold[len(t.fold)-1])
	}
	return b.String()
}

// noteNear marks numbers that only one side has but that have a close number
// among those that only the other side has.
func noteNear(a, b []token) {
	na, nb := lonelyNumbers(a), lonelyNumbers(b)
	pointTo(a, nb)
	pointTo(b, na)
}

func lonelyNumbers(tokens []token) []float64 {
	var out []float64
	for _, t := range tokens {
		if t.mark == only && !math.IsNaN(t.number) {
			out = append(out, t.number)
		}
	}
	slices.Sort(out)
	return out
}

// pointTo marks the lonely numbers of tokens that lie near one of others, which
// is ascending.
func pointTo(tokens []token, others []float64) {
	for i := range tokens {
		t := &tokens[i]
		if t.mark != only || math.IsNaN(t.number) {
			continue
		}
		best, share := 0.0, math.Inf(1)
		at, _ := slices.BinarySearch(others, t.number)
		for _, x := range others[max(at-1, 0):min(at+1, len(others))] {
			if d := relativeDifference(t.number, x); d < share {
				best, share = x, d
			}
		}
		if share <= nearShare {
			t.mark = near
			t.note = fmt.Sprintf("%.2g %% from %v", 100*share, best)
		}
	}
}

// relativeDifference is |x-y| over the larger magnitude: 0 equal, 1 or more unlike.
func relativeDifference(x, y float64) float64 {
	scale := math.Max(math.Abs(x), math.Abs(y))
	if scale == 0 {
		return 0
	}
	return math.Abs(x-y) / scale
}

// spans cuts s at its tokens. Gaps are plain, except between two words under
// the same [only] mark: one long highlight reads better than many short ones.
func spans(s string, tokens []token) []span {
	var out []span
	put := func(text string, m mark, note string) {
		if text == "" {
			return
		}
		if n := len(out); n > 0 && out[n-1].Mark == m && (m == agree || m == only) {
			out[n-1].Text += text
			return
		}
		out = append(out, span{text, m, note})
	}
	at := 0
	for i, t := range tokens {
		gap := agree
		if i > 0 && t.mark == only && tokens[i-1].mark == only {
			gap = only
		}
		put(s[at:t.start], gap, "")
		put(t.text, t.mark, t.note)
		at = t.end
	}
	put(s[at:], agree, "")
	return out
}

// diffGroup marks, in each of values, the words that at most half of the
// values share. Empty values do not vote.
func diffGroup(kind record.Kind, values []string) [][]span {
	out := make([][]span, len(values))
	tokens := make([][]token, len(values))
	texts, folds, voters := map[string]int{}, map[string]int{}, 0
	for i, v := range values {
		v = clean(cutBytes(v, maxCompared))
		out[i] = plain(v)
		if kind == record.Ignore || strings.TrimSpace(v) == "" {
			continue
		}
		voters++
		tokens[i] = tokenize(v, kind)
		vote(texts, tokens[i], func(t token) string { return t.text })
		vote(folds, tokens[i], func(t token) string { return t.fold })
	}
	if voters < 2 {
		return out
	}
	for i, v := range values {
		if tokens[i] == nil {
			continue
		}
		for j := range tokens[i] {
			t := &tokens[i][j]
			switch {
			case 2*texts[t.text] > voters:
				t.mark = agree
			case 2*folds[t.fold] > voters:
				t.mark = soft
			default:
				t.mark = only
			}
		}
		out[i] = spans(clean(cutBytes(v, maxCompared)), tokens[i])
	}
	return out
}

// vote counts each distinct word of one value once.
func vote(counts map[string]int, tokens []token, word func(token) string) {
	seen := make(map[string]bool, len(tokens))
	for _, t := range tokens {
		if w := word(t); !seen[w] {
			seen[w] = true
			counts[w]++
		}
	}
}
