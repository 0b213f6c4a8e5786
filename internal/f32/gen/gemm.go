package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// The tiles: as many sums as registers hold beside two for the row of b and two
// for elements of a. With AVX-512, 12x32 and 8x48 were as fast within the noise.
func gemmAVX2() { microKernel(avx2, 6, 2, false) }
func gemmAVX512() {
	microKernel(avx512, 14, 2, false)
	microKernel(avx512, 14, 2, true)
}

// unroll is how many steps of k a turn of the loop takes.
const unroll = 4

// microKernel writes the product of a packed panel of mr columns and one of
// cols registers, over all of k: mr*cols sums stay in registers, and with two for
// the row of b and two for elements of a that is all of them. With rows, a is
// not packed: mr rows that begin lda elements apart.
func microKernel(s isa, mr, cols int, rows bool) {
	name, params := "gemm", "k int, a, b, c *float32, ldc int, add bool"
	if rows {
		name, params = "gemmRows", "k int, a *float32, lda int, b, c *float32, ldc int, add bool"
	}
	TEXT(fmt.Sprintf("%s%dx%d%s", name, mr, cols*s.width, s.suffix), NOSPLIT, "func("+params+")")
	k := Load(Param("k"), GP64())
	// One register addresses three rows: lda is added to it not at all, once or twice.
	as := []Register{Load(Param("a"), GP64())}
	lda := GP64()
	if rows {
		Load(Param("lda"), lda)
		SHLQ(Imm(2), lda)
		for i := 3; i < mr; i += 3 {
			next := GP64()
			LEAQ(Mem{Base: as[len(as)-1], Index: lda, Scale: 2}, next)
			ADDQ(lda, next)
			as = append(as, next)
		}
	}
	element := func(u, i int) Mem {
		if !rows {
			return Mem{Base: as[0], Disp: 4 * (u*mr + i)}
		}
		m := Mem{Base: as[i/3], Disp: 4 * u}
		if i%3 > 0 {
			m.Index, m.Scale = lda, uint8(i%3)
		}
		return m
	}
	b := Load(Param("b"), GP64())
	c := Load(Param("c"), GP64())
	ldc := Load(Param("ldc"), GP64())
	SHLQ(Imm(2), ldc)
	// Into the second cache: rows a multiple of 4 KB apart push each other, and the
	// panels, out of the first. 1024³ gains 4 % over PREFETCHT0, 10 % over none.
	row := GP64()
	MOVQ(c, row)
	for i := range mr {
		PREFETCHT1(Mem{Base: row})
		PREFETCHT1(Mem{Base: row, Disp: cols*s.bytes() - 1})
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
			VBROADCASTSS(element(u, i), x)
			for j := range cols {
				VFMADD231PS(line[j], x, sums[i][j])
			}
		}
	}
	advance := func(u int) {
		step := 4 * u
		if !rows {
			step *= mr
		}
		for _, a := range as {
			ADDQ(Imm(uint64(step)), a)
		}
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
