package match

import (
	"context"
	"math"
	"slices"
	"sync/atomic"
	"unicode"
	"unicode/utf8"

	"github.com/doppeldb/doppel/db"
	"github.com/doppeldb/doppel/internal/text"
	"github.com/doppeldb/doppel/record"
)

// corpus is the records of both sides under one numbering, with all that
// evidence is read from. Record i < left is left record i, the others are right
// records in their order; in a dedupe all are left.
type corpus struct {
	left, right int
	schema      record.Schema
	name        int   // the field that names the thing
	texts       []int // fields whose values are text, the name among them
	others      []int // texts without the name
	numbers     []int // fields whose values are numbers
	pictures    []int // fields whose values are pictures

	values []([]string)
	views  [numViews]*sparse // unit tf-idf rows of the whole record and of its name
	fields []*sparse         // one per others: char 2-4-grams of that field
	number [][]float64       // one per numbers: the value, NaN where there is none
	looks  []looks           // one per pictures
	tokens tokenSets
}

// The views of a record. Their cosines are the first columns of the evidence.
const (
	viewRecordGrams = iota // char 3-5-grams inside words, all text fields
	viewRecordWords        // words, all text fields
	viewNameGrams          // char 3-5-grams inside words, the name
	viewNameWords          // words, the name
	viewNameRun            // char 4-6-grams of the name with all separators dropped: kx-fa83 is kxfa83
	numViews
)

// readCorpus derives everything from the values. It runs on several goroutines; the result
// does not depend on their number.
func readCorpus(ctx context.Context, left, right *db.Snapshot, threads int) (*corpus, error) {
	c, err := newCorpus(ctx, left, right, threads)
	if err != nil {
		return nil, err
	}
	if err := c.buildViews(ctx, threads); err != nil {
		return nil, err
	}
	return c, c.readTokens(ctx, threads)
}

// newCorpus derives what costs little: a dedupe of millions of records needs no more.
func newCorpus(ctx context.Context, left, right *db.Snapshot, threads int) (*corpus, error) {
	c := &corpus{left: left.Len(), schema: left.Schema, values: left.Rows}
	if right != nil {
		c.right = right.Len()
		c.values = append(slices.Clip(left.Rows), right.Rows...)
	}
	c.chooseFields()
	if err := c.readPictures(ctx, left.Encoder, threads); err != nil {
		return nil, err
	}
	return c, c.readNumbers(ctx, threads)
}

func (c *corpus) len() int { return c.left + c.right }

// What is compared of one value. The work on a pair of records grows with the product
// of their words; titles, addresses and most descriptions are far below.
const (
	longestValue = 1 << 15 // bytes
	mostWords    = 256     // that are aligned or looked for in the other record
)

// text is the part of a value that is compared by its words; a picture has none.
func (c *corpus) text(i, f int) string {
	if c.schema[f].Kind == record.Image {
		return ""
	}
	v := c.values[i][f]
	if len(v) <= longestValue {
		return v
	}
	cut := longestValue
	for cut > longestValue-utf8.UTFMax && !utf8.RuneStart(v[cut]) {
		cut--
	}
	return v[:cut]
}

// chooseFields sorts the fields by kind and finds the one that names the record: of
// the text fields the one whose values differ most, over the worse side; a
// later field must be better by .05.
func (c *corpus) chooseFields() {
	best := -1.0
	c.name = -1
	for f, field := range c.schema {
		switch field.Kind {
		case record.Number:
			c.numbers = append(c.numbers, f)
			continue
		case record.Image:
			c.pictures = append(c.pictures, f)
			continue
		case record.Ignore:
			continue
		}
		c.texts = append(c.texts, f)
		d := c.distinctness(f, 0, c.left)
		if c.right > 0 {
			d = min(d, c.distinctness(f, c.left, c.len()))
		}
		if d > best+.05 {
			best, c.name = d, f
		}
	}
	if c.name < 0 { // numbers only: they must serve as text
		c.texts = c.numbers
		if len(c.texts) > 0 {
			c.name = c.texts[0]
		}
	}
	for _, f := range c.texts {
		if f != c.name {
			c.others = append(c.others, f)
		}
	}
}

// distinctness is the number of different values of a field per row.
func (c *corpus) distinctness(f, from, to int) float64 {
	seen := make(map[string]struct{}, to-from)
	for _, v := range c.values[from:to] {
		if v[f] != "" {
			seen[v[f]] = struct{}{}
		}
	}
	if to == from {
		return 0
	}
	return float64(len(seen)) / float64(to-from)
}

// featureBag collects hashed features; it is what a view is made of.
type featureBag struct {
	ids   []uint64
	split text.Splitter
	pad   []rune
	row   []entry
}

// words adds the words of a value, grams the n-grams inside its words.
func (b *featureBag) words(value string) {
	for _, t := range b.split.Split(value) {
		b.ids = append(b.ids, text.Hash(t.Text))
	}
}

func (b *featureBag) grams(value string, lo, hi int) {
	for _, t := range b.split.Split(value) {
		if t.Role&text.IsGrams == 0 {
			continue
		}
		b.pad = append(append(append(b.pad[:0], ' '), t.Text...), ' ')
		b.ids = text.AppendGrams(b.ids, b.pad, lo, hi)
	}
}

// run adds the n-grams of the value without any separator.
func (b *featureBag) run(value string, lo, hi int) {
	b.pad = squash(b.pad[:0], value)
	b.ids = text.AppendGrams(b.ids, b.pad, lo, hi)
}

// squash appends the letters and digits of the folded value.
func squash(dst []rune, value string) []rune {
	from := len(dst)
	dst = text.Fold(dst, value)
	keep := dst[:from]
	for _, r := range dst[from:] {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			keep = append(keep, r)
		}
	}
	return keep
}

