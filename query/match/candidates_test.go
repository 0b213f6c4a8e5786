package match

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestLexicalNearestAgainstBruteForce(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 1))
	base, maps := randomMatrix(rng, 150, 60)
	const limit, k = 25, 7
	df := map[uint32]int{}
	for _, m := range maps {
		for id := range m {
			df[id]++
		}
	}
	rare := func(i, j int) (sum float32, touched bool) { // in the order of ids, as the lists are walked
		ids, ws := base.row(i)
		other, ows := base.row(j)
		for n, id := range ids {
			if at, ok := slices.BinarySearch(other, id); ok && df[id] <= limit {
				sum, touched = sum+ws[n]*ows[at], true
			}
		}
		return sum, touched
	}
	for _, skipSelf := range []bool{false, true} {
		for _, workers := range []int{1, 3} {
			got, err := lexicalNearest(context.Background(), base, base.transpose(60, limit), base.rows(), k, skipSelf, workers)
			if err != nil {
				t.Fatal(err)
			}
			for i := range base.rows() {
				var want []scored
				for j := range base.rows() {
					if s, ok := rare(i, j); ok && !(skipSelf && i == j) {
						want = append(want, scored{uint32(j), s})
					}
				}
				slices.SortFunc(want, better)
				if want = want[:min(k, len(want))]; !slices.Equal(got[i], want) {
					t.Fatalf("row %d: %v, want %v", i, got[i], want)
				}
			}
		}
	}
}

func TestTakeBest(t *testing.T) {
	for _, c := range []struct {
		name     string
		sums     []float32
		touched  []uint32
		k        int
		skipSelf bool
		want     []uint32
	}{
		{"best first", []float32{.1, .9, .5}, []uint32{0, 1, 2}, 3, false, []uint32{1, 2, 0}},
		{"ties by row, whatever the order of visits", []float32{.5, .5, .5, .5}, []uint32{3, 1, 0, 2}, 3, false, []uint32{0, 1, 2}},
		{"not itself", []float32{.5, .9, .5}, []uint32{2, 1, 0}, 2, true, []uint32{0, 2}},
		{"fewer than asked for", []float32{0, .9, 0}, []uint32{1}, 5, false, []uint32{1}},
		{"none", []float32{0, 0}, nil, 5, false, nil},
	} {
		acc := slices.Clone(c.sums)
		var rows []uint32
		for _, s := range takeBest(nil, acc, c.touched, c.k, c.skipSelf, 1) {
			if s.sim != c.sums[s.row] {
				t.Errorf("%s: row %d has %v", c.name, s.row, s.sim)
			}
			rows = append(rows, s.row)
		}
		if !slices.Equal(rows, c.want) {
			t.Errorf("%s: %v, want %v", c.name, rows, c.want)
		}
		for r, x := range acc {
			if x != 0 {
				t.Errorf("%s: the sum of row %d is not cleared", c.name, r)
			}
		}
	}
}

