package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// unroll is how many steps of k a turn of the loop takes.
const unroll = 4

// microKernel writes the product of a packed panel of mr columns and one of
// cols registers, over all of k: mr*cols sums stay in registers, and with two for
// the row of b and two for elements of a that is all of them.
func microKernel(s isa, mr, cols int) {
	name := fmt.Sprintf("gemm%dx%d%s", mr, cols*s.width, s.suffix)
	TEXT(name, NOSPLIT, "func(k int, a, b, c *float32, ldc int, add bool)")
	k := Load(Param("k"), GP64())
	a := Load(Param("a"), GP64())
	b := Load(Param("b"), GP64())
	c := Load(Param("c"), GP64())
	ldc := Load(Param("ldc"), GP64())
	SHLQ(Imm(2), ldc)
	row := GP64()
	MOVQ(c, row)
	for i := range mr {
		PREFETCHT0(Mem{Base: row})
		PREFETCHT0(Mem{Base: row, Disp: cols*s.bytes() - 1})
		if i < mr-1 {
			ADDQ(ldc, row)
		}
	}
	sums := make([][]VecVirtual, mr)
	for i := range sums {
		for range cols {
			v := s.vec()
			zero(v)
			sums[i] = append(sums[i], v)
		}
	}
	step := func(u int) {
		var line []VecVirtual
		for j := range cols {
			v := s.vec()
			VMOVUPS(Mem{Base: b, Disp: (u*cols + j) * s.bytes()}, v)
			line = append(line, v)
		}
		for i := range mr {
			x := s.vec()
			VBROADCASTSS(Mem{Base: a, Disp: 4 * (u*mr + i)}, x)
			for j := range cols {
				VFMADD231PS(line[j], x, sums[i][j])
			}
		}
	}
	advance := func(u int) {
		ADDQ(Imm(uint64(4*u*mr)), a)
		ADDQ(U32(uint32(u*cols*s.bytes())), b)
		SUBQ(Imm(uint64(u)), k)
	}
	SUBQ(Imm(unroll), k)
	JLT(LabelRef("rest"))
	Label("loop")
	for u := range unroll {
		step(u)
	}
	advance(unroll)
	JGE(LabelRef("loop"))
	Label("rest")
	ADDQ(Imm(unroll), k)
	JZ(LabelRef("store"))
	Label("one")
	step(0)
	advance(1)
	JNZ(LabelRef("one"))

	Label("store")
	add := Load(Param("add"), GP8())
	TESTB(add, add)
	JZ(LabelRef("set"))
	at := func(i, j int) Mem { return Mem{Base: c, Disp: j * s.bytes()} }
	for i := range mr {
		for j := range cols {
			VADDPS(at(i, j), sums[i][j], sums[i][j])
			VMOVUPS(sums[i][j], at(i, j))
		}
		if i < mr-1 {
			ADDQ(ldc, c)
		}
	}
	VZEROUPPER()
	RET()
	Label("set")
	for i := range mr {
		for j := range cols {
			VMOVUPS(sums[i][j], at(i, j))
		}
		if i < mr-1 {
			ADDQ(ldc, c)
		}
	}
	VZEROUPPER()
	RET()
}

// transposed writes the kernel that packs count rows of k elements as k groups of
// count elements, k a multiple of 16: dst[p*stride+i] = src[i*ld+p].
func transposed(count int) {
	TEXT(fmt.Sprintf("pack%dAVX512", count), NOSPLIT, "func(dst *float32, stride int, src *float32, ld, k int)")
	dst := Load(Param("dst"), GP64())
	stride := Load(Param("stride"), GP64())
	src := Load(Param("src"), GP64())
	ld := Load(Param("ld"), GP64())
	k := Load(Param("k"), GP64())
	SHLQ(Imm(2), stride)
	SHLQ(Imm(2), ld)
	bits, first := GP32(), K()
	MOVL(U32(1<<count-1), bits)
	KMOVW(bits, first)
	Label("block")
	var rows []VecVirtual
	p := GP64()
	MOVQ(src, p)
	for i := range 16 {
		v := ZMM()
		if i < count {
			VMOVUPS(Mem{Base: p}, v)
			ADDQ(ld, p)
		} else {
			zero(v)
		}
		rows = append(rows, v)
	}
	for i, v := range transpose16(rows) {
		if count == 16 {
			VMOVUPS(v, Mem{Base: dst})
		} else {
			VMOVUPS(v, first, Mem{Base: dst})
		}
		if i < 15 {
			ADDQ(stride, dst)
		}
	}
	ADDQ(stride, dst)
	ADDQ(Imm(64), src)
	SUBQ(Imm(16), k)
	JNZ(LabelRef("block"))
	VZEROUPPER()
	RET()
}

// transpose16 turns sixteen rows of sixteen into columns.
func transpose16(r []VecVirtual) []VecVirtual {
	pairwise := func(in []VecVirtual, a, b int, low, high func(x, y, to VecVirtual)) (VecVirtual, VecVirtual) {
		x, y := ZMM(), ZMM()
		low(in[a], in[b], x)
		high(in[a], in[b], y)
		return x, y
	}
	// Pairs of rows: blocks of four hold columns 4c, 4c+1 (or +2, +3) of two rows.
	s := make([]VecVirtual, 16)
	for i := 0; i < 16; i += 2 {
		s[i], s[i+1] = pairwise(r, i, i+1,
			func(x, y, to VecVirtual) { VUNPCKLPS(y, x, to) },
			func(x, y, to VecVirtual) { VUNPCKHPS(y, x, to) })
	}
	// Four rows: t[4*g+c] has in block q the elements 4q+c of rows 4g to 4g+3.
	t := make([]VecVirtual, 16)
	for g := 0; g < 16; g += 4 {
		for h := range 2 {
			t[g+2*h], t[g+2*h+1] = pairwise(s, g+h, g+2+h,
				func(x, y, to VecVirtual) { VUNPCKLPD(y, x, to) },
				func(x, y, to VecVirtual) { VUNPCKHPD(y, x, to) })
		}
	}
	// Blocks of four rows into place.
	out := make([]VecVirtual, 16)
	for c := range 4 {
		lo01, hi01 := pairwise(t, c, 4+c, blocks4(0x44), blocks4(0xee))
		lo23, hi23 := pairwise(t, 8+c, 12+c, blocks4(0x44), blocks4(0xee))
		in := []VecVirtual{lo01, lo23, hi01, hi23}
		out[c], out[4+c] = pairwise(in, 0, 1, blocks4(0x88), blocks4(0xdd))
		out[8+c], out[12+c] = pairwise(in, 2, 3, blocks4(0x88), blocks4(0xdd))
	}
	return out
}

func blocks4(imm uint64) func(x, y, to VecVirtual) {
	return func(x, y, to VecVirtual) { VSHUFF32X4(Imm(imm), y, x, to) }
}

func gemm() {
	microKernel(avx2, 6, 2)
	microKernel(avx512, 14, 2)
	microKernel(avx512, 12, 2)
	microKernel(avx512, 8, 3)
	transposed(14)
	transposed(16)
}
