package db

import (
	"bytes"
	"fmt"
	"maps"
	"slices"

	"github.com/doppeldb/doppel/record"
)

// place gives the values that nothing leads to a place. A row does not say of which
// collection it is: it is of the only one that has lost rows and has as many
// fields, or of the one whose keys say so. Where the list of free pages is damaged,
// too, what is found may be from before the last change, unless keys tell: of a row
// in several states none is taken, and the others are counted as doubtful.
func (f *findings) place() {
	f.lostSchemas()
	byID := map[uint32][]carved{}
	for _, c := range f.carved {
		switch c.kind {
		case frameRow:
			id, _ := orderedNumber(c.key)
			byID[id] = append(byID[id], c)
		case frameSupport:
			f.placeSupport(c)
		case frameLabel:
			f.placeLabel(c)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(byID)) {
		for _, c := range byID[id] {
			f.placeRow(id, c, byID[id])
		}
	}
}

// placeRow adds a row to its collection, if that can be told.
func (f *findings) placeRow(id uint32, at carved, all []carved) {
	frame := make([]byte, at.size)
	if _, err := f.r.ReadAt(frame, at.at); err != nil {
		return
	}
	r, err := openRow(frame, id, at.fields)
	if err != nil {
		return
	}
	var could []*foundCollection
	sure := f.s.freeOK
	for _, name := range f.names {
		c := f.collections[name]
		if !c.lostRows || c.have[id] || len(c.schema) != at.fields || c.state != nil && uint64(id) >= c.state.next {
			continue
		}
		if leads, known := c.keys[string(r.key())]; known && leads == id {
			could, sure = []*foundCollection{c}, true
			break
		} else if known {
			continue
		}
		could = append(could, c)
	}
	if len(could) == 0 && f.lostNames {
		could = append(could, f.recovered(at.fields))
	}
	if len(could) == 0 || could[0].have[id] {
		return
	}
	where := fmt.Sprintf("row %d, key %s", id, quoteKey(string(r.key())))
	if len(could) > 1 {
		f.report.lost(where, "it was found, but not of which collection it is")
		return
	}
	for _, other := range all { // another state of the same row: which was the last?
		if other.at != at.at && other.fields == at.fields && !f.same(at, other) {
			if at.at < other.at { // once
				f.report.lost(could[0].where()+", "+where, "it was found in several states")
			}
			return
		}
	}
	could[0].add(foundRow{at.at, id, uint32(at.size)})
	if !sure {
		f.report.Doubtful++
		could[0].short = true
	}
}

// recovered is the collection of rows with this many fields whose own one is lost.
func (f *findings) recovered(fieldCount int) *foundCollection {
	name := fmt.Sprintf("recovered with %d fields", fieldCount)
	c := f.collections[name]
	if c == nil {
		c = &foundCollection{name: name, have: map[uint32]bool{}}
		for _, schema := range f.schemas {
			if len(schema) == fieldCount {
				c.schema = schema
			}
		}
		if c.schema == nil {
			c.schema = plainSchema(fieldCount)
		}
		f.collections[name] = c
		f.names = append(f.names, name)
		f.report.lost("file", "the name of a collection; it is called %q now", name)
	}
	return c
}

// same says whether two values are equal byte for byte.
func (f *findings) same(a, b carved) bool {
	if a.size != b.size {
		return false
	}
	x, y := make([]byte, a.size), make([]byte, b.size)
	_, errX := f.r.ReadAt(x, a.at)
	_, errY := f.r.ReadAt(y, b.at)
	return errX == nil && errY == nil && bytes.Equal(x, y)
}

// lostSchemas looks for the schemas of collections whose own is lost: in what was
// found by itself, or in the encoder.
func (f *findings) lostSchemas() {
	for _, name := range f.names {
		c := f.collections[name]
		if c.current != nil {
			c.encoder = f.encoders[c.current.fingerprint]
		}
		if c.schema == nil && c.encoder != nil {
			c.schema = c.encoder.Schema()
		}
		if c.schema == nil && len(f.schemas) == 1 {
			c.schema = f.schemas[0]
		}
		if c.schema == nil {
			c.schema = f.guessSchema(c)
		}
		if c.schema == nil {
			f.report.lost(c.where(), "its schema and its rows")
			continue
		}
		if c.encoder == nil && c.current == nil { // its generation is lost, but perhaps not which encoder it was
			for _, enc := range f.encoders {
				if len(f.encoders) == 1 && enc.Schema().Equal(c.schema) && (c.state == nil || c.state.current != 0) {
					c.encoder = enc
				}
			}
		}
		if c.encoder != nil && !c.encoder.Schema().Equal(c.schema) {
			c.encoder = nil
		}
		if c.encoder == nil && (c.current != nil || c.state != nil && c.state.current != 0) {
			f.report.lost(c.where(), "its encoder, and with it the vectors")
		}
	}
}

// guessSchema makes a schema of text fields that fits the rows of a collection.
func (f *findings) guessSchema(c *foundCollection) record.Schema {
	for _, at := range c.rows {
		frame := make([]byte, at.size)
		if _, err := f.r.ReadAt(frame, at.at); err != nil {
			continue
		}
		head := fields{b: frame[2:]}
		if n := int(head.u32()); n > 0 && n <= len(head.b)/4 {
			f.report.lost(c.where(), "the names and kinds of its fields")
			return plainSchema(n)
		}
	}
	// None of its rows has a place yet: are those that nothing leads to all of one
	// kind, once those of other collections are set aside?
	counts := map[int]bool{}
	for _, at := range f.carved {
		if at.kind == frameRow && at.fields > 0 {
			counts[at.fields] = true
		}
	}
	for _, other := range f.collections {
		if other.lostRows {
			delete(counts, len(other.schema))
		}
	}
	for n := range counts {
		if len(counts) == 1 {
			f.report.lost(c.where(), "the names and kinds of its fields")
			return plainSchema(n)
		}
	}
	return nil
}

// plainSchema is n text fields.
func plainSchema(n int) record.Schema {
	schema := make(record.Schema, n)
	for i := range schema {
		schema[i] = record.Field{Name: fmt.Sprintf("field%d", i+1), Kind: record.Text}
	}
	return schema
}

// placeSupport adds a support to the only set that has lost some, if it is the only one.
func (f *findings) placeSupport(at carved) {
	var could []*foundSet
	var of *foundCollection
	for _, name := range f.names {
		c := f.collections[name]
		if len(c.schema) != at.fields {
			continue
		}
		for _, set := range c.sets {
			if set.lost {
				could, of = append(could, set), c
			}
		}
		if c.lostSets && len(c.sets) == 0 {
			set := &foundSet{have: map[string]bool{}, lost: true}
			c.sets = append(c.sets, set)
			could, of = append(could, set), c
		}
	}
	if len(could) == 0 {
		return
	}
	_, s, err := decodeSupport(at.key, at.value, at.fields)
	if err != nil {
		return
	}
	if len(could) > 1 || !f.s.freeOK {
		if !could[0].have[string(s.name())] {
			f.report.lost(fmt.Sprintf("class %q, support %s", s.class, quoteKey(s.Key)), "it was found, but not of which set it is, or of when")
		}
		return
	}
	if checkClass(could[0].name, s.class) == nil && checkRecord(of.schema, s.Record) == nil {
		could[0].add(s)
	}
}

// placeLabel adds a label to the only pair of collections that has lost some.
func (f *findings) placeLabel(at carved) {
	pairs := f.labelPairs
	if len(pairs) == 0 && f.anyLabels && len(f.names) == 1 {
		pairs = [][2]string{{f.names[0], f.names[0]}}
	}
	if len(pairs) == 0 && !f.anyLabels {
		return
	}
	if len(pairs) != 1 || !f.s.freeOK {
		f.report.lost("labels", "label %x was found, but not of which collections it is, or of when", at.key)
		return
	}
	if l, err := decodeLabel(at.key, at.value, pairs[0][0], pairs[0][1]); err == nil {
		f.addLabel(l, at.key)
	}
}

// count reports what is missing in the end.
func (f *findings) count() {
	if f.report.Doubtful > 0 {
		f.report.lost("file", "the list of free pages is damaged: %d rows may be of an older state, or deleted since", f.report.Doubtful)
	}
	if f.lostNames {
		f.report.lost("file", "collections may be missing: the list of them is damaged")
	}
	for _, name := range f.names {
		c := f.collections[name]
		there := map[uint32]bool{}
		for _, r := range c.rows {
			there[r.id] = true
		}
		missing := 0
		for _, key := range slices.Sorted(maps.Keys(c.keys)) {
			if !there[c.keys[key]] {
				missing++
				f.report.lost(c.where(), "the row of key %s", quoteKey(key))
			}
		}
		c.short = c.short || missing > 0 || c.state == nil && c.lostRows || c.state != nil && int(c.state.rows) != len(c.rows)
		switch {
		case c.state != nil && int(c.state.rows)-len(c.rows) > missing:
			f.report.lost(c.where(), "%d rows whose keys are lost too", int(c.state.rows)-len(c.rows)-missing)
		case c.state == nil && c.lostRows:
			f.report.lost(c.where(), "rows may be missing: how many there were is not known")
		}
		for _, set := range c.sets {
			if set.lost {
				f.report.lost(fmt.Sprintf("%s, classes %q", c.where(), set.name), "supports may be missing")
			}
		}
		if c.lostSets {
			f.report.lost(c.where(), "sets of classes may be missing")
		}
	}
	for _, p := range f.labelPairs {
		f.report.lost(fmt.Sprintf("labels of %q and %q", p[0], p[1]), "some may be missing")
	}
	if f.anyLabels {
		f.report.lost("labels", "some may be missing")
	}
}
