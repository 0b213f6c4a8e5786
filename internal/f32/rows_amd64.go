//go:build amd64 && !purego

package f32

// The assembly kernels over one pair, one query and many rows, and the walks over tiles.
// d and n are at least 1; pointers are to whole rows.

//go:noescape
func dotRowsAVX2(dst, query, rows *float32, d, n int)

//go:noescape
func dotRowsAVX512(dst, query, rows *float32, d, n int)

//go:noescape
func sqDistRowsAVX2(dst, query, rows *float32, d, n int)

//go:noescape
func sqDistRowsAVX512(dst, query, rows *float32, d, n int)

//go:noescape
func dotGatherAVX2(dst, query, arena *float32, stride int, ids *uint32, d, n int)

//go:noescape
func dotGatherAVX512(dst, query, arena *float32, stride int, ids *uint32, d, n int)

//go:noescape
func sqDistGatherAVX2(dst, query, arena *float32, stride int, ids *uint32, d, n int)

//go:noescape
func sqDistGatherAVX512(dst, query, arena *float32, stride int, ids *uint32, d, n int)

//go:noescape
func dotTileAVX512(dst *float32, ldd int, a, b *float32, d, n int)

//go:noescape
func sqDistTileAVX512(dst *float32, ldd int, a, b *float32, d, n int)

// tileBytes is how much of b is gone over by all rows of a before the next part: it
// stays in the second cache.
const tileBytes = 256 << 10

// tileCols is the number of rows of b for one pass, a multiple of 4.
func tileCols(d int) int { return max(4, tileBytes/(4*d)&^3) }

// dotTiles goes over three rows of a by four of b at a time.
func dotTiles(dst, a, b []float32, d int) {
	m, n := len(a)/d, len(b)/d
	step := tileCols(d)
	for j := 0; j < n; j += step {
		cols := min(step, n-j)
		whole := cols &^ 3
		i := 0
		for ; i+3 <= m && whole > 0; i += 3 {
			dotTileAVX512(&dst[i*n+j], n, &a[i*d], &b[j*d], d, whole)
			if whole < cols {
				for r := i; r < i+3; r++ {
					dotRowsAVX512(&dst[r*n+j+whole], &a[r*d], &b[(j+whole)*d], d, cols-whole)
				}
			}
		}
		for ; i < m; i++ {
			dotRowsAVX512(&dst[i*n+j], &a[i*d], &b[j*d], d, cols)
		}
	}
}

// sqDistTiles is dotTiles for squared distances. A parameter for the kernel
// would do, but a call through it moves the operands of small calls to the heap.
func sqDistTiles(dst, a, b []float32, d int) {
	m, n := len(a)/d, len(b)/d
	step := tileCols(d)
	for j := 0; j < n; j += step {
		cols := min(step, n-j)
		whole := cols &^ 3
		i := 0
		for ; i+3 <= m && whole > 0; i += 3 {
			sqDistTileAVX512(&dst[i*n+j], n, &a[i*d], &b[j*d], d, whole)
			if whole < cols {
				for r := i; r < i+3; r++ {
					sqDistRowsAVX512(&dst[r*n+j+whole], &a[r*d], &b[(j+whole)*d], d, cols-whole)
				}
			}
		}
		for ; i < m; i++ {
			sqDistRowsAVX512(&dst[i*n+j], &a[i*d], &b[j*d], d, cols)
		}
	}
}
