package synth

import (
	"math"
	"math/rand/v2"
)

// product is one true thing.
type product struct {
	num   int // product number
	line  int
	size  int // how many variants its line has
	fam   *family
	brand *brand
	value [maxAxes]int // per attribute of the family
	// differs, bit a: siblings of the line have other values of attribute a. The
	// generation digit has no bit: every rendering of a code keeps it.
	differs uint
	word    [3]int // per list of names
	volume  int    // numbers lines beyond the space of names; 0 for the first
	code    code   // empty text if the family has none
	inCode  uint   // bit a: the full code tells attribute a
	feature [3]int
	cents   int64
}

// blockSizes are the lines of one block of products by number of variants: 20 of
// 40 products stand alone, 20 have siblings.
var blockSizes = [...]int{1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 3, 3, 4, 6}

const (
	blockLines    = len(blockSizes)
	blockProducts = 40
	numBlocks     = 16 // different orders of lines within a block
)

// place is where a product stands in its block.
type place struct{ line, variant, size int }

var blocks = makeBlocks()

func makeBlocks() (all [numBlocks][blockProducts]place) {
	r := rand.New(rand.NewPCG(1, 2))
	for b := range all {
		order := blockSizes
		r.Shuffle(blockLines, func(i, j int) { order[i], order[j] = order[j], order[i] })
		at := 0
		for line, size := range order {
			for v := range size {
				all[b][at] = place{line, v, size}
				at++
			}
		}
	}
	return all
}

// maker makes products from their numbers; it holds what only the seed decides.
type maker struct {
	seed   uint64
	style  Style         // of the codes
	lines  []permutation // per family: which name or code number the n-th line has
	d      dice
	choose []int // axes that fit a line, reused
}

func newMaker(seed uint64, s Style) *maker {
	m := &maker{seed: seed, style: s}
	for i := range families {
		m.lines = append(m.lines, newPermutation(families[i].space, seed, streamCodes, uint64(i)))
	}
	return m
}

// make fills q with product num. Everything but the variant is decided by dice
// that are seeded with the line, so that siblings agree on it.
func (m *maker) make(q *product, num int) {
	at := blocks[mix(uint64(num/blockProducts)^m.seed)%numBlocks][num%blockProducts]
	q.num, q.size = num, at.size
	q.line = num/blockProducts*blockLines + at.line
	f, nth := m.family(q.line)
	q.fam = &families[f]
	m.d.seed(m.seed, streamLine, uint64(q.line))

	generation := m.d.below(10 - generations)
	for i, a := range q.fam.axes {
		q.value[i] = m.d.below(len(a.spell))
	}
	generation += m.vary(q, at)
	for i := range q.feature {
		q.feature[i] = m.d.below(len(q.fam.features))
	}
	m.name(q, f, nth, generation)
	m.price(q)
}

// family gives the family of a line and how many lines of it came before. Each
// run of as many lines as there are families holds every family once.
func (m *maker) family(line int) (f, nth int) {
	nth = line / len(families)
	turn := int(mix(uint64(nth)^mix(m.seed^streamFamilies)) % uint64(len(families)))
	// 7 and the number of families are coprime (tested).
	return (line%len(families)*7 + turn) % len(families), nth
}

// vary moves a product to its place among its siblings and gives the step of
// the generation digit. Four and six siblings may form a grid of two attributes.
func (m *maker) vary(q *product, at place) (generation int) {
	q.differs = 0
	if at.size == 1 {
		return 0
	}
	if at.size >= 4 && m.d.chance(.4) {
		half := at.size / 2
		first := m.pick(q.fam, half, len(q.fam.axes), -1)
		second := m.pick(q.fam, 2, len(q.fam.axes), first)
		if second >= 0 {
			m.set(q, first, half, at.variant%half)
			m.set(q, second, 2, at.variant/half)
			return 0
		}
	}
	axis := m.pick(q.fam, at.size, len(q.fam.axes)+1, -1)
	if axis == len(q.fam.axes) {
		return at.variant
	}
	m.set(q, axis, at.size, at.variant)
	return 0
}

// pick draws one of the first n axes with at least size values, other than not; -1 if there is none.
func (m *maker) pick(f *family, size, n, not int) int {
	m.choose = m.choose[:0]
	for a := range n {
		if a != not && f.axisSize(a) >= size {
			m.choose = append(m.choose, a)
		}
	}
	if len(m.choose) == 0 {
		return -1
	}
	return m.choose[m.d.below(len(m.choose))]
}

// set gives q the value of one sibling: size neighbouring values are in use.
func (m *maker) set(q *product, axis, size, variant int) {
	first := m.d.below(q.fam.axisSize(axis) - size + 1)
	q.value[axis] = first + variant
	q.differs |= 1 << axis
}

// name gives the brand and the code or name. A permutation over the space of the
// family makes each line's code (or brand and name) unique in it.
func (m *maker) name(q *product, f, nth, generation int) {
	number, overflow := m.lines[f].at(nth%q.fam.space), nth/q.fam.space
	q.volume, q.inCode, q.code.text = overflow, 0, q.code.text[:0]
	if !q.fam.coded() {
		q.brand = familyBrand(f, number%brandsPerFamily)
		number /= brandsPerFamily
		for i, list := range q.fam.names {
			q.word[i] = number % max(len(list), 1)
			number /= max(len(list), 1)
		}
		return
	}
	b := m.d.below(brandsPerFamily)
	q.brand = familyBrand(f, b)
	q.word[0] = (m.d.below(3) + b) % len(q.fam.names[0]) // a brand has three series in a family
	p := &q.fam.codes[b%len(q.fam.codes)]
	q.inCode = p.axes
	p.write(&q.code, q, number, overflow, generation)
	if m.style == Plain {
		more := q.fam.varieties & q.differs &^ q.inCode
		q.code.tell(q, more)
		q.inCode |= more
	}
}

// price draws the price of the line, evenly on a log scale, and adds for the variant.
func (m *maker) price(q *product) {
	share := float64(m.d.below(1000)) / 1000
	base := float64(q.fam.low) * math.Pow(float64(q.fam.high)/float64(q.fam.low), share)
	for i := range q.fam.axes {
		if !q.fam.axes[i].tail {
			// No product is added to here: that would be fused, and rounded
			// otherwise, on some machines.
			base = base * float64(100+9*q.value[i]) / 100
		}
	}
	endings := [...]int64{99, 99, 95, 0, 49}
	q.cents = int64(base)*100 + endings[m.d.below(len(endings))]
}
