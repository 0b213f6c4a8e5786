//go:build amd64 && !purego

package f32

//go:generate go run -C gen . -set reduce -out ../reduce_amd64.s

//go:noescape
func sumAVX2(x []float32) float32

//go:noescape
func sumAVX512(x []float32) float32

// largestAVX2 and largestAVX512 are for at least 32 elements.

//go:noescape
func largestAVX2(x []float32) float32

//go:noescape
func largestAVX512(x []float32) float32

func sum(x []float32) float32 {
	switch active {
	case avx512:
		return sumAVX512(x)
	case avx2:
		return sumAVX2(x)
	}
	return sumGeneric(x)
}

func largest(x []float32) float32 {
	switch {
	case active == generic || len(x) < 32:
		return largestGeneric(x)
	case active == avx512:
		return largestAVX512(x)
	}
	return largestAVX2(x)
}
