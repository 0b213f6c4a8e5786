package loss

import (
	"math"
	"math/rand/v2"
	"testing"
)

// episode is ways classes, of each first the supports, then the queries.
func episode(r *rand.Rand, ways, shots, queries int) Batch {
	each := shots + queries
	n := ways * each
	b := Batch{N: n, Dist: make([]float64, n*n), Rel: make([]Relation, n*n), Support: make([]bool, n)}
	for i := range n {
		b.Support[i] = i%each < shots
		for j := range i {
			rel, d := Differ, .05+1.2*r.Float64()
			if i/each == j/each {
				rel = Match
			}
			b.Rel[i*n+j], b.Rel[j*n+i] = rel, rel
			b.Dist[i*n+j], b.Dist[j*n+i] = d, d
		}
	}
	return b
}

func TestEpisodeFiniteDifferences(t *testing.T) {
	const step = 1e-6
	r := rand.New(rand.NewPCG(5, 6))
	for _, distance := range []Distance{Cosine, Euclidean} {
		b, o := episode(r, 3, 2, 2), Options{Distance: distance, Temperature: .3}
		grad, unused := make([]float64, b.N*b.N), make([]float64, b.N*b.N)
		if _, terms := Prototype.Eval(b, o, grad); terms != 6 {
			t.Fatalf("%d terms of 6 queries", terms)
		}
		for i := range b.N {
			for j := range i {
				at, mirror := i*b.N+j, j*b.N+i
				was := b.Dist[at]
				move := func(d float64) float64 {
					b.Dist[at], b.Dist[mirror] = was+d, was+d
					v, _ := Prototype.Eval(b, o, unused)
					return v
				}
				want := (move(step) - move(-step)) / (2 * step)
				move(0)
				if got := grad[at] + grad[mirror]; math.Abs(got-want) > 1e-6 {
					t.Fatalf("%v: derivative by the distance of %d and %d is %v, differences give %v", distance, i, j, got, want)
				}
				if !b.Support[i] && !b.Support[j] && grad[at]+grad[mirror] != 0 {
					t.Fatalf("%v: queries %d and %d are compared with each other", distance, i, j)
				}
			}
		}
	}
}

// With one support a class the loss is the softmax over the distances to the supports.
func TestOneShotIsSoftmax(t *testing.T) {
	b := episode(rand.New(rand.NewPCG(7, 8)), 4, 1, 2)
	got, _ := Prototype.Eval(b, Options{Temperature: .2}, make([]float64, b.N*b.N))
	want := 0.
	for q := range b.N {
		if b.Support[q] {
			continue
		}
		total := 0.
		for s := range b.N {
			if b.Support[s] {
				total += math.Exp(-b.Dist[q*b.N+s] / .2)
			}
		}
		want += (math.Log(total) + b.Dist[q*b.N+q/3*3]/.2) / 8
	}
	if math.Abs(got-want) > 1e-12 {
		t.Errorf("%v, want %v", got, want)
	}
}

// Nothing but queries, nothing but supports: no terms.
func TestEpisodeWithoutRoles(t *testing.T) {
	b := episode(rand.New(rand.NewPCG(9, 10)), 3, 1, 1)
	for _, support := range []bool{false, true} {
		for i := range b.Support {
			b.Support[i] = support
		}
		if v, terms := Prototype.Eval(b, Options{}, make([]float64, b.N*b.N)); v != 0 || terms != 0 {
			t.Errorf("all supports %v: %v of %d terms", support, v, terms)
		}
	}
	defer func() {
		if recover() != errShape {
			t.Error("roles of another length: no panic of ours")
		}
	}()
	b.Support = b.Support[1:]
	Prototype.Eval(b, Options{}, make([]float64, b.N*b.N))
}
