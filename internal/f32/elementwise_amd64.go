//go:build amd64 && !purego

package f32

//go:generate go run -C gen . -set element_avx2 -out ../elementwise_avx2_amd64.s
//go:generate go run -C gen . -set element_avx512 -out ../elementwise_avx512_amd64.s
//go:generate go run -C gen . -set exp_avx2 -out ../exp_avx2_amd64.s
//go:generate go run -C gen . -set exp_avx512 -out ../exp_avx512_amd64.s

// The kernels without sums change y, or x where there is no y, in place.

//go:noescape
func axpyAVX2(alpha float32, x, y []float32)

//go:noescape
func axpyAVX512(alpha float32, x, y []float32)

//go:noescape
func scaleAVX2(alpha float32, x []float32)

//go:noescape
func scaleAVX512(alpha float32, x []float32)

//go:noescape
func shiftAVX2(c float32, x []float32)

//go:noescape
func shiftAVX512(c float32, x []float32)

//go:noescape
func mulAVX2(x, y []float32)

//go:noescape
func mulAVX512(x, y []float32)

//go:noescape
func addMulAVX2(a, b, y []float32)

//go:noescape
func addMulAVX512(a, b, y []float32)

//go:noescape
func reluAVX2(x []float32)

//go:noescape
func reluAVX512(x []float32)

//go:noescape
func largerAVX2(x, y []float32)

//go:noescape
func largerAVX512(x, y []float32)

//go:noescape
func gateAVX2(x, y []float32)

//go:noescape
func gateAVX512(x, y []float32)

//go:noescape
func equalAVX2(a, b, y []float32)

//go:noescape
func equalAVX512(a, b, y []float32)

//go:noescape
func expShiftAVX2(less float32, x []float32)

//go:noescape
func expShiftAVX512(less float32, x []float32)

func axpy(alpha float32, x, y []float32) {
	switch active {
	case avx512:
		axpyAVX512(alpha, x, y)
	case avx2:
		axpyAVX2(alpha, x, y)
	default:
		axpyGeneric(alpha, x, y)
	}
}

func scale(alpha float32, x []float32) {
	switch active {
	case avx512:
		scaleAVX512(alpha, x)
	case avx2:
		scaleAVX2(alpha, x)
	default:
		scaleGeneric(alpha, x)
	}
}

func shift(c float32, x []float32) {
	switch active {
	case avx512:
		shiftAVX512(c, x)
	case avx2:
		shiftAVX2(c, x)
	default:
		shiftGeneric(c, x)
	}
}

func mul(x, y []float32) {
	switch active {
	case avx512:
		mulAVX512(x, y)
	case avx2:
		mulAVX2(x, y)
	default:
		mulGeneric(x, y)
	}
}

func addMul(a, b, y []float32) {
	switch active {
	case avx512:
		addMulAVX512(a, b, y)
	case avx2:
		addMulAVX2(a, b, y)
	default:
		addMulGeneric(a, b, y)
	}
}

func relu(x []float32) {
	switch active {
	case avx512:
		reluAVX512(x)
	case avx2:
		reluAVX2(x)
	default:
		reluGeneric(x)
	}
}

func larger(x, y []float32) {
	switch active {
	case avx512:
		largerAVX512(x, y)
	case avx2:
		largerAVX2(x, y)
	default:
		largerGeneric(x, y)
	}
}

func gate(x, y []float32) {
	switch active {
	case avx512:
		gateAVX512(x, y)
	case avx2:
		gateAVX2(x, y)
	default:
		gateGeneric(x, y)
	}
}

func equal(a, b, y []float32) {
	switch active {
	case avx512:
		equalAVX512(a, b, y)
	case avx2:
		equalAVX2(a, b, y)
	default:
		equalGeneric(a, b, y)
	}
}

func expShift(less float32, x []float32) {
	switch active {
	case avx512:
		expShiftAVX512(less, x)
	case avx2:
		expShiftAVX2(less, x)
	default:
		expShiftGeneric(less, x)
	}
}
