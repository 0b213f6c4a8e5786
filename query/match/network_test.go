package match

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"
)

// randomSample is rows whose label depends on their first numbers.
func randomSample(n, width int, seed uint64) *sample {
	rng := rand.New(rand.NewPCG(seed, 1))
	s := &sample{width: width}
	for range n {
		row := make([]float32, width)
		for k := range row {
			row[k] = float32(rng.NormFloat64())
		}
		s.x, s.y = append(s.x, row...), append(s.y, row[0]*row[1] > 0)
		s.words = append(s.words, nil)
	}
	return s
}

func TestNetworkGradient(t *testing.T) {
	s := randomSample(9, 6, 1)
	n := newNetwork([]int{6, 5, 4, 1}, rand.New(rand.NewPCG(2, 2)))
	ws := n.newWorkspace(9)
	loss := func() (sum float64) {
		for r, z := range n.forward(ws, s.x, 9) {
			sum += logLoss(float64(z), s.y[r]) / 9
		}
		return sum
	}
	loss()
	d := ws.delta[len(ws.delta)-1]
	for r, z := range n.forward(ws, s.x, 9) {
		d[r] = float32((sigmoid(float64(z)) - truth(s.y[r])) / 9)
	}
	n.backward(ws, 9)
	const h = 1e-2
	for k := range n.params {
		old := n.params[k]
		n.params[k] = old + h
		up := loss()
		n.params[k] = old - h
		down := loss()
		n.params[k] = old
		if want := (up - down) / (2 * h); math.Abs(want-float64(ws.grad[k])) > 2e-3 {
			t.Errorf("parameter %d: gradient %.5f, by differences %.5f", k, ws.grad[k], want)
		}
	}
}

func accuracy(z []float32, y []bool) float64 {
	right := 0
	for r := range z {
		if z[r] > 0 == y[r] {
			right++
		}
	}
	return float64(right) / float64(len(y))
}

// The sign of a product is what no linear model can learn.
func TestLearnersLearnAProduct(t *testing.T) {
	ctx := context.Background()
	train, held, test := randomSample(1500, 4, 1), randomSample(300, 4, 2), randomSample(600, 4, 3)
	n, err := trainNetwork(ctx, train, held, hiddenNet, 1)
	if err != nil {
		t.Fatal(err)
	}
	if a := accuracy(n.logits(n.newWorkspace(256), test.x, 600), test.y); a < .93 {
		t.Errorf("network: %.3f right", a)
	}
	all := boosts
	all.clues = 1 // a tree on one number cannot
	f, err := growBoosting(ctx, train, all, 1)
	if err != nil {
		t.Fatal(err)
	}
	z := make([]float32, 600)
	for r := range z {
		z[r] = float32(f.logit(test.row(r)))
	}
	if a := accuracy(z, test.y); a < .88 {
		t.Errorf("boosted trees: %.3f right", a)
	}
}

func TestBoostingWithMissingValues(t *testing.T) {
	s := randomSample(800, 3, 5)
	nan := float32(math.NaN())
	for r := range s.y { // missing means match
		if s.y[r] {
			s.x[r*3+2] = nan
		}
	}
	f, err := growBoosting(context.Background(), s, boosts, 1)
	if err != nil {
		t.Fatal(err)
	}
	if with, without := f.logit([]float32{0, 0, nan}), f.logit([]float32{0, 0, 0}); with < 2 || without > -2 {
		t.Errorf("log-odds %.2f where missing, %.2f where not", with, without)
	}
	for k, tr := range f.trees {
		if err := tr.valid(3); err != nil {
			t.Fatalf("tree %d: %v", k, err)
		}
	}
}

func TestLexiconLearnsWords(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 4))
	draw := func(n int) *sample {
		s := &sample{width: 1}
		for range n {
			match := rng.IntN(2) == 0
			words := []uint16{uint16(rng.IntN(50)), uint16(100 + rng.IntN(50))}
			if !match {
				words = append(words, 7777) // "upgrade" stands on one side
			}
			s.x, s.y, s.words = append(s.x, float32(rng.NormFloat64())), append(s.y, match), append(s.words, words)
		}
		return s
	}
	l, err := trainLexicon(context.Background(), draw(600), draw(100), lexiconUsual, 1)
	if err != nil {
		t.Fatal(err)
	}
	if l.words[7777] > -1 || math.Abs(float64(l.dense[0])) > .5 {
		t.Errorf("the word weighs %.2f, the noise %.2f", l.words[7777], l.dense[0])
	}
}
