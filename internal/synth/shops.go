package synth

import (
	"math"
	"sort"
)

// Shops makes two shops whose ranges overlap. Each product is at most once in a
// shop, each shop has its house style, and ids of the two never agree. truth
// lists the rows (left, right) of the products that both have, by left row.
// Options.Products counts the distinct products of both shops together.
func Shops(opts Options) (left, right *Table, truth [][2]int) {
	o := opts.filled()
	both, own := ranges(o.Products, o.Overlap)
	world := newPermutation(o.Products, o.Seed, streamProducts, 0)

	// By rank: | in both | left only | right only |
	leftRank := func(i int) int { return i }
	rightRank := func(i int) int {
		if i < both {
			return i
		}
		return i + own
	}
	rightSize := o.Products - own
	leftHouse, rightHouse := o.Style.shopHouses()
	leftRows, left := shop(o, "p", both+own, streamLeft, leftHouse, leftRank, &world)
	rightRows, right := shop(o, "s", rightSize, streamRight, rightHouse, rightRank, &world)
	for i := range both {
		truth = append(truth, [2]int{leftRows[i], rightRows[i]})
	}
	sort.Slice(truth, func(i, j int) bool { return truth[i][0] < truth[j][0] })
	if opts.RenameRight {
		rename(right)
	}
	return left, right, truth
}

// ranges splits the products so that overlap is the share of either shop's range
// that both have: both products in both, own only in the left one, and the rest
// (as many, or one more or less) only in the right one.
func ranges(products int, overlap float64) (both, own int) {
	both = int(math.Round(float64(products) * overlap / (2 - overlap)))
	return both, (products - both) / 2
}

// shop renders n products in shuffled order; rows[i] is where the i-th of them stands.
func shop(o Options, prefix string, n int, stream uint64, house int, rank func(int) int, world *permutation) (rows []int, t *Table) {
	w := newWriter(o)
	order := newPermutation(n, o.Seed, streamOrder, stream)
	rows = make([]int, n)
	t = &Table{Header: Header(), Rows: make([][]string, n), Cluster: make([]int, n)}
	for r := range n {
		i := order.at(r)
		num := world.at(rank(i))
		rows[i] = r
		t.Rows[r] = w.shopRow(prefix, r, num, stream, &o.Style.houses()[house])
		t.Cluster[r] = num
	}
	return rows, t
}

// rename gives a shop other column names and takes its category away.
func rename(t *Table) {
	t.Header = []string{"id", "name", "manufacturer", "price", "description"}
	for r, row := range t.Rows {
		t.Rows[r] = []string{row[colID], row[colTitle], row[colBrand], row[colPrice], row[colDescription]}
	}
}
