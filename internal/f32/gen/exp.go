package main

import (
	"math"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// The numbers of exp, as exp.go has them and says what they are. A constant
// fills a register of 64 bytes, so that instructions read it from memory.
const (
	expLow = iota
	expLog2e
	expRound
	expLn2High
	expLn2Low
	expC7
	expC6
	expC5
	expC4
	expC3
	expC2
	expOne
)

var expNumbers = []float32{
	-87, math.Log2E, 3 << 22, 355.0 / 512, math.Ln2 - 355.0/512,
	1. / 5040, 1. / 720, 1. / 120, 1. / 24, 1. / 6, 1. / 2, 1,
}

var expTable *Mem

func expNumber(k int) Mem {
	if expTable == nil {
		m := GLOBL("expNumbers", 8|16) // RODATA|NOPTR
		for k, v := range expNumbers {
			for i := range 16 {
				DATA(64*k+4*i, U32(math.Float32bits(v)))
			}
		}
		expTable = &m
	}
	return expTable.Offset(64 * k)
}

// exponentials does x[i] = exp(x[i] - less). Multiply and add are apart, as the
// reference has them.
func exponentials(s isa) {
	TEXT("expShift"+s.suffix, NOSPLIT, "func(less float32, x []float32)")
	less := s.vec()
	VBROADCASTSS(argument("less"), less)
	overElements(s, "x", func(_ func(Register, VecVirtual), x VecVirtual) {
		VSUBPS(less, x, x)
		low, r, t, n, p := s.vec(), s.vec(), s.vec(), s.vec(), s.vec()
		VMOVUPS(expNumber(expLow), low)
		VMAXPS(x, low, r) // x where it is NaN
		VMULPS(expNumber(expLog2e), r, t)
		VADDPS(expNumber(expRound), t, t)
		VSUBPS(expNumber(expRound), t, n)
		VMULPS(expNumber(expLn2High), n, p)
		VSUBPS(p, r, r)
		VMULPS(expNumber(expLn2Low), n, p)
		VSUBPS(p, r, r)
		VMOVUPS(expNumber(expC7), p)
		for _, c := range []int{expC6, expC5, expC4, expC3, expC2, expOne, expOne} {
			VMULPS(r, p, p)
			VADDPS(expNumber(c), p, p)
		}
		VPSLLD(Imm(23), t, t)
		VPADDD(expNumber(expOne), t, t)
		VMULPS(t, p, p)
		const notLess = 5
		if s.width == 16 {
			k := K()
			VCMPPS(Imm(notLess), low, x, k)
			VMOVUPS_Z(p, k, x)
			return
		}
		VCMPPS(Imm(notLess), low, x, x)
		VANDPS(p, x, x)
	})
}
