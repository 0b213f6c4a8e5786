package encoder

import (
	"slices"

	"github.com/doppeldb/doppel/encoder/loss"
)

// mostPartners is the mean number of labelled partners up to which a record is taken to have one alone.
// Abt-Buy's training pairs have 1.00, Amazon-Google's 1.06, offers of computers from many shops 1.15: sampled
// pairs do not show that there are more. Taking nobody to be exclusive changes nothing beyond
// the noise on any of them; it only matters for what may be mined.
const mostPartners = 1.2

func (t *twins) partners() float64 {
	rows := 0
	for _, g := range t.groups {
		rows += len(g)
	}
	return 2 * float64(len(t.matches)) / float64(rows)
}

// sided says that matches are between left and right records alone.
func (t *twins) sided() bool { return t.left < t.n }

// relate fills rel, (len(rows), len(rows)). A pair that nobody judged is a non-match only
// where it cannot be a match as far as labels tell: both belong to known entities, or
// one does and has had its partner. A record that says the same as another is never its
// non-match, nor is one of its own source, which is not searched.
func (t *twins) relate(rows []uint32, rel []loss.Relation) {
	n := len(rows)
	clear(rel)
	for i, a := range rows {
		for j := i + 1; j < n; j++ {
			r := t.relation(a, rows[j])
			rel[i*n+j], rel[j*n+i] = r, r
		}
	}
	place := make(map[uint32]int, n)
	for i, a := range rows {
		place[a] = i
	}
	for i, a := range rows {
		for _, b := range t.differ[a] {
			if j, here := place[b]; here {
				r := loss.Differ
				if t.group[a] >= 0 && t.group[a] == t.group[b] {
					r = loss.Masked // disputed
				}
				rel[i*n+j] = r
			}
		}
	}
}

// relation is relate for one pair, labelled non-matches aside.
func (t *twins) relation(a, b uint32) loss.Relation {
	ga, gb := t.group[a], t.group[b]
	switch {
	case a == b:
		return loss.Masked
	case ga >= 0 && ga == gb:
		return loss.Match
	case t.sided() && (int(a) < t.left) == (int(b) < t.left):
		return loss.Masked
	case ga < 0 && gb < 0, !t.exclusive && (ga < 0 || gb < 0):
		return loss.Masked
	case t.copyOf(a) == t.copyOf(b):
		return loss.Masked
	}
	return loss.Differ
}

// judge is what is known of one pair, labels first.
func (t *twins) judge(a, b uint32) loss.Relation {
	r := t.relation(a, b)
	if t.isJudged(a, b) {
		if r == loss.Match {
			return loss.Masked // disputed
		}
		return loss.Differ
	}
	return r
}

// isJudged says that the pair is a labelled non-match.
func (t *twins) isJudged(a, b uint32) bool {
	_, yes := slices.BinarySearch(t.differ[a], b)
	return yes
}

// relateJudged fills rel with what labels say and nothing that follows from them.
func (t *twins) relateJudged(rows []uint32, rel []loss.Relation) {
	t.relate(rows, rel)
	n := len(rows)
	for i, a := range rows {
		for j, b := range rows {
			if at := i*n + j; rel[at] == loss.Differ && !t.isJudged(a, b) {
				rel[at] = loss.Masked
			}
		}
	}
}
