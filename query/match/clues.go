package match

import (
	"context"
	"math"
	"slices"
	"strings"

	"github.com/doppeldb/doppel/db"
)

// A clue is one named number about a pair that a learned scorer reads. NaN
// says that there is nothing to compare.
type clue struct {
	name string // stable identifier, such as "name.codes.shared"
	text string // what it measures, for a reader
}

// clueSheet takes the clues of one pair in a fixed order. With names set it
// writes down what each is called; else only the values: names and values
// come from the same calls and cannot drift apart.
type clueSheet struct {
	values []float32
	names  *[]clue
}

func (s *clueSheet) add(name, text string, v float32) {
	if s.names != nil {
		*s.names = append(*s.names, clue{name, text})
	}
	s.values = append(s.values, v)
}

func (s *clueSheet) addOf(field, name, text string, v float32) {
	if s.names != nil {
		*s.names = append(*s.names, clue{field + "." + name, field + ": " + text})
	}
	s.values = append(s.values, v)
}

// sides adds a number of the left record and one of the right. Where the pair
// has no sides (a dedupe) it is the larger and the smaller.
func (s *clueSheet) sides(symmetric bool, field, name, text string, l, r float32) {
	if symmetric {
		l, r = spread(l, r)
	}
	if s.names == nil { // the names below cost more than the values
		s.values = append(s.values, l, r)
		return
	}
	if symmetric {
		s.addOf(field, name+".max", text+", larger side", l)
		s.addOf(field, name+".min", text+", smaller side", r)
		return
	}
	s.addOf(field, name+".left", text+", left side", l)
	s.addOf(field, name+".right", text+", right side", r)
}

// clueReader reads the clues of pairs of corpus records. It has buffers: one per goroutine.
type clueReader struct {
	c         *corpus
	like      *likeness
	a         *aligner
	f         *facts
	vector    func(i int) []float32
	symmetric bool
	cols      []column // one row of the plain evidence
	alone     []bool
}

func newClueReader(c *corpus, like *likeness, vector func(i int) []float32) *clueReader {
	return &clueReader{c: c, like: like, a: newAligner(like.t, like.tells, c.name), f: newFacts(len(c.schema)),
		vector: vector, symmetric: c.right == 0, cols: c.columns(1)}
}

// unlearned gives the embedding of a corpus record by the encoder that no label has touched. A tuned one
// finds candidates better, but it has pulled the training matches together: a scorer that saw its
// cosines of them trusted it too much (Amazon-Google, average precision of validation pairs .867; unlearned .889).
func (r *run) unlearned(ctx context.Context) (func(i int) []float32, error) {
	snaps := []*db.Snapshot{r.left}
	if r.right != nil {
		snaps = append(snaps, r.right)
	}
	enc, err := fit(ctx, snaps, r.opts.Threads)
	if err != nil {
		return nil, err
	}
	n, dim := r.corpus.len(), enc.Dim()
	all := make([]float32, n*dim)
	if err := enc.EncodeAll(ctx, n, rowsOfAll(snaps), all, r.opts.Threads); err != nil {
		return nil, err
	}
	return func(i int) []float32 { return all[i*dim : (i+1)*dim] }, nil
}

// likeness is the clue of that name alone.
func (r *clueReader) likeness(i, j int) float64 { return r.like.of(r.a, r.f, i, j) }

// read adds all clues of records i and j to the sheet.
func (r *clueReader) read(s *clueSheet, i, j int) {
	r.c.evidence(r.cols, 0, i, j)
	for k := range r.cols {
		s.add(r.cols[k].name, r.cols[k].text, r.cols[k].value[0])
	}
	r.twin(s, i, j)
	s.add("likeness", "likeness with conflicts counted", float32(r.likeness(i, j)))
	r.aligned(s, "name", r.c.name, i, j)
	r.aligned(s, "record", -1, i, j)
	r.tokens(s, i, j)
	r.fields(s, i, j)
}

// twin adds what the embeddings say: cosine and how |u-v| is spread over the positions.
func (r *clueReader) twin(s *clueSheet, i, j int) {
	u, v := r.vector(i), r.vector(j)
	var dot, sum, most float64
	for k, x := range u {
		y := v[k]
		dot += float64(x) * float64(y)
		d := math.Abs(float64(x) - float64(y))
		sum += d
		most = max(most, d)
	}
	s.add("twin.cosine", "cosine of the embeddings", float32(dot))
	s.add("twin.mean", "mean distance of the embeddings' numbers", float32(sum/math.Sqrt(float64(max(1, len(u))))))
	s.add("twin.most", "largest distance of the embeddings' numbers", float32(most))
}

// pieceClass is what sort of conflict a piece can have.
type pieceClass int

const (
	classWord pieceClass = iota
	classAttribute
	classNumber
	classCode
	classYear
	classQuantity
	numClasses
)

var classNames = [numClasses]string{"words", "colours and sizes", "numbers", "codes", "years", "quantities"}
var classKeys = [numClasses]string{"word", "attribute", "number", "code", "year", "quantity"}

