package loss

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"
)

// randomBatch has three entities, unknown pairs and distances away from 0 and from each other.
func randomBatch(r *rand.Rand, n int) Batch {
	b := Batch{N: n, Dist: make([]float64, n*n), Rel: make([]Relation, n*n)}
	for i := range n {
		for j := i + 1; j < n; j++ {
			rel := Differ
			if i%3 == j%3 {
				rel = Match
			}
			if r.Float64() < .15 {
				rel = Masked
			}
			d := .05 + 1.2*r.Float64()
			b.Rel[i*n+j], b.Rel[j*n+i] = rel, rel
			b.Dist[i*n+j], b.Dist[j*n+i] = d, d
		}
	}
	return b
}

func TestFiniteDifferences(t *testing.T) {
	const step = 1e-6
	r := rand.New(rand.NewPCG(1, 2))
	for _, k := range Kinds() {
		for range 20 {
			b := randomBatch(r, 8)
			grad, unused := make([]float64, 64), make([]float64, 64)
			o := Options{Margin: .5, Temperature: .2}
			if _, terms := k.Eval(b, o, grad); terms == 0 {
				t.Fatalf("%v: no terms", k)
			}
			for i := range b.N {
				for j := range i {
					at, mirror := i*b.N+j, j*b.N+i
					was := b.Dist[at]
					move := func(d float64) float64 {
						b.Dist[at], b.Dist[mirror] = was+d, was+d
						v, _ := k.Eval(b, o, unused)
						return v
					}
					want := (move(step) - move(-step)) / (2 * step)
					move(0)
					if got := grad[at] + grad[mirror]; math.Abs(got-want) > 1e-5*max(1, math.Abs(want)) {
						t.Fatalf("%v: derivative by the distance of %d and %d (relation %d) is %v, differences give %v", k, i, j, b.Rel[at], got, want)
					}
				}
			}
		}
	}
}

// A loss must not look at what is masked.
func TestMaskedPairsAreNotSeen(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for _, k := range Kinds() {
		b := randomBatch(r, 9)
		grad, again := make([]float64, 81), make([]float64, 81)
		want, _ := k.Eval(b, Options{}, grad)
		for i, rel := range b.Rel {
			if rel == Masked {
				b.Dist[i] = 2 * r.Float64()
				if grad[i] != 0 {
					t.Errorf("%v: derivative %v by a masked distance", k, grad[i])
				}
			}
		}
		if got, _ := k.Eval(b, Options{}, again); got != want {
			t.Errorf("%v: masked distances change the value from %v to %v", k, want, got)
		}
	}
}

// Without a match, without a non-match, or with everything in order there is nothing to learn.
func TestNoTerms(t *testing.T) {
	for _, k := range Kinds() {
		for _, only := range []Relation{Masked, Match, Differ} {
			b := Batch{N: 3, Dist: []float64{0, .4, .4, .4, 0, .4, .4, .4, 0}, Rel: make([]Relation, 9)}
			for i := range b.Rel {
				if i%4 != 0 {
					b.Rel[i] = only
				}
			}
			grad := []float64{1, 2, 3, 4, 5, 6, 7, 8, 9}
			value, terms := k.Eval(b, Options{}, grad)
			if alone := k == Contrastive && only != Masked; alone { // its terms are single pairs
				continue
			}
			if value != 0 || terms != 0 {
				t.Errorf("%v, only relation %d: value %v of %d terms", k, only, value, terms)
			}
			for _, g := range grad {
				if g != 0 {
					t.Errorf("%v, only relation %d: gradient %v", k, only, grad)
					break
				}
			}
		}
		v, terms := k.Eval(Batch{}, Options{}, nil)
		if v != 0 || terms != 0 {
			t.Errorf("%v of nothing: %v, %d", k, v, terms)
		}
	}
	// Matches at 0 and the others far away satisfy every margin.
	for _, k := range []Kind{Contrastive, OnlineContrastive, TripletAll, TripletSemiHard, TripletHard} {
		b := Batch{N: 3, Dist: []float64{0, 0, 1, 0, 0, 1, 1, 1, 0}, Rel: []Relation{Masked, Match, Differ, Match, Masked, Differ, Differ, Differ, Masked}}
		if v, terms := k.Eval(b, Options{}, make([]float64, 9)); v != 0 || terms != 0 {
			t.Errorf("%v: value %v of %d terms where all is well", k, v, terms)
		}
	}
}

// Distances as far apart as the temperature allows must not overflow.
func TestExtremes(t *testing.T) {
	for _, k := range Kinds() {
		b := Batch{N: 3, Dist: []float64{0, 2, 0, 2, 0, 0, 0, 0, 0}, Rel: []Relation{Masked, Match, Differ, Match, Masked, Differ, Differ, Differ, Masked}}
		grad := make([]float64, 9)
		v, _ := k.Eval(b, Options{Temperature: 1e-3}, grad)
		if math.IsNaN(v) || math.IsInf(v, 0) {
			t.Errorf("%v: %v", k, v)
		}
		for _, g := range grad {
			if math.IsNaN(g) || math.IsInf(g, 0) {
				t.Errorf("%v: gradient %v", k, grad)
			}
		}
	}
}

func TestNames(t *testing.T) {
	for _, k := range Kinds() {
		if got, err := Parse(k.String()); err != nil || got != k {
			t.Errorf("%v: %v, %v", k, got, err)
		}
	}
	for _, d := range []Distance{Cosine, Euclidean} {
		if got, err := ParseDistance(d.String()); err != nil || got != d {
			t.Errorf("%v: %v, %v", d, got, err)
		}
	}
	if _, err := Parse("hinge"); !errors.Is(err, ErrOptions) {
		t.Errorf("Parse: %v", err)
	}
	if _, err := ParseDistance("manhattan"); !errors.Is(err, ErrOptions) {
		t.Errorf("ParseDistance: %v", err)
	}
	if Kind(99).String() != "loss(99)" || Distance(99).String() != "distance(99)" {
		t.Error("names of what does not exist")
	}
}

func TestOptions(t *testing.T) {
	for _, c := range []struct {
		o    Options
		good bool
	}{
		{Options{}, true}, {Options{Margin: 2, Temperature: 10, Distance: Euclidean}, true}, {Options{Margin: -.1}, false},
		{Options{Margin: 2.1}, false}, {Options{Margin: math.NaN()}, false}, {Options{Temperature: math.NaN()}, false},
		{Options{Temperature: 1e-4}, false}, {Options{Temperature: -1}, false}, {Options{Distance: 2}, false},
	} {
		if err := c.o.Validate(); (err == nil) != c.good || err != nil && !errors.Is(err, ErrOptions) {
			t.Errorf("%+v: %v", c.o, err)
		}
	}
	// A margin given in one distance asks the same of unit vectors as its like in the other.
	if got := (Options{Distance: Euclidean}).MarginInForce(Contrastive); math.Abs(got-contrastiveMargin*math.Sqrt2) > 1e-12 {
		t.Errorf("Euclidean margin %v", got)
	}
}

func TestWrongLengthsPanic(t *testing.T) {
	defer func() {
		if recover() != errShape {
			t.Error("no panic of ours")
		}
	}()
	InfoNCE.Eval(Batch{N: 2, Dist: make([]float64, 4), Rel: make([]Relation, 4)}, Options{}, make([]float64, 3))
}
