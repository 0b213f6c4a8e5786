package measure

import (
	"math/rand/v2"
	"testing"
)

func TestClustersByHand(t *testing.T) {
	// True: abc de f; found: ab c def.
	truth := []string{"x", "x", "x", "y", "y", "z"}
	found := []int{1, 1, 2, 3, 3, 3}
	// Pairs: found ab de df ef, true ab ac bc de.
	if got := PairsInClusters(found, truth); got != (Counts{2, 2, 2}) {
		t.Errorf("pairs: %+v", got)
	}
	// Precision: a 1, b 1, c 1, d 2/3, e 2/3, f 1/3. Recall: a 2/3, b 2/3, c 1/3, d 1, e 1, f 1.
	p, r, f := BCubed(found, truth)
	if !close2(p, (3+5./3)/6) || !close2(r, (3+5./3)/6) || !close2(f, (3+5./3)/6) {
		t.Errorf("B-cubed: %v %v %v", p, r, f)
	}
	// Clusters of two or more: found ab, def; true abc, de. None is the same.
	if got := ExactClusters(found, truth); got != (Counts{0, 2, 2}) {
		t.Errorf("exact: %+v", got)
	}
	if got := ExactClusters([]int{1, 1, 2, 3, 3, 4}, truth); got != (Counts{1, 1, 1}) {
		t.Errorf("exact, de found: %+v", got)
	}
	if p, r, f := BCubed([]int{}, []int{}); p != 1 || r != 1 || f != 1 {
		t.Errorf("no record: %v %v %v", p, r, f)
	}
	if got := ExactClusters([]int{}, []int{}); got.F1() != 1 {
		t.Errorf("no cluster: %+v", got)
	}
}

func TestClustersAgainstAllPairs(t *testing.T) {
	rng := rand.New(rand.NewPCG(18, 1))
	for range 200 {
		n := 1 + rng.IntN(30)
		found, truth := make([]uint32, n), make([]string, n)
		for i := range n {
			found[i], truth[i] = uint32(rng.IntN(8)), string(rune('a'+rng.IntN(8)))
		}
		var pairs, exact Counts
		var bp, br float64
		for i := range n {
			var inFound, inTruth, inBoth, first float64 = 0, 0, 0, 1
			for j := range n {
				f, tr := found[i] == found[j], truth[i] == truth[j]
				inFound, inTruth, inBoth = inFound+float64(side(f)), inTruth+float64(side(tr)), inBoth+float64(side(f && tr))
				if j < i {
					pairs.TruePositives += side(f && tr)
					pairs.FalsePositives += side(f && !tr)
					pairs.FalseNegatives += side(!f && tr)
				}
			}
			bp, br = bp+inBoth/inFound/float64(n), br+inBoth/inTruth/float64(n)
			// The first record of a cluster speaks for it.
			isFirst := func(same func(j int) bool) bool {
				for j := range i {
					if same(j) {
						return false
					}
				}
				return first == 1
			}
			whole := inBoth == inFound && inBoth == inTruth
			if inFound > 1 && isFirst(func(j int) bool { return found[j] == found[i] }) {
				exact.TruePositives += side(whole)
				exact.FalsePositives += side(!whole)
			}
			if inTruth > 1 && isFirst(func(j int) bool { return truth[j] == truth[i] }) {
				exact.FalseNegatives += side(!whole)
			}
		}
		if got := PairsInClusters(found, truth); got != pairs {
			t.Fatalf("%v %v: %+v, want %+v", found, truth, got, pairs)
		}
		if p, r, _ := BCubed(found, truth); !close2(p, bp) || !close2(r, br) {
			t.Fatalf("%v %v: B-cubed %v %v, want %v %v", found, truth, p, r, bp, br)
		}
		if got := ExactClusters(found, truth); got != exact {
			t.Fatalf("%v %v: %+v, want %+v", found, truth, got, exact)
		}
	}
}
