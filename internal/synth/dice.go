package synth

import (
	"math/bits"
	"math/rand/v2"
)

// dice is a random source that is cheap to seed anew for each row.
type dice struct{ pcg rand.PCG }

// The streams: the same number in two streams gives unrelated dice.
const (
	streamLine = iota + 1
	streamRow
	streamOrder
	streamProducts
	streamCodes
	streamFamilies
	streamLeft
	streamRight
	streamListing
)

func (d *dice) seed(seed, stream, n uint64) {
	h := mix(seed ^ mix(stream))
	d.pcg.Seed(h, mix(h^mix(n)))
}

// below gives a number in [0, n); its bias is under n/2^64.
func (d *dice) below(n int) int {
	hi, _ := bits.Mul64(d.pcg.Uint64(), uint64(n))
	return int(hi)
}

func (d *dice) chance(p float64) bool {
	return float64(d.pcg.Uint64()>>11) < p*(1<<53)
}

// mix is the splitmix64 finaliser: a bijection in which every input bit moves
// half of the output bits.
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
