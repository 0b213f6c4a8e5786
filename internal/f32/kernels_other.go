//go:build purego || !(amd64 || arm64)

package f32

// Without assembly every kernel is its reference.

func available() []isa { return []isa{generic} }

func dot(a, b []float32) float32 { return dotGeneric(a, b) }

func sqDist(a, b []float32) float32 { return sqDistGeneric(a, b) }

func axpy(alpha float32, x, y []float32) { axpyGeneric(alpha, x, y) }

func scale(alpha float32, x []float32) { scaleGeneric(alpha, x) }

func shift(c float32, x []float32) { shiftGeneric(c, x) }

func mul(x, y []float32) { mulGeneric(x, y) }

func addMul(a, b, y []float32) { addMulGeneric(a, b, y) }

func larger(x, y []float32) { largerGeneric(x, y) }

func gate(x, y []float32) { gateGeneric(x, y) }

func equal(a, b, y []float32) { equalGeneric(a, b, y) }

func expShift(less float32, x []float32) { expShiftGeneric(less, x) }

func sum(x []float32) float32 { return sumGeneric(x) }

func largest(x []float32) float32 { return largestGeneric(x) }

func dotGather(dst, query, arena []float32, stride int, ids []uint32) {
	dotGatherGeneric(dst, query, arena, stride, ids)
}

func sqDistGather(dst, query, arena []float32, stride int, ids []uint32) {
	sqDistGatherGeneric(dst, query, arena, stride, ids)
}

func dotBlock(dst, a, b []float32, d int) { dotBlockGeneric(dst, a, b, d) }

func sqDistBlock(dst, a, b []float32, d int) { sqDistBlockGeneric(dst, a, b, d) }

func dotI8Gather(dst []int32, query, arena []int8, stride int, ids []uint32) {
	dotI8GatherGeneric(dst, query, arena, stride, ids)
}

func dotI8Block(dst []int32, a, b []int8, d int) { dotI8BlockGeneric(dst, a, b, d) }

const maxTile = genericTile * genericTile

func tileShape() (mr, nr int) { return genericTile, genericTile }

func gemmTile(k int, a, b, c []float32, ldc int, add bool) { gemmTileGeneric(k, a, b, c, ldc, add) }

// tilesRows says that panels of a are always packed.
func tilesRows() bool { return false }

func gemmRows(int, []float32, int, []float32, []float32, int, bool) {}

func packPanel([]float32, int, []float32, int, int) int { return 0 }

func relu(x []float32) { reluGeneric(x) }

func packSide(panel []float32, width int, from []float32, ld, w, steps int) {
	packSideGeneric(panel, width, from, ld, w, steps)
}
