//go:build !purego

#include "textflag.h"
#include "neon_arm64.h"

// func dotI8NEON(a, b *int8, n int) int32
// n is a multiple of 16 above 0.
TEXT ·dotI8NEON(SB), NOSPLIT, $0-28
	MOVD a+0(FP), R0
	MOVD b+8(FP), R1
	MOVD n+16(FP), R2
	VEOR V0.B16, V0.B16, V0.B16
	VEOR V1.B16, V1.B16, V1.B16

loop:
	VLD1.P 16(R0), [V2.B16]
	VLD1.P 16(R1), [V3.B16]
	SMULL8B(3, 2, 4)
	SMULL16B(3, 2, 5)
	SADALP8H(4, 0)
	SADALP8H(5, 1)
	SUBS   $16, R2
	BNE    loop
	VADD   V1.S4, V0.S4, V0.S4
	VADDV  V0.S4, V0
	FMOVS  F0, ret+24(FP)
	RET

// func dotI8SDOT(a, b *int8, n int) int32
// n is a multiple of 16 above 0.
TEXT ·dotI8SDOT(SB), NOSPLIT, $0-28
	MOVD a+0(FP), R0
	MOVD b+8(FP), R1
	MOVD n+16(FP), R2
	VEOR V0.B16, V0.B16, V0.B16
	VEOR V1.B16, V1.B16, V1.B16
	SUBS $32, R2
	BLT  half

loop:
	VLD1.P 32(R0), [V2.B16, V3.B16]
	VLD1.P 32(R1), [V4.B16, V5.B16]
	SDOT16B(4, 2, 0)
	SDOT16B(5, 3, 1)
	SUBS   $32, R2
	BGE    loop

half:
	ADDS $32, R2
	BEQ  sum
	VLD1 (R0), [V2.B16]
	VLD1 (R1), [V4.B16]
	SDOT16B(4, 2, 0)

sum:
	VADD  V1.S4, V0.S4, V0.S4
	VADDV V0.S4, V0
	FMOVS F0, ret+24(FP)
	RET
