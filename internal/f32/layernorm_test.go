package f32

import (
	"math"
	"testing"
)

func norm64(x []float32, eps float64) (y []float64) {
	var mean, variance float64
	for _, v := range x {
		mean += float64(v) / float64(len(x))
	}
	for _, v := range x {
		variance += (float64(v) - mean) * (float64(v) - mean) / float64(len(x))
	}
	for _, v := range x {
		y = append(y, (float64(v)-mean)/math.Sqrt(variance+eps))
	}
	return y
}

func TestLayerNorm(t *testing.T) { eachPath(t, testLayerNorm) }

func testLayerNorm(t *testing.T) {
	const n, eps = 3, 1e-5
	for _, d := range append(lengths()[1:80], 1000) {
		src, checkSrc := guarded(n*d, d%4, random(uint64(d)))
		shift(100, src) // a mean far from 0
		gain, checkGain := guarded(d, 1, random(21))
		bias, checkBias := guarded(d, 3, random(22))
		dst, checkDst := guarded(n*d, 2, func(int) float32 { return guard })
		norm, checkNorm := guarded(n*d, 3, func(int) float32 { return guard })
		inv, checkInv := guarded(n, 1, func(int) float32 { return guard })
		LayerNorm(dst, norm, inv, src, gain, bias, d, eps)
		for r := range n {
			want := norm64(src[r*d:(r+1)*d], eps)
			for i, w := range want {
				// The mean is right to some units of 100; little variance magnifies that.
				tolerance := 2e-4 * (1 + float64(inv[r])/10)
				if got := float64(norm[r*d+i]); math.Abs(got-w) > tolerance {
					t.Fatalf("d=%d: norm[%d] = %v, want %v", d, i, got, w)
				}
				if got, want := float64(dst[r*d+i]), w*float64(gain[i])+float64(bias[i]); math.Abs(got-want) > 4*tolerance {
					t.Fatalf("d=%d: [%d] = %v, want %v", d, i, got, want)
				}
			}
		}
		LayerNorm(src, nil, nil, src, gain, bias, d, eps)
		for i := range src {
			if src[i] != dst[i] {
				t.Fatal("in place it is another result")
			}
		}
		for _, check := range []func(*testing.T){checkSrc, checkGain, checkBias, checkDst, checkNorm, checkInv} {
			check(t)
		}
	}
}

func TestLayerNormGrad(t *testing.T) { eachPath(t, testLayerNormGrad) }

func testLayerNormGrad(t *testing.T) {
	const eps = 1e-3
	for _, d := range []int{2, 7, 33, 70} {
		const n = 2
		src, _ := guarded(n*d, 1, random(31))
		dy, _ := guarded(n*d, 2, random(32))
		gain, _ := guarded(d, 1, random(33))
		bias, _ := guarded(d, 1, random(34))
		loss := func() (sum float64) {
			for r := range n {
				for i, v := range norm64(src[r*d:(r+1)*d], eps) {
					sum += (v*float64(gain[i]) + float64(bias[i])) * float64(dy[r*d+i])
				}
			}
			return sum
		}
		dst, norm, inv := make([]float32, n*d), make([]float32, n*d), make([]float32, n)
		dx, dgain, dbias := make([]float32, n*d), make([]float32, d), make([]float32, d)
		LayerNorm(dst, norm, inv, src, gain, bias, d, eps)
		LayerNormGrad(dx, dgain, dbias, norm, inv, gain, dy, d)
		for name, c := range map[string]struct{ x, grad []float32 }{"dx": {src, dx}, "dgain": {gain, dgain}, "dbias": {bias, dbias}} {
			for i := range c.x {
				if want := slope(loss, c.x, i); math.Abs(want-float64(c.grad[i])) > 2e-3*(1+math.Abs(want)) {
					t.Fatalf("d=%d: %s[%d] = %v, want %v", d, name, i, c.grad[i], want)
				}
			}
		}
		LayerNormGrad(dx, dgain, dbias, norm, inv, gain, dy, d)
		if want := 2 * float64(dy[0]+dy[d]); math.Abs(float64(dbias[0])-want) > 1e-5 {
			t.Errorf("gradients are not added to what is there: %v, want %v", dbias[0], want)
		}
		copied := append([]float32(nil), dy...)
		LayerNormGrad(copied, dgain, dbias, norm, inv, gain, copied, d)
		for i := range dx {
			if copied[i] != dx[i] {
				t.Fatal("in place it is another result")
			}
		}
	}
}