func TestUnite(t *testing.T) {
	lists := func(rows ...[]uint32) [][]scored {
		out := make([][]scored, len(rows))
		for i, r := range rows {
			for _, x := range r {
				out[i] = append(out[i], scored{row: x})
			}
		}
		return out
	}
	a, b := lists([]uint32{2, 0}, nil, []uint32{1}), lists([]uint32{0, 1}, []uint32{2})
	for _, c := range []struct {
		name        string
		left, right [][][]scored
		dedupe      bool
		want        []pairIDs
	}{
		{"nothing", nil, nil, false, nil},
		{"one view", [][][]scored{a}, nil, false, []pairIDs{{0, 0}, {0, 2}, {2, 1}}},
		{"two views", [][][]scored{a, b}, nil, false, []pairIDs{{0, 0}, {0, 1}, {0, 2}, {1, 2}, {2, 1}}},
		{"the right side is turned round", [][][]scored{a}, [][][]scored{b}, false, []pairIDs{{0, 0}, {0, 2}, {1, 0}, {2, 1}}},
		{"one side: smaller first, once", [][][]scored{lists([]uint32{2}, nil, []uint32{0, 1})}, nil, true, []pairIDs{{0, 2}, {1, 2}}},
	} {
		if got := unite(c.left, c.right, c.dedupe); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

// TestCandidatesOfOne: in one collection no record is its own candidate, and a copy
// finds its copy first by both views.
func TestCandidatesOfOne(t *testing.T) {
	c := store(t, schemaOf(t, "title:text"), titles("red lamp of brass", "green chair of oak", "lamp of brass, red", "white table of pine", "chair, green, of oak"))[0]
	got, err := Candidates(t.Context(), c, nil, Options{TopK: 2})
	if err != nil {
		t.Fatal(err)
	}
	for view, lists := range map[string][][]uint32{"vectors": got.ByVector, "words": got.ByWords} {
		for i, list := range lists {
			if slices.Contains(list, uint32(i)) || len(list) > 2 {
				t.Errorf("%s: record %d has the candidates %v", view, i, list)
			}
		}
		for _, p := range [][2]uint32{{0, 2}, {2, 0}, {1, 4}, {4, 1}} {
			if len(lists[p[0]]) == 0 || lists[p[0]][0] != p[1] {
				t.Errorf("%s: record %d finds %v first", view, p[0], lists[p[0]])
			}
		}
	}
}

// uniteLists gives what unite gives for a dedupe.
func TestUniteLists(t *testing.T) {
	rng := rand.New(rand.NewPCG(21, 1))
	for range 50 {
		n, k := 1+rng.IntN(20), 1+rng.IntN(5)
		var views [][][]scored
		var lists []*nearLists
		for range 2 {
			view, list := make([][]scored, n), newNearLists(n, k)
			for i := range n {
				for range rng.IntN(k + 1) {
					if j := rng.IntN(n); j != i {
						view[i] = append(view[i], scored{uint32(j), 1})
					}
				}
				list.put(i, view[i])
			}
			views, lists = append(views, view), append(lists, list)
		}
		if got, want := uniteLists(n, lists...), unite(views, nil, true); !slices.Equal(got, want) {
			t.Fatalf("%v\n%v", got, want)
		}
	}
	if got := uniteLists(3, nil, newNearLists(3, 2)); len(got) != 0 {
		t.Errorf("of nothing: %v", got)
	}
}

// A join of vectors that are handed over one by one finds what one scan finds.
func TestNeighbourFinder(t *testing.T) {
	rng := rand.New(rand.NewPCG(22, 1))
	const n, dim, k = 3 * slab / 2, 8, 3
	f := newNeighbourFinder(n, dim)
	vecs := make([][]float32, n)
	for i := range vecs {
		vecs[i] = make([]float32, dim)
		if i != 17 { // one is zero
			for d := range vecs[i] {
				vecs[i][d] = float32(rng.NormFloat64())
			}
		}
		f.add(vecs[i])
	}
	lists, err := f.nearest(t.Context(), k, 2, nil)
	if err != nil {
		t.Fatal(err)
	}
	cosine := func(a, b []float32) float64 {
		var ab, aa, bb float64
		for d := range a {
			ab, aa, bb = ab+float64(a[d])*float64(b[d]), aa+float64(a[d])*float64(a[d]), bb+float64(b[d])*float64(b[d])
		}
		return ab / math.Sqrt(aa*bb)
	}
	for i := 0; i < n; i += 101 {
		got := lists.of(i)
		if len(got) != k || slices.Contains(got, uint32(i)) || slices.Contains(got, 17) {
			t.Fatalf("%d: %v", i, got)
		}
		worst := 1.
		for _, j := range got {
			worst = min(worst, cosine(vecs[i], vecs[j]))
		}
		nearer := 0
		for j := range vecs {
			if j != i && j != 17 && cosine(vecs[i], vecs[j]) > worst+1e-6 {
				nearer++
			}
		}
		if nearer >= k {
			t.Errorf("%d: %d are nearer than %v", i, nearer, got)
		}
	}
	if len(lists.of(17)) != 0 {
		t.Errorf("a zero vector is near %v", lists.of(17))
	}
}

func TestTooCommonGrowsWithTheRows(t *testing.T) {
	for rows, want := range map[int]int{0: 1000, 10_000: 1000, 50_000: 1000, 100_000: 2000, 250_000: 5000, 10_000_000: 5000} {
		if got := tooCommon(rows); got != want {
			t.Errorf("%d rows: %d, want %d", rows, got, want)
		}
	}
}

// The words of a query are walked from the rarest on, until the budget is spent; those in few rows always.
func TestLongestListOfAQuery(t *testing.T) {
	lists := func(lengths ...uint32) (*sparse, *postings) {
		q, p := newSparse(1), &postings{off: []uint32{0}}
		var es []entry
		for id, n := range lengths {
			es = append(es, entry{uint32(id), 1})
			p.off = append(p.off, p.off[id]+n)
		}
		q.append(es)
		return q, p
	}
	for _, c := range []struct {
		lengths []uint32
		want    uint32
	}{
		{nil, 1000},
		{[]uint32{1000, 1000, 1000, 1000, 1000, 1000, 1000, 7}, 1000},
		{[]uint32{4000, 900, 1001, 3000}, 3000},
		{[]uint32{5000}, 5000},
		{[]uint32{5000, 1001}, 1001},
		{[]uint32{2501, 2501}, 2501}, // of one length all
		{[]uint32{6000}, 1000},
	} {
		q, p := lists(c.lengths...)
		if got, _ := p.longest(q, 0, nil); got != c.want {
			t.Errorf("%v: up to %d, want %d", c.lengths, got, c.want)
		}
	}
}
