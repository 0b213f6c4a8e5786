package f32

// The reference loops: always compiled, the fallback of every machine and the
// oracle of every faster path.
//
// Products are converted to float32 before they are added. The conversion is
// free, and it forbids the compiler to fuse multiply and add, which it would do
// in one loop and not in the other on arm64 or with GOAMD64=v3: the same pair of
// rows would then have two dot products.

func dotGeneric(a, b []float32) float32 {
	b = b[:len(a)]
	var s float32
	for i, x := range a {
		s += float32(x * b[i])
	}
	return s
}

func sqDistGeneric(a, b []float32) float32 {
	b = b[:len(a)]
	var s float32
	for i, x := range a {
		t := x - b[i]
		s += float32(t * t)
	}
	return s
}

func axpyGeneric(alpha float32, x, y []float32) {
	y = y[:len(x)]
	for i, v := range x {
		y[i] += float32(alpha * v)
	}
}

func scaleGeneric(alpha float32, x []float32) {
	for i := range x {
		x[i] *= alpha
	}
}
