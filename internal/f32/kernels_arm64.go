//go:build arm64 && !purego

package f32

import "golang.org/x/sys/cpu"

// sdot says that the machine multiplies int8 four at a time.
var sdot = cpu.ARM64.HasASIMDDP

// available: NEON is part of every arm64 that Go runs on.
func available() []isa { return []isa{generic, neon} }

// dotNEON and sqDistNEON take any n of at least 0.

//go:noescape
func dotNEON(a, b *float32, n int) float32

//go:noescape
func sqDistNEON(a, b *float32, n int) float32

// dot2NEON and sqDist2NEON are one query against two rows of 32*blocks elements;
// meanwhile they fetch the two next.

//go:noescape
func dot2NEON(query, row0, row1, next0, next1 *float32, blocks int) (s0, s1 float32)

//go:noescape
func sqDist2NEON(query, row0, row1, next0, next1 *float32, blocks int) (s0, s1 float32)

func dot(a, b []float32) float32 {
	if active == neon && len(a) > 0 {
		return dotNEON(&a[0], &b[0], len(a))
	}
	return dotGeneric(a, b)
}

func sqDist(a, b []float32) float32 {
	if active == neon && len(a) > 0 {
		return sqDistNEON(&a[0], &b[0], len(a))
	}
	return sqDistGeneric(a, b)
}

func dotBlock(dst, a, b []float32, d int) {
	if active != neon {
		dotBlockGeneric(dst, a, b, d)
		return
	}
	n := len(b) / d
	for len(a) > 0 && n > 0 {
		dotRows(dst[:n], a[:d], b)
		dst, a = dst[n:], a[d:]
	}
}

func dotRows(dst, query, rows []float32) {
	d := len(query)
	j := 0
	if d%32 == 0 {
		for ; j+2 <= len(dst); j += 2 {
			next := min(j+2, len(dst)-2) * d
			dst[j], dst[j+1] = dot2NEON(&query[0], &rows[j*d], &rows[(j+1)*d], &rows[next], &rows[next+d], d/32)
		}
	}
	for ; j < len(dst); j++ {
		dst[j] = dotNEON(&query[0], &rows[j*d], d)
	}
}

func sqDistBlock(dst, a, b []float32, d int) {
	if active != neon {
		sqDistBlockGeneric(dst, a, b, d)
		return
	}
	n := len(b) / d
	for len(a) > 0 && n > 0 {
		sqDistRows(dst[:n], a[:d], b)
		dst, a = dst[n:], a[d:]
	}
}

func sqDistRows(dst, query, rows []float32) {
	d := len(query)
	j := 0
	if d%32 == 0 {
		for ; j+2 <= len(dst); j += 2 {
			next := min(j+2, len(dst)-2) * d
			dst[j], dst[j+1] = sqDist2NEON(&query[0], &rows[j*d], &rows[(j+1)*d], &rows[next], &rows[next+d], d/32)
		}
	}
	for ; j < len(dst); j++ {
		dst[j] = sqDistNEON(&query[0], &rows[j*d], d)
	}
}

func dotGather(dst, query, arena []float32, stride int, ids []uint32) {
	if active != neon || len(query) == 0 {
		dotGatherGeneric(dst, query, arena, stride, ids)
		return
	}
	d, i := len(query), 0
	at := func(i int) *float32 { return &arena[int(ids[min(i, len(ids)-1)])*stride] }
	if d%32 == 0 {
		for ; i+2 <= len(ids); i += 2 {
			dst[i], dst[i+1] = dot2NEON(&query[0], at(i), at(i+1), at(i+2), at(i+3), d/32)
		}
	}
	for ; i < len(ids); i++ {
		dst[i] = dotNEON(&query[0], at(i), d)
	}
}

func sqDistGather(dst, query, arena []float32, stride int, ids []uint32) {
	if active != neon || len(query) == 0 {
		sqDistGatherGeneric(dst, query, arena, stride, ids)
		return
	}
	d, i := len(query), 0
	at := func(i int) *float32 { return &arena[int(ids[min(i, len(ids)-1)])*stride] }
	if d%32 == 0 {
		for ; i+2 <= len(ids); i += 2 {
			dst[i], dst[i+1] = sqDist2NEON(&query[0], at(i), at(i+1), at(i+2), at(i+3), d/32)
		}
	}
	for ; i < len(ids); i++ {
		dst[i] = sqDistNEON(&query[0], at(i), d)
	}
}
