package match

import (
	"cmp"
	"container/heap"
	"context"
	"math/bits"
	"slices"
	"sync/atomic"
)

// merge is one step of the linkage: two clusters, by their first members, and
// the mean likeness at which they joined.
type merge struct {
	height      float64
	left, right uint32
}

// linkage joins clusters by the mean likeness over ALL pairs between them, best
// first, down to least. Pairs that are no candidates get their real likeness
// from a scorer, one per goroutine, so that a weak bridge between two groups is outvoted. Ties go by
// the clusters' numbers: the result depends on nothing else.
//
// Clusters that no pair of at least that likeness ties together cannot meet, so each
// connected component is joined on its own. Merges come best first; one that is better than
// the one before it in its component counts as that one does.
//
// Average linkage (UPGMA, Sokal and Michener 1958). It returns the context's error.
func linkage(ctx context.Context, n int, pairs []pairIDs, s []float32, least float64, scorer func() pairScorer, threads int) ([]merge, error) {
	comps := componentsOf(n, pairs, s, least)
	merges := make([][]merge, len(comps))
	var failed atomic.Bool
	err := parallel(ctx, len(comps), threads, func() func(from, to int) {
		var score pairScorer
		return func(from, to int) {
			for c := from; c < to; c++ {
				comp := &comps[c]
				if len(comp.members) == 2 {
					merges[c] = []merge{{float64(s[comp.edges[0]]), comp.members[0], comp.members[1]}}
					continue
				}
				if score == nil {
					score = scorer()
				}
				var ok bool
				if merges[c], ok = comp.link(ctx, pairs, s, least, score); !ok {
					failed.Store(true)
					return
				}
			}
		}
	})
	if err != nil || failed.Load() {
		return nil, ctx.Err()
	}
	var all []merge
	for _, ms := range merges {
		for k := 1; k < len(ms); k++ {
			ms[k].height = min(ms[k].height, ms[k-1].height)
		}
		all = append(all, ms...)
	}
	slices.SortStableFunc(all, func(a, b merge) int { return cmp.Compare(b.height, a.height) })
	return all, nil
}

// pairScorer gives the likeness of two records.
type pairScorer func(i, j uint32) float64

// component is the records that pairs of some likeness tie together.
type component struct {
	members []uint32 // ascending
	edges   []int32  // its pairs
}

// componentsOf lists those of two and more records, in the order of their first one.
func componentsOf(n int, pairs []pairIDs, s []float32, least float64) []component {
	parent := newForest(n)
	tied := make([]bool, n)
	var good []int32
	for p, ids := range pairs {
		if float64(s[p]) >= least {
			good = append(good, int32(p))
			parent.join(ids.left, ids.right)
			tied[ids.left], tied[ids.right] = true, true
		}
	}
	number := make(map[uint32]int, len(good)/2)
	var comps []component
	for i := range uint32(n) {
		if !tied[i] {
			continue
		}
		root := parent.find(i) // the first of its component, so it comes before the others
		if root == i {
			number[root] = len(comps)
			comps = append(comps, component{})
		}
		c := &comps[number[root]]
		c.members = append(c.members, i)
	}
	for _, p := range good {
		c := &comps[number[parent.find(pairs[p].left)]]
		c.edges = append(c.edges, p)
	}
	return comps
}

// link joins the members; it gives false when the context ends.
func (c *component) link(ctx context.Context, pairs []pairIDs, s []float32, least float64, score pairScorer) ([]merge, bool) {
	n := len(c.members)
	l := &linker{near: make([]map[uint32]float64, n), members: make([][]uint32, n), score: score, least: least}
	for i, m := range c.members {
		l.members[i] = []uint32{m}
		l.near[i] = map[uint32]float64{}
	}
	for _, p := range c.edges {
		// A mean reaches least only where some pair does: the others are looked up when
		// their clusters meet.
		i, _ := slices.BinarySearch(c.members, pairs[p].left)
		j, _ := slices.BinarySearch(c.members, pairs[p].right)
		mean := float64(s[p])
		l.near[i][uint32(j)], l.near[j][uint32(i)] = mean, mean
		l.queue = append(l.queue, link{mean, uint32(i), uint32(j)})
	}
	heap.Init(&l.queue)
	for len(l.queue) > 0 {
		if ctx.Err() != nil {
			return nil, false
		}
		l.step(heap.Pop(&l.queue).(link))
	}
	return l.merges, true
}

// linker joins the records of one component, by their numbers in it.
type linker struct {
	near    []map[uint32]float64 // cluster -> cluster with a pair at least so alike -> sum over all pairs; nil once merged away
	members [][]uint32
	queue   linkQueue
	score   pairScorer
	least   float64
	merges  []merge
}

type link struct {
	mean float64
	i, j uint32 // i < j
}

