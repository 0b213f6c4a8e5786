package db

import (
	"encoding/binary"
	"fmt"

	"github.com/doppeldb/doppel/encoder"
	"github.com/doppeldb/doppel/record"
)

// The small values, after the frame's kind and version:
//
//	head   magic 8 bytes, version u32, created u64 (Unix seconds)
//	schema fields u32, per field: kind u8, name length u32, name
//	state  rows u64, next id u64, current generation u32 (0: none), last generation u32
//	g/head fingerprint 16 bytes, dim u32, vectors per block u32
//
// The next id is one bit wider than an id: 2^32 says that all are used.

// fileHead says whose file this is.
type fileHead struct {
	version uint32
	created uint64 // Unix seconds
}

func (h fileHead) encode() []byte {
	b := append(startFrame(nil, frameHead), fileMagic...)
	b = binary.LittleEndian.AppendUint32(b, h.version)
	return sealFrame(binary.LittleEndian.AppendUint64(b, h.created), 0)
}

// decodeFileHead also reads the head of a newer file, as far as its version.
func decodeFileHead(value []byte) (h fileHead, err error) {
	body, err := openFrame(value, frameHead, 0)
	if err != nil {
		return h, err
	}
	f := fields{b: body}
	if string(f.take(len(fileMagic))) != fileMagic {
		return h, fmt.Errorf("%w: other magic", ErrNotDoppel)
	}
	if h.version = f.u32(); h.version > fileVersion {
		return h, fmt.Errorf("%w: format %d, this doppel reads up to %d; use a newer doppel", ErrVersion, h.version, fileVersion)
	}
	h.created = f.u64()
	return h, f.done(frameHead)
}

func encodeSchema(s record.Schema) []byte {
	b := binary.LittleEndian.AppendUint32(startFrame(nil, frameSchema), uint32(len(s)))
	for _, f := range s {
		b = append(b, byte(f.Kind))
		b = binary.LittleEndian.AppendUint32(b, uint32(len(f.Name)))
		b = append(b, f.Name...)
	}
	return sealFrame(b, 0)
}

func decodeSchema(value []byte) (record.Schema, error) {
	body, err := openFrame(value, frameSchema, 0)
	if err != nil {
		return nil, err
	}
	f := fields{b: body}
	var s record.Schema
	for n := f.u32(); n > 0 && !f.short; n-- {
		kind := record.Kind(f.u8())
		s = append(s, record.Field{Name: string(f.take(int(f.u32()))), Kind: kind})
	}
	if err := f.done(frameSchema); err != nil {
		return nil, err
	}
	if err := s.Validate(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	return s, nil
}

// collectionState is what changes with every write to a collection.
type collectionState struct {
	rows    uint64
	next    uint64 // id of the next new key
	current uint32 // generation that is served, 0 for none
	last    uint32 // highest generation ever begun
}

func (s collectionState) encode() []byte {
	le := binary.LittleEndian
	b := le.AppendUint64(startFrame(nil, frameState), s.rows)
	b = le.AppendUint64(b, s.next)
	b = le.AppendUint32(b, s.current)
	return sealFrame(le.AppendUint32(b, s.last), 0)
}

func (b collectionBuckets) state() (collectionState, error) {
	return decodeState(b.root.Get(keyState))
}

func decodeState(value []byte) (collectionState, error) {
	body, err := openFrame(value, frameState, 0)
	if err != nil {
		return collectionState{}, err
	}
	f := fields{b: body}
	s := collectionState{rows: f.u64(), next: f.u64(), current: f.u32(), last: f.u32()}
	return s, f.done(frameState)
}

func (b collectionBuckets) putState(s collectionState) error {
	return b.root.Put(keyState, s.encode())
}

// generation is the head of a generation.
type generation struct {
	fingerprint encoder.Fingerprint
	dim         int
}

// maxDim bounds what a generation's head may claim.
const maxDim = 1 << 20

func (g generation) encode(number uint32) []byte {
	b := append(startFrame(nil, frameGeneration), g.fingerprint[:]...)
	b = binary.LittleEndian.AppendUint32(b, uint32(g.dim))
	return sealFrame(binary.LittleEndian.AppendUint32(b, blockVectors), number)
}

func (b collectionBuckets) generation(number uint32) (g generation, err error) {
	bucket := b.generations.Bucket(orderedKey(number))
	if bucket == nil {
		return g, fmt.Errorf("%w: no generation %d", ErrCorrupt, number)
	}
	return decodeGeneration(bucket.Get(keyHead), number)
}

func decodeGeneration(value []byte, number uint32) (g generation, err error) {
	body, err := openFrame(value, frameGeneration, number)
	if err != nil {
		return g, err
	}
	f := fields{b: body}
	copy(g.fingerprint[:], f.take(len(g.fingerprint)))
	dim, block := f.u32(), f.u32()
	if err := f.done(frameGeneration); err != nil {
		return g, err
	}
	if block != blockVectors || dim == 0 || dim > maxDim {
		return g, fmt.Errorf("%w: generation %d has blocks of %d vectors of %d numbers", ErrCorrupt, number, block, dim)
	}
	g.dim = int(dim)
	return g, nil
}
