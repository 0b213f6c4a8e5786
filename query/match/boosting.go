package match

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
)

// boosting is a sum of small regression trees, each fitted to what the ones before it
// left over: gradient boosting (Friedman, Annals of Statistics 2001) on the logistic loss
// with Newton steps, over binned clues, leaf by leaf (Ke et al., NeurIPS 2017).
type boosting struct {
	base  float64 // log-odds before the first tree
	trees []tree
}

// tree is its nodes; node 0 is the root.
type tree []treeNode

// treeNode goes left where the clue is at most cut, right above it, and where
// it is missing as missingLeft says. A leaf has clue -1.
type treeNode struct {
	clue        int32
	cut         float32
	value       float32 // of a leaf, the learning rate included
	left, right int32
	missingLeft bool
}

// logit is the log-odds of one row of clues.
func (f *boosting) logit(row []float32) float64 {
	sum := f.base
	for _, t := range f.trees {
		sum += float64(t.at(row))
	}
	return sum
}

func (t tree) at(row []float32) float32 {
	k := int32(0)
	for {
		n := &t[k]
		if n.clue < 0 {
			return n.value
		}
		v := row[n.clue]
		if v != v {
			if k = n.right; n.missingLeft {
				k = n.left
			}
			continue
		}
		if k = n.right; v <= n.cut { // a conditional move: no branch to be guessed wrong
			k = n.left
		}
	}
}

// boostingOptions are how a boosting grows. Their values were chosen by cross-validation on training pairs.
type boostingOptions struct {
	trees   int
	rate    float64
	leaves  int
	least   int     // rows in a leaf
	ridge   float64 // added to the second derivatives
	clues   float64 // share of the clues that a tree may use
	sampled float64 // share of the rows that a tree sees
}

// bins are the clues of the training rows as small numbers.
type bins struct {
	width int
	edges [][]float32 // per clue: upper ends of all bins but the last
	of    []uint8     // (width, rows): clue by clue; missingBin where there is nothing
	rows  int
}

const (
	mostBins   = 63
	missingBin = mostBins
)

// binRows cuts each clue at its quantiles.
func binRows(x []float32, width int) *bins {
	n := len(x) / max(1, width)
	b := &bins{width: width, rows: n, edges: make([][]float32, width), of: make([]uint8, n*width)}
	col := make([]float32, 0, n)
	for t := range width {
		col = col[:0]
		for r := range n {
			if v := x[r*width+t]; v == v {
				col = append(col, v)
			}
		}
		slices.Sort(col)
		b.edges[t] = binEdges(col)
		for r := range n {
			v := x[r*width+t]
			if v != v {
				b.of[t*n+r] = missingBin
				continue
			}
			k, _ := slices.BinarySearch(b.edges[t], v)
			b.of[t*n+r] = uint8(k)
		}
	}
	return b
}

// binEdges are at most mostBins-1 cuts half-way between neighbouring values.
func binEdges(col []float32) []float32 {
	var edges []float32
	if len(col) == 0 {
		return nil
	}
	for k := 1; k < mostBins; k++ {
		at := k * len(col) / mostBins
		if at == 0 || at >= len(col) {
			continue
		}
		v := col[at-1]
		next, _ := slices.BinarySearchFunc(col, v, func(e, v float32) int {
			if e <= v {
				return -1
			}
			return 1
		})
		if next == len(col) {
			break
		}
		cut := v + (col[next]-v)/2
		if !(cut >= v && cut < col[next]) {
			cut = v
		}
		if len(edges) == 0 || edges[len(edges)-1] < cut {
			edges = append(edges, cut)
		}
	}
	return edges
}

// grower grows one boosting. It has the buffers of the running tree.
type grower struct {
	b          *bins
	o          boostingOptions
	rng        *rand.Rand
	slope      []slope // row -> derivatives of its loss
	logit      []float64
	order      []int32 // rows, those of one node side by side
	spare      []int32
	in         []bool // row -> the running tree has seen it
	histograms [][]binSum
}

// slope is the first and the second derivative of a row's loss by its log-odds.
type slope struct{ g, h float32 }

// binSum sums the derivatives of the rows in one bin.
type binSum struct {
	g, h float64
	n    int
}

func newGrower(s *sample, o boostingOptions, seed uint64) *grower {
	n := s.rows()
	return &grower{b: binRows(s.x, s.width), o: o, rng: rand.New(rand.NewPCG(seed, 0x747265)),
		slope: make([]slope, n), logit: make([]float64, n), in: make([]bool, n)}
}

// growBoosting fits a boosting to the rows.
func growBoosting(ctx context.Context, s *sample, o boostingOptions, seed uint64) (*boosting, error) {
	g, n := newGrower(s, o, seed), s.rows()
	positives := 0.0
	for _, y := range s.y {
		positives += truth(y)
	}
	f := &boosting{base: math.Log((positives + .5) / (float64(n) - positives + .5))}
	for r := range g.logit {
		g.logit[r] = f.base
	}
	for range o.trees {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		for r, y := range s.y {
			p := sigmoid(g.logit[r])
			g.slope[r] = slope{float32(p - truth(y)), float32(max(p*(1-p), 1e-6))}
		}
		t := g.grow()
		f.trees = append(f.trees, t)
		for r, in := range g.in {
			if !in { // grow has moved the others
				g.logit[r] += float64(t.at(s.row(r)))
			}
		}
	}
	return f, nil
}

