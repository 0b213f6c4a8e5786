package db

import (
	"encoding/binary"
	"fmt"
	"strings"

	bolt "go.etcd.io/bbolt"

	"github.com/doppeldb/doppel/record"
)

// collectionCheck goes over one collection; see the invariants in layout.go.
type collectionCheck struct {
	*fileCheck
	name    string
	where   string
	buckets collectionBuckets
	schema  record.Schema
	state   collectionState
	ids     []uint32 // rows in order, damaged ones too
}

func (c *fileCheck) collection(name string) error {
	where := fmt.Sprintf("collection %q", name)
	b, err := openBuckets(c.tx, name)
	if err != nil {
		c.report.add(where, "%v", err)
		return nil
	}
	cc := &collectionCheck{fileCheck: c, name: name, where: where, buckets: b}
	c.only(b.root.Cursor(), where, keySchema, keyState, bucketKeys, bucketRows, bucketGenerations, bucketClasses, bucketBookmarks)
	if err := checkName(name); err != nil {
		c.report.add(where, "%v", err)
	}
	if cc.schema, err = decodeSchema(b.root.Get(keySchema)); err != nil {
		c.report.add(where+", schema", "%v", err)
		return nil
	}
	if cc.state, err = b.state(); err != nil {
		c.report.add(where+", state", "%v", err)
		return nil
	}
	for _, step := range []func() error{cc.rows, cc.keys, cc.generations, cc.classes, cc.bookmarks} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// each calls f for every entry of a bucket and looks at the context now and then.
func (c *collectionCheck) each(b *bolt.Bucket, f func(k, v []byte)) error {
	cursor, n := b.Cursor(), 0
	for k, v := cursor.First(); k != nil; k, v = cursor.Next() {
		if n++; n&1023 == 0 && c.ctx.Err() != nil {
			return c.ctx.Err()
		}
		f(k, v)
	}
	return nil
}

// rows checks every row and that its key leads back to it.
func (c *collectionCheck) rows() error {
	err := c.each(c.buckets.rows, func(k, v []byte) {
		id, ok := orderedNumber(k)
		if !ok {
			c.report.add(c.where, "%x is not the id of a row", k)
			return
		}
		c.ids = append(c.ids, id)
		c.report.Rows++
		where := fmt.Sprintf("%s, row %d", c.where, id)
		if uint64(id) >= c.state.next {
			c.report.add(where, "the next id is %d", c.state.next)
		}
		r, err := openRow(v, id, len(c.schema))
		if err != nil {
			c.report.add(where, "%s", strings.TrimPrefix(err.Error(), fmt.Sprintf("row %d: ", id)))
			return
		}
		if back := c.buckets.keys.Get(r.key()); len(back) != 4 || binary.LittleEndian.Uint32(back) != id {
			c.report.add(where, "key %s does not lead to it", quoteKey(string(r.key())))
		}
	})
	if uint64(len(c.ids)) != c.state.rows {
		c.report.add(c.where, "%d rows, %d are counted", len(c.ids), c.state.rows)
	}
	return err
}

// keys checks that every key has a row. That the row names this key follows:
// rows has checked that each row's key leads back to it, so with as many keys as
// rows, none lost, it is one to one.
func (c *collectionCheck) keys() error {
	n := 0
	err := c.each(c.buckets.keys, func(k, v []byte) {
		n++
		if len(v) != 4 || c.buckets.rows.Get(orderedKey(binary.LittleEndian.Uint32(v))) == nil {
			c.report.add(c.where, "key %s has no row", quoteKey(string(k)))
		}
	})
	if n != len(c.ids) {
		c.report.add(c.where, "%d keys for %d rows", n, len(c.ids))
	}
	return err
}

// generations checks that the current one is there and whole. Others are what
// a cut-off SetEncoder left.
func (c *collectionCheck) generations() error {
	if c.state.current > c.state.last {
		c.report.add(c.where, "generation %d is current, but %d was the last", c.state.current, c.state.last)
	}
	err := c.each(c.buckets.generations, func(k, v []byte) {
		if g, ok := orderedNumber(k); !ok || v != nil || g == 0 || g > c.state.last {
			c.report.add(c.where, "%x is not a generation", k)
		}
	})
	if err != nil {
		return err
	}
	if err := c.pending(); err != nil || c.state.current == 0 {
		return err
	}
	where := fmt.Sprintf("%s, generation %d", c.where, c.state.current)
	g, err := c.buckets.generation(c.state.current)
	if err != nil {
		c.report.add(where, "%v", err)
		return nil
	}
	enc := c.models[g.fingerprint]
	switch {
	case enc == nil:
		c.report.add(where, "its encoder %v is missing or damaged", g.fingerprint)
	case enc.Dim() != g.dim:
		c.report.add(where, "%d dimensions, its encoder has %d", g.dim, enc.Dim())
	case !enc.Schema().Equal(c.schema):
		c.report.add(where, "its encoder is for %v", enc.Schema())
	}
	blocks, err := c.buckets.blocks(c.state.current)
	if err != nil {
		c.report.add(where, "%v", err)
		return nil
	}
	if _, _, err := readGraph(c.buckets, c.state.current, c.tx.Size()); err != nil {
		c.report.add(where, "its graph is damaged, searches build it anew: %v", err)
		c.report.graphs = append(c.report.graphs, c.name)
	}
	return c.vectors(where, "row", blocks, g.dim, c.ids, false)
}

// pending checks that generations that are being made have no vector of a row
// that is gone.
func (c *collectionCheck) pending() error {
	numbers, err := c.buckets.pending(c.state.current)
	if err != nil {
		c.report.add(c.where, "%v", err)
	}
	for _, n := range numbers {
		where := fmt.Sprintf("%s, pending generation %d", c.where, n)
		g, err := c.buckets.generation(n)
		if err != nil {
			c.report.add(where, "%v", err)
			continue
		}
		blocks, err := c.buckets.blocks(n)
		if err != nil {
			c.report.add(where, "%v", err)
			continue
		}
		if err := c.vectors(where, "row", blocks, g.dim, c.ids, true); err != nil {
			return err
		}
	}
	return nil
}

// vectors checks that filled slots are those of rows, or of supports; both ascend. A
// partial generation may lack some.
func (c *collectionCheck) vectors(where, what string, blocks *bolt.Bucket, dim int, rows []uint32, partial bool) error {
	vec := make([]float32, dim)
	lacks := func(id uint32) {
		if !partial {
			c.report.add(where, "%s %d has no vector", what, id)
		}
	}
	err := c.each(blocks, func(k, v []byte) {
		number, ok := orderedNumber(k)
		if !ok || number > maxID/blockVectors {
			c.report.add(where, "%x is not a vector block", k)
			return
		}
		b, err := openBlock(v, number, dim)
		if err != nil {
			c.report.add(where, "%v", err)
		}
		for slot := range blockVectors {
			if !b.has(slot) {
				continue
			}
			id := number*blockVectors + uint32(slot)
			for len(rows) > 0 && rows[0] < id {
				lacks(rows[0])
				rows = rows[1:]
			}
			if len(rows) == 0 || rows[0] != id {
				c.report.add(where, "vector %d has no %s", id, what)
			} else {
				rows = rows[1:]
			}
			if !partial {
				c.report.Vectors++
			}
			b.read(slot, vec)
			if fault := vectorFault(vec); fault != "" {
				c.report.add(where, "%s %d: %s", what, id, fault)
			}
		}
	})
	for _, id := range rows {
		lacks(id)
	}
	return err
}
