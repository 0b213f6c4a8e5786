package synth

import (
	"errors"
	"math"
	"reflect"
	"testing"
)

func TestOptionsValidate(t *testing.T) {
	bad := []Options{
		{Products: -1}, {Rows: -1}, {Duplicates: .9}, {Noise: 1.1}, {Overlap: 2},
		{Duplicates: math.NaN()}, {Noise: math.NaN()}, {Overlap: math.NaN()}, {Style: Wild + 1},
	}
	for _, o := range bad {
		if err := o.Validate(); !errors.Is(err, ErrOptions) {
			t.Errorf("%+v: got %v, want ErrOptions", o, err)
		}
	}
	for _, o := range []Options{{}, {Products: 5, Duplicates: -1, Noise: -1, Overlap: -1}, {Duplicates: .8, Noise: 1, Overlap: 1, Style: Wild}} {
		if err := o.Validate(); err != nil {
			t.Errorf("%+v: %v", o, err)
		}
	}
}

func TestCatalogueCounts(t *testing.T) {
	for _, c := range []struct {
		opts           Options
		rows, products int
	}{
		{Options{}, 1429, 1000},
		{Options{Products: 700}, 1000, 700},
		{Options{Products: 1}, 1, 1},
		{Options{Products: 100, Duplicates: -1}, 100, 100},
		{Options{Products: 100, Duplicates: .5}, 200, 100},
		{Options{Products: 100, Duplicates: 1}, 600, 100},
		{Options{Products: -3, Duplicates: math.NaN()}, 1429, 1000},
		{Options{Rows: 1}, 1, 1},
		{Options{Rows: 1000}, 1000, 700},
		{Options{Rows: 1001, Duplicates: 5}, 1001, 167},
		{Options{Rows: 7, Noise: 99}, 7, 5},
	} {
		tab := Catalogue(c.opts)
		seen := make(map[int]bool)
		for _, p := range tab.Cluster {
			seen[p] = true
		}
		if len(tab.Rows) != c.rows || len(tab.Cluster) != c.rows || len(seen) != c.products {
			t.Errorf("%+v: %d rows, %d products; want %d, %d", c.opts, len(tab.Rows), len(seen), c.rows, c.products)
		}
	}
	for _, n := range []int{-1, 0, 1, 2, 999} {
		if tab := CatalogueRows(n); len(tab.Rows) != max(n, 0) {
			t.Errorf("CatalogueRows(%d): %d rows", n, len(tab.Rows))
		}
	}
}

func TestClusterSizes(t *testing.T) {
	count := make(map[int]int)
	for _, p := range Catalogue(Options{Products: 10000}).Cluster {
		count[p]++
	}
	var bySize [maxCopies + 1]int
	for _, n := range count {
		bySize[n]++
	}
	for n := 1; n < maxCopies; n++ {
		if bySize[n] <= bySize[n+1] || bySize[n+1] == 0 {
			t.Errorf("clusters by size %v: want fewer of each larger size, and some", bySize)
		}
	}
	if bySize[1] < 6500 {
		t.Errorf("%d of 10000 clusters are single, want most", bySize[1])
	}
}

func TestRowsAreCompleteAndUnique(t *testing.T) {
	for _, s := range []Style{Plain, Wild} {
		checkComplete(t, Options{Seed: 7, Rows: 20000, Noise: 1, Style: s})
	}
}

func checkComplete(t *testing.T, o Options) {
	t.Helper()
	ids := make(map[string]bool)
	for _, row := range Rows(o) {
		if len(row) != numColumns {
			t.Fatalf("row of %d columns: %q", len(row), row)
		}
		if ids[row[colID]] {
			t.Fatalf("id %s twice", row[colID])
		}
		ids[row[colID]] = true
		if row[colTitle] == "" {
			t.Fatalf("no title: %q", row)
		}
	}
}

func TestDeterministicAndIndependent(t *testing.T) {
	for _, s := range []Style{Plain, Wild} {
		checkDeterministic(t, Options{Seed: 3, Products: 300, Style: s})
	}
}

func checkDeterministic(t *testing.T, opts Options) {
	t.Helper()
	all := Catalogue(opts)
	if again := Catalogue(opts); !reflect.DeepEqual(all, again) {
		t.Fatal("two runs differ")
	}
	if other := Catalogue(Options{Seed: 4, Products: 300, Style: opts.Style}); reflect.DeepEqual(all.Rows, other.Rows) {
		t.Fatal("another seed gives the same rows")
	}
	n := 0
	for num, row := range Rows(opts) {
		if num != all.Cluster[n] || !reflect.DeepEqual(row, all.Rows[n]) {
			t.Fatalf("row %d of a stream that is cut short differs", n)
		}
		if n++; n == 10 {
			break
		}
	}
	// The last row first: no row depends on those before it.
	lay, w := newLayout(opts.filled()), newWriter(opts.filled())
	for r := lay.rows() - 1; r >= 0; r -= 17 {
		num, copyNo := lay.at(r)
		if row := w.catalogueRow(r, num, copyNo); !reflect.DeepEqual(row, all.Rows[r]) {
			t.Fatalf("row %d made alone differs:\n%q\n%q", r, row, all.Rows[r])
		}
	}
}

// Neither the row order nor the ids may tell which rows belong together.
func TestOrderCarriesNoTruth(t *testing.T) {
	tab := Catalogue(Options{Products: 5000})
	adjacent, distance := 0, 0.0
	pairs := tab.Pairs()
	for _, p := range pairs {
		distance += float64(p[1]-p[0]) / float64(len(tab.Rows))
		if p[1] == p[0]+1 {
			adjacent++
		}
	}
	if mean := distance / float64(len(pairs)); math.Abs(mean-1.0/3) > .02 {
		t.Errorf("rows of a product are %.3f of the table apart on average; random order gives 1/3", mean)
	}
	if adjacent > 10 {
		t.Errorf("%d of %d pairs are adjacent", adjacent, len(pairs))
	}
}

func TestPairs(t *testing.T) {
	tab := &Table{Cluster: []int{5, 2, 5, 9, 2, 5}}
	want := [][2]int{{0, 2}, {0, 5}, {1, 4}, {2, 5}}
	if got := tab.Pairs(); !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
