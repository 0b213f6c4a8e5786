package db

import (
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"io"
)

// bbolt trusts its pages: a flipped pointer makes it panic, read outside of the
// map or recurse until the stack ends, which no recover can catch. So the frame
// of every page is read here, with plain reads, before bbolt follows any of them:
//
//	meta      magic, version, checksum; the file is as long as it says
//	branch    own id, in bounds, at least one child
//	leaf      own id, in bounds; buckets inside are followed
//	freelist  own id, ascending, in bounds
//	all       no page is used twice, free pages included
//
// What is left to panic is then a file that changes under our feet.
//
// A page is, in the machine's byte order, a header of 16 bytes (id u64, flags u16,
// count u16, overflow u32), elements of 16 bytes, and the bytes that they point to.
const (
	boltMagic   = 0xED0CDAED
	boltVersion = 2

	pageHeader  = 16
	pageElement = 16

	flagBranch   = 0x01
	flagLeaf     = 0x02
	flagFreelist = 0x10

	elementBucket = 0x01

	metaSize    = 64
	minPageSize = 1 << 10
	maxPageSize = 1 << 24

	noFreelist = ^uint64(0)
)

var native = binary.NativeEndian

// boltMeta is one of the two meta pages of bbolt; the newer valid one counts.
type boltMeta struct {
	pageSize             int
	root, freelist, high uint64 // high: pages below it are in use or free
	txid                 uint64
}

// readMeta gives the meta page at offset; marked says whether it has bbolt's
// magic, valid whether it is whole.
func readMeta(r io.ReaderAt, offset int64) (m boltMeta, marked, valid bool) {
	var b [pageHeader + metaSize]byte
	if _, err := r.ReadAt(b[:], offset); err != nil {
		return m, false, false
	}
	meta := b[pageHeader:]
	if native.Uint32(meta) != boltMagic {
		return m, false, false
	}
	h := fnv.New64a()
	h.Write(meta[:metaSize-8])
	m = boltMeta{
		pageSize: int(native.Uint32(meta[8:])), root: native.Uint64(meta[16:]),
		freelist: native.Uint64(meta[32:]), high: native.Uint64(meta[40:]), txid: native.Uint64(meta[48:]),
	}
	valid = native.Uint32(meta[4:]) == boltVersion && native.Uint64(meta[metaSize-8:]) == h.Sum64() &&
		m.pageSize >= minPageSize && m.pageSize <= maxPageSize && m.pageSize&(m.pageSize-1) == 0
	return m, true, valid
}

// readMetas finds the meta page that counts. damaged is the number of the two
// that are not whole. ErrNotDoppel: neither page is bbolt's.
func readMetas(r io.ReaderAt) (m boltMeta, damaged int, err error) {
	first, marked, valid := readMeta(r, 0)
	if valid {
		second, _, ok := readMeta(r, int64(first.pageSize))
		if !ok || second.pageSize != first.pageSize {
			return first, 1, nil
		}
		if second.txid > first.txid {
			return second, 0, nil
		}
		return first, 0, nil
	}
	for size := minPageSize; size <= maxPageSize; size *= 2 {
		second, mark, ok := readMeta(r, int64(size))
		if ok && second.pageSize == size {
			return second, 1, nil
		}
		marked = marked || mark
	}
	if marked {
		return m, 2, fmt.Errorf("%w: both meta pages are damaged", ErrCorrupt)
	}
	return m, 2, fmt.Errorf("%w: no bbolt page", ErrNotDoppel)
}

// checkPages reads the frame of every page of a file of size bytes. It gives
// the meta page that counts, the number of damaged ones, and ErrNotDoppel or
// ErrCorrupt.
func checkPages(r io.ReaderAt, size int64) (m boltMeta, damaged int, err error) {
	m, damaged, err = readMetas(r)
	if err != nil {
		return m, damaged, err
	}
	if m.high < 3 || m.high > uint64(size)/uint64(m.pageSize) {
		return m, damaged, fmt.Errorf("%w: %d bytes, but %d pages of %d are in use; it was cut off", ErrCorrupt, size, m.high, m.pageSize)
	}
	w := pageWalk{r: r, pageSize: m.pageSize, high: m.high, used: make([]uint64, m.high/64+1)}
	w.used[0] = 3 // the meta pages
	w.open = append(w.open, m.root)
	for len(w.open) > 0 {
		last := len(w.open) - 1
		id := w.open[last]
		w.open = w.open[:last]
		if err := w.page(id); err != nil {
			return m, damaged, err
		}
	}
	if m.freelist == noFreelist {
		return m, damaged, nil
	}
	return m, damaged, w.freelist(m.freelist)
}

// pageWalk goes over all pages that can be reached.
type pageWalk struct {
	r        io.ReaderAt
	pageSize int
	high     uint64
	used     []uint64 // bit per page
	open     []uint64 // pages to visit
	buf      []byte
}

// bad is the error about one page.
func (w *pageWalk) bad(id uint64, what string) error {
	return fmt.Errorf("%w: page %d: %s", ErrCorrupt, id, what)
}

func (w *pageWalk) claim(id uint64) bool {
	if id < 2 || id >= w.high || w.used[id/64]>>(id%64)&1 == 1 {
		return false
	}
	w.used[id/64] |= 1 << (id % 64)
	return true
}

// bytes reads the first n bytes of page id.
func (w *pageWalk) bytes(id uint64, n int) ([]byte, error) {
	if cap(w.buf) < n {
		w.buf = make([]byte, n)
	}
	w.buf = w.buf[:n]
	if _, err := w.r.ReadAt(w.buf, int64(id)*int64(w.pageSize)); err != nil {
		return nil, fmt.Errorf("%w: page %d: %w", ErrCorrupt, id, err)
	}
	return w.buf, nil
}

