package f32

// Blocks of all pairs, two rows by two rows at a time.
//
// One accumulator per pair keeps the order of the plain loop, and four of them
// hide the latency of the add. GFLOP/s at d = 512 on the Zen 5 of FACTS, best of
// 12: plain loop with four lanes 8.2; 2x2 14.5; 2x3 13.8; 3x3 6.4; 2x4, 4x2 and
// every form with eight or more accumulators 5.8, because the compiler spills
// (it has 15 registers and moves the multiplications up).
// A slice cut to the length of the ranged one costs no bounds check in the loop.

func dotBlockGeneric(dst, a, b []float32, d int) {
	n := len(b) / d
	for len(a) >= 2*d {
		a0, a1 := a[:d], a[d:2*d]
		dst0, dst1 := dst[:n], dst[n:2*n]
		j := 0
		for ; j+2 <= n; j += 2 {
			dst0[j], dst0[j+1], dst1[j], dst1[j+1] = dot2x2(a0, a1, b[j*d:(j+1)*d], b[(j+1)*d:(j+2)*d])
		}
		if j < n {
			last := b[j*d : (j+1)*d]
			dst0[j], dst1[j] = dotGeneric(a0, last), dotGeneric(a1, last)
		}
		a, dst = a[2*d:], dst[2*n:]
	}
	if len(a) > 0 {
		dotRowGeneric(dst, a, b, d)
	}
}

// dotRowGeneric is one row against all rows of b, four at a time.
func dotRowGeneric(dst, a, b []float32, d int) {
	for len(b) >= 4*d {
		dst[0], dst[1], dst[2], dst[3] = dot1x4(a, b[:d], b[d:2*d], b[2*d:3*d], b[3*d:4*d])
		dst, b = dst[4:], b[4*d:]
	}
	for j := range dst {
		dst[j] = dotGeneric(a, b[j*d:(j+1)*d])
	}
}

func dot2x2(a0, a1, b0, b1 []float32) (s00, s01, s10, s11 float32) {
	n := len(a0)
	a1, b0, b1 = a1[:n], b0[:n], b1[:n]
	for i, x := range a0 {
		y, z, w := a1[i], b0[i], b1[i]
		s00 += float32(x * z)
		s01 += float32(x * w)
		s10 += float32(z * y)
		s11 += float32(w * y)
	}
	return s00, s01, s10, s11
}

func dot1x4(a, b0, b1, b2, b3 []float32) (s0, s1, s2, s3 float32) {
	n := len(a)
	b0, b1, b2, b3 = b0[:n], b1[:n], b2[:n], b3[:n]
	for i, x := range a {
		s0 += float32(x * b0[i])
		s1 += float32(x * b1[i])
		s2 += float32(x * b2[i])
		s3 += float32(x * b3[i])
	}
	return s0, s1, s2, s3
}

func sqDistBlockGeneric(dst, a, b []float32, d int) {
	n := len(b) / d
	for len(a) >= 2*d {
		a0, a1 := a[:d], a[d:2*d]
		dst0, dst1 := dst[:n], dst[n:2*n]
		j := 0
		for ; j+2 <= n; j += 2 {
			dst0[j], dst0[j+1], dst1[j], dst1[j+1] = sqDist2x2(a0, a1, b[j*d:(j+1)*d], b[(j+1)*d:(j+2)*d])
		}
		if j < n {
			last := b[j*d : (j+1)*d]
			dst0[j], dst1[j] = sqDistGeneric(a0, last), sqDistGeneric(a1, last)
		}
		a, dst = a[2*d:], dst[2*n:]
	}
	if len(a) > 0 {
		sqDistRowGeneric(dst, a, b, d)
	}
}

// sqDistRowGeneric is one row against all rows of b, four at a time.
func sqDistRowGeneric(dst, a, b []float32, d int) {
	for len(b) >= 4*d {
		dst[0], dst[1], dst[2], dst[3] = sqDist1x4(a, b[:d], b[d:2*d], b[2*d:3*d], b[3*d:4*d])
		dst, b = dst[4:], b[4*d:]
	}
	for j := range dst {
		dst[j] = sqDistGeneric(a, b[j*d:(j+1)*d])
	}
}

func sqDist2x2(a0, a1, b0, b1 []float32) (s00, s01, s10, s11 float32) {
	n := len(a0)
	a1, b0, b1 = a1[:n], b0[:n], b1[:n]
	for i, x := range a0 {
		y, z, w := a1[i], b0[i], b1[i]
		xz, xw, yz, yw := x-z, x-w, y-z, y-w
		s00 += float32(xz * xz)
		s01 += float32(xw * xw)
		s10 += float32(yz * yz)
		s11 += float32(yw * yw)
	}
	return s00, s01, s10, s11
}

func sqDist1x4(a, b0, b1, b2, b3 []float32) (s0, s1, s2, s3 float32) {
	n := len(a)
	b0, b1, b2, b3 = b0[:n], b1[:n], b2[:n], b3[:n]
	for i, x := range a {
		t0, t1, t2, t3 := x-b0[i], x-b1[i], x-b2[i], x-b3[i]
		s0 += float32(t0 * t0)
		s1 += float32(t1 * t1)
		s2 += float32(t2 * t2)
		s3 += float32(t3 * t3)
	}
	return s0, s1, s2, s3
}
