package db

import (
	"context"
	"fmt"
	"math"
	"slices"

	bolt "go.etcd.io/bbolt"

	"github.com/doppeldb/doppel/record"
)

// The secondary index of a collection is columns in memory: for each id the code of its value, or
// its number. A condition goes over a column and gives a set of ids, 64 to a word: a million
// records in about a millisecond.
//
// It is derived from the rows when a filter first asks for a field, with all their checksums, some 4 million
// rows/s, and follows each commit. Nothing of it is in the file. So writing costs nothing more, a
// crash cannot leave it behind, and there is nothing that Check could find to disagree with the rows.
// Keeping it in the file (sorted keys, bitmaps of each value) was weighed against that: to be sure
// that it is that of these rows, their checksums have to be read, and that is most of making it.

// columns is what is known of a collection's rows.
type columns struct {
	rows idSet     // the ids that have a row
	of   []*column // by field; nil: not asked for yet, or of a kind that has none
}

// column is one field: codes for a category or a code, numbers for a number.
type column struct {
	kind    record.Kind
	codes   []uint32 // by id; 0: missing, or no row
	code    map[string]uint32
	values  []string  // by code
	count   []int     // by code: how many records have it
	numbers []float64 // by id; NaN: missing, no number, or no row
}

// noNumber are the bits of a missing number, notNumber those of a value that is no number.
const (
	noNumber  = 0x7ff8_0000_0000_0001
	notNumber = 0x7ff8_0000_0000_0002
)

func newColumn(kind record.Kind, next uint64) *column {
	col := &column{kind: kind}
	if kind == record.Number {
		col.grow(next)
		return col
	}
	col.code, col.values, col.count = map[string]uint32{}, []string{""}, []int{0}
	col.grow(next)
	return col
}

// grow makes room for the ids below next.
func (col *column) grow(next uint64) {
	if col.kind != record.Number {
		if n := int(next) - len(col.codes); n > 0 {
			col.codes = append(col.codes, make([]uint32, n)...)
		}
		return
	}
	from := len(col.numbers)
	if n := int(next) - from; n > 0 {
		col.numbers = append(col.numbers, make([]float64, n)...)
	}
	for i := from; i < len(col.numbers); i++ {
		col.numbers[i] = math.Float64frombits(noNumber)
	}
}

// set stores the value of id, "" for a missing one and for a row that is gone.
func (col *column) set(id uint32, value []byte) {
	col.grow(uint64(id) + 1)
	if col.kind == record.Number {
		n, bits := 0., uint64(noNumber)
		if len(value) > 0 {
			if v, ok := record.ParseNumber(string(value)); ok {
				n, bits = v, 0
			} else {
				bits = notNumber
			}
		}
		if bits != 0 {
			n = math.Float64frombits(bits)
		}
		col.numbers[id] = n
		return
	}
	code := uint32(0)
	if len(value) > 0 {
		var known bool
		if code, known = col.code[string(value)]; !known {
			code = uint32(len(col.values))
			v := string(value)
			col.values, col.count = append(col.values, v), append(col.count, 0)
			col.code[v] = code
		}
	}
	col.count[col.codes[id]]--
	col.count[code]++
	col.codes[id] = code
}

// equal gives the ids that have one of the values.
func (col *column) equal(values []string) idSet {
	var codes []uint32
	for _, v := range values {
		if code := col.code[v]; code != 0 && col.count[code] > 0 {
			codes = append(codes, code)
		}
	}
	switch len(codes) {
	case 0:
		return idSet{}
	case 1:
		want := codes[0]
		return pick(col.codes, func(c uint32) bool { return c == want })
	}
	wanted := make([]bool, len(col.values))
	for _, c := range codes {
		wanted[c] = true
	}
	return pick(col.codes, func(c uint32) bool { return wanted[c] })
}

// put brings committed rows in; values gives those of the i-th id.
func (c *columns) put(ids []uint32, values func(i int) []string) {
	for i, id := range ids {
		c.rows.add(id)
		for f, col := range c.of {
			if col != nil {
				col.set(id, []byte(values(i)[f]))
			}
		}
	}
}

// remove takes deleted rows out.
func (c *columns) remove(ids []uint32) {
	for _, id := range ids {
		c.rows.remove(id)
		for _, col := range c.of {
			if col != nil {
				col.set(id, nil)
			}
		}
	}
}

// has says whether all fields have their columns.
func (c *columns) has(fields []int) bool {
	return c != nil && !slices.ContainsFunc(fields, func(f int) bool { return c.of[f] == nil })
}

// columned makes sure that the fields have their columns.
func (c *Collection) columned(ctx context.Context, fields []int) error {
	c.memory.mu.RLock()
	ready := c.memory.columns.has(fields)
	c.memory.mu.RUnlock()
	if ready {
		return nil
	}
	if err := c.lock(ctx); err != nil { // no commit while they are made
		return err
	}
	defer c.unlock()
	have := c.memory.columns // only who holds the token changes it
	if have.has(fields) {
		return nil
	}
	made := &columns{of: make([]*column, len(c.schema))}
	err := c.view(func(_ *bolt.Tx, b collectionBuckets) error {
		state, err := b.state()
		if err != nil {
			return err
		}
		for _, f := range fields {
			if have == nil || have.of[f] == nil {
				made.of[f] = newColumn(c.schema[f].Kind, min(state.next, maxPrealloc))
			}
		}
		return made.read(ctx, c, b, state.next)
	})
	if err != nil {
		return err
	}
	c.memory.mu.Lock()
	defer c.memory.mu.Unlock()
	if have != nil {
		for f, col := range have.of {
			if made.of[f] == nil {
				made.of[f] = col
			}
		}
	}
	c.memory.columns = made
	return nil
}

// maxPrealloc bounds what is allocated in advance, whatever the counts in a file say.
const maxPrealloc = 1 << 24

// read fills the columns from the rows, whose ids are below next.
func (c *columns) read(ctx context.Context, of *Collection, b collectionBuckets, next uint64) error {
	cursor, n := b.rows.Cursor(), 0
	for k, v := cursor.First(); k != nil; k, v = cursor.Next() {
		if n++; n&1023 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		id, r, err := of.decodeRow(k, v)
		if err != nil {
			return err
		}
		if uint64(id) >= next { // or one damaged id would ask for gigabytes
			return fmt.Errorf("%w: row %d, but the next id is %d", ErrCorrupt, id, next)
		}
		c.rows.add(id)
		for f, col := range c.of {
			if col != nil {
				col.set(id, r.value(f))
			}
		}
	}
	return nil
}

// value gives the bytes of a field, which belong to the transaction.
func (r row) value(field int) []byte {
	from := 0
	for i := range field + 1 {
		from += r.size(i)
	}
	return r.text[from : from+r.size(field+1)]
}