// firstRead is how much of a page is read at once: the header and 63 elements, which is all of
// most pages. A call costs more than the bytes: the walk over a file of 194 MB (100,000 products with
// vectors and graph) took 22 ms of processor time with two calls a page, 16 with one.
const firstRead = pageHeader + 63*pageElement

// enter claims a page with its overflow and gives its header and its size with overflow.
func (w *pageWalk) enter(id uint64) (flags, count int, size int64, err error) {
	if !w.claim(id) {
		return 0, 0, 0, w.bad(id, "out of bounds or used twice")
	}
	b, err := w.bytes(id, firstRead) // pages are larger
	if err != nil {
		return 0, 0, 0, err
	}
	if native.Uint64(b) != id {
		return 0, 0, 0, w.bad(id, "names itself otherwise")
	}
	overflow := uint64(native.Uint32(b[12:]))
	if overflow >= w.high-id {
		return 0, 0, 0, w.bad(id, "out of bounds")
	}
	for o := uint64(1); o <= overflow; o++ {
		if !w.claim(id + o) {
			return 0, 0, 0, w.bad(id+o, "used twice")
		}
	}
	return int(native.Uint16(b[8:])), int(native.Uint16(b[10:])), int64(overflow+1) * int64(w.pageSize), nil
}

func (w *pageWalk) page(id uint64) error {
	flags, count, size, err := w.enter(id)
	if err != nil {
		return err
	}
	table := pageHeader + count*pageElement
	if int64(table) > size {
		return w.bad(id, "has too many elements")
	}
	b := w.buf[:min(table, len(w.buf))]
	if table > len(b) {
		if b, err = w.bytes(id, table); err != nil {
			return err
		}
	}
	switch {
	case flags == flagBranch && count > 0:
		return w.branch(id, b, size)
	case flags == flagLeaf:
		return w.leaf(id, b, size)
	}
	return w.bad(id, "is of an unknown type")
}

// branch elements: pos u32 (from the element), key size u32, page u64.
func (w *pageWalk) branch(id uint64, table []byte, size int64) error {
	for at := pageHeader; at < len(table); at += pageElement {
		e := table[at:]
		if !inside(at, native.Uint32(e), native.Uint32(e[4:]), 0, len(table), size) {
			return w.bad(id, "has an element out of bounds")
		}
		w.open = append(w.open, native.Uint64(e[8:]))
	}
	return nil
}

// leaf elements: flags u32, pos u32 (from the element), key size u32, value size u32.
func (w *pageWalk) leaf(id uint64, table []byte, size int64) error {
	type span struct{ from, size int64 }
	var buckets []span
	for at := pageHeader; at < len(table); at += pageElement {
		e := table[at:]
		flags, pos, key, value := native.Uint32(e), native.Uint32(e[4:]), native.Uint32(e[8:]), native.Uint32(e[12:])
		if flags&^elementBucket != 0 || !inside(at, pos, key, value, len(table), size) {
			return w.bad(id, "has an element out of bounds")
		}
		if flags == elementBucket {
			buckets = append(buckets, span{int64(at) + int64(pos) + int64(key), int64(value)})
		}
	}
	for _, s := range buckets { // after the loop: they share the buffer with table
		if s.size < 16 || s.size > int64(w.pageSize) {
			return w.bad(id, "has a bucket of an impossible size")
		}
		b := make([]byte, s.size)
		if _, err := w.r.ReadAt(b, int64(id)*int64(w.pageSize)+s.from); err != nil {
			return fmt.Errorf("%w: page %d: %w", ErrCorrupt, id, err)
		}
		if root := native.Uint64(b); root != 0 {
			w.open = append(w.open, root)
		} else if !validInline(b[16:]) {
			return w.bad(id, "has a damaged bucket")
		}
	}
	return nil
}

// validInline checks the page of a small bucket, which sits in its parent's
// value. Buckets in there have no buckets of their own.
func validInline(b []byte) bool {
	if len(b) < pageHeader || native.Uint64(b) != 0 || native.Uint16(b[8:]) != flagLeaf {
		return false
	}
	table := pageHeader + int(native.Uint16(b[10:]))*pageElement
	if table > len(b) {
		return false
	}
	for at := pageHeader; at < table; at += pageElement {
		e := b[at:]
		if native.Uint32(e) != 0 ||
			!inside(at, native.Uint32(e[4:]), native.Uint32(e[8:]), native.Uint32(e[12:]), table, int64(len(b))) {
			return false
		}
	}
	return true
}

// inside says whether the key, which is never empty, and the value of the
// element at offset at lie between the table and the end of the page.
func inside(at int, pos, key, value uint32, table int, size int64) bool {
	from := int64(at) + int64(pos)
	return key > 0 && from >= int64(table) && from+int64(key)+int64(value) <= size
}

func (w *pageWalk) freelist(id uint64) error {
	flags, count, size, err := w.enter(id)
	if err != nil {
		return err
	}
	if flags != flagFreelist {
		return w.bad(id, "is not the list of free pages")
	}
	b, err := w.bytes(id, int(size))
	if err != nil {
		return err
	}
	ids, n := b[pageHeader:], uint64(count)
	if count == 0xFFFF { // too many for the header: the first number is the count
		n, ids = native.Uint64(ids), ids[8:]
	}
	if n > uint64(len(ids)/8) {
		return w.bad(id, "lists more free pages than it holds")
	}
	last := uint64(0)
	for i := range n {
		free := native.Uint64(ids[8*i:])
		if free <= last || !w.claim(free) {
			return w.bad(free, "is free and in use, or out of bounds")
		}
		last = free
	}
	return nil
}