func classOf(sort uint64) pieceClass {
	switch {
	case sort == sortWord:
		return classWord
	case sort < sortNumber:
		return classAttribute
	case sort == sortNumber:
		return classNumber
	case sort == sortCode:
		return classCode
	case sort == sortYear:
		return classYear
	}
	return classQuantity
}

// pieceSums are weights of aligned pieces by class.
type pieceSums struct {
	same, alone, clash, rarestSame, rarestAlone [numClasses]float32
	count                                       int
}

// sum goes over one side's pieces of a field, or of all for -1.
func (r *clueReader) sum(field, i int, only []uint16, j int, otherOnly []uint16) (p pieceSums) {
	t := r.a.t
	r.alone = append(r.alone[:0], make([]bool, len(t.of[i]))...)
	for _, k := range only {
		r.alone[k] = true
	}
	for k, x := range t.of[i] {
		alone := r.alone[k]
		if field >= 0 && int(x.slot)/2 != field {
			continue
		}
		class, w := classOf(t.sort[x.id]), t.weight[x.id]
		p.count++
		if !alone {
			p.same[class] += w
			p.rarestSame[class] = max(p.rarestSame[class], w)
			continue
		}
		p.alone[class] += w
		p.rarestAlone[class] = max(p.rarestAlone[class], w)
		if r.rivals(x, otherOnly, t.of[j]) {
			p.clash[class] += w
		}
	}
	return p
}

// rivals says whether the other side has, in any field, something of the same sort instead of x.
func (r *clueReader) rivals(x piece, otherOnly []uint16, others []piece) bool {
	for _, k := range otherOnly {
		if r.a.t.sort[others[k].id] == r.a.t.sort[x.id] {
			return true
		}
	}
	return false
}

func total(v [numClasses]float32) (sum float32) {
	for _, x := range v {
		sum += x
	}
	return sum
}

// aligned adds what the alignment of the pieces says; r.like.of has aligned the two records.
func (r *clueReader) aligned(s *clueSheet, where string, field, i, j int) {
	l := r.sum(field, i, r.a.onlyL, j, r.a.onlyR)
	q := r.sum(field, j, r.a.onlyR, i, r.a.onlyL)
	same, alone := total(l.same)+total(q.same), total(l.alone)+total(q.alone)
	s.addOf(where, "pieces.share", "share of the weight of words that agrees", same/(same+alone+1e-6))
	s.addOf(where, "pieces.same", "weight of words that agree", same)
	r.sidesOf(s, where, "pieces.share", "share of its words that agree", total(l.same)/(total(l.same)+total(l.alone)), total(q.same)/(total(q.same)+total(q.alone)))
	r.sidesOf(s, where, "pieces.alone", "weight of words that it has alone", total(l.alone), total(q.alone))
	r.sidesOf(s, where, "pieces.count", "number of words", float32(l.count), float32(q.count))
	for c := range numClasses {
		r.sidesOf(s, where, "rare."+classKeys[c], "rarest of its "+classNames[c]+" that the other lacks", l.rarestAlone[c], q.rarestAlone[c])
		s.addOf(where, "rare.same."+classKeys[c], "rarest of the common "+classNames[c], max(l.rarestSame[c], q.rarestSame[c]))
		s.addOf(where, "clash."+classKeys[c], classNames[c]+" that stand against each other", min(l.clash[c], q.clash[c]))
		s.addOf(where, "agree."+classKeys[c], classNames[c]+" in common", l.same[c]+q.same[c])
	}
	s.addOf(where, "code.near", "unequal codes that begin alike", r.nearCode(field, i, j))
	s.addOf(where, "first", "first words agree", r.firstWords(field, i, j))
}

func (r *clueReader) sidesOf(s *clueSheet, field, name, text string, l, q float32) {
	s.sides(r.symmetric, field, name, text, l, q)
}

// nearCode is the longest common beginning of two codes or numbers that are not equal, as a share of the
// longer one: the mark of two models of one family.
func (r *clueReader) nearCode(field, i, j int) (near float32) {
	t := r.a.t
	for _, x := range r.a.onlyL {
		p := t.of[i][x]
		if !t.digit[p.id] || field >= 0 && int(p.slot)/2 != field {
			continue
		}
		for _, y := range r.a.onlyR {
			q := t.of[j][y]
			if !t.digit[q.id] || field >= 0 && int(q.slot)/2 != field {
				continue
			}
			a, b := t.runes[p.id], t.runes[q.id]
			n := 0
			for n < len(a) && n < len(b) && a[n] == b[n] {
				n++
			}
			near = max(near, float32(n)/float32(max(len(a), len(b))))
		}
	}
	return near
}

// firstWords counts the sides whose first word agrees: brands stand first.
func (r *clueReader) firstWords(field, i, j int) (n float32) {
	first := func(i int, only []uint16) float32 {
		at := -1
		ps := r.a.t.of[i]
		for k, p := range ps {
			if (field < 0 || int(p.slot)/2 == field) && (at < 0 || p.place < ps[at].place) {
				at = k
			}
		}
		return float32(truth(at >= 0 && !slices.Contains(only, uint16(at))))
	}
	return first(i, r.a.onlyL) + first(j, r.a.onlyR)
}

