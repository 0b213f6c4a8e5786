package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// The tile of the block kernels: 3 rows by 4 rows by 2 registers of lanes are 24
// sums, and 14 loads feed 24 multiplications.
const (
	tileRows = 3
	tileCols = 4
)

// blocks writes the kernels over all pairs of rows. They exist for AVX-512 only:
// sixteen registers hold no tile of 32 lanes a pair that beats one row by many.
func blocks() {
	for _, o := range ops {
		tile(avx512, o)
	}
}

// tile is 3 rows of a against n rows of b, n a multiple of 4:
// dst[i*ldd+j] is for row i of a and row j of b.
func tile(s isa, o op) {
	TEXT(o.name+"Tile"+s.suffix, NOSPLIT, "func(dst *float32, ldd int, a, b *float32, d, n int)")
	dst := Load(Param("dst"), GP64())
	ldd := Load(Param("ldd"), GP64())
	a := Load(Param("a"), GP64())
	b := Load(Param("b"), GP64())
	d := Load(Param("d"), GP64())
	n := Load(Param("n"), GP64())
	e := newExtent(s, d, false)
	first := firstOfFour()
	d3 := GP64()
	LEAQ(Mem{Base: d, Index: d, Scale: 2}, d3)

	Label("cols")
	CMPQ(n, Imm(tileCols))
	JLT(LabelRef("done"))
	sums := zeroed(s, tileRows*tileCols)
	pa, pb := GP64(), GP64()
	MOVQ(a, pa)
	MOVQ(b, pb)
	at := func(p, index Register, row, disp int) Mem {
		switch row {
		case 0:
			return Mem{Base: p, Disp: disp}
		case 1:
			return Mem{Base: p, Index: index, Scale: 4, Disp: disp}
		case 2:
			return Mem{Base: p, Index: index, Scale: 8, Disp: disp}
		}
		return Mem{Base: p, Index: d3, Scale: 4, Disp: disp}
	}
	e.each("row", GP64(), func(from access) {
		for h := range s.chunks() {
			var rows [tileRows]VecVirtual
			for i := range rows {
				rows[i] = s.vec()
				from.load(h, at(pa, d, i, h*s.bytes()), rows[i])
			}
			for j := range tileCols {
				col := s.vec()
				from.load(h, at(pb, d, j, h*s.bytes()), col)
				for i := range rows {
					o.step(s, col, rows[i], sums[i*tileCols+j][h])
				}
			}
		}
		ADDQ(Imm(4*lanes), pa)
		ADDQ(Imm(4*lanes), pb)
	})
	for i := range tileRows {
		VMOVUPS(reduce4(sums[i*tileCols:(i+1)*tileCols], first), at4(dst, ldd, i))
	}
	LEAQ(Mem{Base: b, Index: d, Scale: 8}, b)
	LEAQ(Mem{Base: b, Index: d, Scale: 8}, b)
	ADDQ(Imm(4*tileCols), dst)
	SUBQ(Imm(tileCols), n)
	JMP(LabelRef("cols"))
	Label("done")
	VZEROUPPER()
	RET()
}

// at4 is element 0 of row i of dst, for i below 3.
func at4(dst, ldd Register, i int) Mem {
	if i == 0 {
		return Mem{Base: dst}
	}
	return Mem{Base: dst, Index: ldd, Scale: uint8(4 * i)}
}