// step merges the two clusters of a link unless the link is out of date.
func (l *linker) step(k link) {
	i, j := k.i, k.j
	if l.near[i] == nil || l.near[j] == nil {
		return
	}
	sum, ok := l.near[i][j]
	if !ok || sum/l.pairsBetween(i, j) != k.mean {
		return
	}
	if len(l.members[i]) < len(l.members[j]) {
		i, j = j, i
	}
	l.merges = append(l.merges, merge{k.mean, l.members[i][0], l.members[j][0]})
	l.absorb(i, j)
}

func (l *linker) pairsBetween(i, j uint32) float64 {
	return float64(len(l.members[i])) * float64(len(l.members[j]))
}

// absorb moves cluster j into i and brings the neighbours up to date.
func (l *linker) absorb(i, j uint32) {
	a, b := l.near[i], l.near[j]
	delete(a, j)
	delete(b, i)
	for k, sum := range a {
		if other, ok := b[k]; ok {
			a[k] = sum + other
		} else {
			a[k] = sum + l.between(j, k)
		}
	}
	for k, sum := range b {
		if _, done := a[k]; !done {
			a[k] = sum + l.between(i, k)
		}
		delete(l.near[k], j)
	}
	l.members[i] = append(l.members[i], l.members[j]...)
	l.members[j], l.near[j] = nil, nil
	for k, sum := range a {
		l.near[k][i] = sum
		if mean := sum / l.pairsBetween(i, k); mean >= l.least {
			heap.Push(&l.queue, link{mean, min(i, k), max(i, k)})
		}
	}
}

// sampledPairs bounds the likenesses that are computed for one pair of
// clusters; more are estimated from so many.
const sampledPairs = 256

// between sums the likeness of all pairs of two clusters.
func (l *linker) between(i, k uint32) (sum float64) {
	a, b := l.members[i], l.members[k]
	n := len(a) * len(b)
	if n <= sampledPairs {
		for _, x := range a {
			for _, y := range b {
				sum += l.score(x, y)
			}
		}
		return sum
	}
	// Steps of the golden section spread evenly over both sides. A whole step would
	// meet the same few of b again and again where it divides their number.
	for p := range uint64(sampledPairs) {
		at, _ := bits.Mul64(p*goldenStep, uint64(n))
		sum += l.score(a[int(at)/len(b)], b[int(at)%len(b)])
	}
	return sum * float64(n) / sampledPairs
}

// goldenStep is 2^64 / 1.618...: multiples of it modulo 2^64 spread evenly.
const goldenStep = 0x9E3779B97F4A7C15

// linkQueue is a heap of links, best mean first, ties by number.
type linkQueue []link

func (q linkQueue) Len() int { return len(q) }
func (q linkQueue) Less(a, b int) bool {
	x, y := q[a], q[b]
	switch {
	case x.mean != y.mean:
		return x.mean > y.mean
	case x.i != y.i:
		return x.i < y.i
	}
	return x.j < y.j
}
func (q linkQueue) Swap(a, b int) { q[a], q[b] = q[b], q[a] }
func (q *linkQueue) Push(x any)   { *q = append(*q, x.(link)) }
func (q *linkQueue) Pop() any {
	old := *q
	x := old[len(old)-1]
	*q = old[:len(old)-1]
	return x
}

// cut gives the groups that the merges above the level make: for each record the smallest
// record of its group. A merge counts as low as the lowest before it.
func cut(n int, merges []merge, level float64) []uint32 {
	parent := newForest(n)
	for _, m := range merges {
		if m.height < level {
			break
		}
		parent.join(m.left, m.right)
	}
	for i := range parent {
		parent[i] = parent.find(uint32(i))
	}
	return parent
}

// forest is sets of numbers: each leads to another of its set, the smallest to itself.
type forest []uint32

func newForest(n int) forest {
	f := make(forest, n)
	for i := range f {
		f[i] = uint32(i)
	}
	return f
}

func (f forest) find(x uint32) uint32 {
	for f[x] != x {
		f[x] = f[f[x]]
		x = f[x]
	}
	return x
}

func (f forest) join(x, y uint32) {
	x, y = f.find(x), f.find(y)
	f[max(x, y)] = min(x, y)
}

// The valley is looked for where duplicates and variants usually part.
const (
	valleyFrom, valleyTo, valleyMiddle = .50, .70, .60
	valleyWidth                        = .05
)

// valley finds the level with the fewest merges around it: copies of a thing
// join above, different things below. Ties go to the middle.
func valley(merges []merge) float64 {
	heights := make([]float64, len(merges))
	lowest := 1.0
	for i, m := range merges {
		lowest = min(lowest, m.height)
		heights[i] = lowest
	}
	slices.Reverse(heights) // ascending
	best, fewest := valleyMiddle, len(heights)+1
	distance := func(t float64) float64 { return max(t-valleyMiddle, valleyMiddle-t) }
	for step := range 21 {
		t := valleyFrom + float64(step)*.01
		n := atLeast(heights, t-valleyWidth) - atLeast(heights, t+valleyWidth)
		if n < fewest || n == fewest && distance(t) < distance(best) {
			best, fewest = t, n
		}
	}
	return best
}
