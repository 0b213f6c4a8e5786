package db

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
)

// salvage reads the pages of a file that may be damaged anywhere, without bbolt. It
// walks the trees as far as they hold, and remembers which pages it could use:
// what is neither used nor free belongs to a part of a tree that is cut off, and is
// looked through by carve.go.
type salvage struct {
	r        io.ReaderAt
	pageSize int
	high     uint64   // pages below it exist
	used     []uint64 // bit per page: read whole, or free
	freeOK   bool     // the list of free pages could be read
	suspects []span   // pages, in use, in which something does not hold
}

// span is pages from .. to-1.
type span struct{ from, to uint64 }

// element is an entry of a leaf page, or of a small bucket inside of one.
type element struct {
	bucket     bool
	key, value []byte
	at         int64 // offset of value in the file
	page       span  // where it is
}

// openSalvage finds the meta page that counts, or the one that looks best. lost
// says what is wrong with them, "" for nothing.
func openSalvage(r io.ReaderAt, size int64) (s *salvage, root uint64, lost string, err error) {
	m, damaged, err := readMetas(r)
	switch {
	case errors.Is(err, ErrNotDoppel):
		return nil, 0, "", err
	case err != nil:
		if m, err = guessMeta(r, size); err != nil {
			return nil, 0, "", err
		}
		lost = "both meta pages are damaged: what the file held last is a guess"
	case damaged > 0:
		lost = "one of the two meta pages is damaged: the last transaction may be lost"
	}
	pages := uint64(size) / uint64(m.pageSize)
	if m.high > pages {
		lost += fmt.Sprintf("the file was cut off: %d of %d pages are there", pages, m.high)
	}
	s = &salvage{r: r, pageSize: m.pageSize, high: min(m.high, pages)}
	s.used = make([]uint64, s.high/64+1)
	s.claim(span{0, 2})
	s.free(m.freelist)
	return s, m.root, lost, nil
}

// guessMeta takes the numbers of a damaged meta page whose root is a page of ours.
func guessMeta(r io.ReaderAt, size int64) (best boltMeta, err error) {
	for pageSize := minPageSize; pageSize <= maxPageSize; pageSize *= 2 {
		for _, offset := range []int64{0, int64(pageSize)} {
			m, _, _ := readMeta(r, offset)
			m.pageSize = pageSize
			s := &salvage{r: r, pageSize: pageSize, high: uint64(size) / uint64(pageSize)}
			s.used = make([]uint64, s.high/64+1)
			if m.root < 2 || m.txid < best.txid || s.high < 3 {
				continue
			}
			found := false
			s.walk(node{root: m.root}, func(e element) { found = found || string(e.key) == string(bucketMeta) })
			if found {
				if m.high < 3 || m.high > s.high {
					m.high = s.high
				}
				best = m
			}
		}
	}
	if best.pageSize == 0 {
		return best, fmt.Errorf("%w: both meta pages are damaged, and nothing leads to the rest", ErrCorrupt)
	}
	return best, nil
}

// claim marks pages as used; false, and nothing is marked, if one is already or
// does not exist.
func (s *salvage) claim(p span) bool {
	if p.to > s.high || p.from >= p.to {
		return false
	}
	for id := p.from; id < p.to; id++ {
		if s.isUsed(id) {
			return false
		}
	}
	for id := p.from; id < p.to; id++ {
		s.used[id/64] |= 1 << (id % 64)
	}
	return true
}

func (s *salvage) isUsed(id uint64) bool { return s.used[id/64]>>(id%64)&1 == 1 }

// free marks the free pages, if their list is whole.
func (s *salvage) free(id uint64) {
	w := pageWalk{r: s.r, pageSize: s.pageSize, high: s.high, used: slices.Clone(s.used)}
	if id == noFreelist || w.freelist(id) != nil {
		return
	}
	s.used, s.freeOK = w.used, true
}

// read claims and reads a page with its overflow.
func (s *salvage) read(id uint64) (flags, count int, b []byte, p span, ok bool) {
	if id < 2 || id >= s.high {
		return 0, 0, nil, p, false
	}
	var head [pageHeader]byte
	if _, err := s.r.ReadAt(head[:], int64(id)*int64(s.pageSize)); err != nil {
		return 0, 0, nil, p, false
	}
	flags, count = int(native.Uint16(head[8:])), int(native.Uint16(head[10:]))
	if native.Uint64(head[:]) != id || flags != flagLeaf && flags != flagBranch {
		return 0, 0, nil, p, false
	}
	says := 1 + uint64(native.Uint32(head[12:]))
	pages := min(says, s.high-id, s.need(id, flags, count))
	if p = (span{id, id + pages}); !s.claim(p) {
		return 0, 0, nil, p, false
	}
	if pages != says { // or the pages of others would be taken for its own
		s.suspects = append(s.suspects, p)
	}
	b = make([]byte, int64(pages)*int64(s.pageSize))
	if _, err := s.r.ReadAt(b, int64(id)*int64(s.pageSize)); err != nil || pageHeader+count*pageElement > len(b) {
		s.suspects = append(s.suspects, p)
		return 0, 0, nil, p, false
	}
	return flags, count, b, p, true
}

