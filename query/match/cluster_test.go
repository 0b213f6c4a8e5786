package match

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// naiveLinkage joins, again and again, the two clusters with the largest mean
// likeness over all of their pairs, and gives the heights and the grouping after each.
func naiveLinkage(n int, least float64, s func(i, j uint32) float64) (heights []float64, groupings [][]uint32) {
	group := make([]uint32, n) // record -> smallest record of its cluster
	for i := range group {
		group[i] = uint32(i)
	}
	for {
		best, bi, bj := math.Inf(-1), uint32(0), uint32(0)
		for i := range uint32(n) {
			for j := i + 1; j < uint32(n); j++ {
				if group[i] != i || group[j] != j {
					continue
				}
				var sum, count float64
				for a := range uint32(n) {
					for b := range uint32(n) {
						if group[a] == i && group[b] == j {
							sum, count = sum+s(a, b), count+1
						}
					}
				}
				if sum/count > best {
					best, bi, bj = sum/count, i, j
				}
			}
		}
		if best < least {
			return heights, groupings
		}
		for i := range group {
			if group[i] == bj {
				group[i] = bi
			}
		}
		heights, groupings = append(heights, best), append(groupings, slices.Clone(group))
	}
}

// fullGraph gives all pairs of n records with their likeness.
func fullGraph(n int, like pairScorer) (pairs []pairIDs, s []float32) {
	for i := range uint32(n) {
		for j := i + 1; j < uint32(n); j++ {
			pairs, s = append(pairs, pairIDs{i, j}), append(s, float32(like(i, j)))
		}
	}
	return pairs, s
}

func link3(t *testing.T, n int, pairs []pairIDs, s []float32, least float64, like pairScorer) []merge {
	t.Helper()
	merges, err := linkage(context.Background(), n, pairs, s, least, func() pairScorer { return like }, 3)
	if err != nil {
		t.Fatal(err)
	}
	return merges
}

func TestLinkageAgainstNaive(t *testing.T) {
	rng := rand.New(rand.NewPCG(15, 1))
	for range 60 {
		n := 2 + rng.IntN(14)
		matrix := make([]float64, n*n)
		like := func(i, j uint32) float64 { return matrix[int(min(i, j))*n+int(max(i, j))] }
		for i := range matrix {
			matrix[i] = float64(rng.Float32())
		}
		least := rng.Float64() * .7
		pairs, s := fullGraph(n, like)
		got := link3(t, n, pairs, s, least, like)
		heights, groupings := naiveLinkage(n, least, like)
		if len(got) != len(heights) {
			t.Fatalf("n %d, least %v: %d merges, want %d", n, least, len(got), len(heights))
		}
		for k := range got {
			if math.Abs(got[k].height-heights[k]) > 1e-9 {
				t.Fatalf("merge %d at %v, want %v", k, got[k].height, heights[k])
			}
			if g := cut(n, got[:k+1], 0); !slices.Equal(g, groupings[k]) {
				t.Fatalf("after merge %d: %v, want %v", k, g, groupings[k])
			}
		}
	}
}

// Two groups whose members are all alike, tied by a chain of good but single
// bridges: connected components would make one group of them.
func TestBridgesDoNotChain(t *testing.T) {
	const n = 20
	like := func(i, j uint32) float64 {
		switch {
		case i/10 == j/10:
			return .9
		case i%10 == j%10 && i%10 < 5:
			return .85 // a bridge, above the level
		}
		return .1
	}
	pairs, s := fullGraph(n, like)
	var candidates []pairIDs // without the pairs that speak against
	var cs []float32
	for p := range pairs {
		if s[p] > .5 {
			candidates, cs = append(candidates, pairs[p]), append(cs, s[p])
		}
	}
	group := cut(n, link3(t, n, candidates, cs, .4, like), .5)
	for i := range uint32(n) {
		if group[i] != i/10*10 {
			t.Fatalf("groups %v", group)
		}
	}
}

