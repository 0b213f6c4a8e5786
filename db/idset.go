package db

import "math/bits"

// idSet is a set of dense ids, a bit each. Ids are given one after the other and never twice, so
// a set is small (125 KB for a million records), and/or/not are a few thousand words, and
// asking for one id is one load: a graph search asks thousands of times.
type idSet []uint64

// newIDSet has room for the ids below n.
func newIDSet(n uint64) idSet { return make(idSet, (n+63)/64) }

func (s idSet) has(id uint32) bool {
	w := int(id >> 6)
	return w < len(s) && s[w]>>(id&63)&1 == 1
}

// add puts id in and grows the set where that is needed.
func (s *idSet) add(id uint32) {
	for int(id>>6) >= len(*s) {
		*s = append(*s, 0)
	}
	(*s)[id>>6] |= 1 << (id & 63)
}

func (s idSet) remove(id uint32) {
	if w := int(id >> 6); w < len(s) {
		s[w] &^= 1 << (id & 63)
	}
}

func (s idSet) count() int {
	n := 0
	for _, w := range s {
		n += bits.OnesCount64(w)
	}
	return n
}

// clone is never nil, which would mean no set at all.
func (s idSet) clone() idSet { return append(idSet{}, s...) }

// and keeps what t has too.
func (s idSet) and(t idSet) idSet {
	if len(s) > len(t) {
		s = s[:len(t)]
	}
	for i := range s {
		s[i] &= t[i]
	}
	return s
}

// or adds what t has.
func (s idSet) or(t idSet) idSet {
	if len(s) < len(t) {
		s = append(s, make(idSet, len(t)-len(s))...)
	}
	for i, w := range t {
		s[i] |= w
	}
	return s
}

// andNot drops what t has.
func (s idSet) andNot(t idSet) idSet {
	for i := range min(len(s), len(t)) {
		s[i] &^= t[i]
	}
	return s
}

// each calls f for every id, ascending, until f gives false.
func (s idSet) each(f func(id uint32) bool) {
	for i, w := range s {
		for ; w != 0; w &= w - 1 {
			if !f(uint32(i<<6 + bits.TrailingZeros64(w))) {
				return
			}
		}
	}
}

// list gives the ids, ascending; count is how many there are.
func (s idSet) list(count int) []uint32 {
	ids := make([]uint32, 0, count)
	s.each(func(id uint32) bool {
		ids = append(ids, id)
		return true
	})
	return ids
}

// pick makes the set of the positions in s that want is true for, 64 at a time.
func pick[T any](s []T, want func(T) bool) idSet {
	out := newIDSet(uint64(len(s)))
	for w := range out {
		var word uint64
		for j, v := range s[w*64 : min(len(s), w*64+64)] {
			if want(v) {
				word |= 1 << j
			}
		}
		out[w] = word
	}
	return out
}
