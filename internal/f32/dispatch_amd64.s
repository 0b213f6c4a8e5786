//go:build amd64 && !purego

#include "textflag.h"

// The numbers are those of isa in path.go.
#define AVX2 $2
#define AVX512 $3

// func dot(a, b []float32) float32
TEXT ·dot(SB), NOSPLIT, $0-52
	CMPB ·active(SB), AVX512
	JNE  narrow
	JMP  ·dotAVX512(SB)

narrow:
	CMPB ·active(SB), AVX2
	JNE  none
	JMP  ·dotAVX2(SB)

none:
	JMP ·dotGeneric(SB)

// func sqDist(a, b []float32) float32
TEXT ·sqDist(SB), NOSPLIT, $0-52
	CMPB ·active(SB), AVX512
	JNE  narrow
	JMP  ·sqDistAVX512(SB)

narrow:
	CMPB ·active(SB), AVX2
	JNE  none
	JMP  ·sqDistAVX2(SB)

none:
	JMP ·sqDistGeneric(SB)
