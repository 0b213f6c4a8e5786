package main

import "github.com/doppeldb/doppel/internal/f32"

//go:noescape
func fmaAVX512(turns int)

//go:noescape
func fmaAVX2(turns int)

//go:noescape
func readAVX512(p *byte, n int)

//go:noescape
func readAVX2(p *byte, n int)

// multiplyAdds runs a loop of nothing but multiply-adds, as wide as the active
// path has them, and returns its floating point operations; 0 if there is none.
func multiplyAdds() int {
	const turns = 200_000
	switch f32.Path() {
	case "avx512":
		fmaAVX512(turns)
		return turns * 16 * 16 * 2
	case "avx2":
		fmaAVX2(turns)
		return turns * 12 * 8 * 2
	}
	return 0
}

// readAll loads every byte of buf, whose length is a multiple of 256.
func readAll(buf []byte) {
	switch f32.Path() {
	case "avx512":
		readAVX512(&buf[0], len(buf))
	case "avx2":
		readAVX2(&buf[0], len(buf))
	default:
		readGo(buf)
	}
}
