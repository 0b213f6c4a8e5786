package match

import (
	"context"
	"fmt"
	"math"
)

// column is one kind of evidence over all candidate pairs.
type column struct {
	name  string  // stable identifier
	text  string  // what it measures, for a reader
	field int     // the field that it reads, or -1 for the name or the whole record
	most  float64 // weight that it can have, in that of one view of the text
	value []float32
}

// isText says whether the column is about the record's text as a whole; the
// others are about one field each.
func (c *column) isText() bool { return c.field < 0 }

// Columns that every corpus has, before those of the fields.
const (
	colCodesMax = numViews + iota
	colCodesMin
	colWordsMax
	colWordsMin
	numTextColumns
)

var textColumns = [numTextColumns]struct{ name, text string }{
	viewRecordGrams: {"record.grams", "spelling of the whole record"},
	viewRecordWords: {"record.words", "words of the whole record"},
	viewNameGrams:   {"name.grams", "spelling of the %s"},
	viewNameWords:   {"name.words", "words of the %s"},
	viewNameRun:     {"name.run", "%s without separators"},
	colCodesMax:     {"codes.max", "codes and numbers of one side found in the other"},
	colCodesMin:     {"codes.min", "codes and numbers found both ways"},
	colWordsMax:     {"words.max", "words of one side found in the other"},
	colWordsMin:     {"words.min", "words found both ways"},
}

// gather computes the evidence of every pair. Missing evidence is NaN. The
// indexes of a pair are corpus numbers.
func (c *corpus) gather(ctx context.Context, pairs []pairIDs, threads int) ([]column, error) {
	cols := c.columns(len(pairs))
	err := parallel(ctx, len(pairs), threads, func() func(from, to int) {
		return func(from, to int) {
			for p := from; p < to; p++ {
				c.evidence(cols, p, int(pairs[p].left), int(pairs[p].right))
			}
		}
	})
	return cols, err
}

// columns makes the empty columns: text first, then other text fields, then numbers, then pictures.
func (c *corpus) columns(pairs int) []column {
	var cols []column
	name := "text"
	if c.name >= 0 {
		name = c.schema[c.name].Name
	}
	for _, t := range textColumns {
		text := t.text
		if text[0] == '%' || text[len(text)-1] == 's' && text[len(text)-2] == '%' {
			text = fmt.Sprintf(text, name)
		}
		cols = append(cols, column{name: t.name, text: text, field: -1, most: 1})
	}
	for _, f := range c.others {
		cols = append(cols, column{name: "field." + c.schema[f].Name, text: c.schema[f].Name, field: f, most: 1})
	}
	for _, f := range c.numbers {
		cols = append(cols, column{name: "number." + c.schema[f].Name, text: c.schema[f].Name, field: f, most: 1})
	}
	for _, f := range c.pictures {
		cols = append(cols, column{name: "picture." + c.schema[f].Name, text: c.schema[f].Name, field: f, most: mostPicture})
	}
	for i := range cols {
		cols[i].value = make([]float32, pairs)
	}
	return cols
}

func (c *corpus) evidence(cols []column, p, x, y int) {
	for v := range numViews {
		cols[v].value[p] = c.views[v].dot(x, c.views[v], y)
	}
	codesXY, wordsXY := c.tokens.containment(x, y)
	codesYX, wordsYX := c.tokens.containment(y, x)
	cols[colCodesMax].value[p], cols[colCodesMin].value[p] = spread(codesXY, codesYX)
	cols[colWordsMax].value[p], cols[colWordsMin].value[p] = spread(wordsXY, wordsYX)
	k := numTextColumns
	for i, f := range c.others {
		s := float32(math.NaN())
		if c.values[x][f] != "" && c.values[y][f] != "" {
			s = c.fields[i].dot(x, c.fields[i], y)
		}
		cols[k].value[p] = s
		k++
	}
	for i := range c.numbers {
		cols[k].value[p] = numberLikeness(c.number[i][x], c.number[i][y])
		k++
	}
	for i := range c.pictures {
		cols[k].value[p] = c.looks[i].alike(x, y)
		k++
	}
}

// spread gives the larger and the smaller of two shares; where one is missing
// the other stands for both.
func spread(a, b float32) (larger, smaller float32) {
	switch {
	case a != a:
		return b, b
	case b != b:
		return a, a
	}
	return max(a, b), min(a, b)
}

// numberLikeness is (equal + 1 - |x-y| / max(x, y)) / 2 for numbers that are
// not negative. The part for equality is what makes a year tell.
func numberLikeness(x, y float64) float32 {
	switch {
	case math.IsNaN(x) || math.IsNaN(y):
		return float32(math.NaN())
	case x == y:
		return 1
	}
	return float32((1 - math.Abs(x-y)/max(x, y)) / 2)
}
