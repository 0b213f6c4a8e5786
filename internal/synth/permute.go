package synth

import "math/bits"

// permutation shuffles [0, n) without storing anything: a Feistel network over
// the next even power of two, walked again while it lands at n or above
// (cycle walking: still a bijection, under four steps on average).
type permutation struct {
	n    uint64
	half uint // bits of one half
	mask uint64
	keys [4]uint64
}

func newPermutation(n int, seed, stream, sub uint64) permutation {
	half := uint(bits.Len64(uint64(max(n, 2)-1))+1) / 2
	p := permutation{n: uint64(n), half: half, mask: 1<<half - 1}
	k := mix(seed ^ mix(stream) ^ mix(mix(sub)))
	for i := range p.keys {
		k = mix(k)
		p.keys[i] = k
	}
	return p
}

// at gives the image of i, 0 <= i < n.
func (p *permutation) at(i int) int {
	x := uint64(i)
	for {
		l, r := x>>p.half, x&p.mask
		for _, k := range p.keys {
			l, r = r, l^(mix(r^k)&p.mask)
		}
		x = l<<p.half | r
		if x < p.n {
			return int(x)
		}
	}
}
