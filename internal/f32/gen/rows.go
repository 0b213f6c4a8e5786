package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// rowsAtOnce is as many rows as leave registers for the query.
func rowsAtOnce(s isa) int { return 64 / s.chunks() / 8 }

// contiguous is one query against n rows that lie one after the other.
func contiguous(s isa, o op) {
	TEXT(o.name+"Rows"+s.suffix, NOSPLIT, "func(dst, query, rows *float32, d, n int)")
	dst := Load(Param("dst"), GP64())
	query := Load(Param("query"), GP64())
	row := Load(Param("rows"), GP64())
	d := Load(Param("d"), GP64())
	n := Load(Param("n"), GP64())
	group(rowsAtOnce(s), n, following(row, d, 4), inLine(distances(newExtent(s, d, true), o, dst, query)))
}

// following returns what takes the next count rows of d elements of size bytes.
func following(row, d Register, size uint8) func(count int) ([]Register, []Register) {
	return func(count int) ([]Register, []Register) {
		ptrs := make([]Register, count)
		for j := range ptrs {
			p := GP64()
			MOVQ(row, p)
			LEAQ(Mem{Base: row, Index: d, Scale: size}, row)
			ptrs[j] = p
		}
		return ptrs, nil
	}
}

// gathered is one query against the n rows that ids name, row id starting at
// arena + 4*stride*id. It fetches the next rows while it computes these.
func gathered(s isa, o op) {
	TEXT(o.name+"Gather"+s.suffix, NOSPLIT, "func(dst, query, arena *float32, stride int, ids *uint32, d, n int)")
	dst := Load(Param("dst"), GP64())
	query := Load(Param("query"), GP64())
	arena := Load(Param("arena"), GP64())
	stride := Load(Param("stride"), GP64())
	ids := Load(Param("ids"), GP64())
	d := Load(Param("d"), GP64())
	n := argument("n")
	SHLQ(Imm(2), stride)
	e := newExtent(s, d, true)
	prologue(arena, stride, ids, n, e.end, groupsAhead*rowsAtOnce(s))
	group(rowsAtOnce(s), n, gather(arena, stride, ids, n), distances(e, o, dst, query))
}

// groupsAhead is how many groups ahead of their use gathered rows are fetched. Of
// 100,000 rows of 256 on a Zen 5, ns a row with 32 a call: float32 44 and int8 21
// with 1, 41 and 19 with 2, 45 and 18 with 4, 51 and 19 with 8; with 8 rows a call
// it makes no difference.
const groupsAhead = 2

// gather returns what finds the next count rows and those groupsAhead. The last id
// stands for the rows after the last.
func gather(arena, stride, ids Register, n Op) func(count int) ([]Register, []Register) {
	return func(count int) (ptrs, next []Register) {
		at := func(m Mem) Register {
			p := GP64()
			MOVL(m, p.As32())
			IMULQ(stride, p)
			ADDQ(arena, p)
			return p
		}
		for j := range count {
			ptrs = append(ptrs, at(Mem{Base: ids, Disp: 4 * j}))
		}
		for j := range count {
			// The place of the row in ids, n-1 at most.
			place, last := GP64(), GP64()
			MOVQ(n, last)
			DECQ(last)
			MOVQ(U32(uint32(groupsAhead*count+j)), place)
			CMPQ(place, last)
			CMOVQGT(last, place)
			next = append(next, at(Mem{Base: ids, Index: place, Scale: 4}))
		}
		ADDQ(Imm(uint64(4*count)), ids)
		return ptrs, next
	}
}

// prologue fetches the rows that no group will: the first ones.
func prologue(arena, stride, ids Register, n Op, bytes Op, rows int) {
	i, p, off := GP64(), GP64(), GP64()
	XORQ(i, i)
	Label("prologue")
	CMPQ(i, Imm(uint64(rows)))
	JEQ(LabelRef("fetched"))
	CMPQ(i, n)
	JEQ(LabelRef("fetched"))
	MOVL(Mem{Base: ids, Index: i, Scale: 4}, p.As32())
	IMULQ(stride, p)
	ADDQ(arena, p)
	XORQ(off, off)
	Label("prologueRow")
	PREFETCHT0(Mem{Base: p, Index: off, Scale: 1})
	ADDQ(Imm(64), off)
	CMPQ(off, bytes)
	JLT(LabelRef("prologueRow"))
	INCQ(i)
	JMP(LabelRef("prologue"))
	Label("fetched")
}

