package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/reg"
)

// pairs writes the kernels over one pair of vectors.
func pairs() {
	for _, s := range []isa{avx2, avx512} {
		for _, o := range ops {
			TEXT(o.name+s.suffix, NOSPLIT, "func(a, b []float32) float32")
			a := Load(Param("a").Base(), GP64())
			b := Load(Param("b").Base(), GP64())
			d := Load(Param("a").Len(), GP64())
			sums := accumulate(newExtent(s, d, false), o, "one", a, []Register{b}, nil)
			sum := reduce1(fold(s, sums[0]))
			VZEROUPPER() // before the store, which avo writes as SSE
			Store(sum, ReturnIndex(0))
			RET()
		}
	}
}
