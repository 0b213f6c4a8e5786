package encoder

import (
	"math"
	"math/bits"

	"github.com/doppeldb/doppel/internal/text"
	"github.com/doppeldb/doppel/record"
)

// A feature is a 64-bit hash; from it come, independently,
//
//	bucket    top LogBuckets bits       which weight
//	position  middle bits, times Dim    which number of the sketch
//	sign      lowest bit                plus or minus
//
// bag collects the features of one value, each once with its count.
type bag struct {
	split text.Splitter
	shift uint // 64 - LogBuckets
	// Open addressing by the hash: the low half of table[i] is a place in feats, the
	// high half the number of the value that wrote it, so that nothing is cleared.
	table []uint64
	mask  uint64 // how much of table this value uses, less 1: a title stays in the L1 cache
	stamp uint64
	feats []feature
	pad   []rune // a word between its two boundary marks
}

type feature struct {
	hash  uint64
	count uint32
}

const (
	minTable = 512
	// A table above maxTable, and all else that a long value needed, is dropped after it.
	maxTable = 1 << 15
)

func newBag(logBuckets int) *bag {
	return &bag{shift: 64 - uint(logBuckets), table: make([]uint64, minTable)}
}

// reset empties the bag for a value of the given length in bytes.
func (b *bag) reset(length int) {
	if len(b.table) > maxTable {
		*b = bag{shift: b.shift, stamp: b.stamp, table: make([]uint64, minTable)}
	}
	b.stamp += 1 << 32
	if b.stamp == 0 { // after 2^32 values the numbers would repeat
		clear(b.table)
		b.stamp = 1 << 32
	}
	b.feats = b.feats[:0]
	// Fewer than 4 features a byte are usual; add grows the table when there are more.
	size := minTable
	for size < 4*length && size < len(b.table) {
		size *= 2
	}
	b.mask = uint64(size - 1)
}

// Character n-grams of 3 to 5, inside words, the boundary marked: what
// scikit-learn calls char_wb (FACTS: the best single view on product titles).
const (
	minGram = 3
	maxGram = 5
)

// Seeds keep the kinds of features apart.
const (
	seedGram uint64 = 0x9e3779b97f4a7c15
	seedWord uint64 = 0xd1b54a32d192ed03
)

// fill sets the bag to the features of one value.
func (b *bag) fill(kind record.Kind, value string) {
	b.reset(len(value))
	if kind == record.Ignore {
		return
	}
	for _, t := range b.split.Split(value) {
		if t.Role&text.IsWord != 0 {
			b.add(hashRunes(seedWord, t.Text))
		}
		if t.Role&text.IsGrams != 0 {
			b.grams(t.Text)
		}
	}
}

// grams adds the n-grams of " word ".
func (b *bag) grams(word []rune) {
	p := append(b.pad[:0], ' ')
	p = append(p, word...)
	p = append(p, ' ')
	b.pad = p
	for i := 0; i+minGram <= len(p); i++ {
		h := step(step(step(seedGram, p[i]), p[i+1]), p[i+2])
		b.add(finish(h))
		for j := i + minGram; j < i+maxGram && j < len(p); j++ {
			h = step(h, p[j])
			b.add(finish(h))
		}
	}
}

func hashRunes(seed uint64, rs []rune) uint64 {
	h := seed
	for _, r := range rs {
		h = step(h, r)
	}
	return finish(h)
}

// step is one round of a multiplicative hash, finish spreads its high bits down.
func step(h uint64, r rune) uint64 { return (h ^ uint64(r)) * 0xff51afd7ed558ccd }

func finish(h uint64) uint64 {
	h ^= h >> 32
	h *= 0xc4ceb9fe1a85ec53
	return h ^ h>>29
}

// add counts one occurrence of the feature with hash h.
func (b *bag) add(h uint64) {
	for i := h & b.mask; ; i = (i + 1) & b.mask {
		s := b.table[i]
		if s&^0xffffffff != b.stamp {
			b.table[i] = b.stamp | uint64(len(b.feats))
			b.feats = append(b.feats, feature{h, 1})
			if uint64(len(b.feats))*2 > b.mask {
				b.grow()
			}
			return
		}
		if f := &b.feats[uint32(s)]; f.hash == h {
			f.count++
			return
		}
	}
}

// grow doubles the part of the table in use and enters the features anew.
func (b *bag) grow() {
	size := 2 * int(b.mask+1)
	if size > len(b.table) {
		b.table = make([]uint64, size)
	} else {
		clear(b.table[:size])
	}
	b.mask = uint64(size - 1)
	for n, f := range b.feats {
		i := f.hash & b.mask
		for b.table[i]&^0xffffffff == b.stamp {
			i = (i + 1) & b.mask
		}
		b.table[i] = b.stamp | uint64(n)
	}
}

// sketch adds the weighted features to v: gain * (1 + ln count) * weight, signed.
func (b *bag) sketch(v, weight []float32, gain float32) {
	d := uint64(len(v))
	for i := range b.feats {
		f := &b.feats[i]
		w := gain * weight[f.hash>>b.shift]
		if f.count > 1 {
			w *= damped(f.count)
		}
		pos, _ := bits.Mul64(f.hash<<24, d)
		// The sign bit of the float is flipped by the hash's lowest bit: no branch.
		w = math.Float32frombits(math.Float32bits(w) ^ uint32(f.hash)<<31)
		v[pos] += w
	}
}
