package f32

// genericTile is the tile of the reference: two by two, which the compiler keeps
// in registers.
const genericTile = 2

// gemmTileGeneric does c[i*ldc+j] = sum over p of a[2p+i]*b[2p+j], or adds it.
func gemmTileGeneric(k int, a, b, c []float32, ldc int, add bool) {
	a, b = a[:2*k], b[:2*k]
	var s00, s01, s10, s11 float32
	for len(a) >= 2 && len(b) >= 2 {
		x, y, z, w := a[0], a[1], b[0], b[1]
		s00 += float32(x * z)
		s01 += float32(x * w)
		s10 += float32(y * z)
		s11 += float32(y * w)
		a, b = a[2:], b[2:]
	}
	if add {
		s00, s01, s10, s11 = c[0]+s00, c[1]+s01, c[ldc]+s10, c[ldc+1]+s11
	}
	c[0], c[1], c[ldc], c[ldc+1] = s00, s01, s10, s11
}

// relu does x[i] = max(0, x[i]) and keeps a NaN.
func reluGeneric(x []float32) {
	for i, v := range x {
		if v < 0 {
			x[i] = 0
		}
	}
}
