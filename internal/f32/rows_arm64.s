//go:build !purego

#include "textflag.h"
#include "neon_arm64.h"

// Two rows against one query, in whole blocks of 32 elements: the query is in V16
// to V19, the rows in V20 to V27, their sums in V0 to V7 and V8 to V15.

#define DOT(q, Q, r, R, to) VFMLA Q.S4, R.S4, to.S4

#define SQDIST(q, Q, r, R, to) \
	FSUB4S(r, q, r)        \
	VFMLA R.S4, R.S4, to.S4

#define HALF(OP, a, b, c, d, e, f, g, h) \
	VLD1.P 64(R0), [V16.S4, V17.S4, V18.S4, V19.S4] \
	VLD1.P 64(R1), [V20.S4, V21.S4, V22.S4, V23.S4] \
	VLD1.P 64(R2), [V24.S4, V25.S4, V26.S4, V27.S4] \
	PRFM   (R3), PLDL1KEEP      \
	PRFM   (R4), PLDL1KEEP      \
	ADD    $64, R3              \
	ADD    $64, R4              \
	OP(16, V16, 20, V20, a)     \
	OP(17, V17, 21, V21, b)     \
	OP(18, V18, 22, V22, c)     \
	OP(19, V19, 23, V23, d)     \
	OP(16, V16, 24, V24, e)     \
	OP(17, V17, 25, V25, f)     \
	OP(18, V18, 26, V26, g)     \
	OP(19, V19, 27, V27, h)

#define KERNEL(OP) \
	ZERO8(V0, V1, V2, V3, V4, V5, V6, V7)       \
	ZERO8(V8, V9, V10, V11, V12, V13, V14, V15) \
loop: \
	HALF(OP, V0, V1, V2, V3, V8, V9, V10, V11)    \
	HALF(OP, V4, V5, V6, V7, V12, V13, V14, V15)  \
	SUB  $1, R5     \
	CBNZ R5, loop   \
	SUM32(0, V0)    \
	SUM32(8, V8)

// func dot2NEON(query, row0, row1, next0, next1 *float32, blocks int) (s0, s1 float32)
TEXT ·dot2NEON(SB), NOSPLIT, $0-56
	MOVD query+0(FP), R0
	MOVD row0+8(FP), R1
	MOVD row1+16(FP), R2
	MOVD next0+24(FP), R3
	MOVD next1+32(FP), R4
	MOVD blocks+40(FP), R5
	KERNEL(DOT)
	FMOVS F0, s0+48(FP)
	FMOVS F8, s1+52(FP)
	RET

// func sqDist2NEON(query, row0, row1, next0, next1 *float32, blocks int) (s0, s1 float32)
TEXT ·sqDist2NEON(SB), NOSPLIT, $0-56
	MOVD query+0(FP), R0
	MOVD row0+8(FP), R1
	MOVD row1+16(FP), R2
	MOVD next0+24(FP), R3
	MOVD next1+32(FP), R4
	MOVD blocks+40(FP), R5
	KERNEL(SQDIST)
	FMOVS F0, s0+48(FP)
	FMOVS F8, s1+52(FP)
	RET
