// Command gen writes the amd64 assembly of package f32.
//
// Run it through "go generate" in the parent folder. It is a module of its own,
// so that the library does not depend on the generator.
package main

import (
	"flag"
	"fmt"
	"os"

	. "github.com/mmcloughlin/avo/build"
)

// sets are the files that can be written, by the value of the flag -set.
var sets = map[string]func(){
	"pair":           pairs,
	"rows_avx2":      func() { each(contiguous, avx2) },
	"rows_avx512":    func() { each(contiguous, avx512) },
	"gather_avx2":    func() { each(gathered, avx2) },
	"gather_avx512":  func() { each(gathered, avx512) },
	"block":          blocks,
	"int8_avx2":      func() { int8s("AVX2", int8AVX2) },
	"int8_vnni":      func() { int8s("VNNI", int8VNNI) },
	"element_avx2":   func() { elementwise(avx2) },
	"element_avx512": func() { elementwise(avx512) },
	"exp_avx2":       func() { exponentials(avx2) },
	"exp_avx512":     func() { exponentials(avx512) },
	"reduce":         reductions,
	"gemm_avx2":      gemmAVX2,
	"gemm_avx512":    gemmAVX512,
	"pack":           packs,
}

func main() {
	set := flag.String("set", "", "kernels to write")
	flag.Parse()
	write, ok := sets[*set]
	if !ok {
		fmt.Fprintf(os.Stderr, "gen: unknown set %q\n", *set)
		os.Exit(2)
	}
	ConstraintExpr("amd64,!purego")
	write()
	Generate()
}

func each(write func(isa, op), s isa) {
	for _, o := range ops {
		write(s, o)
	}
}
