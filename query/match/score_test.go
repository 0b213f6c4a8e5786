package match

import (
	"math"
	"math/rand/v2"
	"testing"
)

// madeEvidence is a grid of pairs, 40 left records with 10 right ones each, of which
// the pair (i, i) is true; value gives column k of a pair.
func madeEvidence(fields int, value func(k int, truth bool) float32) ([]column, []pairIDs) {
	cols := make([]column, numTextColumns+fields)
	for k := range cols {
		cols[k].field, cols[k].most = k-numTextColumns, 1
		if k < numTextColumns {
			cols[k].field = -1
		}
	}
	var pairs []pairIDs
	for i := range uint32(40) {
		for j := range uint32(10) {
			p := pairIDs{i, 40 + (i+j)%40}
			pairs = append(pairs, p)
			for k := range cols {
				cols[k].value = append(cols[k].value, value(k, j == 0))
			}
		}
	}
	return cols, pairs
}

func TestScoreIsTheMeanOfStandardScores(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 1))
	cols, pairs := madeEvidence(0, func(int, bool) float32 {
		if rng.IntN(10) == 0 {
			return float32(math.NaN())
		}
		return rng.Float32()
	})
	got := scorePairs(cols, pairs)
	want := make([]float64, len(pairs))
	for _, c := range cols {
		var n, sum, squares float64
		for _, v := range c.value {
			if v == v {
				n, sum, squares = n+1, sum+float64(v), squares+float64(v)*float64(v)
			}
		}
		mean := sum / n
		sd := math.Sqrt(squares/n - mean*mean)
		for p, v := range c.value {
			if v == v {
				want[p] += (float64(v) - mean) / sd / numTextColumns
			}
		}
	}
	for p := range want {
		if math.Abs(got.s[p]-want[p]) > 1e-9 {
			t.Fatalf("pair %d: %v, want %v", p, got.s[p], want[p])
		}
	}
}

func TestWeightsOfFields(t *testing.T) {
	rng := rand.New(rand.NewPCG(6, 1))
	level := func(truth bool, gap float64) float32 {
		x := rng.NormFloat64()
		if truth {
			x += gap
		}
		return float32(x)
	}
	const telling, noise, constant, missing, weak, against = 0, 1, 2, 3, 4, 5
	cols, pairs := madeEvidence(6, func(k int, truth bool) float32 {
		switch k - numTextColumns {
		case noise:
			return level(false, 0)
		case constant:
			return .7
		case missing:
			return float32(math.NaN())
		case weak:
			return level(truth, .6)
		case against:
			return -level(truth, 4)
		}
		return level(truth, 4)
	})
	sc := scorePairs(cols, pairs)
	for k, r := range [][2]float64{telling: {1, 1}, noise: {0, .35}, constant: {0, 0}, missing: {0, 0}, weak: {.3, .9}, against: {0, 0}} {
		if w := sc.weight[numTextColumns+k]; w < r[0] || w > r[1] {
			t.Errorf("field %d weighs %v, not %v", k, w, r)
		}
	}
	for p := range pairs {
		if math.IsNaN(sc.s[p]) || math.IsInf(sc.s[p], 0) {
			t.Fatalf("score %v", sc.s[p])
		}
	}
	var parts float64
	for k := range cols {
		parts += sc.part(k, 7)
	}
	if math.Abs(parts-sc.s[7]) > 1e-12 {
		t.Errorf("parts sum to %v of %v", parts, sc.s[7])
	}
}

func TestScoreOfNothing(t *testing.T) {
	cols, _ := madeEvidence(2, func(int, bool) float32 { return 0 })
	for k := range cols {
		cols[k].value = nil
	}
	if sc := scorePairs(cols, nil); len(sc.s) != 0 {
		t.Errorf("%v", sc.s)
	}
	for k := range cols {
		cols[k].value = []float32{.5}
	}
	if sc := scorePairs(cols, []pairIDs{{0, 1}}); sc.s[0] != 0 {
		t.Errorf("a single pair stands out by %v", sc.s[0])
	}
}
