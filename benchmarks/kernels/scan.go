package main

import (
	"encoding/binary"
	"fmt"
	"io"
	"math/rand/v2"

	"github.com/doppeldb/doppel/internal/f32"
)

// readGo loads every byte without assembly. The sum is for the compiler, which
// would leave out loads that nothing comes of.
//
//go:noinline
func readGo(buf []byte) (sum uint64) {
	for len(buf) >= 32 {
		sum += binary.LittleEndian.Uint64(buf) + binary.LittleEndian.Uint64(buf[8:])
		sum += binary.LittleEndian.Uint64(buf[16:]) + binary.LittleEndian.Uint64(buf[24:])
		buf = buf[32:]
	}
	return sum
}

// scanTable is one query against all rows, beside reading as many bytes.
func scanTable(w io.Writer, rounds int) {
	const n, d = 100_000, 256
	rows, query, dst := uniform(n*d), uniform(d), make([]float32, n)
	rng := rand.New(rand.NewPCG(1, 2))
	rows8, dst8 := make([]int8, n*d), make([]int32, n)
	for i := range rows8 {
		rows8[i] = int8(rng.IntN(255) - 127)
	}
	shuffled := make([]uint32, n)
	for i, p := range rng.Perm(n) {
		shuffled[i] = uint32(p)
	}
	bytes := make([]byte, 4*n*d)
	for i := range bytes {
		bytes[i] = 1 // memory never written is one page of zeros, in the cache
	}
	s := compete(rounds,
		timed(func() { readAll(bytes) }),
		timed(func() { f32.DotMany(dst, query, rows, d) }),
		timed(func() { f32.SqDistMany(dst, query, rows, d) }),
		timed(func() { f32.DotI8Many(dst8, rows8[:d], rows8, d) }),
		timed(func() { gatherAll(shuffled, func(ids []uint32) { f32.DotGather(dst[:len(ids)], query, rows, d, ids) }) }),
		timed(func() {
			gatherAll(shuffled, func(ids []uint32) { f32.DotI8Gather(dst8[:len(ids)], rows8[:d], rows8, d, ids) })
		}))
	fmt.Fprintf(w, "\n## One query against %d rows of %d\n\n", n, d)
	fmt.Fprintf(w, "One thread. Reading %d MB by a loop of loads: %s GB/s. The int8 rows are a quarter of that and may stay in\n", len(bytes)>>20, figure("%.1f", float64(len(bytes))/s[0].seconds()/1e9))
	fmt.Fprintf(w, "the last cache.\n\n| scan | ns a row | GB/s | of read bandwidth | against f32 Dot | bar |\n|---|---|---|---|---|---|\n")
	line := func(name string, i, size int, bar string) {
		fmt.Fprintf(w, "| %s | %.1f | %.1f | %s | %.2f | %s |\n", name, s[i].seconds()/n*1e9, float64(n*size)/s[i].seconds()/1e9,
			figure("%.0f %%", 100*s[0].over(s[i])*float64(n*size)/float64(len(bytes))), s[1].over(s[i]), bar)
	}
	line("f32 Dot", 1, 4*d, verdict(s[0].over(s[1]), .85, ">= 85 %"))
	line("f32 SqDist", 2, 4*d, verdict(s[0].over(s[2]), .85, ">= 85 %"))
	line("int8 Dot", 3, d, verdict(s[1].over(s[3]), 2.5, ">= 2.5 x f32"))
	line("f32 Dot, rows in random order, 16 a call", 4, 4*d, "")
	line("int8 Dot, rows in random order, 16 a call", 5, d, "")
}

func gatherAll(ids []uint32, gather func([]uint32)) {
	for len(ids) > 0 {
		k := min(16, len(ids))
		gather(ids[:k])
		ids = ids[k:]
	}
}
