package f32

// DotMany does dst[j] = Dot(query, row j of block) for the rows of length d of
// block. It panics unless d > 0, len(query) == d and len(block) == len(dst)*d.
func DotMany(dst, query, block []float32, d int) {
	if len(query) != d {
		panic(errLen)
	}
	checkBlock(dst, query, block, d)
	dotBlock(dst, query, block, d)
}

// SqDistMany is [DotMany] with [SqDist] in the place of Dot.
func SqDistMany(dst, query, block []float32, d int) {
	if len(query) != d {
		panic(errLen)
	}
	checkBlock(dst, query, block, d)
	sqDistBlock(dst, query, block, d)
}

// DotBlock multiplies every row of a with every row of b, all of length d:
// dst[i*n+j] = Dot(row i of a, row j of b), where n is the number of rows of b.
// It panics unless d > 0, a and b are whole rows, and dst has one place per pair.
// dst must not overlap a or b.
func DotBlock(dst, a, b []float32, d int) {
	checkBlock(dst, a, b, d)
	dotBlock(dst, a, b, d)
}

// SqDistBlock is [DotBlock] with [SqDist] in the place of Dot. It subtracts
// before it squares, so equal rows are at distance 0 exactly, which
// |a|²+|b|²-2ab does not give.
func SqDistBlock(dst, a, b []float32, d int) {
	checkBlock(dst, a, b, d)
	sqDistBlock(dst, a, b, d)
}

func checkBlock[D, E any](dst []D, a, b []E, d int) {
	if d <= 0 {
		panic(errDim)
	}
	if len(a)%d != 0 || len(b)%d != 0 {
		panic(errRows)
	}
	if len(dst) != len(a)/d*(len(b)/d) {
		panic(errDst)
	}
}
