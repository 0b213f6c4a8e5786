package db

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/bits"

	bolt "go.etcd.io/bbolt"
)

// A block of vectors, after the frame's kind and version; its place is its
// number, and slot s of block b belongs to id 16b + s:
//
//	+-----+--------+-------+----------------------------+
//	| dim | filled | slots | numbers                    |
//	| u32 | u16    | u16   | f32 x dim x slots          |
//	+-----+--------+-------+----------------------------+
//
// Bit s of filled says that slot s has a vector. Only vectors of filled slots are
// stored, one after the other, so that what is deleted takes no room. Version 1 of
// the file stored all slots up to the last filled one, empty ones as zeros: there,
// slots is the number of them, here that of the filled ones, which tells the two
// apart wherever they differ.

// block is a decoded block; only vectors of filled slots count.
type block struct {
	filled uint16
	packed bool   // raw has the vectors of filled slots only
	raw    []byte // f32, as they are stored; (16, dim) in a block that is to change
}

func newBlock(dim int) *block { return &block{raw: make([]byte, blockVectors*4*dim)} }

func (b *block) has(slot int) bool { return b.filled>>slot&1 == 1 }

func (b *block) set(slot int, v []float32) {
	b.filled |= 1 << slot
	dst := b.raw[4*len(v)*slot:]
	for i, x := range v {
		binary.LittleEndian.PutUint32(dst[4*i:], math.Float32bits(x))
	}
}

func (b *block) remove(slot int) {
	b.filled &^= 1 << slot
	size := len(b.raw) / blockVectors
	clear(b.raw[size*slot : size*(slot+1)])
}

// place is where in raw the vector of a slot stands.
func (b *block) place(slot int) int {
	if b.packed {
		return bits.OnesCount16(b.filled & (1<<slot - 1))
	}
	return slot
}

// bytes gives the vector of a filled slot, of so many bytes, as it is stored.
func (b *block) bytes(slot, size int) []byte {
	at := b.place(slot) * size
	return b.raw[at : at+size]
}

// read writes the vector of a filled slot to dst, dim numbers.
func (b *block) read(slot int, dst []float32) {
	src := b.raw[4*len(dst)*b.place(slot):]
	for i := range dst {
		dst[i] = math.Float32frombits(binary.LittleEndian.Uint32(src[4*i:]))
	}
}

// encode gives the frame of a block that is to change.
func (b *block) encode(number uint32) []byte {
	slots := bits.OnesCount16(b.filled)
	size := len(b.raw) / blockVectors
	out := make([]byte, 0, frameOverhead+8+slots*size)
	le := binary.LittleEndian
	out = le.AppendUint32(startFrame(out, frameBlock), uint32(size/4))
	out = le.AppendUint16(out, b.filled)
	out = le.AppendUint16(out, uint16(slots))
	for slot := range blockVectors {
		if b.has(slot) {
			out = append(out, b.raw[slot*size:(slot+1)*size]...)
		}
	}
	return sealFrame(out, number)
}

// openBlock checks value and gives it without a copy: raw belongs to the
// transaction and is as long as its slots.
func openBlock(value []byte, number uint32, dim int) (b block, err error) {
	body, err := openFrame(value, frameBlock, number)
	if err != nil {
		return b, fmt.Errorf("vector block %d: %w", number, err)
	}
	f := fields{b: body}
	d, filled, slots := f.u32(), f.u16(), f.u16()
	whole, packed := bits.Len16(filled), bits.OnesCount16(filled)
	if f.short || int(d) != dim || int(slots) != whole && int(slots) != packed || len(f.b) != int(slots)*4*dim {
		return b, fmt.Errorf("vector block %d: %w: sizes do not add up", number, ErrCorrupt)
	}
	return block{filled: filled, packed: int(slots) != whole, raw: f.b}, nil
}

// loadBlock copies a block out for a change; a block that is not there is empty.
func loadBlock(bucket *bolt.Bucket, number uint32, dim int) (*block, error) {
	b := newBlock(dim)
	value := bucket.Get(orderedKey(number))
	if value == nil {
		return b, nil
	}
	stored, err := openBlock(value, number, dim)
	if err != nil {
		return nil, err
	}
	b.filled = stored.filled
	for slot := range blockVectors {
		if stored.has(slot) {
			copy(b.raw[slot*4*dim:], stored.bytes(slot, 4*dim))
		}
	}
	return b, nil
}

// storeBlock writes a block; one without vectors goes away.
func storeBlock(bucket *bolt.Bucket, number uint32, b *block) error {
	if b.filled == 0 {
		return bucket.Delete(orderedKey(number))
	}
	return bucket.Put(orderedKey(number), b.encode(number))
}

// putVectors writes the vectors of ids, which ascend; vecs is (len(ids), dim).
func putVectors(bucket *bolt.Bucket, ids []uint32, vecs []float32, dim int) error {
	for from := 0; from < len(ids); {
		number := ids[from] / blockVectors
		b, err := loadBlock(bucket, number, dim)
		if err != nil {
			return err
		}
		for ; from < len(ids) && ids[from]/blockVectors == number; from++ {
			b.set(int(ids[from]%blockVectors), vecs[from*dim:(from+1)*dim])
		}
		if err := storeBlock(bucket, number, b); err != nil {
			return err
		}
	}
	return nil
}

// removeVectors empties the slots of ids, which ascend.
func removeVectors(bucket *bolt.Bucket, ids []uint32, dim int) error {
	for len(ids) > 0 {
		n := ids[0] / blockVectors
		block, err := loadBlock(bucket, n, dim)
		if err != nil {
			return err
		}
		before := block.filled
		for len(ids) > 0 && ids[0]/blockVectors == n {
			block.remove(int(ids[0] % blockVectors))
			ids = ids[1:]
		}
		if block.filled == before {
			continue
		}
		if err := storeBlock(bucket, n, block); err != nil {
			return err
		}
	}
	return nil
}

// vectorWalk reads vectors for ascending ids, opening each block once.
type vectorWalk struct {
	bucket *bolt.Bucket
	dim    int
	number int64
	block  block
}

func newVectorWalk(bucket *bolt.Bucket, dim int) *vectorWalk {
	return &vectorWalk{bucket: bucket, dim: dim, number: -1}
}

// read writes the vector of id to dst, or gives ErrCorrupt when it has none.
func (w *vectorWalk) read(id uint32, dst []float32) error {
	number := id / blockVectors
	if int64(number) != w.number {
		b, err := openBlock(w.bucket.Get(orderedKey(number)), number, w.dim)
		if err != nil {
			return err
		}
		w.number, w.block = int64(number), b
	}
	if slot := int(id % blockVectors); w.block.has(slot) {
		w.block.read(slot, dst)
		return nil
	}
	return fmt.Errorf("row %d: %w: no vector", id, ErrCorrupt)
}