// tokens adds what tokens between white space say, separators dropped.
func (r *clueReader) tokens(s *clueSheet, i, j int) {
	t := &r.c.tokens
	il, il2 := t.weigh(t.whole[i], j)
	ir, ir2 := t.weigh(t.whole[j], i)
	nl, _ := t.weigh(t.named[i], j)
	nr, _ := t.weigh(t.named[j], i)
	r.sidesOf(s, "record", "found", "share of its words found in the other", il.share(), ir.share())
	r.sidesOf(s, "name", "found", "share of the name's words found in the other record", nl.share(), nr.share())
	r.sidesOf(s, "record", "codes.alone", "codes that the other record lacks", float32(il.codes-il.codesFound), float32(ir.codes-ir.codesFound))
	r.sidesOf(s, "name", "codes.alone", "codes in the name that the other record lacks", float32(nl.codes-nl.codesFound), float32(nr.codes-nr.codesFound))
	s.add("record.codes.shared", "codes in common", float32(max(il.codesFound, ir.codesFound)))
	s.add("name.codes.shared", "codes of a name in common", float32(max(nl.codesFound, nr.codesFound)))
	r.sidesOf(s, "name", "code.longest", "length of the longest code found in the other record", float32(nl.longest), float32(nr.longest))
	r.sidesOf(s, "record", "code.longest", "length of the longest code found in the other record", float32(il.longest), float32(ir.longest))
	s.add("record.rarest", "rarest word in common", max(il2, ir2))
	s.add("code.linked", "rare codes tie the two together", float32(truth(r.f.linked)))
	s.add("code.clash", "codes of one shape that differ", float32(r.f.codes))
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// fraction is the hundredths of a number behind the decimal sign: who sells at .99 and who at .95 is another seller, and
// some sellers' offers have partners while others' have none. Held-out pairs of Amazon-Google, with the sizes: average precision
// .8832 -> .8876, F1 .797 -> .804.
func fraction(x float64) float32 {
	x = math.Abs(x)
	return float32(math.Round(100 * (x - math.Floor(x))))
}

func size(x float64) float32 { return float32(math.Log1p(math.Abs(x))) }

// tokenSums counts the tokens of one side that the other has.
type tokenSums struct {
	all, found        float32 // idf
	codes, codesFound int
	longest           int
}

func (t tokenSums) share() float32 { return t.found / t.all } // 0/0 is NaN

// weigh looks the tokens up in record y. A code is a token with a digit and more than two characters.
func (t *tokenSets) weigh(ids []uint32, y int) (sum tokenSums, rarest float32) {
	for _, id := range ids {
		w, in := t.idf[id], t.found(id, y)
		sum.all += w
		code := t.digit[id] && len(t.vocab[id]) > 2
		if code {
			sum.codes++
		}
		if !in {
			continue
		}
		sum.found += w
		rarest = max(rarest, w)
		if code {
			sum.codesFound++
			sum.longest = max(sum.longest, len(t.vocab[id]))
		}
	}
	return sum, rarest
}

// fields adds equality, missingness and difference field by field.
func (r *clueReader) fields(s *clueSheet, i, j int) {
	nan := float32(math.NaN())
	for _, f := range r.c.texts {
		name, x, y := r.c.schema[f].Name, r.c.text(i, f), r.c.text(j, f)
		has := truth(x != "") + truth(y != "")
		s.addOf(name, "present", "sides that have it", float32(has))
		equal, longer := nan, nan
		if has == 2 {
			equal = float32(truth(strings.EqualFold(strings.TrimSpace(x), strings.TrimSpace(y))))
			longer = float32(math.Log(float64(len(x)+1) / float64(len(y)+1)))
			if r.symmetric {
				longer = float32(math.Abs(float64(longer)))
			}
		}
		s.addOf(name, "equal", "written alike", equal)
		s.addOf(name, "length", "left is longer than right", longer)
	}
	for k, f := range r.c.numbers {
		name, x, y := r.c.schema[f].Name, r.c.number[k][i], r.c.number[k][j]
		s.addOf(name, "present", "sides that have it", float32(truth(x == x)+truth(y == y)))
		r.sidesOf(s, name, "fraction", "hundredths behind the decimal sign", fraction(x), fraction(y))
		r.sidesOf(s, name, "size", "how large it is", size(x), size(y))
		ratio := nan
		if x == x && y == y {
			ratio = float32(math.Log((math.Abs(x) + 1e-9) / (math.Abs(y) + 1e-9)))
			ratio = max(-20, min(20, ratio))
		}
		s.addOf(name, "difference", "how far apart the two are", float32(math.Abs(float64(ratio))))
		if !r.symmetric {
			s.addOf(name, "ratio", "left is more than right", ratio)
		}
	}
}
