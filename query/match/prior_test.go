package match

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/doppeldb/doppel/db"
)

// noisy gives log-odds that point to y, a sum of signal and noise.
func noisy(y []bool, signal float64, rng *rand.Rand) []float64 {
	z := make([]float64, len(y))
	for n, match := range y {
		z[n] = rng.NormFloat64() - signal
		if match {
			z[n] += 2 * signal
		}
	}
	return z
}

func TestLearnedShare(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 5))
	made := func(n int) (y []bool) {
		for k := range n {
			y = append(y, k%5 == 0)
		}
		return y
	}
	for _, c := range []struct {
		name           string
		pairs          int
		learned, prior float64 // signal in them
		least, most    float64
	}{
		{"a prior of noise, many pairs", 2000, 1, 0, .9, 1},
		{"learners of noise, many pairs", 2000, 0, 1, 0, .1},
		{"each knows something, many pairs", 2000, 1, 1, .4, .6},
		{"learners of noise, few pairs", 40, 0, 1, 0, .5},
		{"none knows anything, few pairs", 20, 0, 0, .2, .8},
	} {
		y := made(c.pairs)
		if got := learnedShare(noisy(y, c.learned, rng), noisy(y, c.prior, rng), y); !(got >= c.least && got <= c.most) {
			t.Errorf("%s: trust %.3f is not in %v..%v", c.name, got, c.least, c.most)
		}
	}
	// Whatever the numbers are, trust is a share.
	flat := make([]float64, 8)
	if got := learnedShare(flat, flat, made(8)); !(got >= 0 && got <= 1) {
		t.Errorf("nothing to tell by: trust %v", got)
	}
}

// shopsDossier is the dossier of two made-up shops and of asked pairs.
func shopsDossier(t *testing.T, n int) (*dossier, []Label) {
	cs, labels := openShops(t, n)
	ctx := context.Background()
	r := newRun(Options{})
	if err := r.load(ctx, cs[0], cs[1]); err != nil {
		t.Fatal(err)
	}
	enc, err := fit(ctx, []*db.Snapshot{r.left, r.right}, 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.useEncoder(ctx, enc, cs); err != nil {
		t.Fatal(err)
	}
	if err := r.read(ctx); err != nil {
		t.Fatal(err)
	}
	var asked []pairIDs
	for _, l := range labels {
		asked = append(asked, pairIDs{l.Left, l.Right + uint32(n)})
	}
	d, err := r.surround(ctx, asked, true)
	if err != nil {
		t.Fatal(err)
	}
	return d, labels
}

func TestPriorIsOneToOne(t *testing.T) {
	const n = 80
	d, _ := shopsDossier(t, n)
	likely := make([]int, 2*n)
	for k, z := range d.prior {
		if !(z >= -surestPrior && z <= surestPrior) || !d.candidate[k] && z != -surestPrior {
			t.Fatalf("pair %v has the prior %v", d.pairs[k], z)
		}
		if z > 0 {
			likely[d.pairs[k].left]++
			likely[d.pairs[k].right]++
		}
	}
	some := 0
	for i, m := range likely {
		if m > 1 {
			t.Errorf("record %d has %d likely partners", i, m)
		}
		some += m
	}
	if some == 0 {
		t.Error("no pair is likely")
	}
}

func TestPriorReachesScoresAndExplanations(t *testing.T) {
	m := smallModelCopy(t)
	cs, labels := openShops(t, 24)
	ctx := context.Background()
	z := func(trust float64) (float64, Explanation) {
		m.Scorer.prior.learned = trust
		s, err := ScorePairs(ctx, cs[0], cs[1], labels[:1], m, Options{})
		if err != nil {
			t.Fatal(err)
		}
		p := s.Pairs[0].Score
		return math.Log(p / (1 - p)), s.Explain(0)
	}
	learned, x := z(1)
	for _, e := range x.Evidence {
		if e.Name == "prior" {
			t.Errorf("a prior that is not used explains: %+v", e)
		}
	}
	prior, _ := z(0)
	half, x := z(.5)
	if math.Abs(half-(learned+prior)/2) > 1e-6 {
		t.Errorf("log-odds %v by half of the learned %v and half of the prior's %v", half, learned, prior)
	}
	found := false
	for _, e := range x.Evidence {
		found = found || e.Name == "prior" && e.Value > 0 && e.Value < 1
	}
	if !found {
		t.Errorf("the prior is not in %+v", x.Evidence)
	}
}
