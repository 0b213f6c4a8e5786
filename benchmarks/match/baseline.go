package main

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode"

	"github.com/doppeldb/doppel/internal/datasets"
	"github.com/doppeldb/doppel/internal/text"
)

// baseline is the dumb way: char 3-5-gram tf-idf cosine of the whole record.
type baseline struct {
	l     *datasets.Link
	pairs []simPair // best first
}

type simPair struct {
	left, right int
	sim         float64
}

// keptPerRecord bounds the pairs that a baseline looks at.
const keptPerRecord = 20

func newBaseline(l *datasets.Link) *baseline {
	b := &baseline{l: l}
	vecs := tfidf(slices.Concat(l.Left.Rows, l.Right.Rows))
	left, right := vecs[:len(l.Left.Rows)], vecs[len(l.Left.Rows):]
	lists := map[uint64][]simPair{} // feature -> rows with their weight
	for r, v := range right {
		for id, x := range v {
			lists[id] = append(lists[id], simPair{right: r, sim: x})
		}
	}
	for i, v := range left {
		sims := make([]float64, len(right))
		for id, x := range v {
			for _, e := range lists[id] {
				sims[e.right] += x * e.sim
			}
		}
		var row []simPair
		for r, s := range sims {
			if s > 0 {
				row = append(row, simPair{i, r, s})
			}
		}
		slices.SortFunc(row, bySim)
		b.pairs = append(b.pairs, row[:min(len(row), keptPerRecord)]...)
	}
	slices.SortFunc(b.pairs, bySim)
	return b
}

func bySim(a, b simPair) int {
	return cmp.Or(cmp.Compare(b.sim, a.sim), cmp.Compare(a.left, b.left), cmp.Compare(a.right, b.right))
}

// tfidf gives unit vectors of (1 + ln tf) * (ln((1+n)/(1+df)) + 1).
func tfidf(rows [][]string) []map[uint64]float64 {
	var split text.Splitter
	out, df := make([]map[uint64]float64, len(rows)), map[uint64]float64{}
	for i, row := range rows {
		counts := map[uint64]float64{}
		for _, t := range split.Split(strings.Join(row, " ")) {
			if t.Role&text.IsGrams != 0 {
				for _, id := range text.AppendGrams(nil, slices.Concat([]rune{' '}, t.Text, []rune{' '}), 3, 5) {
					counts[id]++
				}
			}
		}
		for id := range counts {
			df[id]++
		}
		out[i] = counts
	}
	for _, v := range out {
		sum := 0.0
		for id, tf := range v {
			v[id] = (1 + math.Log(tf)) * (math.Log(float64(1+len(rows))/(1+df[id])) + 1)
			sum += v[id] * v[id]
		}
		for id := range v {
			v[id] /= math.Sqrt(sum)
		}
	}
	return out
}

// bestF1 is the best F1 over all thresholds on pairs, best first.
func (b *baseline) bestF1(pairs []simPair) (best float64) {
	tp := 0
	for n, p := range pairs {
		if b.l.Truth[[2]int{p.left, p.right}] {
			tp++
		}
		best = max(best, 2*float64(tp)/float64(n+1+len(b.l.Truth)))
	}
	return best
}

// threshold accepts every pair above one similarity.
func (b *baseline) threshold() float64 { return b.bestF1(b.pairs) }

// oneToOne gives each record one partner first.
func (b *baseline) oneToOne() float64 { return b.bestF1(b.assigned(b.pairs)) }

func (b *baseline) assigned(pairs []simPair) (out []simPair) {
	leftTaken, rightTaken := make([]bool, len(b.l.Left.Rows)), make([]bool, len(b.l.Right.Rows))
	for _, p := range pairs {
		if !leftTaken[p.left] && !rightTaken[p.right] {
			leftTaken[p.left], rightTaken[p.right] = true, true
			out = append(out, p)
		}
	}
	return out
}

// codes accepts, one-to-one, pairs in which a code of one side stands in the
// other's text: a token with a digit, longer than two characters, separators
// dropped. The longer the code the earlier the pair is served.
func (b *baseline) codes() float64 {
	left, right := squashAll(b.l.Left.Rows), squashAll(b.l.Right.Rows)
	var hits []simPair
	for _, p := range b.pairs {
		if n := longestCode(left[p.left], right[p.right]); n > 0 {
			hits = append(hits, simPair{p.left, p.right, float64(n) + p.sim})
		}
	}
	slices.SortFunc(hits, bySim)
	found := b.assigned(hits)
	tp := 0
	for _, p := range found {
		if b.l.Truth[[2]int{p.left, p.right}] {
			tp++
		}
	}
	return 2 * float64(tp) / float64(len(found)+len(b.l.Truth))
}

type squashed struct {
	run   string
	codes []string
}

func squashAll(rows [][]string) []squashed {
	out := make([]squashed, len(rows))
	for i, row := range rows {
		for _, word := range strings.Fields(strings.ToLower(strings.Join(row, " "))) {
			w := strings.Map(func(r rune) rune {
				if unicode.IsLetter(r) || unicode.IsDigit(r) {
					return r
				}
				return -1
			}, word)
			out[i].run += w
			if len(w) > 2 && strings.IndexFunc(w, unicode.IsDigit) >= 0 {
				out[i].codes = append(out[i].codes, w)
			}
		}
	}
	return out
}

func longestCode(a, b squashed) (n int) {
	for _, side := range [][2]squashed{{a, b}, {b, a}} {
		for _, c := range side[0].codes {
			if len(c) > n && strings.Contains(side[1].run, c) {
				n = len(c)
			}
		}
	}
	return n
}
