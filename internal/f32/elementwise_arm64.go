//go:build arm64 && !purego

package f32

// The kernels in assembly are for a multiple of 8 elements above 0; what is left of
// a row is the reference's. They change y, or x where there is no y, in place.

//go:noescape
func axpyNEON(alpha float32, x, y *float32, n int)

//go:noescape
func scaleNEON(alpha float32, x *float32, n int)

//go:noescape
func shiftNEON(c float32, x *float32, n int)

//go:noescape
func mulNEON(x, y *float32, n int)

//go:noescape
func addMulNEON(a, b, y *float32, n int)

//go:noescape
func reluNEON(x *float32, n int)

//go:noescape
func largerNEON(x, y *float32, n int)

//go:noescape
func gateNEON(x, y *float32, n int)

//go:noescape
func equalNEON(a, b, y *float32, n int)

//go:noescape
func expShiftNEON(less float32, x *float32, n int)

//go:noescape
func largestNEON(x *float32, n int) float32

// sumNEON is for any n of at least 1.
//
//go:noescape
func sumNEON(x *float32, n int) float32

// whole is how many of n elements the kernels in assembly take.
func whole(n int) int {
	if active == neon {
		return n &^ 7
	}
	return 0
}

func axpy(alpha float32, x, y []float32) {
	n := whole(len(x))
	if n > 0 {
		axpyNEON(alpha, &x[0], &y[0], n)
	}
	axpyGeneric(alpha, x[n:], y[n:])
}

func scale(alpha float32, x []float32) {
	n := whole(len(x))
	if n > 0 {
		scaleNEON(alpha, &x[0], n)
	}
	scaleGeneric(alpha, x[n:])
}

func shift(c float32, x []float32) {
	n := whole(len(x))
	if n > 0 {
		shiftNEON(c, &x[0], n)
	}
	shiftGeneric(c, x[n:])
}

func mul(x, y []float32) {
	n := whole(len(x))
	if n > 0 {
		mulNEON(&x[0], &y[0], n)
	}
	mulGeneric(x[n:], y[n:])
}

func addMul(a, b, y []float32) {
	n := whole(len(a))
	if n > 0 {
		addMulNEON(&a[0], &b[0], &y[0], n)
	}
	addMulGeneric(a[n:], b[n:], y[n:])
}

func relu(x []float32) {
	n := whole(len(x))
	if n > 0 {
		reluNEON(&x[0], n)
	}
	reluGeneric(x[n:])
}

func larger(x, y []float32) {
	n := whole(len(x))
	if n > 0 {
		largerNEON(&x[0], &y[0], n)
	}
	largerGeneric(x[n:], y[n:])
}

func gate(x, y []float32) {
	n := whole(len(x))
	if n > 0 {
		gateNEON(&x[0], &y[0], n)
	}
	gateGeneric(x[n:], y[n:])
}

func equal(a, b, y []float32) {
	n := whole(len(y))
	if n > 0 {
		equalNEON(&a[0], &b[0], &y[0], n)
	}
	equalGeneric(a[n:], b[n:], y[n:])
}

func expShift(less float32, x []float32) {
	n := whole(len(x))
	if n > 0 {
		expShiftNEON(less, &x[0], n)
	}
	expShiftGeneric(less, x[n:])
}

func sum(x []float32) float32 {
	if active == neon && len(x) > 0 {
		return sumNEON(&x[0], len(x))
	}
	return sumGeneric(x)
}

func largest(x []float32) float32 {
	n := whole(len(x))
	top := largestGeneric(x[n:])
	if n > 0 {
		top = max(top, largestNEON(&x[0], n))
	}
	return top
}
