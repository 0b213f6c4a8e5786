//go:build !windows

package index

import "math/rand/v2"

// levels is the random source of a coder graph. The library climbs a layer for
// each number below its shrink factor; levels hands out numbers that make it climb
// as often as was decided here, which keeps one node alone in the top layer: when
// the graph has grown to a new layer's size, the node then added opens that layer,
// and no other may enter it.
type levels struct {
	rng    *rand.Rand
	layers int
	climbs int
}

func newLevels() levels {
	return levels{rng: rand.New(rand.NewPCG(coderSeed, 0))}
}

// next decides the level of the node that is added to a graph of that size.
// The library allows at most 1 + round(log4(size)), and 1 for the first node.
func (l *levels) next(size int) {
	opens := 0 // the size at which a layer is opened: 0, 8, 32, 128, ...
	if l.layers > 0 {
		opens = 2 << (2 * (l.layers - 1))
	}
	if size >= opens {
		l.layers = max(2, l.layers+1)
		l.climbs = l.layers - 1
		return
	}
	l.climbs = 0
	for l.climbs < l.layers-2 && l.rng.Float64() < coderShrink {
		l.climbs++
	}
}

// Int63 makes the library climb while climbs are left: it is read as a share of
// 1<<63, here 0 or one half. It makes levels a math/rand.Source.
func (l *levels) Int63() int64 {
	if l.climbs > 0 {
		l.climbs--
		return 0
	}
	return 1 << 62
}

// Seed is part of math/rand.Source; the seed is fixed.
func (l *levels) Seed(int64) {}