// distances returns what computes one group of rows and stores it.
func distances(e extent, o op, dst, query Register) func(string, []Register, func(Register, int)) {
	var first Op
	if e.s.width == 16 {
		first = firstOfFour()
	}
	return func(label string, ptrs []Register, before func(Register, int)) {
		sums := accumulate(e, o, label, query, ptrs, before)
		switch len(ptrs) {
		case 1:
			VMOVSS(reduce1(fold(e.s, sums[0])), Mem{Base: dst})
		case 2:
			r, high := reduce2(fold(e.s, sums[0]), fold(e.s, sums[1])), XMM()
			VMOVSS(r.AsX(), Mem{Base: dst})
			VEXTRACTF128(Imm(1), r, high)
			VMOVSS(high, Mem{Base: dst, Disp: 4})
		case 4:
			VMOVUPS(reduce4(sums, first), Mem{Base: dst})
		}
		ADDQ(Imm(uint64(4*len(ptrs))), dst)
	}
}

// group is the loop over n rows: atOnce at a time, then one by one. take returns
// the next rows and those to fetch meanwhile, compute what is done with them; the
// third argument of compute fetches 64 bytes of each.
func group(atOnce int, n Op, take func(int) ([]Register, []Register), compute func(string, []Register, func(Register, int))) {
	for _, count := range []int{atOnce, 1} {
		name, other := "many", "one"
		if count == 1 {
			name, other = "one", "done"
		}
		Label(name)
		CMPQ(n, Imm(uint64(count)))
		JLT(LabelRef(other))
		ptrs, next := take(count)
		var before func(Register, int)
		if next != nil {
			before = func(off Register, disp int) {
				for _, p := range next {
					PREFETCHT0(Mem{Base: p, Index: off, Scale: 1, Disp: disp})
				}
			}
		}
		compute(name, ptrs, before)
		SUBQ(Imm(uint64(count)), n)
		JMP(LabelRef(name))
	}
	Label("done")
	VZEROUPPER()
	RET()
}

// inLine makes a kernel fetch memory that lies fetch bytes behind its rows, in the order
// of addresses: while it goes through rows that lie one after the other side by
// side, it fetches as much as it reads. Fetching ahead of each row instead, as it did, is
// several streams to the memory in the place of one. Of the read bandwidth in the
// same run, 100,000 rows of 256 beside four other programs, twice: AVX-512 in line 80,
// 90 % with 4096, 81, 88 with 8192, 78, 48 with 2048; ahead of each row 60, 58 with
// 2048, 61, 59 with 4096. AVX2 in line 75, 78, of each row 56, 60 with 4096.
func inLine(compute func(string, []Register, func(Register, int))) func(string, []Register, func(Register, int)) {
	const fetch = 4096
	return func(label string, ptrs []Register, _ func(Register, int)) {
		rows := len(ptrs)
		compute(label, ptrs, func(off Register, disp int) {
			for k := range rows {
				PREFETCHT0(Mem{Base: ptrs[0], Index: off, Scale: uint8(rows), Disp: rows*disp + 64*k + fetch})
			}
		})
	}
}

// ahead makes a kernel fetch what lies some bytes behind each of its rows: rows of
// int8 are short, so that this is in line enough.
func ahead(bytes int, compute func(string, []Register, func(Register, int))) func(string, []Register, func(Register, int)) {
	return func(label string, ptrs []Register, _ func(Register, int)) {
		compute(label, ptrs, func(off Register, disp int) {
			for _, p := range ptrs {
				PREFETCHT0(Mem{Base: p, Index: off, Scale: 1, Disp: disp + bytes})
			}
		})
	}
}

// argument is a parameter left in its place on the stack.
func argument(name string) Mem {
	b, err := Param(name).Resolve()
	if err != nil {
		panic(err)
	}
	return b.Addr
}
