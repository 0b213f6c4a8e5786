package match

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// randomPairs makes sorted pairs with coarse scores, so that ties happen.
func randomPairs(rng *rand.Rand, left, right int) ([]pairIDs, []float64) {
	var pairs []pairIDs
	var s []float64
	for i := range left {
		for j := range right {
			if rng.IntN(3) > 0 {
				pairs = append(pairs, pairIDs{uint32(i), uint32(left + j)})
				s = append(s, float64(rng.IntN(8)))
			}
		}
	}
	return pairs, s
}

// bestRival is the best score of the other pairs that share a record, by brute force.
func bestRival(pairs []pairIDs, s []float64, p int, shares func(a, b pairIDs) bool) float64 {
	best := math.Inf(-1)
	for q := range pairs {
		if q != p && shares(pairs[p], pairs[q]) {
			best = max(best, s[q])
		}
	}
	if math.IsInf(best, -1) {
		return slices.Min(s)
	}
	return best
}

func sameLeft(a, b pairIDs) bool  { return a.left == b.left }
func sameRight(a, b pairIDs) bool { return a.right == b.right }

func TestMarginsAndMutualBestAgainstBruteForce(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 1))
	for range 200 {
		pairs, s := randomPairs(rng, 1+rng.IntN(6), 1+rng.IntN(6))
		worth, mutual := margins(pairs, s), mutualBest(pairs, s)
		for p := range pairs {
			want := s[p] - (bestRival(pairs, s, p, sameLeft)+bestRival(pairs, s, p, sameRight))/2
			if math.Abs(worth[p]-want) > 1e-12 {
				t.Fatalf("%v %v: margin of %d is %v, want %v", pairs, s, p, worth[p], want)
			}
			first := func(shares func(a, b pairIDs) bool) bool { // none better, none as good before it
				for q := range pairs {
					if shares(pairs[p], pairs[q]) && (s[q] > s[p] || s[q] == s[p] && q < p) {
						return false
					}
				}
				return true
			}
			if want := first(sameLeft) && first(sameRight); mutual[p] != want {
				t.Fatalf("%v %v: pair %d mutual best: %v", pairs, s, p, mutual[p])
			}
		}
	}
}

func TestAssignAgainstBruteForce(t *testing.T) {
	rng := rand.New(rand.NewPCG(8, 1))
	for range 200 {
		pairs, worth := randomPairs(rng, 1+rng.IntN(6), 1+rng.IntN(6))
		for card := OneToOne; card <= ManyToMany; card++ {
			free := slices.Repeat([]bool{true}, len(pairs))
			var want []int
			for { // the best free pair, until none is
				best := -1
				for p := range pairs {
					if free[p] && (best < 0 || worth[p] > worth[best]) {
						best = p
					}
				}
				if best < 0 {
					break
				}
				want = append(want, best)
				free[best] = false
				for q := range pairs {
					if card == OneToOne && sameLeft(pairs[q], pairs[best]) || card != ManyToMany && sameRight(pairs[q], pairs[best]) {
						free[q] = false
					}
				}
			}
			if got := assign(pairs, worth, card); !slices.Equal(got, want) {
				t.Fatalf("%v: %v %v: %v, want %v", card, pairs, worth, got, want)
			}
		}
	}
}

func TestAssignNothing(t *testing.T) {
	if m := margins(nil, nil); m != nil {
		t.Error(m)
	}
	if p := assign(nil, nil, OneToOne); len(p) != 0 {
		t.Error(p)
	}
}

func TestSecondAndThird(t *testing.T) {
	pairs := []pairIDs{{0, 9}, {0, 8}, {0, 7}, {0, 6}, {1, 9}, {1, 8}, {2, 7}, {2, 8}, {2, 9}}
	s := []float64{1, 4, 2, 3, 5, 6, 7, 7, 7}
	second, third := secondAndThird(10, pairs, s, leftOf)
	if got := fmt.Sprint(second, third); got != "[3 7] [2 7]" {
		t.Errorf("by left: %v", got)
	}
	second, third = secondAndThird(10, pairs, s, rightOf)
	if got := fmt.Sprint(second, third); got != "[6 5] [4 1]" {
		t.Errorf("by right: %v", got)
	}
}
