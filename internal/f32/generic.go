package f32

import "math"

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

func shiftGeneric(c float32, x []float32) {
	for i := range x {
		x[i] += c
	}
}

func mulGeneric(x, y []float32) {
	y = y[:len(x)]
	for i, v := range x {
		y[i] *= v
	}
}

func addMulGeneric(a, b, y []float32) {
	b, y = b[:len(a)], y[:len(a)]
	for i, v := range a {
		y[i] += float32(v * b[i])
	}
}

func largerGeneric(x, y []float32) {
	y = y[:len(x)]
	for i, v := range x {
		if v > y[i] {
			y[i] = v
		}
	}
}

func gateGeneric(x, y []float32) {
	y = y[:len(x)]
	for i, v := range x {
		if !(v > 0) {
			y[i] = 0
		}
	}
}

func equalGeneric(a, b, y []float32) {
	a, b = a[:len(y)], b[:len(y)]
	for i, v := range a {
		if v != b[i] {
			y[i] = 0
		}
	}
}

func sumGeneric(x []float32) float32 {
	var s float32
	for _, v := range x {
		s += v
	}
	return s
}

// largestGeneric is the largest element, -Inf of none. What it is where there is a
// NaN differs from path to path: what uses it gives NaN then.
func largestGeneric(x []float32) float32 {
	top := float32(math.Inf(-1))
	for _, v := range x {
		if v > top {
			top = v
		}
	}
	return top
}

// powerOfTwo is 2^n of an n that t carries in its last bits, as exp rounds it.
func powerOfTwo(t float32) float32 {
	return math.Float32frombits(math.Float32bits(t)<<23 + math.Float32bits(1))
}
