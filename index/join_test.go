package index

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestSelfJoinIsExact up to its bound: it finds what a scan finds.
func TestSelfJoinIsExact(t *testing.T) {
	const n, dim, k = 700, 12, 6
	vecs := clustered(rand.New(rand.NewPCG(71, 1)), n, dim, 40)
	copy(vecs[10*dim:20*dim], vecs[:10*dim])
	x := open(t, Options{Dim: dim})
	if err := x.AddBatch(sequence(n), vecs); err != nil {
		t.Fatal(err)
	}
	want, err := x.NearestBatch(t.Context(), vecs, k+1, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	last := 0
	got, err := SelfJoin(t.Context(), slices.Clone(vecs), dim, k, 2, func(done, all int) {
		if done <= last || done > all {
			t.Errorf("%d after %d of %d", done, last, all)
		}
		if last = done; done == all {
			last = -1
		}
	})
	if err != nil || len(got) != n || last != -1 {
		t.Fatalf("%d lists, %v, the last tick %d", len(got), err, last)
	}
	for i, list := range got {
		others := slices.DeleteFunc(slices.Clone(want[i]), func(o Neighbour) bool { return o.ID == uint32(i) })[:k]
		if len(list) != k || !slices.IsSortedFunc(list, func(a, b Neighbour) int { return compareFloat(a.Distance, b.Distance) }) {
			t.Fatalf("%d: %v", i, list)
		}
		for at, o := range list {
			if o.ID == uint32(i) || math.Abs(float64(o.Distance-others[at].Distance)) > 1e-6 {
				t.Fatalf("%d: %v, want %v", i, list, others)
			}
		}
	}
}

func compareFloat(a, b float32) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// TestSelfJoinOfMany finds nearly all, the same for any number of threads, in data with copies.
func TestSelfJoinOfMany(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	const n, dim, k = joinExact + 4000, 16, 10
	vecs := clustered(rand.New(rand.NewPCG(72, 1)), n, dim, n/8)
	copy(vecs[(n-3000)*dim:], vecs[:3000*dim])
	x := open(t, Options{Dim: dim})
	if err := x.AddBatch(sequence(n), vecs); err != nil {
		t.Fatal(err)
	}
	const every = 40
	var asked []float32
	for i := 0; i < n; i += every {
		asked = append(asked, vecs[i*dim:][:dim]...)
	}
	want, err := x.NearestBatch(t.Context(), asked, k+1, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var first [][]Neighbour
	for _, threads := range []int{1, 3} {
		got, err := SelfJoin(t.Context(), slices.Clone(vecs), dim, k, threads, nil)
		if err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = got
			continue
		}
		for i := range got {
			if !slices.Equal(got[i], first[i]) {
				t.Fatalf("%d: %v by 3 threads, %v by one", i, got[i], first[i])
			}
		}
	}
	good, all := 0, 0
	for i := 0; i < n; i += every {
		far := want[i/every][k].Distance + 1e-6 // the record itself is among the k+1
		for _, o := range first[i] {
			if o.Distance <= far {
				good++
			}
		}
		all += k
	}
	t.Logf("recall@%d %.4f", k, float64(good)/float64(all))
	if good < all*95/100 {
		t.Errorf("%d of %d are found", good, all)
	}
}

func TestSelfJoinBadInput(t *testing.T) {
	nan := float32(math.NaN())
	for name, c := range map[string]struct {
		vecs   []float32
		dim, k int
		want   error
	}{
		"no dimension":   {[]float32{1}, 0, 1, ErrOptions},
		"half a vector":  {[]float32{1, 2, 3}, 2, 1, ErrDim},
		"k 0":            {[]float32{1, 2}, 2, 0, ErrOptions},
		"not finite":     {[]float32{1, 2, nan, 1}, 2, 1, ErrNotFinite},
		"without length": {[]float32{1, 2, 0, 0}, 2, 1, ErrZeroVector},
	} {
		if _, err := SelfJoin(t.Context(), c.vecs, c.dim, c.k, 1, nil); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	for n := range 3 { // none, alone, two
		got, err := SelfJoin(t.Context(), slices.Repeat([]float32{1, 2}, n), 2, 5, 0, nil)
		if err != nil || len(got) != n {
			t.Fatal(n, got, err)
		}
		for _, list := range got {
			if len(list) != max(0, n-1) {
				t.Errorf("%d: %v", n, list)
			}
		}
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := SelfJoin(ended, make([]float32, 0), 2, 1, 1, nil); err != nil {
		t.Error("nothing to do, and", err)
	}
	if _, err := SelfJoin(ended, slices.Repeat([]float32{1, 2}, 500), 2, 1, 1, nil); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
