package f32

import (
	"math/rand/v2"
	"testing"
)

// guardedI8 is guarded for int8; with extreme every element is -128 or 127.
func guardedI8(n, offset int, seed uint64, extreme bool) ([]int8, func(*testing.T)) {
	const band, mark = 70, -77
	rng := rand.New(rand.NewPCG(seed, 1))
	whole := make([]int8, band+offset+n+band)
	for i := range whole {
		whole[i] = mark
	}
	lo := band + offset
	x := whole[lo : lo+n : lo+n]
	for i := range x {
		x[i] = int8(rng.IntN(256) - 128)
		if extreme {
			x[i] = int8(-128 + 255*rng.IntN(2))
		}
	}
	return x, func(t *testing.T) {
		t.Helper()
		for i, v := range whole {
			if (i < lo || i >= lo+n) && v != mark {
				t.Fatalf("guard at %d of a slice [%d, %d) was overwritten with %v", i, lo, lo+n, v)
			}
		}
	}
}

func TestInt8AgainstPlainLoop(t *testing.T) { eachPath(t, testInt8) }

func testInt8(t *testing.T) {
	for _, d := range lengths() {
		for _, extreme := range []bool{false, true} {
			const rows = 7
			query, checkQuery := guardedI8(2*d, d%3, uint64(d), extreme)
			block, checkBlock := guardedI8(rows*d, d%5, uint64(d)+1, extreme)
			plain := func(q, r int) (s int32) {
				for i := range d {
					s += int32(query[q*d+i]) * int32(block[r*d+i])
				}
				return s
			}
			if got, want := DotI8(query[:d], block[:d]), plain(0, 0); got != want {
				t.Fatalf("DotI8 d=%d: %d, want %d", d, got, want)
			}
			ids := []uint32{6, 0, 0, 3, 5, 1, 6, 2, 4}
			for count := range len(ids) + 1 {
				dst := make([]int32, count+1)
				dst[count] = -5
				DotI8Gather(dst[:count], query[:d], block, d, ids[:count])
				for i, id := range ids[:count] {
					if want := plain(0, int(id)); dst[i] != want {
						t.Fatalf("DotI8Gather d=%d, %d of %v: %d, want %d", d, i, ids[:count], dst[i], want)
					}
				}
				if dst[count] != -5 {
					t.Fatalf("DotI8Gather d=%d stores after %d", d, count)
				}
			}
			if d == 0 {
				continue
			}
			dst := make([]int32, 2*rows)
			DotI8Block(dst, query, block, d)
			for i, got := range dst {
				if want := plain(i/rows, i%rows); got != want {
					t.Fatalf("DotI8Block d=%d: [%d,%d] = %d, want %d", d, i/rows, i%rows, got, want)
				}
			}
			checkQuery(t)
			checkBlock(t)
		}
	}
}

func TestInt8LongestRow(t *testing.T) {
	eachPath(t, func(t *testing.T) {
		a := make([]int8, MaxI8)
		for i := range a {
			a[i] = -128
		}
		if got, want := DotI8(a, a), int32(MaxI8*128*128); got != want || want < 0 {
			t.Errorf("%d, want %d", got, want)
		}
	})
}