// The estimate for large clusters looks at members of both sides.
func TestBetweenSamplesBothSides(t *testing.T) {
	for _, size := range [][2]int{{16, 256}, {256, 16}, {64, 64}, {1, 3000}, {100, 130}, {20, 10}} {
		l := &linker{members: make([][]uint32, 2)}
		for side, n := range size {
			for i := range n {
				l.members[side] = append(l.members[side], uint32(side*10000+i))
			}
		}
		calls := 0
		seen := map[uint32]bool{}
		l.score = func(i, j uint32) float64 {
			calls++
			seen[i], seen[j] = true, true
			return float64(j%2) * .5 // of a side, one half
		}
		total := float64(size[0] * size[1])
		if got := l.between(0, 1); math.Abs(got/total-.25) > .02 {
			t.Errorf("%v: mean %v, want .25", size, got/total)
		}
		if calls > sampledPairs || len(seen) < min(size[0], 50) {
			t.Errorf("%v: %d calls met %d records", size, calls, len(seen))
		}
	}
}

func TestLinkageTies(t *testing.T) {
	like := func(i, j uint32) float64 { // all candidates are equally good
		if (i+j)%3 == 0 {
			return .2
		}
		return .8
	}
	const n = 30
	pairs, s := fullGraph(n, like)
	want := link3(t, n, pairs, s, .3, like)
	rng := rand.New(rand.NewPCG(16, 1))
	for range 5 { // maps are walked in another order each time, and the order of the pairs changes
		rng.Shuffle(len(pairs), func(a, b int) { pairs[a], pairs[b], s[a], s[b] = pairs[b], pairs[a], s[b], s[a] })
		if got := link3(t, n, pairs, s, .3, like); !slices.Equal(got, want) {
			t.Fatalf("%v\n%v", got, want)
		}
	}
}

func TestLinkageStopsWhenCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	pairs, s := fullGraph(400, func(i, j uint32) float64 { return .9 })
	calls := 0
	start := time.Now()
	_, err := linkage(ctx, 400, pairs[:len(pairs)/2], s, .1, func() pairScorer {
		return func(i, j uint32) float64 {
			if calls++; calls == 10 {
				cancel()
			}
			return .9
		}
	}, 1)
	if err != context.Canceled || calls > 10+400*sampledPairs || time.Since(start) > 20*time.Second {
		t.Errorf("%v after %d calls", err, calls)
	}
}

func TestCut(t *testing.T) {
	merges := []merge{{.9, 3, 1}, {.7, 0, 2}, {.75, 3, 4}, {.5, 0, 3}}
	for _, c := range []struct {
		level float64
		want  []uint32
	}{
		{1, []uint32{0, 1, 2, 3, 4, 5}}, {.9, []uint32{0, 1, 2, 1, 4, 5}}, {.72, []uint32{0, 1, 2, 1, 4, 5}}, // .75 comes after .7
		{.7, []uint32{0, 1, 0, 1, 1, 5}}, {.5, []uint32{0, 0, 0, 0, 0, 5}}, {0, []uint32{0, 0, 0, 0, 0, 5}},
	} {
		if got := cut(6, merges, c.level); !slices.Equal(got, c.want) {
			t.Errorf("level %v: %v, want %v", c.level, got, c.want)
		}
	}
	if got := cut(0, nil, .5); len(got) != 0 {
		t.Error(got)
	}
}

func TestValley(t *testing.T) {
	many := func(height float64, n int) []merge { return slices.Repeat([]merge{{height: height}}, n) }
	for _, c := range []struct {
		name      string
		merges    []merge
		low, high float64
	}{
		{"nothing joined", nil, valleyMiddle, valleyMiddle},
		{"all above", many(.95, 40), valleyMiddle, valleyMiddle},
		{"all below", many(.41, 40), valleyMiddle, valleyMiddle},
		{"a crowd in the middle", slices.Concat(many(.9, 10), many(.6, 10)), .54, .66},
		{"a gap above", slices.Concat(many(.8, 10), many(.62, 5), many(.58, 5), many(.52, 5)), .67, .70},
		{"a gap below", slices.Concat(many(.72, 9), many(.68, 5), many(.63, 5), many(.45, 5)), .50, .58},
	} {
		got := valley(c.merges)
		if got < c.low-1e-9 || got > c.high+1e-9 {
			t.Errorf("%s: %v", c.name, got)
		}
	}
	if got := valley(slices.Concat(many(.9, 10), many(.6, 10))); got > .55+1e-9 && got < .65-1e-9 {
		t.Errorf("the level %v is in the crowd", got)
	}
}
