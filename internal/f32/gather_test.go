package f32

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestGatherEqualsPairs(t *testing.T) {
	eachPath(t, func(t *testing.T) {
		for d := 0; d <= 70; d++ {
			for count := range 12 {
				stride := d + d%3
				rng := rand.New(rand.NewPCG(uint64(d), uint64(count)))
				rows := 1 + rng.IntN(9)
				arena, checkArena := guarded((rows-1)*stride+d, d%4, random(uint64(d)))
				query, checkQuery := guarded(d, (d+1)%4, random(77))
				ids := make([]uint32, count)
				for i := range ids {
					ids[i] = uint32(rng.IntN(rows))
				}
				for name, k := range map[string]struct {
					gather func(dst, query, arena []float32, stride int, ids []uint32)
					pair   func(a, b []float32) float32
				}{"DotGather": {DotGather, Dot}, "SqDistGather": {SqDistGather, SqDist}} {
					dst, check := guarded(count, 1, func(int) float32 { return guard })
					k.gather(dst, query, arena, stride, ids)
					check(t)
					for i, id := range ids {
						row := arena[int(id)*stride:][:d]
						if want := k.pair(query, row); !same(dst[i], want) {
							t.Fatalf("%s d=%d, %d of %v: %v, pair gives %v", name, d, i, ids, dst[i], want)
						}
					}
				}
				checkArena(t)
				checkQuery(t)
			}
		}
	})
}

func TestGatherOutsideTheArenaPanics(t *testing.T) {
	for want, call := range map[string]func(){
		errDst:   func() { DotGather(make([]float32, 2), nil, nil, 0, make([]uint32, 1)) },
		errRange: func() { SqDistGather(make([]float32, 1), make([]float32, 4), make([]float32, 15), 4, []uint32{3}) },
	} {
		func() {
			defer func() {
				if got := recover(); got != want {
					t.Errorf("panic %v, want %q", got, want)
				}
			}()
			call()
		}()
	}
	// The largest id times the stride is beyond 2⁶³ or wraps to a place inside.
	for _, stride := range []int{4, math.MaxInt / 4, math.MaxInt/2 + 1, -1} {
		func() {
			defer func() {
				if got := recover(); got != errRange {
					t.Errorf("stride %d: panic %v, want %q", stride, got, errRange)
				}
			}()
			DotGather(make([]float32, 2), make([]float32, 4), make([]float32, 16), stride, []uint32{4, 1<<32 - 4})
		}()
	}
}