// leaf is a node that may still be split.
type leaf struct {
	node     int32
	from, to int // its rows in order
	gain     float64
	clue     int
	bin      int
	missing  bool // missing values go left
	g, h     float64
	sums     []binSum // (clues in use, mostBins+1)
}

// grow makes one tree, always splitting where it gains most, and moves the log-odds of the rows that it has seen.
func (g *grower) grow() tree {
	n := g.b.rows
	g.order = g.order[:0]
	for r := range n {
		g.in[r] = g.o.sampled >= 1 || g.rng.Float64() < g.o.sampled
		if g.in[r] {
			g.order = append(g.order, int32(r))
		}
	}
	use := g.rng.Perm(g.b.width)[:max(1, int(g.o.clues*float64(g.b.width)))]
	slices.Sort(use)
	t := tree{{clue: -1}}
	root := leaf{to: len(g.order), sums: g.histogram(0, len(use))}
	g.count(&root, use)
	g.open(&root, use)
	open := []leaf{root}
	for leaves := 1; leaves < g.o.leaves; leaves++ {
		best := 0
		for k := range open {
			if open[k].gain > open[best].gain {
				best = k
			}
		}
		l := open[best]
		if l.gain <= 1e-7 {
			break
		}
		mid := g.part(l)
		k := int32(len(t))
		t[l.node] = treeNode{clue: int32(l.clue), cut: g.b.edges[l.clue][l.bin], left: k, right: k + 1, missingLeft: l.missing}
		t = append(t, treeNode{clue: -1}, treeNode{clue: -1})
		left, right := leaf{node: k, from: l.from, to: mid}, leaf{node: k + 1, from: mid, to: l.to}
		g.split(&l, &left, &right, use, g.histogram(leaves, len(use)))
		open[best] = left
		open = append(open, right)
	}
	for _, l := range open {
		v := float32(-g.o.rate * l.g / (l.h + g.o.ridge))
		t[l.node].value = v
		for _, r := range g.order[l.from:l.to] {
			g.logit[r] += float64(v)
		}
	}
	return t
}

// histogram gives the k-th buffer.
func (g *grower) histogram(k, clues int) []binSum {
	if k == len(g.histograms) {
		g.histograms = append(g.histograms, make([]binSum, clues*(mostBins+1)))
	}
	return g.histograms[k]
}

// split opens the two halves of a leaf. Only the smaller one is counted: the other is what that leaves of the whole.
func (g *grower) split(whole, left, right *leaf, use []int, spare []binSum) {
	small, large := left, right
	if left.to-left.from > right.to-right.from {
		small, large = right, left
	}
	small.sums, large.sums = spare, whole.sums
	g.count(small, use)
	large.g, large.h = whole.g-small.g, whole.h-small.h
	for k, s := range small.sums {
		w := &large.sums[k]
		w.g, w.h, w.n = w.g-s.g, w.h-s.h, w.n-s.n
	}
	g.open(left, use)
	g.open(right, use)
}

// count sums up the derivatives of a leaf's rows, bin by bin.
func (g *grower) count(l *leaf, use []int) {
	rows := g.order[l.from:l.to]
	for _, r := range rows {
		l.g += float64(g.slope[r].g)
		l.h += float64(g.slope[r].h)
	}
	clear(l.sums)
	for c, t := range use {
		if len(g.b.edges[t]) == 0 {
			continue
		}
		sums := (*[mostBins + 1]binSum)(l.sums[c*(mostBins+1):])
		col := g.b.of[t*g.b.rows : (t+1)*g.b.rows]
		for _, r := range rows {
			s, d := &sums[col[r]&mostBins], g.slope[r]
			s.g += float64(d.g)
			s.h += float64(d.h)
			s.n++
		}
	}
}

// open finds the best split of a leaf.
func (g *grower) open(l *leaf, use []int) {
	n := l.to - l.from
	if n < 2*g.o.least {
		return
	}
	for c, t := range use {
		if last := len(g.b.edges[t]); last > 0 {
			g.best(l, t, last, (*[mostBins + 1]binSum)(l.sums[c*(mostBins+1):]), n)
		}
	}
}

// best tries all cuts of one clue, missing values on either side.
func (g *grower) best(l *leaf, t, last int, sums *[mostBins + 1]binSum, rows int) {
	worth := func(gs, hs float64) float64 { return gs * gs / (hs + g.o.ridge) }
	whole := worth(l.g, l.h)
	for side := range 2 {
		if side == 1 && sums[missingBin].n == 0 {
			return
		}
		var left binSum
		if side == 1 {
			left = sums[missingBin]
		}
		for k := range last {
			left.g, left.h, left.n = left.g+sums[k].g, left.h+sums[k].h, left.n+sums[k].n
			if left.n < g.o.least || rows-left.n < g.o.least {
				continue
			}
			gain := worth(left.g, left.h) + worth(l.g-left.g, l.h-left.h) - whole
			if gain > l.gain+1e-9 {
				l.gain, l.clue, l.bin, l.missing = gain, t, k, side == 1
			}
		}
	}
}

// part brings the left rows of a split to the front, order kept, and says where the right ones begin.
func (g *grower) part(l leaf) int {
	col := g.b.of[l.clue*g.b.rows : (l.clue+1)*g.b.rows]
	rows := g.order[l.from:l.to]
	g.spare = g.spare[:0]
	at := 0
	for _, r := range rows {
		k := col[r]
		if k == missingBin && l.missing || k != missingBin && int(k) <= l.bin {
			rows[at] = r
			at++
		} else {
			g.spare = append(g.spare, r)
		}
	}
	copy(rows[at:], g.spare)
	return l.from + at
}
