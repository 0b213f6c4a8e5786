//go:build !purego

#include "textflag.h"
#include "neon_arm64.h"

// func largestNEON(x *float32, n int) float32
// n is a multiple of 8 above 0.
TEXT ·largestNEON(SB), NOSPLIT, $0-20
	MOVD x+0(FP), R0
	MOVD n+8(FP), R2
	VLD1 (R0), [V0.S4, V1.S4]

loop:
	VLD1.P  32(R0), [V2.S4, V3.S4]
	FMAX4S(2, 0, 0)
	FMAX4S(3, 1, 1)
	SUBS    $8, R2
	BNE     loop
	FMAX4S(1, 0, 0)
	FMAXV4S(0, 0)
	FMOVS   F0, ret+16(FP)
	RET

// EXP does the steps of exp.go on the four elements in x, with t and p beside
// them. Constants: V16 the number to subtract first, V17 expLow, V18 log2 e, V19
// expRound, V20 and V21 ln 2, V22 to V27 the coefficients from r^7 to r^2, V31 1.
#define EXP(x, r, t, T, n, p) \
	FSUB4S(16, x, x)  \
	FMAX4S(17, x, r)  \
	FMUL4S(18, r, t)  \
	FADD4S(19, t, t)  \
	FSUB4S(19, t, n)  \
	FMUL4S(20, n, p)  \
	FSUB4S(p, r, r)   \
	FMUL4S(21, n, p)  \
	FSUB4S(p, r, r)   \
	FMUL4S(22, r, p)  \
	FADD4S(23, p, p)  \
	FMUL4S(r, p, p)   \
	FADD4S(24, p, p)  \
	FMUL4S(r, p, p)   \
	FADD4S(25, p, p)  \
	FMUL4S(r, p, p)   \
	FADD4S(26, p, p)  \
	FMUL4S(r, p, p)   \
	FADD4S(27, p, p)  \
	FMUL4S(r, p, p)   \
	FADD4S(31, p, p)  \
	FMUL4S(r, p, p)   \
	FADD4S(31, p, p)  \
	VSHL $23, T.S4, T.S4      \
	VADD V31.S4, T.S4, T.S4   \
	FMUL4S(t, p, p)   \
	FCMGT4S(x, 17, n) \
	BIC16B(n, p, x)

#define CONSTANT(bits, V) \
	MOVD $bits, R3 \
	VDUP R3, V.S4

// func expShiftNEON(less float32, x *float32, n int)
// n is a multiple of 8 above 0.
TEXT ·expShiftNEON(SB), NOSPLIT, $0-24
	FMOVS less+0(FP), F16
	MOVD  x+8(FP), R0
	MOVD  n+16(FP), R2
	VDUP  V16.S[0], V16.S4
	CONSTANT(0xC2AE0000, V17) // -87
	CONSTANT(0x3FB8AA3B, V18) // log2 e
	CONSTANT(0x4B400000, V19) // 3 << 22
	CONSTANT(0x3F318000, V20) // 355 / 512
	CONSTANT(0xB95E8083, V21) // ln 2 - 355 / 512
	CONSTANT(0x39500D01, V22) // 1 / 5040
	CONSTANT(0x3AB60B61, V23) // 1 / 720
	CONSTANT(0x3C088889, V24) // 1 / 120
	CONSTANT(0x3D2AAAAB, V25) // 1 / 24
	CONSTANT(0x3E2AAAAB, V26) // 1 / 6
	CONSTANT(0x3F000000, V27) // 1 / 2
	CONSTANT(0x3F800000, V31) // 1

loop:
	VLD1   (R0), [V0.S4, V1.S4]
	EXP(0, 2, 3, V3, 4, 5)
	EXP(1, 6, 7, V7, 8, 9)
	VST1.P [V0.S4, V1.S4], 32(R0)
	SUBS   $8, R2
	BNE    loop
	RET
