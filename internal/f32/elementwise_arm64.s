//go:build !purego

#include "textflag.h"
#include "neon_arm64.h"

// func axpyNEON(alpha float32, x, y *float32, n int)
// n is a multiple of 8 above 0. Multiply, then add, as the reference does.
TEXT ·axpyNEON(SB), NOSPLIT, $0-32
	FMOVS alpha+0(FP), F0
	MOVD  x+8(FP), R0
	MOVD  y+16(FP), R1
	MOVD  n+24(FP), R2
	VDUP  V0.S[0], V0.S4

loop:
	VLD1.P 32(R0), [V1.S4, V2.S4]
	VLD1   (R1), [V3.S4, V4.S4]
	FMUL4S(0, 1, 1)
	FMUL4S(0, 2, 2)
	FADD4S(1, 3, 3)
	FADD4S(2, 4, 4)
	VST1.P [V3.S4, V4.S4], 32(R1)
	SUBS   $8, R2
	BNE    loop
	RET

// func scaleNEON(alpha float32, x *float32, n int)
// n is a multiple of 8 above 0.
TEXT ·scaleNEON(SB), NOSPLIT, $0-24
	FMOVS alpha+0(FP), F0
	MOVD  x+8(FP), R0
	MOVD  n+16(FP), R2
	VDUP  V0.S[0], V0.S4

loop:
	VLD1   (R0), [V1.S4, V2.S4]
	FMUL4S(0, 1, 1)
	FMUL4S(0, 2, 2)
	VST1.P [V1.S4, V2.S4], 32(R0)
	SUBS   $8, R2
	BNE    loop
	RET

// func shiftNEON(c float32, x *float32, n int)
// n is a multiple of 8 above 0.
TEXT ·shiftNEON(SB), NOSPLIT, $0-24
	FMOVS c+0(FP), F0
	MOVD  x+8(FP), R0
	MOVD  n+16(FP), R2
	VDUP  V0.S[0], V0.S4

loop:
	VLD1   (R0), [V1.S4, V2.S4]
	FADD4S(0, 1, 1)
	FADD4S(0, 2, 2)
	VST1.P [V1.S4, V2.S4], 32(R0)
	SUBS   $8, R2
	BNE    loop
	RET

// func mulNEON(x, y *float32, n int)
// n is a multiple of 8 above 0.
TEXT ·mulNEON(SB), NOSPLIT, $0-24
	MOVD x+0(FP), R0
	MOVD y+8(FP), R1
	MOVD n+16(FP), R2

loop:
	VLD1.P 32(R0), [V1.S4, V2.S4]
	VLD1   (R1), [V3.S4, V4.S4]
	FMUL4S(1, 3, 3)
	FMUL4S(2, 4, 4)
	VST1.P [V3.S4, V4.S4], 32(R1)
	SUBS   $8, R2
	BNE    loop
	RET

// func addMulNEON(a, b, y *float32, n int)
// n is a multiple of 8 above 0. Multiply, then add, as the reference does.
TEXT ·addMulNEON(SB), NOSPLIT, $0-32
	MOVD a+0(FP), R0
	MOVD b+8(FP), R3
	MOVD y+16(FP), R1
	MOVD n+24(FP), R2

loop:
	VLD1.P 32(R0), [V1.S4, V2.S4]
	VLD1.P 32(R3), [V5.S4, V6.S4]
	VLD1   (R1), [V3.S4, V4.S4]
	FMUL4S(5, 1, 1)
	FMUL4S(6, 2, 2)
	FADD4S(1, 3, 3)
	FADD4S(2, 4, 4)
	VST1.P [V3.S4, V4.S4], 32(R1)
	SUBS   $8, R2
	BNE    loop
	RET

// func reluNEON(x *float32, n int)
// n is a multiple of 8 above 0.
TEXT ·reluNEON(SB), NOSPLIT, $0-16
	MOVD x+0(FP), R0
	MOVD n+8(FP), R2
	VEOR V0.B16, V0.B16, V0.B16

loop:
	VLD1   (R0), [V1.S4, V2.S4]
	FMAX4S(0, 1, 1)
	FMAX4S(0, 2, 2)
	VST1.P [V1.S4, V2.S4], 32(R0)
	SUBS   $8, R2
	BNE    loop
	RET

// func largerNEON(x, y *float32, n int)
// n is a multiple of 8 above 0.
TEXT ·largerNEON(SB), NOSPLIT, $0-24
	MOVD x+0(FP), R0
	MOVD y+8(FP), R1
	MOVD n+16(FP), R2

loop:
	VLD1.P 32(R0), [V1.S4, V2.S4]
	VLD1   (R1), [V3.S4, V4.S4]
	FMAX4S(1, 3, 3)
	FMAX4S(2, 4, 4)
	VST1.P [V3.S4, V4.S4], 32(R1)
	SUBS   $8, R2
	BNE    loop
	RET

// func gateNEON(x, y *float32, n int)
// n is a multiple of 8 above 0.
TEXT ·gateNEON(SB), NOSPLIT, $0-24
	MOVD x+0(FP), R0
	MOVD y+8(FP), R1
	MOVD n+16(FP), R2
	VEOR V0.B16, V0.B16, V0.B16

loop:
	VLD1.P 32(R0), [V1.S4, V2.S4]
	VLD1   (R1), [V3.S4, V4.S4]
	FCMGT4S(0, 1, 1)
	FCMGT4S(0, 2, 2)
	VAND   V1.B16, V3.B16, V3.B16
	VAND   V2.B16, V4.B16, V4.B16
	VST1.P [V3.S4, V4.S4], 32(R1)
	SUBS   $8, R2
	BNE    loop
	RET

// func equalNEON(a, b, y *float32, n int)
// n is a multiple of 8 above 0.
TEXT ·equalNEON(SB), NOSPLIT, $0-32
	MOVD a+0(FP), R0
	MOVD b+8(FP), R3
	MOVD y+16(FP), R1
	MOVD n+24(FP), R2

loop:
	VLD1.P 32(R0), [V1.S4, V2.S4]
	VLD1.P 32(R3), [V5.S4, V6.S4]
	VLD1   (R1), [V3.S4, V4.S4]
	FCMEQ4S(5, 1, 1)
	FCMEQ4S(6, 2, 2)
	VAND   V1.B16, V3.B16, V3.B16
	VAND   V2.B16, V4.B16, V4.B16
	VST1.P [V3.S4, V4.S4], 32(R1)
	SUBS   $8, R2
	BNE    loop
	RET
