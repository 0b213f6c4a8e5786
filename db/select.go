package db

import (
	"context"
	"fmt"
	"iter"
	"math"
	"slices"

	bolt "go.etcd.io/bbolt"

	"github.com/doppeldb/doppel/record"
)

// Select gives the records that a filter keeps, in the order of insertion. As [Collection.All] it
// holds no transaction while the caller works: of records that change meanwhile it gives
// the old or the new state, and in either only what the filter keeps. An error is given once and ends it.
func (c *Collection) Select(ctx context.Context, where Filter) iter.Seq2[record.Record, error] {
	return func(yield func(record.Record, error) bool) {
		fail := func(err error) { yield(record.Record{}, err) }
		cond, err := resolve(where, c.schema)
		if err != nil {
			fail(fmt.Errorf("collection %q: %w", c.name, err))
			return
		}
		if cond == nil {
			for r, err := range c.All() {
				if err == nil {
					err = ctx.Err()
				}
				if err != nil {
					fail(err)
					return
				}
				if !yield(r, nil) {
					return
				}
			}
			return
		}
		ids, err := c.mostOf(ctx, cond)
		if err != nil {
			fail(err)
			return
		}
		var batch []record.Record
		for len(ids) > 0 {
			if err := ctx.Err(); err != nil {
				fail(err)
				return
			}
			batch = batch[:0]
			err := c.view(func(_ *bolt.Tx, b collectionBuckets) error {
				n, err := c.rowsOf(b, ids, func(_ uint32, r row) bool {
					// Also of those that are sure: the row may be newer than the set.
					if rec := r.record(); cond.match(rec) {
						batch = append(batch, rec)
					}
					return true
				})
				ids = ids[n:]
				return err
			})
			if err != nil {
				fail(err)
				return
			}
			for _, r := range batch {
				if !yield(r, nil) {
					return
				}
			}
		}
	}
}

// mostOf lists the ids of all records that a condition could keep.
func (c *Collection) mostOf(ctx context.Context, where condition) (ids []uint32, err error) {
	if err := c.columned(ctx, fieldsOf(where)); err != nil {
		return nil, err
	}
	err = c.inStep(ctx, func(_ *bolt.Tx, b collectionBuckets, _ func()) error {
		found, err := where.bounds(&evaluation{columns: c.memory.columns, buckets: b})
		if err == nil {
			ids = found.most().list(0)
		}
		return err
	})
	return ids, err
}

// CountWhere is how many records a filter keeps; nil keeps all.
func (c *Collection) CountWhere(ctx context.Context, where Filter) (int, error) {
	cond, err := resolve(where, c.schema)
	if err != nil {
		return 0, fmt.Errorf("collection %q: %w", c.name, err)
	}
	if cond == nil {
		return c.Len()
	}
	n := 0
	err = c.filtered(ctx, cond, func(_ *bolt.Tx, _ collectionBuckets, kept idSet, release func()) error {
		release()
		n = kept.count()
		return nil
	})
	return n, err
}

// ValueCount is how many records have a value.
type ValueCount struct {
	Value string
	Count int
}

// Values counts the values of a field among the records that a filter keeps, in byte order of the
// values as they are stored; "", which counts those without one, comes first. Category and code fields
// are counted in memory, those of other kinds by reading the rows. An error is given once and ends it.
func (c *Collection) Values(ctx context.Context, field string, where Filter) iter.Seq2[ValueCount, error] {
	return func(yield func(ValueCount, error) bool) {
		counts, err := c.countValues(ctx, field, where)
		if err != nil {
			yield(ValueCount{}, err)
			return
		}
		for _, v := range counts {
			if !yield(v, nil) {
				return
			}
		}
	}
}

