//go:build !purego

#include "textflag.h"
#include "neon_arm64.h"

// Row i of the tile is in registers 3i, 3i+1 and 3i+2; the eight elements of a in
// V24 and V25, the twelve of b in V26 to V28.
#define ROW(i, m, h, l) \
	FMLAEL(m, h, l, 26, 3*(i))   \
	FMLAEL(m, h, l, 27, 3*(i)+1) \
	FMLAEL(m, h, l, 28, 3*(i)+2)

#define ADDROW(i) \
	VLD1 (R2), [V24.S4, V25.S4, V26.S4] \
	FADD4S(3*(i), 24, 3*(i))     \
	FADD4S(3*(i)+1, 25, 3*(i)+1) \
	FADD4S(3*(i)+2, 26, 3*(i)+2) \
	ADD  R3, R2

#define STORE(a, b, c) \
	VST1 [a.S4, b.S4, c.S4], (R2) \
	ADD  R3, R2

// func gemm8x12NEON(k int, a, b, c *float32, ldc int, add bool)
TEXT ·gemm8x12NEON(SB), NOSPLIT, $0-41
	MOVD  k+0(FP), R5
	MOVD  a+8(FP), R0
	MOVD  b+16(FP), R1
	MOVD  c+24(FP), R2
	MOVD  ldc+32(FP), R3
	MOVBU add+40(FP), R4
	LSL   $2, R3
	ZERO8(V0, V1, V2, V3, V4, V5, V6, V7)
	ZERO8(V8, V9, V10, V11, V12, V13, V14, V15)
	ZERO8(V16, V17, V18, V19, V20, V21, V22, V23)

loop:
	VLD1.P 32(R0), [V24.S4, V25.S4]
	VLD1.P 48(R1), [V26.S4, V27.S4, V28.S4]
	ROW(0, 24, 0, 0)
	ROW(1, 24, 0, 1)
	ROW(2, 24, 1, 0)
	ROW(3, 24, 1, 1)
	ROW(4, 25, 0, 0)
	ROW(5, 25, 0, 1)
	ROW(6, 25, 1, 0)
	ROW(7, 25, 1, 1)
	SUBS   $1, R5
	BNE    loop
	CBZ    R4, store
	MOVD   R2, R6
	ADDROW(0)
	ADDROW(1)
	ADDROW(2)
	ADDROW(3)
	ADDROW(4)
	ADDROW(5)
	ADDROW(6)
	ADDROW(7)
	MOVD   R6, R2

store:
	STORE(V0, V1, V2)
	STORE(V3, V4, V5)
	STORE(V6, V7, V8)
	STORE(V9, V10, V11)
	STORE(V12, V13, V14)
	STORE(V15, V16, V17)
	STORE(V18, V19, V20)
	STORE(V21, V22, V23)
	RET
