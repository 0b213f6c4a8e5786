//go:build amd64 && !purego

package f32

//go:generate go run -C gen . -set gemm_avx2 -out ../gemm_avx2_amd64.s
//go:generate go run -C gen . -set gemm_avx512 -out ../gemm_avx512_amd64.s
//go:generate go run -C gen . -set pack -out ../pack_amd64.s

//go:noescape
func gemm6x16AVX2(k int, a, b, c *float32, ldc int, add bool)

//go:noescape
func gemm14x32AVX512(k int, a, b, c *float32, ldc int, add bool)

//go:noescape
func gemmRows14x32AVX512(k int, a *float32, lda int, b, c *float32, ldc int, add bool)

//go:noescape
func pack14AVX512(dst *float32, stride int, src *float32, ld, k int)

//go:noescape
func pack16AVX512(dst *float32, stride int, src *float32, ld, k int)

// maxTile is the number of elements of the largest tile.
const maxTile = 14 * 32

// tileShape is the size of the tile of the active path.
func tileShape() (mr, nr int) {
	switch active {
	case avx512:
		return 14, 32
	case avx2:
		return 6, 16
	}
	return genericTile, genericTile
}

// gemmTile multiplies one panel of a with one of b into a whole tile of c.
func gemmTile(k int, a, b, c []float32, ldc int, add bool) {
	switch active {
	case avx512:
		gemm14x32AVX512(k, &a[0], &b[0], &c[0], ldc, add)
	case avx2:
		gemm6x16AVX2(k, &a[0], &b[0], &c[0], ldc, add)
	default:
		gemmTileGeneric(k, a, b, c, ldc, add)
	}
}

// tilesRows says whether the active path has gemmRows.
func tilesRows() bool { return active == avx512 }

// gemmRows is gemmTile of a panel of a that is not packed: its rows begin lda apart.
func gemmRows(k int, a []float32, lda int, b, c []float32, ldc int, add bool) {
	gemmRows14x32AVX512(k, &a[0], lda, &b[0], &c[0], ldc, add)
}

//go:noescape
func packCopyAVX512(dst *float32, width int, src *float32, ld, count, k int)

// packPanel packs the first elements of a full panel of lines along k, and returns
// how many.
func packPanel(panel []float32, width int, from []float32, ld, steps int) int {
	whole := steps &^ 15
	if active != avx512 || whole == 0 {
		return 0
	}
	if width == 14 {
		pack14AVX512(&panel[0], width, &from[0], ld, whole)
		return whole
	}
	for i := 0; i < width; i += 16 {
		pack16AVX512(&panel[i], width, &from[i*ld], ld, whole)
	}
	return whole
}

// packSide packs steps groups of w lines that lie side by side.
func packSide(panel []float32, width int, from []float32, ld, w, steps int) {
	if active == avx512 {
		packCopyAVX512(&panel[0], width, &from[0], ld, w, steps)
		return
	}
	packSideGeneric(panel, width, from, ld, w, steps)
}