func (c *Collection) countValues(ctx context.Context, field string, where Filter) ([]ValueCount, error) {
	at, err := fieldOf(c.schema, field)
	if err != nil {
		return nil, fmt.Errorf("collection %q: %w", c.name, err)
	}
	var counts []ValueCount
	if kind := c.schema[at].Kind; kind == record.Category || kind == record.Code {
		err = c.overColumn(ctx, at, where, func(col *column, kept idSet) {
			counts = col.counts(kept, c.memory.columns.rows)
		})
	} else {
		counts, err = c.readValues(ctx, at, where)
	}
	slices.SortFunc(counts, func(a, b ValueCount) int {
		switch {
		case a.Value < b.Value:
			return -1
		case a.Value > b.Value:
			return 1
		}
		return 0
	})
	return counts, err
}

// overColumn runs f in step with the column of a field and the set that a filter keeps; nil for none.
func (c *Collection) overColumn(ctx context.Context, at int, where Filter, f func(col *column, kept idSet)) error {
	cond, err := resolve(where, c.schema)
	if err != nil {
		return fmt.Errorf("collection %q: %w", c.name, err)
	}
	if err := c.columned(ctx, []int{at}); err != nil {
		return err
	}
	return c.filtered(ctx, cond, func(_ *bolt.Tx, _ collectionBuckets, kept idSet, _ func()) error {
		f(c.memory.columns.of[at], kept)
		return nil
	})
}

// counts counts the values of the ids in kept, or, when that is nil, of all rows.
func (col *column) counts(kept, rows idSet) []ValueCount {
	count := col.count
	if kept == nil {
		count = slices.Clone(count)
		count[0] = rows.count()
		for _, n := range count[1:] {
			count[0] -= n
		}
	} else {
		count = make([]int, len(col.values))
		kept.each(func(id uint32) bool {
			count[col.codeOf(id)]++
			return true
		})
	}
	var out []ValueCount
	for code, n := range count {
		if n > 0 {
			out = append(out, ValueCount{col.values[code], n})
		}
	}
	return out
}

func (col *column) codeOf(id uint32) uint32 {
	if int(id) < len(col.codes) {
		return col.codes[id]
	}
	return 0
}

func (c *Collection) readValues(ctx context.Context, at int, where Filter) ([]ValueCount, error) {
	counts := map[string]int{}
	for r, err := range c.Select(ctx, where) {
		if err != nil {
			return nil, err
		}
		counts[r.Values[at]]++
	}
	var out []ValueCount
	for v, n := range counts {
		out = append(out, ValueCount{v, n})
	}
	return out, nil
}

// Numbers gives the numbers of a field among the records that a filter keeps, in the order of
// insertion; missing values and such that are no number are left out. Number fields are read from
// memory, those of other kinds from the rows. An error is given once and ends it.
func (c *Collection) Numbers(ctx context.Context, field string, where Filter) iter.Seq2[float64, error] {
	return func(yield func(float64, error) bool) {
		at, err := fieldOf(c.schema, field)
		if err != nil {
			yield(0, fmt.Errorf("collection %q: %w", c.name, err))
			return
		}
		if c.schema[at].Kind != record.Number {
			for r, err := range c.Select(ctx, where) {
				if err != nil {
					yield(0, err)
					return
				}
				if n, ok := record.ParseNumber(r.Values[at]); ok && !yield(n, nil) {
					return
				}
			}
			return
		}
		var numbers []float64
		err = c.overColumn(ctx, at, where, func(col *column, kept idSet) { numbers = col.some(kept) })
		if err != nil {
			yield(0, err)
			return
		}
		for _, n := range numbers {
			if !yield(n, nil) {
				return
			}
		}
	}
}

// some copies the numbers of the ids in kept, or, when that is nil, of all.
func (col *column) some(kept idSet) []float64 {
	out := make([]float64, 0, len(col.numbers))
	for id, n := range col.numbers {
		if !math.IsNaN(n) && (kept == nil || kept.has(uint32(id))) {
			out = append(out, n)
		}
	}
	return out
}
