package db

import (
	"encoding/binary"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/doppeldb/doppel/record"
)

// collection reads what a collection's tree leads to.
func (f *findings) collection(name string, n node) {
	if checkName(name) != nil {
		damaged := name
		name = saneName(name, func(n string) bool { return f.collections[n] != nil })
		f.report.lost("file", "the name of collection %s; it is called %q now", quoteKey(damaged), name)
	}
	c := &foundCollection{name: name, have: map[uint32]bool{}, keys: map[string]uint32{}}
	f.collections[name] = c
	f.names = append(f.names, name)
	values, buckets, whole := f.parts(n)
	if e, ok := values[string(keySchema)]; ok {
		if schema, err := decodeSchema(e.value); err == nil {
			c.schema = schema
		}
	}
	if e, ok := values[string(keyState)]; ok {
		if state, err := decodeState(e.value); err == nil {
			c.state = &state
		}
	}
	if c.schema == nil || c.state == nil {
		f.s.suspects = append(f.s.suspects, n.page)
	}
	if keys, ok := buckets[string(bucketKeys)]; ok {
		f.s.walk(keys, func(e element) {
			if len(e.value) == 4 {
				c.keys[string(e.key)] = binary.LittleEndian.Uint32(e.value)
			}
		})
	}
	rows, ok := buckets[string(bucketRows)]
	c.lostRows = !ok || !f.s.walk(rows, func(e element) { f.row(c, e) }) || c.lostRows
	if generations, ok := buckets[string(bucketGenerations)]; ok {
		f.generations(c, generations)
	}
	if marks, ok := buckets[string(bucketBookmarks)]; ok {
		f.bookmarks(c, marks)
	}
	c.lostSets = !whole
	if classes, ok := buckets[string(bucketClasses)]; ok {
		f.classes(c, classes)
	}
}

// bookmarks takes the intact ones.
func (f *findings) bookmarks(c *foundCollection, n node) {
	whole := f.s.walk(n, func(e element) {
		name := string(e.key)
		body, err := openFrame(e.value, frameBookmark, 0)
		if err != nil || checkName(name) != nil || len(body) > maxBookmark {
			f.s.suspects = append(f.s.suspects, e.page)
			f.report.lost(c.where(), "the bookmark %s", quoteKey(name))
			return
		}
		c.bookmarks = append(c.bookmarks, foundBookmark{name, append([]byte{}, body...)})
	})
	if !whole {
		f.report.lost(c.where(), "bookmarks may be missing")
	}
}

// saneName makes a name that can be one of a damaged one. No checksum covers names.
func saneName(name string, taken func(string) bool) string {
	name = strings.Map(func(r rune) rune {
		if r == utf8.RuneError || unicode.IsControl(r) {
			return '?'
		}
		return r
	}, name[:min(len(name), maxName/2)])
	if name == "" {
		name = "recovered"
	}
	for taken(name) {
		name += "'"
	}
	return name
}

// row takes an entry of the rows bucket, if it is intact.
func (f *findings) row(c *foundCollection, e element) {
	id, ok := orderedNumber(e.key)
	if ok {
		_, err := openFrame(e.value, frameRow, id)
		ok = err == nil
	}
	if !ok {
		f.s.suspects = append(f.s.suspects, e.page)
		c.lostRows = true
		return
	}
	c.add(foundRow{e.at, id, uint32(len(e.value))})
}

func (c *foundCollection) add(r foundRow) {
	if !c.have[r.id] {
		c.have[r.id] = true
		c.rows = append(c.rows, r)
	}
}

// generations finds the encoder of the current generation.
func (f *findings) generations(c *foundCollection, n node) {
	_, all, _ := f.parts(n)
	for _, key := range inOrder(all) { // ascending: of several the last
		number, ok := orderedNumber([]byte(key))
		values, buckets, _ := f.parts(all[key])
		// What it holds is made anew, but its pages are nobody else's.
		f.claimAll(buckets)
		_, pending := values[string(keyPending)]
		if !ok || pending || c.state != nil && number != c.state.current {
			continue
		}
		if g, err := decodeGeneration(values[string(keyHead)].value, number); err == nil {
			c.current = &g
		}
	}
}

// claimAll goes over the pages of buckets, and of those in them.
func (f *findings) claimAll(buckets map[string]node) {
	for _, name := range inOrder(buckets) {
		var inside []node
		f.s.walk(buckets[name], func(e element) {
			if sub, ok := e.open(); ok {
				inside = append(inside, sub)
			}
		})
		for _, n := range inside {
			f.claimAll(map[string]node{"": n})
		}
	}
}

// classes reads the supports of all sets.
func (f *findings) classes(c *foundCollection, n node) {
	_, sets, whole := f.parts(n)
	c.lostSets = c.lostSets || !whole
	for _, key := range inOrder(sets) {
		if key[0] != ':' {
			c.lostSets = true
			continue
		}
		set := &foundSet{name: key[1:], have: map[string]bool{}}
		if set.name != "" && checkName(set.name) != nil {
			set.name = saneName(set.name, func(n string) bool { return sets[":"+n].page != span{} })
			f.report.lost(c.where(), "the name of classes %s; they are called %q now", quoteKey(key[1:]), set.name)
		}
		c.sets = append(c.sets, set)
		_, buckets, whole := f.parts(sets[key])
		supports, ok := buckets[string(bucketSupports)]
		set.lost = !ok || !whole
		if ok {
			set.lost = !f.s.walk(supports, func(e element) { f.support(c, set, e) }) || set.lost
		}
		delete(buckets, string(bucketSupports))
		f.claimAll(buckets)
	}
}

func (f *findings) support(c *foundCollection, set *foundSet, e element) {
	_, s, err := decodeSupport(e.key, e.value, len(c.schema))
	if err != nil {
		f.s.suspects = append(f.s.suspects, e.page)
		set.lost = true
		return
	}
	set.add(s)
}

func (s *foundSet) add(one support) {
	if at := string(one.name()); !s.have[at] {
		s.have[at] = true
		s.supports = append(s.supports, one)
	}
}

// records reads the rows of a collection, in the order of their ids.
func (f *findings) records(c *foundCollection) iter.Seq2[record.Record, error] {
	slices.SortFunc(c.rows, func(a, b foundRow) int { return int(int64(a.id) - int64(b.id)) })
	return func(yield func(record.Record, error) bool) {
		for _, at := range c.rows {
			frame := make([]byte, at.size)
			if _, err := f.r.ReadAt(frame, at.at); err != nil {
				yield(record.Record{}, err)
				return
			}
			r, err := openRow(frame, at.id, len(c.schema))
			if err == nil {
				rec := r.record()
				if err = checkRecord(c.schema, rec); err == nil {
					if !yield(rec, nil) {
						return
					}
					continue
				}
			}
			if !errors.Is(err, ErrCorrupt) && !errors.Is(err, ErrSchema) && !errors.Is(err, ErrKey) && !errors.Is(err, ErrTooLarge) {
				yield(record.Record{}, err)
				return
			}
			f.report.lost(fmt.Sprintf("%s, row %d", c.where(), at.id), "%v", err)
		}
	}
}
