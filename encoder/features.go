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
	table  []uint64
	stamp  uint64
	feats  []feature
	hashes []uint64 // all features of the value, repeats included
	pad    []rune   // a word between its two boundary marks
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

// reset empties the bag.
func (b *bag) reset() {
	if len(b.table) > maxTable {
		*b = bag{shift: b.shift, stamp: b.stamp, table: make([]uint64, minTable)}
	}
	b.stamp += 1 << 32
	if b.stamp == 0 { // after 2^32 values the numbers would repeat
		clear(b.table)
		b.stamp = 1 << 32
	}
	b.feats, b.hashes = b.feats[:0], b.hashes[:0]
}

// Character n-grams of 3 to 5, inside words, the boundary marked: what
// scikit-learn calls char_wb, the best single view on product titles.
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
	b.reset()
	if kind == record.Ignore || kind == record.Image {
		return
	}
	for _, t := range b.split.Split(value) {
		if t.Role&text.IsWord != 0 {
			b.hashes = append(b.hashes, hashRunes(seedWord, t.Text))
		}
		if t.Role&text.IsGrams != 0 {
			b.grams(t.Text)
		}
	}
	b.count()
}

// grams adds the n-grams of " word ".
func (b *bag) grams(word []rune) {
	p := append(b.pad[:0], ' ')
	p = append(p, word...)
	p = append(p, ' ')
	b.pad = p
	hashes := b.hashes
	for ; len(p) >= minGram; p = p[1:] {
		h := step(step(step(seedGram, p[0]), p[1]), p[2])
		hashes = append(hashes, finish(h))
		for _, r := range p[minGram:min(maxGram, len(p))] {
			h = step(h, r)
			hashes = append(hashes, finish(h))
		}
	}
	b.hashes = hashes
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

// count enters the hashes into a table of at least twice their number. One loop
// over all of them, its state in locals, is 8 % of a title faster than one call each.
func (b *bag) count() {
	size := minTable
	for size < 2*len(b.hashes) {
		size *= 2
	}
	if size > len(b.table) {
		b.table = make([]uint64, size)
	}
	// A title uses the front of the table only, which stays in the L1 cache.
	table, mask, stamp, feats := b.table, uint64(size-1), b.stamp, b.feats
	for _, h := range b.hashes {
		i := h & mask
		for ; ; i = (i + 1) & mask {
			s := table[i]
			if s&^0xffffffff != stamp {
				table[i] = stamp | uint64(len(feats))
				feats = append(feats, feature{h, 1})
				break
			}
			if f := &feats[uint32(s)]; f.hash == h {
				f.count++
				break
			}
		}
	}
	b.feats = feats
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
