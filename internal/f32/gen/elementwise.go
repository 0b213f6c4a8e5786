package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// elementwise writes the kernels without sums. They multiply and then add, as the
// reference does, so their results are the same on every path.
func elementwise(s isa) {
	TEXT("axpy"+s.suffix, NOSPLIT, "func(alpha float32, x, y []float32)")
	alpha := s.vec()
	VBROADCASTSS(argument("alpha"), alpha)
	x := Load(Param("x").Base(), GP64())
	overElements(s, "y", func(load func(Register, VecVirtual), y VecVirtual) {
		v := s.vec()
		load(x, v)
		VMULPS(v, alpha, v)
		VADDPS(v, y, y)
	})

	TEXT("scale"+s.suffix, NOSPLIT, "func(alpha float32, x []float32)")
	alpha = s.vec()
	VBROADCASTSS(argument("alpha"), alpha)
	overElements(s, "x", func(_ func(Register, VecVirtual), x VecVirtual) {
		VMULPS(x, alpha, x)
	})

	TEXT("shift"+s.suffix, NOSPLIT, "func(c float32, x []float32)")
	c := s.vec()
	VBROADCASTSS(argument("c"), c)
	overElements(s, "x", func(_ func(Register, VecVirtual), x VecVirtual) {
		VADDPS(c, x, x)
	})

	TEXT("mul"+s.suffix, NOSPLIT, "func(x, y []float32)")
	x = Load(Param("x").Base(), GP64())
	overElements(s, "y", func(load func(Register, VecVirtual), y VecVirtual) {
		v := s.vec()
		load(x, v)
		VMULPS(v, y, y)
	})

	TEXT("addMul"+s.suffix, NOSPLIT, "func(a, b, y []float32)")
	a := Load(Param("a").Base(), GP64())
	b := Load(Param("b").Base(), GP64())
	overElements(s, "y", func(load func(Register, VecVirtual), y VecVirtual) {
		v, w := s.vec(), s.vec()
		load(a, v)
		load(b, w)
		VMULPS(v, w, v)
		VADDPS(v, y, y)
	})

	TEXT("relu"+s.suffix, NOSPLIT, "func(x []float32)")
	none := s.vec()
	zero(none)
	overElements(s, "x", func(_ func(Register, VecVirtual), x VecVirtual) {
		VMAXPS(x, none, x) // the second operand, x, where it is NaN
	})

	TEXT("larger"+s.suffix, NOSPLIT, "func(x, y []float32)")
	x = Load(Param("x").Base(), GP64())
	overElements(s, "y", func(load func(Register, VecVirtual), y VecVirtual) {
		v := s.vec()
		load(x, v)
		VMAXPS(y, v, y) // the second operand, y, where one is NaN
	})

	TEXT("gate"+s.suffix, NOSPLIT, "func(x, y []float32)")
	none = s.vec()
	zero(none)
	x = Load(Param("x").Base(), GP64())
	overElements(s, "y", func(load func(Register, VecVirtual), y VecVirtual) {
		v := s.vec()
		load(x, v)
		keep(s, greater, v, none, y)
	})

	TEXT("equal"+s.suffix, NOSPLIT, "func(a, b, y []float32)")
	a = Load(Param("a").Base(), GP64())
	b = Load(Param("b").Base(), GP64())
	overElements(s, "y", func(load func(Register, VecVirtual), y VecVirtual) {
		v, w := s.vec(), s.vec()
		load(a, v)
		load(b, w)
		keep(s, equal, v, w, y)
	})
}

// The predicates of VCMPPS that are used: ordered, quiet.
const (
	equal   = 0x00
	greater = 0x1e
)

// keep zeroes the elements of y where not v predicate w.
func keep(s isa, predicate uint8, v, w, y VecVirtual) {
	if s.width == 16 {
		k := K()
		VCMPPS(Imm(uint64(predicate)), w, v, k)
		VMOVAPS_Z(y, k, y)
		return
	}
	mask := s.vec()
	VCMPPS(Imm(uint64(predicate)), w, v, mask)
	VANDPS(mask, y, y)
}

// overElements changes every register of elements of the slice name by step, which
// can load the same elements of another slice.
func overElements(s isa, name string, step func(load func(Register, VecVirtual), v VecVirtual)) {
	base := Load(Param(name).Base(), GP64())
	e := newExtent(s, Load(Param(name).Len(), GP64()), false)
	off := GP64()
	e.each("element", off, func(a access) {
		for h := range s.chunks() {
			at := func(p Register) Mem {
				return Mem{Base: p, Index: off, Scale: 1, Disp: h * s.bytes()}
			}
			v := s.vec()
			a.load(h, at(base), v)
			step(func(p Register, to VecVirtual) { a.load(h, at(p), to) }, v)
			a.store(h, at(base), v)
		}
	})
	VZEROUPPER()
	RET()
}
