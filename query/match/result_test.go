package match

import (
	"cmp"
	"slices"
	"testing"
)

// checkDedupe fails where a result of Dedupe breaks what Result promises.
func checkDedupe(t testing.TB, r *Result) {
	t.Helper()
	n := r.Left.Len()
	if r.Right != r.Left || len(r.ClusterOf) != n || r.Stats.LeftRecords != n {
		t.Errorf("%d records, %d of them in clusters, stats %+v", n, len(r.ClusterOf), r.Stats)
	}
	next := uint32(0)
	members := map[uint32][]uint32{}
	for i, c := range r.ClusterOf {
		if c > next {
			t.Fatalf("record %d opens cluster %d, the next is %d", i, c, next)
		}
		next = max(next, c+1)
		members[c] = append(members[c], uint32(i))
	}
	var groups [][]uint32
	for c := range next {
		if len(members[c]) > 1 {
			groups = append(groups, members[c])
		}
	}
	if !slices.EqualFunc(groups, r.Clusters, slices.Equal) {
		t.Errorf("clusters %v do not say the same as ClusterOf: %v", r.Clusters, groups)
	}
	for _, p := range r.Matches {
		if p.Left >= p.Right || r.ClusterOf[p.Left] != r.ClusterOf[p.Right] {
			t.Errorf("match %v across clusters or out of order", p)
		}
	}
	for _, p := range r.Rejected {
		if p.Left >= p.Right || r.ClusterOf[p.Left] == r.ClusterOf[p.Right] || p.Reason == LostToRival {
			t.Errorf("rejected %v", p)
		}
	}
	checkPairs(t, r)
}

// checkLink does the same for a result of Link.
func checkLink(t testing.TB, r *Result, card Cardinality) {
	t.Helper()
	if r.Clusters != nil || r.ClusterOf != nil || r.Stats.LeftRecords != r.Left.Len() || r.Stats.RightRecords != r.Right.Len() {
		t.Errorf("clusters in a link, or wrong counts: %+v", r.Stats)
	}
	left, right := map[uint32]bool{}, map[uint32]bool{}
	for _, p := range r.Matches {
		if int(p.Left) >= r.Left.Len() || int(p.Right) >= r.Right.Len() {
			t.Fatalf("match %v out of range", p)
		}
		if card == OneToOne && left[p.Left] || card != ManyToMany && right[p.Right] {
			t.Errorf("%v: %v has a second partner", card, p)
		}
		left[p.Left], right[p.Right] = true, true
		if p.Score < r.Threshold {
			t.Errorf("match %v below the threshold %v", p, r.Threshold)
		}
	}
	for _, p := range r.Rejected {
		if p.Reason == WouldChain || p.Reason == LostToRival && (card == ManyToMany || p.Score < r.Threshold) {
			t.Errorf("%v: rejected %v at threshold %v", card, p, r.Threshold)
		}
	}
	checkPairs(t, r)
}

func checkPairs(t testing.TB, r *Result) {
	t.Helper()
	if !slices.IsSortedFunc(r.Matches, func(a, b Pair) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.Left, b.Left), cmp.Compare(a.Right, b.Right))
	}) {
		t.Error("matches are not best first, ties by left and right")
	}
	if !slices.IsSortedFunc(r.Rejected, func(a, b Rejected) int { return cmp.Compare(b.Score, a.Score) }) {
		t.Error("rejected are not best first")
	}
	seen := map[[2]uint32]bool{}
	once := func(p Pair) {
		if !(p.Score >= 0 && p.Score <= 1) {
			t.Errorf("score of %v", p)
		}
		if k := [2]uint32{p.Left, p.Right}; seen[k] {
			t.Errorf("%v twice", p)
		} else {
			seen[k] = true
		}
	}
	for _, p := range r.Matches {
		once(p)
	}
	for _, p := range r.Rejected {
		once(p.Pair)
	}
	sum := 0
	for _, n := range r.Histogram {
		sum += n
	}
	if sum != r.Stats.Candidates {
		t.Errorf("histogram holds %d pairs of %d", sum, r.Stats.Candidates)
	}
	if !(r.Threshold >= 0 && r.Threshold <= 1) {
		t.Errorf("threshold %v", r.Threshold)
	}
}
