package baseline

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
)

func TestCodesByHand(t *testing.T) {
	c := NewCodes([][]string{{"Sony KDL-40V3000", "TV"}, {"lamp of brass", ""}, {"x 12"}},
		[][]string{{"sony bravia kdl40v3000 lcd"}, {"KDL 40 V3000"}, {"12 lamps"}, {""}})
	for _, want := range []struct {
		left, right uint32
		n           int
	}{
		{0, 0, len("kdl40v3000")},
		{0, 1, len("kdl40v3000")}, // the text without separators holds it
		{0, 2, 0},
		{1, 2, 0},
		{2, 2, 0}, // two characters are no code
		{0, 3, 0},
	} {
		if n := c.Contained(want.left, want.right); n != want.n {
			t.Errorf("%d %d: %d, want %d", want.left, want.right, n, want.n)
		}
	}
	if one := NewCodes([][]string{{"ab-123"}, {"AB123 x"}}, nil); one.Contained(0, 1) != 5 {
		t.Error("one table: the code is not found")
	}
}

func TestTFIDFByHand(t *testing.T) {
	// "ab" between spaces has the 3-grams " ab" and "ab ", the 4-gram " ab ".
	// "ab" stands in both records, "cd" in one: df 2 and 1, n 2.
	v := NewTFIDF([][]string{{"ab"}, {"ab cd"}}, nil)
	both, one := math.Log(3./3)+1, math.Log(3./2)+1
	want := 3 * both * both / (math.Sqrt(3*both*both) * math.Sqrt(3*both*both+3*one*one))
	if got := v.Cosine(0, 1); math.Abs(got-want) > 1e-12 {
		t.Errorf("cosine %v, want %v", got, want)
	}
	if got := v.Cosine(0, 0); math.Abs(got-1) > 1e-12 || got > 1 {
		t.Errorf("cosine with itself %v", got)
	}
	if got := NewTFIDF([][]string{{"", ""}, {"ab"}}, nil).Cosine(0, 1); got != 0 {
		t.Errorf("an empty record is %v alike", got)
	}
}

func randomRows(rng *rand.Rand, n int) (rows [][]string) {
	words := []string{"red", "blue", "lamp", "brass", "of", "xk-200", "table", ""}
	for range n {
		rows = append(rows, []string{words[rng.IntN(len(words))] + " " + words[rng.IntN(len(words))], words[rng.IntN(len(words))]})
	}
	return rows
}

// TestNearestAgainstAllPairs compares with every cosine, for one and two tables
// and several numbers of threads.
func TestNearestAgainstAllPairs(t *testing.T) {
	rng := rand.New(rand.NewPCG(6, 1))
	for round := range 40 {
		left, right := randomRows(rng, 1+rng.IntN(12)), randomRows(rng, 1+rng.IntN(12))
		if round%2 == 0 {
			right = nil
		}
		v := NewTFIDF(left, right)
		const k = 3
		var want []Pair
		for i := range v.left {
			var row []Pair
			for j := range v.right {
				if s := v.Cosine(uint32(i), uint32(j)); s > 0 && !(right == nil && i == j) {
					row = append(row, Pair{uint32(i), uint32(j), s})
				}
			}
			slices.SortFunc(row, compare)
			for _, p := range row[:min(k, len(row))] {
				if right == nil {
					p.Left, p.Right = min(p.Left, p.Right), max(p.Left, p.Right)
				}
				want = append(want, p)
			}
		}
		slices.SortFunc(want, compare)
		want = slices.Compact(want)
		for _, threads := range []int{1, 3} {
			got, err := v.Nearest(context.Background(), k, threads)
			if err != nil || !slices.Equal(got, want) {
				t.Fatalf("%v %v: %v, want %v (%v)", left, right, got, want, err)
			}
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := NewTFIDF(randomRows(rng, 5), nil).Nearest(ctx, 2, 1); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled search gives %v", err)
	}
}

// TestNearestOfLarge looks up rare n-grams only: what is found is in the right
// order with the right likeness, and a record that shares a rare n-gram is found.
func TestNearestOfLarge(t *testing.T) {
	rng := rand.New(rand.NewPCG(6, 2))
	left, right := randomRows(rng, 30), randomRows(rng, 30)
	left[4], right[9] = []string{"zq-777", ""}, []string{"zq-777", "lamp"}
	v := NewTFIDF(left, right)
	rows, err := v.rows(context.Background(), 3, 2, true)
	if err != nil {
		t.Fatal(err)
	}
	for i, row := range rows {
		if len(row) > 3 || !slices.IsSortedFunc(row, compare) {
			t.Errorf("record %d: %v", i, row)
		}
		for _, p := range row {
			if p.Sim != v.Cosine(p.Left, p.Right) || p.Left != uint32(i) {
				t.Errorf("%v, cosine %v", p, v.Cosine(p.Left, p.Right))
			}
		}
	}
	if len(rows[4]) == 0 || rows[4][0].Right != 9 {
		t.Errorf("the rare one finds %v", rows[4])
	}
}

func TestOneToOneByHand(t *testing.T) {
	pairs := []Pair{{0, 1, .9}, {1, 2, .8}, {0, 3, .7}, {4, 3, .6}, {5, 0, .5}}
	if got, want := OneToOne(pairs, false), []Pair{pairs[0], pairs[1], pairs[3], pairs[4]}; !reflect.DeepEqual(got, want) {
		t.Errorf("two tables: %v, want %v", got, want)
	}
	if got, want := OneToOne(pairs, true), []Pair{pairs[0], pairs[3]}; !reflect.DeepEqual(got, want) {
		t.Errorf("one table: %v, want %v", got, want)
	}
}
