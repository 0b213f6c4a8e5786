// Package baseline holds the dumb ways to match records. A result means little
// without them beside it: much of a benchmark can be had for nothing.
//
//	codes.go    a code of one side stands in the other's text
//	tfidf.go    cosine of character n-grams of the whole record, above a threshold
//	nearest.go  the same over all pairs, and one partner for each record
package baseline

import "cmp"

// Pair is two records and how alike they are; 1 is the same. Left is a row of the
// left table, Right one of the right table, or of the same where there is only one.
type Pair struct {
	Left, Right uint32
	Sim         float64
}

// compare orders pairs, most alike first, ties by row.
func compare(a, b Pair) int {
	return cmp.Or(cmp.Compare(b.Sim, a.Sim), cmp.Compare(a.Left, b.Left), cmp.Compare(a.Right, b.Right))
}
