package synth

import (
	"math"
	"reflect"
	"slices"
	"testing"
)

func TestShops(t *testing.T) {
	for _, c := range []struct {
		opts    Options
		overlap float64
	}{
		{Options{}, .6},
		{Options{Products: 333, Overlap: .2}, .2},
		{Options{Products: 50, Overlap: -1}, 0},
		{Options{Products: 50, Overlap: 1}, 1},
		{Options{Products: 1}, 0},
	} {
		left, right, truth := Shops(c.opts)
		for name, tab := range map[string]*Table{"left": left, "right": right} {
			if c.opts.Products > 1 && math.Abs(float64(len(truth))/float64(len(tab.Rows))-c.overlap) > .02 {
				t.Errorf("%+v: %d of %d %s rows are shared, want %.2f", c.opts, len(truth), len(tab.Rows), name, c.overlap)
			}
			if seen := slices.Compact(slices.Sorted(slices.Values(tab.Cluster))); len(seen) != len(tab.Rows) {
				t.Errorf("%+v: a product is twice in the %s shop", c.opts, name)
			}
		}
		rightRow := make(map[int]int)
		for r, num := range right.Cluster {
			rightRow[num] = r
		}
		var want [][2]int
		for l, num := range left.Cluster {
			if r, ok := rightRow[num]; ok {
				want = append(want, [2]int{l, r})
			}
		}
		if !reflect.DeepEqual(truth, want) {
			t.Errorf("%+v: truth is not what the clusters say", c.opts)
		}
		if products := len(left.Rows) + len(right.Rows) - len(truth); products != c.opts.filled().Products {
			t.Errorf("%+v: %d distinct products", c.opts, products)
		}
	}
}

func TestShopsRenameRight(t *testing.T) {
	_, plain, _ := Shops(Options{Products: 20})
	left, right, _ := Shops(Options{Products: 20, RenameRight: true})
	if !reflect.DeepEqual(left.Header, Header()) || !reflect.DeepEqual(plain.Header, Header()) {
		t.Error("columns are renamed where they should not be")
	}
	if want := []string{"id", "name", "manufacturer", "price", "description"}; !reflect.DeepEqual(right.Header, want) {
		t.Errorf("right header %v", right.Header)
	}
	for r, row := range right.Rows {
		p := plain.Rows[r]
		if want := []string{p[colID], p[colTitle], p[colBrand], p[colPrice], p[colDescription]}; !reflect.DeepEqual(row, want) {
			t.Fatalf("row %d: %q, want %q", r, row, want)
		}
	}
}

func TestShopsWriteDifferently(t *testing.T) {
	left, right, truth := Shops(Options{Seed: 2})
	same := 0
	for _, p := range truth {
		if left.Rows[p[0]][colTitle] == right.Rows[p[1]][colTitle] {
			same++
		}
	}
	if same > len(truth)/20 {
		t.Errorf("%d of %d shared products have the same title in both shops", same, len(truth))
	}
}
