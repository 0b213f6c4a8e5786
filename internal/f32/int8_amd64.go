//go:build amd64 && !purego

package f32

import "golang.org/x/sys/cpu"

//go:generate go run -C gen . -set int8_avx2 -out ../int8_avx2_amd64.s
//go:generate go run -C gen . -set int8_vnni -out ../int8_vnni_amd64.s

// vnni says that the path avx512 may use VPDPBUSD. Without it, it uses AVX2.
var vnni = cpu.X86.HasAVX512VNNI

//go:noescape
func dotI8RowsAVX2(dst *int32, query, rows *int8, stride, d, n int)

//go:noescape
func dotI8RowsVNNI(dst *int32, query, rows *int8, stride, d, n int)

//go:noescape
func dotI8GatherAVX2(dst *int32, query, arena *int8, stride int, ids *uint32, d, n int)

//go:noescape
func dotI8GatherVNNI(dst *int32, query, arena *int8, stride int, ids *uint32, d, n int)

func dotI8Gather(dst []int32, query, arena []int8, stride int, ids []uint32) {
	d := len(query)
	whole := d &^ 15
	switch {
	case len(dst) == 0:
	case active == avx512 && vnni && d > 0:
		dotI8GatherVNNI(&dst[0], &query[0], &arena[0], stride, &ids[0], d, len(dst))
	case active >= avx2 && whole > 0:
		dotI8GatherAVX2(&dst[0], &query[0], &arena[0], stride, &ids[0], whole, len(dst))
		if whole == d {
			return
		}
		for i, id := range ids {
			row := int(id) * stride
			dst[i] += dotI8Generic(query[whole:], arena[row+whole:row+d])
		}
	default:
		dotI8GatherGeneric(dst, query, arena, stride, ids)
	}
}

func dotI8Block(dst []int32, a, b []int8, d int) {
	n := len(b) / d
	for len(a) > 0 && n > 0 {
		dotI8Rows(dst[:n], a[:d], b)
		dst, a = dst[n:], a[d:]
	}
}

// dotI8Rows is one query against the rows that lie one after the other.
func dotI8Rows(dst []int32, query, rows []int8) {
	d := len(query)
	whole := d &^ 15
	switch {
	case active == avx512 && vnni:
		dotI8RowsVNNI(&dst[0], &query[0], &rows[0], d, d, len(dst))
	case active >= avx2 && whole > 0:
		dotI8RowsAVX2(&dst[0], &query[0], &rows[0], d, whole, len(dst))
		if whole == d {
			return
		}
		for j := range dst {
			dst[j] += dotI8Generic(query[whole:], rows[j*d+whole:(j+1)*d])
		}
	default:
		dotI8BlockGeneric(dst, query, rows, d)
	}
}
