package synth

import "math"

// maxCopies is the largest number of rows that a product can have.
const maxCopies = 6

// extraShares is how the further copies spread over the second to the sixth row
// of a product: most clusters are pairs, few have six rows.
var extraShares = [maxCopies - 1]float64{.66, .2, .08, .04, .02}

// layout says which product and which copy of it stands in a catalogue's row.
//
// Before shuffling, rows are laid out by copy number:
//
//	| copy 0 of all products | copy 1 of some | copy 2 of fewer | ... | copy 5 |
//
// level[c] products have a copy c, always the first ones in rank order, so the
// levels nest; rank to product number is a permutation, row to slot another.
type layout struct {
	level    [maxCopies]int
	products permutation
	order    permutation
}

func newLayout(o Options) layout {
	products, extra := sizes(o)
	l := layout{level: spread(products, extra)}
	l.products = newPermutation(products, o.Seed, streamProducts, 0)
	l.order = newPermutation(products+extra, o.Seed, streamOrder, 0)
	return l
}

// sizes gives the number of products and of further copies.
func sizes(o Options) (products, extra int) {
	if o.Rows > 0 {
		// At least a sixth of the rows are first copies, or the rest would not fit.
		products = max(o.Rows-int(math.Round(float64(o.Rows)*o.Duplicates)), (o.Rows+maxCopies-1)/maxCopies)
		return products, o.Rows - products
	}
	extra = int(math.Round(float64(o.Products) * o.Duplicates / (1 - o.Duplicates)))
	return o.Products, min(extra, o.Products*(maxCopies-1))
}

// spread distributes the further copies over the levels; no level is larger
// than the one before it. REQUIRES extra <= products*(maxCopies-1).
func spread(products, extra int) [maxCopies]int {
	level := [maxCopies]int{products}
	left := extra
	for c := 1; c < maxCopies; c++ {
		level[c] = min(int(float64(extra)*extraShares[c-1]), level[c-1], left)
		left -= level[c]
	}
	for c := 1; c < maxCopies; c++ { // rounding and what did not fit
		add := min(level[c-1]-level[c], left)
		level[c] += add
		left -= add
	}
	return level
}

func (l *layout) rows() int { return int(l.order.n) }

// at gives the product number and the copy number of row r.
func (l *layout) at(r int) (product, copyNo int) {
	slot := l.order.at(r)
	for slot >= l.level[copyNo] {
		slot -= l.level[copyNo]
		copyNo++
	}
	return l.products.at(slot), copyNo
}