// buildViews makes the tf-idf matrices.
func (c *corpus) buildViews(ctx context.Context, threads int) error {
	one := func(f int, add func(b *featureBag, value string)) func(b *featureBag, i int) {
		return func(b *featureBag, i int) {
			if f >= 0 {
				add(b, c.text(i, f))
			}
		}
	}
	grams := func(b *featureBag, v string) { b.grams(v, 3, 5) }
	run := func(b *featureBag, v string) { b.run(v, 4, 6) }
	recipes := [numViews]func(*featureBag, int){
		viewRecordGrams: c.allTexts(grams), viewRecordWords: c.allTexts((*featureBag).words),
		viewNameGrams: one(c.name, grams), viewNameWords: one(c.name, (*featureBag).words), viewNameRun: one(c.name, run),
	}
	var err error
	for v, recipe := range recipes {
		if c.views[v], err = tfidf(ctx, c.len(), threads, anyFrequency, recipe); err != nil {
			return err
		}
	}
	for _, f := range c.others {
		m, err := tfidf(ctx, c.len(), threads, anyFrequency, one(f, func(b *featureBag, v string) { b.grams(v, 2, 4) }))
		if err != nil {
			return err
		}
		c.fields = append(c.fields, m)
	}
	return nil
}

// allTexts is a recipe over all text fields.
func (c *corpus) allTexts(add func(b *featureBag, value string)) func(b *featureBag, i int) {
	return func(b *featureBag, i int) {
		for _, f := range c.texts {
			add(b, c.text(i, f))
		}
	}
}

// recordWords is the view of the words of whole records, of which only those are kept that a
// record can be found by: that stand in another one, and not in too many.
func (c *corpus) recordWords(ctx context.Context, threads int) (*sparse, error) {
	return tfidf(ctx, c.len(), threads, frequency{2, uint32(tooCommon(c.len()))}, c.allTexts((*featureBag).words))
}

// frequency bounds the number of rows of the entries that a view keeps; they weigh what they
// weigh among all.
type frequency struct{ least, most uint32 }

var anyFrequency = frequency{0, math.MaxUint32}

// tfidf makes unit rows of (1 + ln count) * (ln((1+n)/(1+df)) + 1), what
// scikit-learn calls sublinear tf and smooth idf.
func tfidf(ctx context.Context, n, threads int, keep frequency, features func(b *featureBag, i int)) (*sparse, error) {
	bits := idBits(n)
	blocks := make([]entryBlock, (n+chunk-1)/chunk)
	df := make([]uint32, 1<<bits)
	err := parallel(ctx, n, threads, func() func(from, to int) {
		var b featureBag
		return func(from, to int) {
			block := &blocks[from/chunk]
			for i := from; i < to; i++ {
				b.ids = b.ids[:0]
				features(&b, i)
				b.row = countFeatures(b.row[:0], b.ids, bits)
				for _, e := range b.row {
					atomic.AddUint32(&df[e.id], 1)
				}
				block.entries = append(block.entries, b.row...)
				block.end = append(block.end, len(block.entries))
			}
			block.entries = clone(block.entries)
		}
	})
	if err != nil {
		return nil, err
	}
	return weigh(n, blocks, df, keep), nil
}

// entryBlock is the entries of chunk rows; end says where each row ends.
type entryBlock struct {
	entries []entry
	end     []int
}

// weigh turns counts into tf-idf and forgets the blocks one by one.
func weigh(n int, blocks []entryBlock, df []uint32, keep frequency) *sparse {
	kept := 0
	for _, d := range df {
		if d >= keep.least && d <= keep.most {
			kept += int(d)
		}
	}
	m := &sparse{off: make([]int, 1, n+1), id: make([]uint32, 0, kept), w: make([]float32, 0, kept)}
	for b := range blocks {
		from := 0
		for _, end := range blocks[b].end {
			row := blocks[b].entries[from:end]
			from = end
			for k, e := range row {
				idf := math.Log(float64(1+n)/float64(1+df[e.id])) + 1
				row[k].w = e.w * float32(idf)
			}
			c := unitScale(row)
			for _, e := range row {
				if d := df[e.id]; d >= keep.least && d <= keep.most {
					m.id, m.w = append(m.id, e.id), append(m.w, e.w*c)
				}
			}
			m.off = append(m.off, len(m.id))
		}
		blocks[b] = entryBlock{}
	}
	return m
}

// idBits is the width of hashed feature ids: some hundred times as many ids as
// records keeps features apart, and 2^24 counters are the most.
func idBits(n int) uint {
	bits := uint(18)
	for bits < 24 && 1<<bits < n*256 {
		bits++
	}
	return bits
}

// countFeatures sorts ids and appends each once, weighed by 1 + ln count.
func countFeatures(row []entry, ids []uint64, bits uint) []entry {
	slices.Sort(ids)
	for i := 0; i < len(ids); {
		id, count := ids[i]>>(64-bits), 0
		for i < len(ids) && ids[i]>>(64-bits) == id {
			i++
			count++
		}
		w := float32(1)
		if count > 1 {
			w += float32(math.Log(float64(count)))
		}
		row = append(row, entry{uint32(id), w})
	}
	return row
}

// readNumbers parses the number fields.
func (c *corpus) readNumbers(ctx context.Context, threads int) error {
	for _, f := range c.numbers {
		col := make([]float64, c.len())
		err := parallel(ctx, c.len(), threads, func() func(from, to int) {
			return func(from, to int) {
				for i := from; i < to; i++ {
					x, ok := record.ParseNumber(c.values[i][f])
					if !ok {
						x = math.NaN()
					}
					col[i] = math.Abs(x)
				}
			}
		})
		if err != nil {
			return err
		}
		c.number = append(c.number, col)
	}
	return nil
}
