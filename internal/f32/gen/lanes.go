package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// lanes is how many partial sums every pair of rows has, on every path: element
// i is added to sum i mod lanes, in rising i, and the sums are added as a tree
// (i and i+16, i and i+8, and so on). What a kernel returns is therefore a matter
// of its operands alone, and the same on all paths with vector instructions.
const lanes = 32

// isa is one width of registers.
type isa struct {
	suffix string // of the kernels' names
	width  int    // floats in a register
	vec    func() VecVirtual
}

var (
	avx2   = isa{"AVX2", 8, YMM}
	avx512 = isa{"AVX512", 16, ZMM}
)

// chunks is the number of registers that hold the lanes of one pair.
func (s isa) chunks() int { return lanes / s.width }

func (s isa) bytes() int { return 4 * s.width }

func zero(v VecVirtual) {
	if v.Size() == 64 {
		VPXORD(v, v, v)
		return
	}
	VXORPS(v, v, v)
}

// op adds the terms of one register of elements to acc.
type op struct {
	name string
	step func(s isa, row Op, query, acc VecVirtual)
}

var (
	dot = op{"dot", func(_ isa, row Op, query, acc VecVirtual) {
		VFMADD231PS(row, query, acc)
	}}
	sqDist = op{"sqDist", func(s isa, row Op, query, acc VecVirtual) {
		t := s.vec()
		VSUBPS(row, query, t)
		VFMADD231PS(t, t, acc)
	}}
	ops = []op{dot, sqDist}
)

// extent is the length of the rows of a kernel: whole blocks of lanes and a tail.
type extent struct {
	s     isa
	end   Op   // bytes in whole blocks
	left  Op   // elements after them
	masks []Op // of the tail, AVX-512: one mask register for each chunk
	table Mem  // of the tail, AVX2: where the masks begin, a byte for each element
}

// newExtent is for rows of d elements. With spill it keeps its numbers on the
// stack, for kernels that run short of registers.
func newExtent(s isa, d Register, spill bool) extent {
	end, left := GP64(), GP64()
	MOVQ(d, left)
	ANDQ(Imm(lanes-1), left)
	MOVQ(d, end)
	SUBQ(left, end)
	SHLQ(Imm(2), end)
	e := extent{s: s, end: end, left: left}
	if s.width == 8 {
		at, base := GP64(), GP64()
		MOVQ(U32(lanes), at)
		SUBQ(left, at)
		LEAQ(maskTable(), base)
		LEAQ(Mem{Base: base, Index: at, Scale: 1}, base)
		e.table = Mem{Base: base}
	} else {
		bits := GP32()
		MOVL(I32(-1), bits)
		BZHIL(left.As32(), bits, bits)
		for range s.chunks() {
			k := K()
			KMOVW(bits, k)
			SHRL(Imm(16), bits)
			e.masks = append(e.masks, k)
		}
	}
	if spill {
		frame := AllocLocal(16)
		MOVQ(end, frame)
		MOVQ(left, frame.Offset(8))
		e.end, e.left = frame, frame.Offset(8)
	}
	return e
}

// load reads what the tail has of chunk h at m, and zeros beyond it.
func (e extent) load(h int, m Mem, to VecVirtual) {
	if e.s.width == 8 {
		mask := YMM()
		VPMOVSXBD(e.table.Offset(h*e.s.width), mask)
		VMASKMOVPS(m, mask, to)
		return
	}
	VMOVUPS_Z(m, e.masks[h], to)
}

// store writes what the tail has of chunk h at m.
func (e extent) store(h int, m Mem, v VecVirtual) {
	if e.s.width == 8 {
		mask := YMM()
		VPMOVSXBD(e.table.Offset(h*e.s.width), mask)
		VMASKMOVPS(v, mask, m)
		return
	}
	VMOVUPS(v, e.masks[h], m)
}

// access reads and writes chunk h of a block of lanes at m.
type access struct {
	load, store func(h int, m Mem, v VecVirtual)
	// inMemory: an instruction may read m itself, which takes one slot of the
	// machine's window less than a load of its own.
	inMemory bool
}

var whole = access{
	load:  func(_ int, m Mem, v VecVirtual) { VMOVUPS(m, v) },
	store: func(_ int, m Mem, v VecVirtual) { VMOVUPS(v, m) },

	inMemory: true,
}

// each writes the loop over a row: block once for every whole block of lanes,
// which off is the offset of in bytes, and once for the tail.
func (e extent) each(label string, off Register, block func(access)) {
	XORQ(off, off)
	CMPQ(off, e.end)
	JE(LabelRef(label + "Tail"))
	Label(label + "Loop")
	block(whole)
	ADDQ(Imm(4*lanes), off)
	CMPQ(off, e.end)
	JNE(LabelRef(label + "Loop"))
	Label(label + "Tail")
	CMPQ(e.left, Imm(0))
	JE(LabelRef(label + "Sum"))
	block(access{load: e.load, store: e.store})
	Label(label + "Sum")
}

