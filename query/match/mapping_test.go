package match

import (
	"math"
	"testing"
)

func TestMapping(t *testing.T) {
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	var x []float32
	for r := range 201 { // ascending; constant; half missing; mostly 0
		v := float32(r * r)
		half, rare := v, float32(0)
		if r%2 == 0 {
			half = nan
		}
		if r > 180 {
			rare = float32(r)
		}
		x = append(x, v, 5, half, rare)
	}
	m := fitMapping(x, 4)
	if m.inputs() != 5 || len(m.gap) != 1 || m.gap[0] != 2 {
		t.Fatalf("%d inputs, gaps %v", m.inputs(), m.gap)
	}
	for _, c := range []struct {
		clue int
		v    float32
		want float64
	}{
		{0, 100 * 100, 0}, // the median
		{0, 169 * 169, 1}, // one standard deviation above
		{0, -inf, -2.8}, {0, inf, 2.8}, {0, nan, 0},
		{1, 5, 0}, {1, 17, 0}, // constant: it tells nothing
		{3, 0, -.13}, // ties stand in their middle
	} {
		if got := float64(m.at(c.clue, c.v)); math.Abs(got-c.want) > .1 {
			t.Errorf("clue %d: %v becomes %.3f, want %.2f", c.clue, c.v, got, c.want)
		}
	}
	last := float32(math.Inf(-1))
	for v := float32(-10); v < 50000; v += 7 {
		if got := m.at(0, v); got < last || got > mapBound {
			t.Fatalf("%v becomes %v after %v", v, got, last)
		} else {
			last = got
		}
	}
	in := make([]float32, 5)
	m.apply(in, []float32{1, 5, nan, 0})
	if in[4] != 1 || in[2] != 0 {
		t.Errorf("missing becomes %v", in)
	}
}

func TestPlatt(t *testing.T) {
	// Log-odds that claim twice as much as is true, and are off by one.
	var z []float64
	var y []bool
	for k := range 4000 {
		truth := float64(k%81)/10 - 4
		z = append(z, 2*truth+1)
		y = append(y, float64(k/81%50)+.5 < 50*sigmoid(truth))
	}
	slope, offset := platt(z, y)
	if math.Abs(slope-.5) > .05 || math.Abs(offset+.5) > .1 {
		t.Errorf("slope %.3f offset %.3f, want .5 and -.5", slope, offset)
	}
	if slope, _ := platt([]float64{3, 2, -2, -3}, []bool{false, false, true, true}); slope <= 0 {
		t.Errorf("slope %v turns the order round", slope)
	}
}
