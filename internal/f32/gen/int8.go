package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// int8s writes the dot products of one query of int8 with many rows; body is how
// one group of rows is computed.
func int8s(suffix string, body func(d, query, dst Register) func(string, []Register, func(Register, int))) {
	TEXT("dotI8Rows"+suffix, NOSPLIT, "func(dst *int32, query, rows *int8, stride, d, n int)")
	dst := Load(Param("dst"), GP64())
	query := Load(Param("query"), GP64())
	row := Load(Param("rows"), GP64())
	stride := Load(Param("stride"), GP64())
	d := Load(Param("d"), GP64())
	group(4, argument("n"), following(row, stride, 1), ahead(4096, body(d, query, dst)))

	TEXT("dotI8Gather"+suffix, NOSPLIT, "func(dst *int32, query, arena *int8, stride int, ids *uint32, d, n int)")
	dst = Load(Param("dst"), GP64())
	query = Load(Param("query"), GP64())
	arena := Load(Param("arena"), GP64())
	stride = Load(Param("stride"), GP64())
	ids := Load(Param("ids"), GP64())
	d = Load(Param("d"), GP64())
	n := argument("n")
	prologue(arena, stride, ids, n, d, 4*groupsAhead)
	group(4, n, gather(arena, stride, ids, n), body(d, query, dst))
}

// int8AVX2 is for d a multiple of 16, above 0: it multiplies in int16.
func int8AVX2(d, query, dst Register) func(string, []Register, func(Register, int)) {
	end := AllocLocal(8)
	MOVQ(d, end)
	return func(label string, ptrs []Register, before func(Register, int)) {
		sums := zeroInts(len(ptrs), YMM)
		off := GP64()
		XORQ(off, off)
		Label(label + "Loop")
		if before != nil {
			before(off, 0)
		}
		q := YMM()
		VPMOVSXBW(Mem{Base: query, Index: off, Scale: 1}, q)
		for j, p := range ptrs {
			x := YMM()
			VPMOVSXBW(Mem{Base: p, Index: off, Scale: 1}, x)
			VPMADDWD(q, x, x)
			VPADDD(x, sums[j], sums[j])
		}
		ADDQ(Imm(16), off)
		CMPQ(off, end)
		JNE(LabelRef(label + "Loop"))
		storeInts(sums, dst)
	}
}

// int8VNNI multiplies the unsigned row+128 with the signed query. What that is too
// much, 128 times the sum of the query, is where every sum starts below zero.
func int8VNNI(d, query, dst Register) func(string, []Register, func(Register, int)) {
	whole, left := GP64(), GP64()
	MOVQ(d, left)
	ANDQ(Imm(63), left)
	MOVQ(d, whole)
	SUBQ(left, whole)
	bits, mask := GP64(), K()
	MOVQ(I32(-1), bits)
	BZHIQ(left, bits, bits)
	KMOVQ(bits, mask)
	frame := AllocLocal(16)
	end, hasTail := frame, frame.Offset(8)
	MOVQ(whole, end)
	MOVQ(left, hasTail)

	offset, start := ZMM(), ZMM()
	byteOf128 := GP32()
	MOVL(U32(0x80), byteOf128)
	VPBROADCASTB(byteOf128, offset)
	VPXORD(start, start, start)
	each := func(label string, step func(off Register, load func(Mem, VecVirtual))) {
		off := GP64()
		XORQ(off, off)
		CMPQ(off, end)
		JE(LabelRef(label + "Tail"))
		Label(label + "Loop")
		step(off, func(m Mem, to VecVirtual) { VMOVDQU8(m, to) })
		ADDQ(Imm(64), off)
		CMPQ(off, end)
		JNE(LabelRef(label + "Loop"))
		Label(label + "Tail")
		CMPQ(hasTail, Imm(0))
		JE(LabelRef(label + "Sum"))
		step(off, func(m Mem, to VecVirtual) { VMOVDQU8_Z(m, mask, to) })
		Label(label + "Sum")
	}
	each("query", func(off Register, load func(Mem, VecVirtual)) {
		q := ZMM()
		load(Mem{Base: query, Index: off, Scale: 1}, q)
		VPDPBUSD(q, offset, start)
	})
	none := ZMM()
	VPXORD(none, none, none)
	VPSUBD(start, none, start)

	return func(label string, ptrs []Register, before func(Register, int)) {
		sums := make([]VecVirtual, len(ptrs))
		for i := range sums {
			sums[i] = ZMM()
			VMOVDQA32(start, sums[i])
		}
		each(label, func(off Register, load func(Mem, VecVirtual)) {
			if before != nil {
				before(off, 0)
			}
			q := ZMM()
			load(Mem{Base: query, Index: off, Scale: 1}, q)
			for j, p := range ptrs {
				x := ZMM()
				load(Mem{Base: p, Index: off, Scale: 1}, x)
				VPXORD(offset, x, x)
				VPDPBUSD(q, x, sums[j])
			}
		})
		for i, v := range sums {
			high := YMM()
			VEXTRACTI64X4(Imm(1), v, high)
			low := v.AsY().(VecVirtual)
			VPADDD(high, low, low)
			sums[i] = low
		}
		storeInts(sums, dst)
	}
}

func zeroInts(count int, vec func() VecVirtual) []VecVirtual {
	sums := make([]VecVirtual, count)
	for i := range sums {
		sums[i] = vec()
		VPXOR(sums[i], sums[i], sums[i])
	}
	return sums
}

// storeInts adds the eight parts of one or four sums, stores them and steps dst.
func storeInts(sums []VecVirtual, dst Register) {
	for len(sums) < 4 {
		sums = append(sums, sums[len(sums)-1])
	}
	one := sums[0] == sums[3]
	ab, cd, high := YMM(), YMM(), XMM()
	VPHADDD(sums[1], sums[0], ab)
	VPHADDD(sums[3], sums[2], cd)
	VPHADDD(cd, ab, ab)
	VEXTRACTI128(Imm(1), ab, high)
	VPADDD(high, ab.AsX(), high)
	if one {
		VMOVD(high, Mem{Base: dst})
		ADDQ(Imm(4), dst)
		return
	}
	VMOVDQU(high, Mem{Base: dst})
	ADDQ(Imm(16), dst)
}
