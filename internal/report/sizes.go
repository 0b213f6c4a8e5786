package report

import (
	"fmt"
	"math/bits"
)

// maxSizeRows is the most rows of the size chart; more distinct sizes than that
// are gathered into ranges.
const maxSizeRows = 10

// The size chart, in pixels down and shares across.
const (
	sizeRowHeight = 26
	sizeBarFrom   = 0.20
	sizeBarMost   = 0.64 // leaves room for the count behind the longest bar
)

// sizeChart shows how many clusters there are of which size.
type sizeChart struct {
	Height int
	Rows   []sizeRow
}

type sizeRow struct {
	Label, Count, Title string
	Y, TextY            int
	X, Width, End       string // percent
}

// newSizeChart lays out counts, ascending by size. What is not positive is left out.
func newSizeChart(counts []SizeCount) sizeChart {
	groups := gatherSizes(counts)
	most := 0
	for _, g := range groups {
		most = max(most, g.count)
	}
	c := sizeChart{Height: len(groups) * sizeRowHeight}
	for i, g := range groups {
		width := max(sizeBarMost*float64(g.count)/float64(most), 0.004)
		c.Rows = append(c.Rows, sizeRow{
			Label: g.label(),
			Count: formatCount(g.count),
			Title: fmt.Sprintf("%s %s of %s", formatCount(g.count), plural(g.count, "group", "groups"), g.label()),
			Y:     i*sizeRowHeight + 5,
			TextY: i*sizeRowHeight + sizeRowHeight/2,
			X:     percent(sizeBarFrom), Width: percent(width), End: percent(sizeBarFrom + width),
		})
	}
	return c
}

// sizeGroup is a range of sizes, both ends included, and its clusters.
type sizeGroup struct{ low, high, count int }

func (g sizeGroup) label() string {
	if g.low == g.high {
		return fmt.Sprintf("%s %s", formatCount(g.low), plural(g.low, "row", "rows"))
	}
	return fmt.Sprintf("%s–%s rows", formatCount(g.low), formatCount(g.high))
}

// gatherSizes gives one group per size, or, where there are too many sizes, one
// per range 2, 3-4, 5-8, 9-16 and so on.
func gatherSizes(counts []SizeCount) []sizeGroup {
	var single, ranges []sizeGroup
	for _, c := range counts {
		if c.Size < 1 || c.Count < 1 {
			continue
		}
		single = append(single, sizeGroup{c.Size, c.Size, c.Count})
		power := bits.Len(uint(c.Size - 1)) // size 5..8 -> 3
		low, high := 1<<power/2+1, 1<<power
		if power == 0 {
			low = 1
		}
		if n := len(ranges); n > 0 && ranges[n-1].high == high {
			ranges[n-1].count += c.Count
		} else {
			ranges = append(ranges, sizeGroup{low, high, c.Count})
		}
	}
	if len(single) <= maxSizeRows {
		return single
	}
	return ranges
}
