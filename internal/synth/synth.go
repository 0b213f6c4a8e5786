// Package synth makes a product catalogue that looks like the real thing and
// comes with the truth: which rows are the same product.
//
// A world of products is laid out by arithmetic alone. Products come in lines
// of one to six variants (another size, colour, capacity, pack or generation):
// siblings look alike and are not duplicates. Each row is one merchant's
// rendering of one product, and is made from (seed, product, copy) and nothing
// else, so rows can be made in any order, in any number, without storing any.
//
// INVARIANT: the truth is decidable from the text. Each row carries the code
// (or, where a family has none, the name) of its line, and every attribute that
// tells it from a sibling, as a value or inside the code, in title or description.
package synth

import (
	"errors"
	"fmt"
	"iter"
	"math"
	"strings"
)

// ErrOptions is returned by [Options.Validate] for a value that makes no sense.
var ErrOptions = errors.New("bad option")

const (
	defaultProducts   = 1000
	defaultDuplicates = 0.3
	defaultNoise      = 0.5
	defaultOverlap    = 0.6
	// maxDuplicates is the share at which every product would have maxCopies rows.
	maxDuplicates = 1 - 1.0/maxCopies
)

// Options says what to make. The zero value is the default: 1,000 products.
type Options struct {
	// Seed picks the world. The same options give the same bytes.
	Seed uint64
	// Products is the number of distinct products; 0 means 1,000.
	Products int
	// Rows, if above 0, asks a catalogue for exactly so many rows; the number of
	// products then follows from Duplicates and Products is not looked at.
	Rows int
	// Duplicates is the share of a catalogue's rows that are further copies of a
	// product, at most 5/6; 0 means 0.3, a negative value means none.
	Duplicates float64
	// Noise, 0 to 1, is how careless the merchants are: typos, missing fields,
	// moved prices. 0 means 0.5, a negative value means none (house styles remain).
	Noise float64
	// Overlap is the share of each shop's range that the other shop has too;
	// 0 means 0.6, a negative value means none. For [Shops] only.
	Overlap float64
	// RenameRight gives the right shop other column names and no category, so that
	// its columns have to be mapped. For [Shops] only.
	RenameRight bool
}

// Validate returns an [ErrOptions] for values out of range. The functions of
// this package do not call it: they clamp.
func (o Options) Validate() error {
	switch {
	case o.Products < 0:
		return fmt.Errorf("%w: %d products", ErrOptions, o.Products)
	case o.Rows < 0:
		return fmt.Errorf("%w: %d rows", ErrOptions, o.Rows)
	case math.IsNaN(o.Duplicates) || o.Duplicates > maxDuplicates:
		return fmt.Errorf("%w: duplicates %v is above %.3f", ErrOptions, o.Duplicates, maxDuplicates)
	case math.IsNaN(o.Noise) || o.Noise > 1:
		return fmt.Errorf("%w: noise %v is above 1", ErrOptions, o.Noise)
	case math.IsNaN(o.Overlap) || o.Overlap > 1:
		return fmt.Errorf("%w: overlap %v is above 1", ErrOptions, o.Overlap)
	}
	return nil
}

// filled gives the options with defaults in place and everything in range.
func (o Options) filled() Options {
	if o.Products <= 0 {
		o.Products = defaultProducts
	}
	o.Rows = max(o.Rows, 0)
	o.Duplicates = share(o.Duplicates, defaultDuplicates, maxDuplicates)
	o.Noise = share(o.Noise, defaultNoise, 1)
	o.Overlap = share(o.Overlap, defaultOverlap, 1)
	return o
}

// share reads an option where 0 is the default and a negative value is none.
func share(v, byDefault, most float64) float64 {
	switch {
	case v == 0 || math.IsNaN(v):
		return byDefault
	case v < 0:
		return 0
	}
	return min(v, most)
}

// Table is rows with their truth.
type Table struct {
	Header  []string
	Rows    [][]string // one value per header column; "" is a missing value
	Cluster []int      // the true product of each row
}

// Header gives the column names of the rows: id, title, brand, price, category, description.
func Header() []string {
	return []string{"id", "title", "brand", "price", "category", "description"}
}

// The positions of the columns in a row.
const (
	colID = iota
	colTitle
	colBrand
	colPrice
	colCategory
	colDescription
	numColumns
)

// Rows streams a catalogue: the true product of each row and its values in the
// order of [Header]. Memory does not grow with the number of rows; the yielded
// slice is the caller's to keep. The order is a pseudo-random permutation, and
// the id is the position in it, so neither tells anything about the truth.
func Rows(opts Options) iter.Seq2[int, []string] {
	o := opts.filled()
	return func(yield func(int, []string) bool) {
		lay := newLayout(o)
		w := newWriter(o)
		for r := range lay.rows() {
			num, copyNo := lay.at(r)
			if !yield(num, w.catalogueRow(r, num, copyNo)) {
				return
			}
		}
	}
}

// Catalogue makes one catalogue with duplicates in it.
func Catalogue(opts Options) *Table {
	products, extra := sizes(opts.filled())
	n := products + extra
	t := &Table{Header: Header(), Rows: make([][]string, 0, n), Cluster: make([]int, 0, n)}
	for num, row := range Rows(opts) {
		t.Rows = append(t.Rows, row)
		t.Cluster = append(t.Cluster, num)
	}
	return t
}

// CatalogueRows makes a catalogue of exactly n rows with default options.
func CatalogueRows(n int) *Table {
	if n <= 0 {
		return &Table{Header: Header()}
	}
	return Catalogue(Options{Rows: n})
}

// Pairs lists the true matches: all pairs (i, j), i < j, of rows of one product,
// ascending. Its length grows with the squares of the cluster sizes, at most 15
// pairs for each product of a catalogue.
func (t *Table) Pairs() [][2]int {
	next := make([]int, len(t.Cluster)) // the next row of the same product, or -1
	last := make(map[int]int)
	for i := len(t.Cluster) - 1; i >= 0; i-- {
		next[i] = -1
		if j, ok := last[t.Cluster[i]]; ok {
			next[i] = j
		}
		last[t.Cluster[i]] = i
	}
	var pairs [][2]int
	for i := range t.Cluster {
		for j := next[i]; j >= 0; j = next[j] {
			pairs = append(pairs, [2]int{i, j})
		}
	}
	return pairs
}

// String says how many rows and products there are.
func (t *Table) String() string {
	seen := make(map[int]bool)
	for _, c := range t.Cluster {
		seen[c] = true
	}
	return fmt.Sprintf("%d rows of %d products (%s)", len(t.Rows), len(seen), strings.Join(t.Header, ", "))
}
