//go:build arm64 && !purego

package f32

// dotI8NEON and dotI8SDOT take n a multiple of 16 above 0.

//go:noescape
func dotI8NEON(a, b *int8, n int) int32

//go:noescape
func dotI8SDOT(a, b *int8, n int) int32

func dotI8Pair(a, b []int8) int32 {
	whole := len(a) &^ 15
	switch {
	case active != neon || whole == 0:
		return dotI8Generic(a, b)
	case sdot:
		return dotI8SDOT(&a[0], &b[0], whole) + dotI8Generic(a[whole:], b[whole:])
	}
	return dotI8NEON(&a[0], &b[0], whole) + dotI8Generic(a[whole:], b[whole:])
}

func dotI8Gather(dst []int32, query, arena []int8, stride int, ids []uint32) {
	for i, id := range ids {
		row := int(id) * stride
		dst[i] = dotI8Pair(query, arena[row:row+len(query)])
	}
}

func dotI8Block(dst []int32, a, b []int8, d int) {
	n := len(b) / d
	for i := range dst {
		p, q := i/n*d, i%n*d
		dst[i] = dotI8Pair(a[p:p+d], b[q:q+d])
	}
}
