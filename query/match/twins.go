package match

import (
	"encoding/binary"
	"hash/maphash"
	"strings"

	"github.com/doppeldb/doppel/db"
	"github.com/doppeldb/doppel/record"
	"github.com/doppeldb/doppel/record/picture"
)

// twins finds records that are equal in every compared field, one record after the
// other. A record without any text equals none.
type twins struct {
	schema record.Schema
	seed   maphash.Seed
	key    []byte
	first  map[uint64][]uint32 // hash -> distinct records that have it; nearly always one
	rows   [][]string          // of the distinct records
	copies [][]uint32          // distinct record -> its records, ascending
	seen   int
}

func newTwins(schema record.Schema) *twins {
	return &twins{schema: schema, seed: maphash.MakeSeed(), first: map[uint64][]uint32{}}
}

// add takes the next record and says whether it is none of a copy.
func (t *twins) add(values []string) bool {
	i := uint32(t.seen)
	t.seen++
	empty := true
	t.key = t.key[:0]
	for f, v := range values {
		if t.compared(f) {
			v = t.told(f, v)
			t.key = append(binary.AppendUvarint(t.key, uint64(len(v))), v...)
			empty = empty && strings.TrimSpace(v) == ""
		}
	}
	hash := maphash.Bytes(t.seed, t.key)
	if !empty {
		for _, d := range t.first[hash] {
			if t.equal(t.rows[d], values) {
				t.copies[d] = append(t.copies[d], i)
				return false
			}
		}
		t.first[hash] = append(t.first[hash], uint32(len(t.rows)))
	}
	t.rows = append(t.rows, values)
	t.copies = append(t.copies, []uint32{i})
	return true
}

func (t *twins) compared(f int) bool { return t.schema[f].Kind != record.Ignore }

// told is the part of a value that is compared: of a picture what it shows, not its name.
func (t *twins) told(f int, v string) string {
	if t.schema[f].Kind == record.Image {
		if _, data, ok := picture.Unpack(v); ok {
			return data
		}
	}
	return v
}

func (t *twins) equal(a, b []string) bool {
	for f := range a {
		if t.compared(f) && t.told(f, a[f]) != t.told(f, b[f]) {
			return false
		}
	}
	return true
}

// distinct gives the records of s that differ in a compared field, in order and without
// vectors, and the copies of each. s is what was added; where nothing was, because it has no
// vectors, its rows are looked at now.
func (t *twins) distinct(s *db.Snapshot) (*db.Snapshot, [][]uint32) {
	if t.seen == 0 {
		for _, row := range s.Rows {
			t.add(row)
		}
	}
	if len(t.copies) == s.Len() {
		return s, t.copies
	}
	out := &db.Snapshot{Schema: s.Schema, Dim: s.Dim, Encoder: s.Encoder, Rows: t.rows}
	for _, c := range t.copies {
		out.Keys = append(out.Keys, s.Keys[c[0]])
	}
	return out, t.copies
}

// distinct gives the records of a snapshot that differ in a compared field, in order with
// their vectors, and the copies of each.
func distinct(s *db.Snapshot) (*db.Snapshot, [][]uint32) {
	out, copies := newTwins(s.Schema).distinct(s)
	if out != s && s.Vectors != nil {
		for _, c := range copies {
			out.Vectors = append(out.Vectors, s.Vector(int(c[0]))...)
		}
	}
	return out, copies
}
