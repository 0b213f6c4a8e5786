//go:build amd64 && !purego

package f32

import "golang.org/x/sys/cpu"

//go:generate go run -C gen . -set pair -out ../pair_amd64.s
//go:generate go run -C gen . -set rows_avx2 -out ../rows_avx2_amd64.s
//go:generate go run -C gen . -set rows_avx512 -out ../rows_avx512_amd64.s
//go:generate go run -C gen . -set gather_avx2 -out ../gather_avx2_amd64.s
//go:generate go run -C gen . -set gather_avx512 -out ../gather_avx512_amd64.s
//go:generate go run -C gen . -set block -out ../block_amd64.s

func available() []isa {
	have := []isa{generic}
	x := &cpu.X86
	if x.HasAVX2 && x.HasFMA && x.HasBMI2 {
		have = append(have, avx2)
		if x.HasAVX512F && x.HasAVX512BW && x.HasAVX512DQ && x.HasAVX512VL {
			have = append(have, avx512)
		}
	}
	return have
}

// dot and sqDist jump to the kernel of the active path, in dispatch_amd64.s: one
// call less than a switch in Go, which is a third of a dot product of 128.

//go:noescape
func dot(a, b []float32) float32

//go:noescape
func sqDist(a, b []float32) float32

//lint:file-ignore U1000 the jumps of dispatch_amd64.s are not seen

//go:noescape
func dotAVX2(a, b []float32) float32

//go:noescape
func dotAVX512(a, b []float32) float32

//go:noescape
func sqDistAVX2(a, b []float32) float32

//go:noescape
func sqDistAVX512(a, b []float32) float32

func dotGather(dst, query, arena []float32, stride int, ids []uint32) {
	if len(dst) == 0 || len(query) == 0 {
		clear(dst)
		return
	}
	switch active {
	case avx512:
		dotGatherAVX512(&dst[0], &query[0], &arena[0], stride, &ids[0], len(query), len(dst))
	case avx2:
		dotGatherAVX2(&dst[0], &query[0], &arena[0], stride, &ids[0], len(query), len(dst))
	default:
		dotGatherGeneric(dst, query, arena, stride, ids)
	}
}

func sqDistGather(dst, query, arena []float32, stride int, ids []uint32) {
	if len(dst) == 0 || len(query) == 0 {
		clear(dst)
		return
	}
	switch active {
	case avx512:
		sqDistGatherAVX512(&dst[0], &query[0], &arena[0], stride, &ids[0], len(query), len(dst))
	case avx2:
		sqDistGatherAVX2(&dst[0], &query[0], &arena[0], stride, &ids[0], len(query), len(dst))
	default:
		sqDistGatherGeneric(dst, query, arena, stride, ids)
	}
}

func dotBlock(dst, a, b []float32, d int) {
	if len(dst) == 0 {
		return
	}
	switch active {
	case avx512:
		dotTiles(dst, a, b, d)
	case avx2:
		n := len(b) / d
		for i := range len(a) / d {
			dotRowsAVX2(&dst[i*n], &a[i*d], &b[0], d, n)
		}
	default:
		dotBlockGeneric(dst, a, b, d)
	}
}

func sqDistBlock(dst, a, b []float32, d int) {
	if len(dst) == 0 {
		return
	}
	switch active {
	case avx512:
		sqDistTiles(dst, a, b, d)
	case avx2:
		n := len(b) / d
		for i := range len(a) / d {
			sqDistRowsAVX2(&dst[i*n], &a[i*d], &b[0], d, n)
		}
	default:
		sqDistBlockGeneric(dst, a, b, d)
	}
}
