package match

import (
	"context"
	"encoding/binary"
	"slices"
	"sync"
)

// Some sellers fill the column of the brand, others write the brand into the title and leave the
// column empty. Where most values of a field are repeated in the name of their record, a record
// without a value borrows the one that stands in its name, so that two brands clash wherever they are written.
const (
	borrowShare   = .5 // of the values of a field that stand in the name as well
	longestBorrow = 4  // pieces of a value
	leastLenders  = 2  // records that have the value
)

// borrow fills empty fields out of the names.
func (t *pieceTable) borrow(ctx context.Context, c *corpus, threads int) error {
	for _, f := range c.others {
		values, err := t.lenders(ctx, c.name, f, threads)
		if err != nil {
			return err
		}
		if values == nil {
			continue
		}
		err = parallel(ctx, len(t.of), threads, func() func(from, to int) {
			r := fieldReader{t: t}
			return func(from, to int) {
				for i := from; i < to; i++ {
					if !t.has(i, f) {
						t.lend(i, f, r.find(i, c.name, values))
					}
				}
			}
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// lenders counts the records that have each value of a field; nil if the values do not usually
// stand in the name too.
func (t *pieceTable) lenders(ctx context.Context, name, f, threads int) (map[string]int, error) {
	type census struct {
		values         map[string]int
		filled, inName int
	}
	var mu sync.Mutex
	var parts []*census
	err := parallel(ctx, len(t.of), threads, func() func(from, to int) {
		value, title := fieldReader{t: t}, fieldReader{t: t}
		c := &census{values: map[string]int{}}
		mu.Lock()
		parts = append(parts, c)
		mu.Unlock()
		return func(from, to int) {
			for i := from; i < to; i++ {
				if !t.has(i, f) {
					continue
				}
				c.filled++
				ids := value.read(i, f)
				if len(ids) == 0 || len(ids) > longestBorrow {
					continue
				}
				c.values[string(value.key(ids))]++
				if contains(title.read(i, name), ids) {
					c.inName++
				}
			}
		}
	})
	if err != nil {
		return nil, err
	}
	sum := parts[0] // counts are whole numbers: their sum does not depend on the order
	for _, c := range parts[1:] {
		sum.filled, sum.inName = sum.filled+c.filled, sum.inName+c.inName
		for value, n := range c.values {
			sum.values[value] += n
		}
	}
	if float64(sum.inName) <= borrowShare*float64(sum.filled) {
		return nil, nil
	}
	return sum.values, nil
}

// lend moves the words of value, which stand in the name of record i, to field f.
func (t *pieceTable) lend(i, f int, value []uint16) {
	for _, k := range value {
		p := &t.of[i][k]
		p.slot = slotOf(f, t.digit[p.id])
	}
	if len(value) > 0 {
		t.filled[i*t.slots/2+f] = true
	}
}

// fieldReader reads fields as sequences of words. It has buffers: one per goroutine.
type fieldReader struct {
	t      *pieceTable
	places []uint16
	ids    []uint32
	buf    []byte
}

// read gives the words of a field in the order of the text.
func (r *fieldReader) read(i, f int) []uint32 {
	ps := r.t.of[i]
	r.places, r.ids = r.places[:0], r.ids[:0]
	for k, p := range ps {
		if int(p.slot)/2 == f {
			r.places = append(r.places, uint16(k))
		}
	}
	byPlace(ps, r.places)
	for _, k := range r.places {
		r.ids = append(r.ids, ps[k].id)
	}
	return r.ids
}

func (r *fieldReader) key(ids []uint32) []byte {
	r.buf = r.buf[:0]
	for _, id := range ids {
		r.buf = binary.LittleEndian.AppendUint32(r.buf, id)
	}
	return r.buf
}

// find gives the longest of the values that stands in the name of a record, nil where there
// is none or two of the same length.
func (r *fieldReader) find(i, name int, values map[string]int) []uint16 {
	ids := r.read(i, name)
	for n := min(longestBorrow, len(ids)-1); n > 0; n-- {
		best := -1
		for at := range len(ids) - n + 1 {
			if value := ids[at : at+n]; values[string(r.key(value))] >= leastLenders {
				if best >= 0 && !slices.Equal(ids[best:best+n], value) {
					return nil
				}
				best = at
			}
		}
		if best >= 0 {
			return r.places[best : best+n]
		}
	}
	return nil
}

// contains says whether the words of part stand in ids one behind the other.
func contains(ids, part []uint32) bool {
	for at := range len(ids) - len(part) + 1 {
		if slices.Equal(ids[at:at+len(part)], part) {
			return true
		}
	}
	return false
}
