package match

import (
	"cmp"
	"context"
	"slices"

	"github.com/doppeldb/doppel/internal/text"
)

// A slip of the keys makes a word that stands in one record, and a rare word weighs much: two
// sellers' slips of "packaging" would be the strongest thing that their texts have to say. The
// larger a table, the more the slips weigh, and the more often two of them meet. So a word
// that is one edit away from another that is slipShare times as frequent is read as that one.
const leastSpelt = 4 // letters of a word that is corrected

// speller finds for a word the frequent one that it is a slip of. Frequent words are entered
// under what is left of them when a letter is taken away; two words one edit apart (a letter more,
// less or another, or two neighbours swapped) have such a rest in common (Garbe's symmetric delete).
type speller struct {
	t    *pieceTable
	rest map[uint64][]uint32
	buf  []rune
}

// respell replaces slips by the words that were meant, in all records.
func (t *pieceTable) respell(ctx context.Context, threads int) error {
	meant, any := t.meant()
	if !any {
		return nil
	}
	err := parallel(ctx, len(t.of), threads, func() func(from, to int) {
		return func(from, to int) {
			for _, ps := range t.of[from:to] {
				changed := false
				for k := range ps {
					if to := meant[ps[k].id]; to != ps[k].id {
						ps[k].id, changed = to, true
					}
				}
				if changed {
					slices.SortFunc(ps, comparePieces)
				}
			}
		}
	})
	if err != nil {
		return err
	}
	clear(t.df)
	for _, ps := range t.of {
		t.countIn(ps)
	}
	t.weigh()
	return nil
}

// meant gives for each word itself, or the word that it is a slip of.
func (t *pieceTable) meant() (meant []uint32, any bool) {
	meant = make([]uint32, len(t.vocab))
	var words []uint32
	most := uint32(0)
	for id := range meant {
		meant[id] = uint32(id)
		if !t.digit[id] && len(t.runes[id]) >= leastSpelt {
			words = append(words, uint32(id))
			most = max(most, t.df[id])
		}
	}
	if most < slipShare {
		return meant, false
	}
	slices.SortFunc(words, func(a, b uint32) int { return cmp.Or(cmp.Compare(t.df[b], t.df[a]), cmp.Compare(a, b)) })
	s := &speller{t: t, rest: map[uint64][]uint32{}}
	for _, id := range words {
		if to, ok := s.find(id); ok {
			meant[id], any = to, true
		} else if t.df[id] >= slipShare {
			s.enter(id)
		}
	}
	return meant, any
}

// rests visits the hash of a word and of each of its rests.
func (s *speller) rests(id uint32, visit func(hash uint64)) {
	rs := s.t.runes[id]
	visit(text.Hash(rs))
	s.buf = append(s.buf[:0], rs[1:]...)
	for k := range rs {
		visit(text.Hash(s.buf))
		if k < len(s.buf) {
			s.buf[k] = rs[k]
		}
	}
}

func (s *speller) enter(id uint32) {
	s.rests(id, func(hash uint64) { s.rest[hash] = append(s.rest[hash], id) })
}

// find gives the most frequent word one edit away that is frequent enough. Colours and sizes
// are words of their own, however rare.
func (s *speller) find(id uint32) (best uint32, found bool) {
	t := s.t
	if t.sort[id] != sortWord {
		return 0, false
	}
	s.rests(id, func(hash uint64) {
		for _, c := range s.rest[hash] {
			if uint64(t.df[id])*slipShare > uint64(t.df[c]) || found && (t.df[c] < t.df[best] || t.df[c] == t.df[best] && c >= best) {
				continue
			}
			if editsWithin(t.runes[id], t.runes[c], 1) {
				best, found = c, true
			}
		}
	})
	return best, found
}
