package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// reductions writes the kernels over one row.
func reductions() {
	for _, s := range []isa{avx2, avx512} {
		sum(s)
		largest(s)
	}
}

// sum adds a row in the lanes and the tree of a dot product.
func sum(s isa) {
	TEXT("sum"+s.suffix, NOSPLIT, "func(x []float32) float32")
	x := Load(Param("x").Base(), GP64())
	e := newExtent(s, Load(Param("x").Len(), GP64()), false)
	sums, off := zeroed(s, 1)[0], GP64()
	e.each("one", off, func(a access) {
		for h := range s.chunks() {
			v := s.vec()
			a.load(h, Mem{Base: x, Index: off, Scale: 1, Disp: h * s.bytes()}, v)
			VADDPS(v, sums[h], sums[h])
		}
	})
	total := reduce1(fold(s, sums))
	VZEROUPPER() // before the store, which avo writes as SSE
	Store(total, ReturnIndex(0))
	RET()
}

// largest is for rows of at least 32 elements. The last block overlaps the one
// before it: no element is harmed by being looked at twice.
func largest(s isa) {
	TEXT("largest"+s.suffix, NOSPLIT, "func(x []float32) float32")
	x := Load(Param("x").Base(), GP64())
	last := Load(Param("x").Len(), GP64())
	SHLQ(Imm(2), last)
	ADDQ(x, last)
	SUBQ(Imm(4*lanes), last)
	var tops []VecVirtual
	at := func(p Register, h int) Mem { return Mem{Base: p, Disp: h * s.bytes()} }
	for h := range s.chunks() {
		v := s.vec()
		VMOVUPS(at(last, h), v)
		tops = append(tops, v)
	}
	Label("loop")
	CMPQ(x, last)
	JAE(LabelRef("fold"))
	for h, top := range tops {
		VMAXPS(at(x, h), top, top)
	}
	ADDQ(Imm(4*lanes), x)
	JMP(LabelRef("loop"))
	Label("fold")
	for n := s.chunks() / 2; n > 0; n /= 2 {
		for h := range n {
			VMAXPS(tops[h+n], tops[h], tops[h])
		}
	}
	top := tops[0].AsY()
	if s.width == 16 {
		high := YMM()
		VEXTRACTF64X4(Imm(1), tops[0], high)
		VMAXPS(high, top, top)
	}
	high, low := XMM(), tops[0].AsX()
	VEXTRACTF128(Imm(1), top, high)
	VMAXPS(high, low, low)
	VPERMILPS(Imm(0x4e), low, high)
	VMAXPS(high, low, low)
	VPERMILPS(Imm(0xb1), low, high)
	VMAXPS(high, low, low)
	VZEROUPPER()
	Store(low, ReturnIndex(0))
	RET()
}
