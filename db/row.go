package db

import (
	"encoding/binary"
	"fmt"
	"strings"

	"github.com/doppeldb/doppel/record"
)

// A row, after the frame's kind and version; its place is its id:
//
//	+--------+------------+--------------------------+-----+--------+
//	| fields | key length | value length, per field  | key | values |
//	| u32    | u32        | u32 each                 |     |        |
//	+--------+------------+--------------------------+-----+--------+

// appendRow appends the frame of a record to buf, which must be empty.
func appendRow(buf []byte, id uint32, key string, values []string) []byte {
	le := binary.LittleEndian
	b := le.AppendUint32(startFrame(buf, frameRow), uint32(len(values)))
	b = le.AppendUint32(b, uint32(len(key)))
	for _, v := range values {
		b = le.AppendUint32(b, uint32(len(v)))
	}
	b = append(b, key...)
	for _, v := range values {
		b = append(b, v...)
	}
	return sealFrame(b, id)
}

// row is a stored row whose checksum and sizes hold. Its bytes belong to the
// transaction.
type row struct {
	sizes []byte // u32 each: key, then values
	text  []byte // key, then values
}

// openRow checks that value is the row of id and has one value per field.
func openRow(value []byte, id uint32, fieldCount int) (r row, err error) {
	body, err := openFrame(value, frameRow, id)
	if err != nil {
		return r, fmt.Errorf("row %d: %w", id, err)
	}
	f := fields{b: body}
	if n := f.u32(); int64(n) != int64(fieldCount) {
		return r, fmt.Errorf("row %d: %w: %d values for %d fields", id, ErrCorrupt, n, fieldCount)
	}
	r.sizes = f.take(4 * (fieldCount + 1))
	if f.short {
		return row{}, fmt.Errorf("row %d: %w", id, f.done(frameRow))
	}
	r.text = f.b
	total := uint64(0)
	for i := range fieldCount + 1 {
		total += uint64(r.size(i))
	}
	if total != uint64(len(r.text)) {
		return row{}, fmt.Errorf("row %d: %w: sizes do not add up", id, ErrCorrupt)
	}
	return r, nil
}

func (r row) size(i int) int { return int(binary.LittleEndian.Uint32(r.sizes[4*i:])) }

// key gives the key's bytes, which belong to the transaction.
func (r row) key() []byte { return r.text[:r.size(0)] }

// cut gives the key and writes the values to dst, all of them substrings of
// text, which holds a copy of r.text.
func (r row) cut(text string, dst []string) string {
	n := r.size(0)
	key, rest := text[:n], text[n:]
	for i := range dst {
		n := r.size(i + 1)
		dst[i], rest = rest[:n], rest[n:]
	}
	return key
}

// record copies the row out of its transaction.
func (r row) record() record.Record {
	values := make([]string, len(r.sizes)/4-1)
	key := r.cut(string(r.text), values)
	return record.Record{Key: key, Values: values}
}

// slabSize is the size of the pieces of text that a [Snapshot] is cut from.
const slabSize = 1 << 20

// slab copies many rows out of a transaction with few allocations: a million
// rows of five fields are some hundred pieces of text and of string headers, not
// six million small objects for the garbage collector to look at.
type slab struct {
	text   strings.Builder
	values []string
}

// record copies r; what it gives stays valid when the slab moves on.
func (s *slab) record(r row) (key string, values []string) {
	n := len(r.sizes)/4 - 1
	if len(s.values) < n {
		s.values = make([]string, max(n, slabSize/64))
	}
	values, s.values = s.values[:n:n], s.values[n:]
	return r.cut(s.copy(r.text), values), values
}

// copy gives b as a string. A Builder never moves text that it has room for,
// so the strings cut from it before stay whole.
func (s *slab) copy(b []byte) string {
	if s.text.Cap()-s.text.Len() < len(b) {
		s.text = strings.Builder{}
		s.text.Grow(max(len(b), slabSize))
	}
	from := s.text.Len()
	s.text.Write(b)
	return s.text.String()[from:]
}

// checkRecord says whether a record can be stored under schema.
func checkRecord(schema record.Schema, r record.Record) error {
	switch {
	case r.Key == "":
		return fmt.Errorf("%w: empty", ErrKey)
	case len(r.Key) > MaxKeySize:
		return fmt.Errorf("%w: %d bytes, at most %d are possible (it begins %q)", ErrKey, len(r.Key), MaxKeySize, r.Key[:40])
	}
	if err := schema.Check(r.Values); err != nil {
		return fmt.Errorf("key %s: %w: %w", quoteKey(r.Key), ErrSchema, err)
	}
	if size := textSize(r); size > MaxRecordSize {
		return fmt.Errorf("key %s: %w: %d bytes, at most %d are possible", quoteKey(r.Key), ErrTooLarge, size, MaxRecordSize)
	}
	return nil
}

func textSize(r record.Record) int {
	n := len(r.Key)
	for _, v := range r.Values {
		n += len(v)
	}
	return n
}

// quoteKey gives a key as an error shows it: quoted, not longer than a line.
func quoteKey(key string) string {
	if len(key) > 80 {
		return fmt.Sprintf("%q... (%d bytes)", key[:80], len(key))
	}
	return fmt.Sprintf("%q", key)
}
