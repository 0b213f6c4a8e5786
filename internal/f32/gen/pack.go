package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// packs writes what fills panels: from lines along k, 14 for a panel of a and 16
// for half of one of b, and from lines side by side.
func packs() {
	transposed(14)
	transposed(16)
	copied()
}

// copied writes the kernel that packs k groups of count elements, ld apart, as k
// groups of width elements with zeros at the end of each; count <= width <= 32.
// It fetches eight groups ahead: they lie on as many pages, where no prefetcher of
// the machine follows.
func copied() {
	TEXT("packCopyAVX512", NOSPLIT, "func(dst *float32, width int, src *float32, ld, count, k int)")
	dst := Load(Param("dst"), GP64())
	width := Load(Param("width"), GP64())
	src := Load(Param("src"), GP64())
	ld := Load(Param("ld"), GP64())
	count := Load(Param("count"), GP64())
	k := Load(Param("k"), GP64())
	masks := func(n Register) (low, high Op) {
		bits := GP32()
		MOVL(I32(-1), bits)
		BZHIL(n.(GPVirtual).As32(), bits, bits)
		l, h := K(), K()
		KMOVW(bits, l)
		SHRL(Imm(16), bits)
		KMOVW(bits, h)
		return l, h
	}
	fromLow, fromHigh := masks(count)
	toLow, toHigh := masks(width)
	SHLQ(Imm(2), ld)
	SHLQ(Imm(2), width)
	far := GP64()
	LEAQ(Mem{Base: src, Index: ld, Scale: 8}, far)
	Label("group")
	low, high := ZMM(), ZMM()
	VMOVUPS_Z(Mem{Base: src}, fromLow, low)
	VMOVUPS_Z(Mem{Base: src, Disp: 64}, fromHigh, high)
	PREFETCHT0(Mem{Base: far})
	PREFETCHT0(Mem{Base: far, Disp: 64})
	VMOVUPS(low, toLow, Mem{Base: dst})
	VMOVUPS(high, toHigh, Mem{Base: dst, Disp: 64})
	ADDQ(ld, src)
	ADDQ(ld, far)
	ADDQ(width, dst)
	DECQ(k)
	JNZ(LabelRef("group"))
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
