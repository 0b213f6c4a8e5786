package index

import "math"

// found is a node that a search met, at its key: the metric's order, not yet its
// distance.
type found struct {
	key  float32
	node uint32 // with the two flags
}

const (
	expandedFlag = 1 << 31 // the node's links were followed
	asideFlag    = 1 << 30 // the node does not count towards the bound
	nodeMask     = asideFlag - 1
)

// pack gives a number that is ordered as found are: by key, then by node; the flags are its last bits.
// Floats are ordered as their bits are, negative ones the other way round; -0 becomes 0.
func (f found) pack() uint64 {
	bits := math.Float32bits(f.key + 0)
	if bits>>31 != 0 {
		bits = ^bits
	} else {
		bits |= 1 << 31
	}
	return uint64(bits)<<32 | uint64(f.node&nodeMask)<<2 | uint64(f.node>>30)
}

// unpack is the inverse of pack.
func unpack(p uint64) found {
	bits := uint32(p >> 32)
	if bits>>31 != 0 {
		bits &^= 1 << 31
	} else {
		bits = ^bits
	}
	return found{math.Float32frombits(bits), uint32(p)>>2 | uint32(p)<<30}
}

// pool is the state of a search: the closest nodes met so far, sorted, and which
// of them were expanded. It holds at most width nodes that count; those that do
// not (tombstones, nodes that a filter drops, nodes inside the radius) widen it.
// One sorted list does the work of two heaps and is the faster one for the widths
// in use.
type pool struct {
	list  []found
	width int
	count int // nodes that count
	next  int // the first node that was not expanded, or len(list)
}

func (p *pool) reset(width int) {
	p.list, p.width, p.count, p.next = p.list[:0], width, 0, 0
}

// full says whether only closer nodes than the last can enter.
func (p *pool) full() bool { return p.count >= p.width }

// bound is the key below which a node can enter.
func (p *pool) bound() float32 {
	if p.full() {
		return p.list[len(p.list)-1].key
	}
	return everywhere
}

// push takes a node in behind those of the same key, and drops what is beyond the
// width then.
func (p *pool) push(key float32, node uint32, aside bool) {
	at := p.place(key)
	f := found{key, node}
	if aside {
		f.node |= asideFlag
	} else {
		p.count++
	}
	p.list = append(p.list, found{})
	copy(p.list[at+1:], p.list[at:])
	p.list[at] = f
	if at < p.next {
		p.next = at
	}
	if p.count >= p.width {
		p.trim()
	}
}

// place is the first position behind all keys up to key.
func (p *pool) place(key float32) int {
	lo, hi := 0, len(p.list)
	for lo < hi {
		mid := int(uint(lo+hi) >> 1)
		if p.list[mid].key <= key {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo
}

// trim makes the last node the width-th that counts.
func (p *pool) trim() {
	for n := len(p.list) - 1; n >= 0; n-- {
		if p.list[n].node&asideFlag == 0 {
			if p.count == p.width {
				return
			}
			p.count--
		}
		p.list = p.list[:n]
	}
}

// expand gives the closest node that was not expanded, and marks it.
func (p *pool) expand() (node uint32, ok bool) {
	for ; p.next < len(p.list); p.next++ {
		if f := &p.list[p.next]; f.node&expandedFlag == 0 {
			f.node |= expandedFlag
			p.next++
			return f.node & nodeMask, true
		}
	}
	return 0, false
}
