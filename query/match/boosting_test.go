package match

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// boostingSample makes rows of which the first clues tell, some of them missing.
func boostingSample(n, width int) *sample {
	rng := rand.New(rand.NewPCG(1, 1))
	s := &sample{width: width}
	for range n {
		sum := float32(0)
		for t := range width {
			v := rng.Float32()
			switch t % 3 {
			case 0:
				v = float32(int(v * 5))
			case 1:
				if v < .2 {
					v = float32(math.NaN())
				}
			}
			s.x = append(s.x, v)
			if t < 8 && v == v {
				sum += v
			}
		}
		s.y = append(s.y, sum+rng.Float32() > 8)
	}
	return s
}

// A row that a tree has seen is moved by its leaf: where the tree itself puts the row.
func TestGrowMovesRowsByTheirLeaf(t *testing.T) {
	s := boostingSample(600, 9)
	o := boosts
	o.clues = .9
	g := newGrower(s, o, 3)
	for round := range 3 {
		for r, y := range s.y {
			p := sigmoid(g.logit[r])
			g.slope[r] = slope{float32(p - truth(y)), float32(p * (1 - p))}
		}
		before := slices.Clone(g.logit)
		tree := g.grow()
		if len(tree) < 7 {
			t.Fatalf("round %d: a tree of %d nodes", round, len(tree))
		}
		for r := range s.y {
			want := before[r]
			if g.in[r] {
				want += float64(tree.at(s.row(r)))
			}
			if g.logit[r] != want {
				t.Fatalf("round %d, row %d (seen: %v): %v, the tree says %v", round, r, g.in[r], g.logit[r], want)
			}
		}
	}
}

// The larger half of a split is what the smaller leaves of the whole: as if it had been counted.
func TestSplitCountsBothHalves(t *testing.T) {
	s := boostingSample(300, 6)
	g := newGrower(s, boosts, 1)
	for r, y := range s.y {
		g.slope[r] = slope{float32(.5 - truth(y)), .25}
		g.order = append(g.order, int32(r))
	}
	use := []int{0, 1, 2, 3, 4, 5}
	whole := leaf{to: 300, sums: g.histogram(0, len(use))}
	g.count(&whole, use)
	left, right := leaf{to: 100}, leaf{from: 100, to: 300}
	g.split(&whole, &left, &right, use, g.histogram(1, len(use)))
	want := leaf{from: 100, to: 300, sums: make([]binSum, len(right.sums))}
	g.count(&want, use)
	near := func(a, b float64) bool { return math.Abs(a-b) < 1e-9 }
	if !near(right.g, want.g) || !near(right.h, want.h) {
		t.Errorf("sums %v %v, counted %v %v", right.g, right.h, want.g, want.h)
	}
	for k, b := range right.sums {
		if w := want.sums[k]; b.n != w.n || !near(b.g, w.g) || !near(b.h, w.h) {
			t.Fatalf("bin %d: %v, counted %v", k, b, w)
		}
	}
}

func BenchmarkGrowBoosting(b *testing.B) {
	s := boostingSample(5500, 190)
	for b.Loop() {
		if _, err := growBoosting(context.Background(), s, boosts, 1); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkBoostingLogit(b *testing.B) {
	s := boostingSample(5500, 190)
	f, err := growBoosting(context.Background(), s, boosts, 1)
	if err != nil {
		b.Fatal(err)
	}
	k := 0
	for b.Loop() {
		f.logit(s.row(k % 5500))
		k++
	}
}