// need gives the number of pages that the elements of a page take up.
func (s *salvage) need(id uint64, flags, count int) uint64 {
	table := make([]byte, count*pageElement)
	if _, err := s.r.ReadAt(table, int64(id)*int64(s.pageSize)+pageHeader); err != nil {
		return 1
	}
	end := uint64(pageHeader + len(table))
	for at := 0; at < len(table); at += pageElement {
		e := table[at:]
		pos, size := native.Uint32(e), uint64(native.Uint32(e[4:]))
		if flags == flagLeaf {
			pos, size = native.Uint32(e[4:]), uint64(native.Uint32(e[8:]))+uint64(native.Uint32(e[12:]))
		}
		end = max(end, uint64(pageHeader+at)+uint64(pos)+size)
	}
	return (end + uint64(s.pageSize) - 1) / uint64(s.pageSize)
}

// node is a bucket: its root page, or, of a small one, the page inside its value.
type node struct {
	root   uint64
	inline []byte
	at     int64 // of inline in the file
	page   span
}

// open gives the bucket that an element is.
func (e element) open() (n node, ok bool) {
	if !e.bucket || len(e.value) < 16 {
		return n, false
	}
	n = node{root: native.Uint64(e.value), page: e.page}
	if n.root == 0 {
		n.inline, n.at = e.value[16:], e.at+16
	}
	return n, true
}

// walk calls f for every element of a bucket that can be reached, in order; whole
// says that nothing was wrong on the way.
func (s *salvage) walk(n node, f func(e element)) (whole bool) {
	if n.root == 0 {
		if len(n.inline) < pageHeader || native.Uint16(n.inline[8:]) != flagLeaf {
			s.suspects = append(s.suspects, n.page)
			return false
		}
		return s.leaf(n.inline, int(native.Uint16(n.inline[10:])), n.at, n.page, f)
	}
	whole = true
	for open := []uint64{n.root}; len(open) > 0; {
		id := open[len(open)-1]
		open = open[:len(open)-1]
		flags, count, b, p, ok := s.read(id)
		switch {
		case !ok:
			whole = false
		case flags == flagLeaf:
			whole = s.leaf(b, count, int64(id)*int64(s.pageSize), p, f) && whole
		default:
			for i := count - 1; i >= 0; i-- {
				open = append(open, native.Uint64(b[pageHeader+i*pageElement+8:]))
			}
			whole = whole && count > 0
		}
	}
	return whole
}

// leaf gives the elements of a page that lie inside of it.
func (s *salvage) leaf(b []byte, count int, offset int64, p span, f func(e element)) (whole bool) {
	table := pageHeader + count*pageElement
	whole = table <= len(b)
	for at := pageHeader; at+pageElement <= len(b) && at < table; at += pageElement {
		e := b[at:]
		flags, pos, key, value := native.Uint32(e), native.Uint32(e[4:]), native.Uint32(e[8:]), native.Uint32(e[12:])
		if flags&^elementBucket != 0 || !inside(at, pos, key, value, pageHeader, int64(len(b))) {
			whole = false
			continue
		}
		from := at + int(pos)
		mid, to := from+int(key), from+int(key)+int(value)
		f(element{flags == elementBucket, b[from:mid:mid], b[mid:to:to], offset + int64(mid), p})
	}
	if !whole {
		s.suspects = append(s.suspects, p)
	}
	return whole
}

// unread gives the pages to be looked through: those that no tree led to, and suspects.
func (s *salvage) unread() []span {
	var out []span
	for id := uint64(2); id < s.high; id++ {
		if s.isUsed(id) {
			continue
		}
		if n := len(out); n > 0 && out[n-1].to == id {
			out[n-1].to++
		} else {
			out = append(out, span{id, id + 1})
		}
	}
	out = append(out, s.suspects...)
	slices.SortFunc(out, func(a, b span) int { return cmp.Compare(a.from, b.from) })
	merged := out[:0]
	for _, p := range out { // what is cut in two is whole in neither part
		if n := len(merged); n > 0 && p.from <= merged[n-1].to {
			merged[n-1].to = max(merged[n-1].to, p.to)
		} else {
			merged = append(merged, p)
		}
	}
	return merged
}