// maskTable is 32 bytes of ones and 32 of zeros.
func maskTable() Mem {
	if tableOfMasks == nil {
		m := GLOBL("tailMasks", 8|16) // RODATA|NOPTR
		for i := 0; i < 2*lanes; i += 8 {
			mask := U64(0)
			if i < lanes {
				mask = 1<<64 - 1
			}
			DATA(i, mask)
		}
		tableOfMasks = &m
	}
	return *tableOfMasks
}

var tableOfMasks *Mem

// zeroed returns registers for the sums of count pairs: [pair][chunk].
func zeroed(s isa, count int) [][]VecVirtual {
	sums := make([][]VecVirtual, count)
	for i := range sums {
		for range s.chunks() {
			v := s.vec()
			zero(v)
			sums[i] = append(sums[i], v)
		}
	}
	return sums
}

// accumulate returns the sums of query with the rows at ptrs; before runs once
// for each 64 bytes of a whole block.
func accumulate(e extent, o op, label string, query Register, ptrs []Register, before func(off Register, disp int)) [][]VecVirtual {
	s := e.s
	sums := zeroed(s, len(ptrs))
	off := GP64()
	e.each(label, off, func(a access) {
		for h := range s.chunks() {
			disp := h * s.bytes()
			if before != nil && disp%64 == 0 {
				before(off, disp)
			}
			q := s.vec()
			a.load(h, Mem{Base: query, Index: off, Scale: 1, Disp: disp}, q)
			for j, p := range ptrs {
				m := Mem{Base: p, Index: off, Scale: 1, Disp: disp}
				if a.inMemory {
					o.step(s, m, q, sums[j][h])
					continue
				}
				b := s.vec()
				a.load(h, m, b)
				o.step(s, b, q, sums[j][h])
			}
		}
	})
	return sums
}

// fold adds the chunks of one pair down to eight sums.
func fold(s isa, c []VecVirtual) VecVirtual {
	if s.width == 8 {
		VADDPS(c[2], c[0], c[0])
		VADDPS(c[3], c[1], c[1])
		VADDPS(c[1], c[0], c[0])
		return c[0]
	}
	VADDPS(c[1], c[0], c[0])
	high := YMM()
	VEXTRACTF64X4(Imm(1), c[0], high)
	low := c[0].AsY()
	sum := YMM()
	VADDPS(low, high, sum)
	return sum
}

// reduce1 adds eight sums to one number.
func reduce1(v VecVirtual) VecVirtual {
	high, x := XMM(), v.AsX().(VecVirtual)
	VEXTRACTF128(Imm(1), v, high)
	VADDPS(x, high, x)
	VPERMILPS(Imm(0x4e), x, high)
	VADDPS(x, high, x)
	VMOVSHDUP(x, high)
	VADDSS(x, high, x)
	return x
}

// reduce2 adds two times eight sums to two numbers, in lanes 0 and 4.
func reduce2(a, b VecVirtual) VecVirtual {
	high := YMM()
	VPERM2F128(Imm(0x31), b, a, high)
	VINSERTF128(Imm(1), b.AsX(), a, a)
	VADDPS(a, high, a)
	VPERMILPS(Imm(0x4e), a, high)
	VADDPS(a, high, a)
	VMOVSHDUP(a, high)
	VADDPS(a, high, a)
	return a
}

// reduce4 adds the chunks of four pairs to one register of four numbers. It is for
// AVX-512, with instructions that reach all 32 registers; first is a mask of the
// first lane of every four.
func reduce4(pairs [][]VecVirtual, first Op) VecVirtual {
	for _, c := range pairs {
		VADDPS(c[1], c[0], c[0])
	}
	halve := func(a, b VecVirtual, low, high uint64) VecVirtual {
		x, y := ZMM(), ZMM()
		VSHUFF64X2(Imm(low), b, a, x)
		VSHUFF64X2(Imm(high), b, a, y)
		VADDPS(x, y, x)
		return x
	}
	ab := halve(pairs[0][0], pairs[1][0], 0x44, 0xee)
	cd := halve(pairs[2][0], pairs[3][0], 0x44, 0xee)
	sum := halve(ab, cd, 0x88, 0xdd)
	swapped := ZMM()
	VPERMILPS(Imm(0x4e), sum, swapped)
	VADDPS(sum, swapped, sum)
	VPERMILPS(Imm(0xb1), sum, swapped)
	VADDPS(sum, swapped, sum)
	VCOMPRESSPS_Z(sum, first, sum)
	return sum.AsX().(VecVirtual)
}

// firstOfFour returns the mask that reduce4 wants.
func firstOfFour() Op {
	bits, k := GP32(), K()
	MOVL(U32(0x1111), bits)
	KMOVW(bits, k)
	return k
}
