//go:build arm64 && !purego

package f32

//go:noescape
func gemm8x12NEON(k int, a, b, c *float32, ldc int, add bool)

// maxTile is the number of elements of the largest tile.
const maxTile = 8 * 12

// tileShape is the size of the tile of the active path.
func tileShape() (mr, nr int) {
	if active == neon {
		return 8, 12
	}
	return genericTile, genericTile
}

// gemmTile multiplies one panel of a with one of b into a whole tile of c.
func gemmTile(k int, a, b, c []float32, ldc int, add bool) {
	if active == neon {
		gemm8x12NEON(k, &a[0], &b[0], &c[0], ldc, add)
		return
	}
	gemmTileGeneric(k, a, b, c, ldc, add)
}

// tilesRows says that panels of a are always packed.
func tilesRows() bool { return false }

func gemmRows(int, []float32, int, []float32, []float32, int, bool) {}

// packPanel leaves all of a panel to the plain loop.
func packPanel([]float32, int, []float32, int, int) int { return 0 }

func packSide(panel []float32, width int, from []float32, ld, w, steps int) {
	packSideGeneric(panel, width, from, ld, w, steps)
}
