package db

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
)

// A frame is what every value is wrapped in:
//
//	+------+---------+------+-----------+
//	| kind | version | body | CRC32C    |
//	| u8   | u8      | ...  | u32       |
//	+------+---------+------+-----------+
//
// The checksum covers kind, version, body and the place where the value stands
// (its id, generation or chunk number), so that a whole value at the wrong key
// does not pass either. bbolt keeps the size.
const (
	frameHead       = 'h'
	frameSchema     = 's'
	frameState      = 'c'
	frameRow        = 'r'
	frameGeneration = 'g'
	frameBlock      = 'v'
	frameModel      = 'm'
	frameChunk      = 'k'
	frameLabel      = 'l'
	frameNamed      = 'n'
	framePending    = 'p'
	frameClassState = 't'
	frameSupport    = 'u'
	frameBookmark   = 'b'
	frameGraph      = 'x'
	frameGraphChunk = 'y'

	frameVersion  = 1
	frameOverhead = 6
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// startFrame begins a frame; the body is appended and sealFrame ends it.
func startFrame(buf []byte, kind byte) []byte { return append(buf, kind, frameVersion) }

func sealFrame(frame []byte, place uint32) []byte {
	return binary.LittleEndian.AppendUint32(frame, frameSum(frame, place))
}

// frameSum starts from the place instead of zero: the sum is one to one in what
// it starts from, so the same frame at two places never has the same sum.
func frameSum(frame []byte, place uint32) uint32 { return crc32.Update(place, castagnoli, frame) }

// openFrame gives the body of a frame of this kind at this place, or ErrCorrupt.
func openFrame(value []byte, kind byte, place uint32) ([]byte, error) {
	if len(value) < frameOverhead {
		return nil, fmt.Errorf("%w: %d bytes where a value of kind %q should be", ErrCorrupt, len(value), kind)
	}
	frame, sum := value[:len(value)-4], binary.LittleEndian.Uint32(value[len(value)-4:])
	if frameSum(frame, place) != sum {
		return nil, fmt.Errorf("%w: checksum of a value of kind %q differs", ErrCorrupt, kind)
	}
	if frame[0] != kind {
		return nil, fmt.Errorf("%w: value of kind %q where %q should be", ErrCorrupt, frame[0], kind)
	}
	if frame[1] == 0 {
		return nil, fmt.Errorf("%w: value of kind %q without a version", ErrCorrupt, kind)
	}
	if frame[1] > frameVersion {
		return nil, fmt.Errorf("%w: value of kind %q has version %d, this doppel reads %d", ErrVersion, kind, frame[1], frameVersion)
	}
	return frame[2:], nil
}

// fields takes numbers off the front of a body; short once it ran out.
type fields struct {
	b     []byte
	short bool
}

func (f *fields) take(n int) []byte {
	if n < 0 || n > len(f.b) {
		f.short, f.b = true, nil
		return make([]byte, min(max(n, 0), 8))
	}
	out := f.b[:n]
	f.b = f.b[n:]
	return out
}

func (f *fields) u8() uint8   { return f.take(1)[0] }
func (f *fields) u16() uint16 { return binary.LittleEndian.Uint16(f.take(2)) }
func (f *fields) u32() uint32 { return binary.LittleEndian.Uint32(f.take(4)) }
func (f *fields) u64() uint64 { return binary.LittleEndian.Uint64(f.take(8)) }

// done gives ErrCorrupt unless the body held exactly what was taken.
func (f *fields) done(kind byte) error {
	if f.short || len(f.b) != 0 {
		return fmt.Errorf("%w: sizes in a value of kind %q do not add up", ErrCorrupt, kind)
	}
	return nil
}
