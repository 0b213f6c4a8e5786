//go:build !purego

#include "textflag.h"
#include "neon_arm64.h"

// TERMS4 adds the terms of 16 elements to four registers of sums. The elements
// are in V16 to V19 and V20 to V23.
#define DOT4(a, b, c, d) \
	VFMLA V20.S4, V16.S4, a.S4 \
	VFMLA V21.S4, V17.S4, b.S4 \
	VFMLA V22.S4, V18.S4, c.S4 \
	VFMLA V23.S4, V19.S4, d.S4

#define SQDIST4(a, b, c, d) \
	FSUB4S(20, 16, 16)         \
	FSUB4S(21, 17, 17)         \
	FSUB4S(22, 18, 18)         \
	FSUB4S(23, 19, 19)         \
	VFMLA V16.S4, V16.S4, a.S4 \
	VFMLA V17.S4, V17.S4, b.S4 \
	VFMLA V18.S4, V18.S4, c.S4 \
	VFMLA V19.S4, V19.S4, d.S4

#define DOT1(x, X, y, Y, to) VFMLA X.S4, Y.S4, to.S4

#define SQDIST1(x, X, y, Y, to) \
	FSUB4S(y, x, x)        \
	VFMLA X.S4, X.S4, to.S4

// Of a sum, R1 is R0 and the terms are multiplied by the ones in V26, which is exact.
#define SUM4(a, b, c, d) \
	VFMLA V26.S4, V16.S4, a.S4 \
	VFMLA V26.S4, V17.S4, b.S4 \
	VFMLA V26.S4, V18.S4, c.S4 \
	VFMLA V26.S4, V19.S4, d.S4

#define SUM1(x, X, y, Y, to) VFMLA V26.S4, X.S4, to.S4

// LOAD2 reads 16 elements of each row and steps on.
#define LOAD2 \
	VLD1.P 64(R0), [V16.S4, V17.S4, V18.S4, V19.S4] \
	VLD1.P 64(R1), [V20.S4, V21.S4, V22.S4, V23.S4]

// REST adds four of the R2 elements that remain, or goes to the label where the
// last ones, in V24 and V25, are added to the same sums.
#define REST(ONE, to, last) \
	CMP    $4, R2               \
	BLT    last                 \
	VLD1.P 16(R0), [V16.S4]     \
	VLD1.P 16(R1), [V20.S4]     \
	ONE(16, V16, 20, V20, to)   \
	SUB    $4, R2

#define LAST(ONE, to) \
	ONE(24, V24, 25, V25, to) \
	B      sum

// KERNEL is the sum over R2 elements at R0 and R1, left in F0. The last one to
// three elements are loaded first, into registers that are zero beyond them.
#define KERNEL(FOUR, ONE) \
	ZERO8(V0, V1, V2, V3, V4, V5, V6, V7) \
	VEOR   V24.B16, V24.B16, V24.B16 \
	VEOR   V25.B16, V25.B16, V25.B16 \
	LSR    $5, R2, R3           \
	AND    $31, R2, R2          \
	CBZ    R3, rest             \
	                            \
loop:                           \
	LOAD2                       \
	FOUR(V0, V1, V2, V3)        \
	LOAD2                       \
	FOUR(V4, V5, V6, V7)        \
	SUB    $1, R3               \
	CBNZ   R3, loop             \
	                            \
rest:                           \
	CBZ    R2, sum              \
	AND    $3, R2, R4           \
	LSR    $2, R2, R5           \
	ADD    R5<<4, R0, R6        \
	ADD    R5<<4, R1, R7        \
	CBZ    R4, four             \
	CMP    $2, R4               \
	BLT    single               \
	FMOVD  (R6), F24            \
	FMOVD  (R7), F25            \
	BEQ    four                 \
	ADD    $8, R6               \
	ADD    $8, R7               \
	VLD1   (R6), V24.S[2]       \
	VLD1   (R7), V25.S[2]       \
	B      four                 \
	                            \
single:                         \
	FMOVS  (R6), F24            \
	FMOVS  (R7), F25            \
	                            \
four:                           \
	REST(ONE, V0, last0)        \
	REST(ONE, V1, last1)        \
	REST(ONE, V2, last2)        \
	REST(ONE, V3, last3)        \
	REST(ONE, V4, last4)        \
	REST(ONE, V5, last5)        \
	REST(ONE, V6, last6)        \
	ONE(24, V24, 25, V25, V7)   \
	B      sum                  \
	                            \
last0:                          \
	LAST(ONE, V0)               \
	                            \
last1:                          \
	LAST(ONE, V1)               \
	                            \
last2:                          \
	LAST(ONE, V2)               \
	                            \
last3:                          \
	LAST(ONE, V3)               \
	                            \
last4:                          \
	LAST(ONE, V4)               \
	                            \
last5:                          \
	LAST(ONE, V5)               \
	                            \
last6:                          \
	LAST(ONE, V6)               \
	                            \
sum:                            \
	SUM32(0, V0)

// func dotNEON(a, b *float32, n int) float32
TEXT ·dotNEON(SB), NOSPLIT, $0-28
	MOVD a+0(FP), R0
	MOVD b+8(FP), R1
	MOVD n+16(FP), R2
	KERNEL(DOT4, DOT1)
	FMOVS F0, ret+24(FP)
	RET

// func sqDistNEON(a, b *float32, n int) float32
TEXT ·sqDistNEON(SB), NOSPLIT, $0-28
	MOVD a+0(FP), R0
	MOVD b+8(FP), R1
	MOVD n+16(FP), R2
	KERNEL(SQDIST4, SQDIST1)
	FMOVS F0, ret+24(FP)
	RET

// func sumNEON(x *float32, n int) float32
TEXT ·sumNEON(SB), NOSPLIT, $0-20
	MOVD  x+0(FP), R0
	MOVD  x+0(FP), R1
	MOVD  n+8(FP), R2
	FMOVS $1.0, F26
	VDUP  V26.S[0], V26.S4
	KERNEL(SUM4, SUM1)
	FMOVS F0, ret+16(FP)
	RET
