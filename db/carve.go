package db

import (
	"bytes"
	"encoding/binary"
)

// In a page whose table is damaged, or to which nothing leads, values are found by
// themselves: bbolt writes a key directly before its value, rows, supports and
// labels say how long they are, and the checksum, which covers the place too, says
// whether it is one. A chunk does not say how long it is; where one is missing, its
// model's head does.

const (
	// carveWindow is how much is looked through at once, and carveOverlap the largest
	// value that is found wherever it stands.
	carveWindow  = 64 << 20
	carveOverlap = 16 << 20
)

// carved is a value that was found by itself.
type carved struct {
	kind   byte
	key    []byte // of the bucket
	at     int64  // of the value in the file
	size   int    // of the value; 0 for a chunk
	fields int    // of a row or a support
	value  []byte // of a support or a label
}

// carve looks through pages for values.
func (s *salvage) carve(p span, f func(c carved, value []byte)) {
	from, end := int64(p.from)*int64(s.pageSize), int64(p.to)*int64(s.pageSize)
	for from < end {
		b := make([]byte, min(carveWindow, end-from))
		n, _ := s.r.ReadAt(b, from)
		b = b[:n]
		last := n < carveWindow || from+int64(n) >= end
		until := n // values that begin after it are found in the next window
		if !last {
			until = n - carveOverlap
		}
		carveBytes(b, until, from, f)
		if last {
			return
		}
		from += int64(until)
	}
}

func carveBytes(b []byte, until int, offset int64, f func(c carved, value []byte)) {
	for at := 0; at < until; at++ {
		next := bytes.IndexByte(b[at:], frameVersion) // rarer than the kinds
		if next < 0 {
			return
		}
		at += next
		if at == 0 {
			continue
		}
		if c, ok := carveAt(b, at-1); ok {
			c.at = offset + int64(at-1)
			f(c, b[at-1:at-1+c.size])
		}
	}
}

// carveAt reads a value that may begin at b[at:].
func carveAt(b []byte, at int) (c carved, ok bool) {
	c.kind = b[at]
	keySize, place := 4, 4
	switch c.kind {
	case frameRow, frameSupport, frameChunk:
	case frameLabel:
		keySize = 16
	case frameSchema:
		keySize, place = len(keySchema), 0
	default:
		return c, false
	}
	if at < keySize {
		return c, false
	}
	c.key = b[at-keySize : at]
	if c.kind == frameChunk {
		return c, true
	}
	if c.size, c.fields = frameLength(c.kind, b[at:]); c.size == 0 {
		return c, false
	}
	number := uint32(0)
	if place > 0 {
		number = binary.BigEndian.Uint32(c.key)
	}
	_, err := openFrame(b[at:at+c.size], c.kind, number)
	return c, err == nil && (c.kind != frameSchema || string(c.key) == string(keySchema))
}

// frameLength reads how long a frame is that says so; 0 if it is none, or is
// longer than b.
func frameLength(kind byte, b []byte) (size, fieldCount int) {
	f := fields{b: b}
	f.take(2)
	total := uint64(0)
	switch kind {
	case frameLabel:
		f.take(9)
		total = uint64(f.u32()) + uint64(f.u32()) + uint64(f.u32())
	case frameSchema:
		n := f.u32()
		for ; n > 0 && !f.short; n-- {
			f.u8()
			f.take(int(f.u32()))
			fieldCount++
		}
	default:
		if kind == frameSupport {
			f.take(int(f.u32()))
		}
		n := f.u32()
		if uint64(n) > uint64(len(f.b)/4) {
			return 0, 0
		}
		fieldCount = int(n)
		for range n + 1 {
			total += uint64(f.u32())
		}
	}
	if f.short || total+4 > uint64(len(f.b)) {
		return 0, 0
	}
	return len(b) - len(f.b) + int(total) + 4, fieldCount
}
