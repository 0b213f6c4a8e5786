package match

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/doppeldb/doppel/record"
	"github.com/doppeldb/doppel/record/picture"
)

// compareFields puts the values of two records side by side.
func (c *corpus) compareFields(i, j int) []FieldComparison {
	var out []FieldComparison
	for f, field := range c.schema {
		x := FieldComparison{Name: field.Name, Similarity: c.fieldLikeness(f, i, j)}
		x.put(c.values[i][f], c.values[j][f])
		out = append(out, x)
	}
	return out
}

// put sets the two values.
func (x *FieldComparison) put(left, right string) {
	x.Left, x.Right, x.Pictures = picture.Name(left), picture.Name(right), [2]string{}
	for side, v := range [2]string{left, right} {
		if picture.IsPacked(v) {
			x.Pictures[side] = v
		}
	}
}

// fieldLikeness is the similarity of one field, -1 where a side is missing or
// the field is not compared.
func (c *corpus) fieldLikeness(f, i, j int) float64 {
	if c.values[i][f] == "" || c.values[j][f] == "" {
		return -1
	}
	if f == c.name || slices.Contains(c.others, f) {
		return c.spelling(f, i, j)
	}
	if k := slices.Index(c.pictures, f); k >= 0 {
		if v := c.looks[k].alike(i, j); v == v {
			return clampShare(float64(v))
		}
	}
	if k := slices.Index(c.numbers, f); k >= 0 {
		if v := float64(numberLikeness(c.number[k][i], c.number[k][j])); v == v {
			return v
		}
	}
	return -1
}

// spelling is the cosine of the char 2-4-grams of one text field.
func (c *corpus) spelling(f, i, j int) float64 {
	if k := slices.Index(c.others, f); k >= 0 && k < len(c.fields) { // weighed by rarity
		return clampShare(float64(c.fields[k].dot(i, c.fields[k], j)))
	}
	if f == c.name && c.views[viewNameGrams] != nil {
		return clampShare(float64(c.views[viewNameGrams].dot(i, c.views[viewNameGrams], j)))
	}
	var rows [2][]entry
	for side, r := range [2]int{i, j} {
		var b featureBag
		b.grams(c.text(r, f), 2, 4)
		rows[side] = countFeatures(nil, b.ids, 32)
	}
	return clampShare(cosine(rows[0], rows[1]))
}

// cosine of two rows, ascending by id.
func cosine(a, b []entry) float64 {
	var sum float64
	for x, y := 0, 0; x < len(a) && y < len(b); {
		switch {
		case a[x].id < b[y].id:
			x++
		case a[x].id > b[y].id:
			y++
		default:
			sum += float64(a[x].w) * float64(b[y].w)
			x, y = x+1, y+1
		}
	}
	return sum * float64(unitScale(a)) * float64(unitScale(b))
}

// clampShare keeps rounding from leaving 0..1.
func clampShare(x float64) float64 { return min(1, max(0, x)) }

// byStrength orders evidence, strongest first.
func byStrength(e []Evidence) []Evidence {
	e = slices.DeleteFunc(e, func(e Evidence) bool { return math.Abs(e.Weight) < .005 })
	slices.SortStableFunc(e, func(a, b Evidence) int { return cmp.Compare(math.Abs(b.Weight), math.Abs(a.Weight)) })
	return e
}

// explainLink gives each column's share of the distance to the threshold, in
// log-odds: the weights sum to how far the pair is above or below it.
func (r *run) explainLink(sc *score, e estimate, pair Pair) Explanation {
	ids := pairIDs{pair.Left, pair.Right + uint32(r.corpus.left)}
	p, ok := slices.BinarySearchFunc(r.pairs, ids, comparePairs)
	if !ok {
		return Explanation{}
	}
	return r.explainScore(sc, e, p, ids)
}

// explainScore is explainLink for pair p of the columns of sc.
func (r *run) explainScore(sc *score, e estimate, p int, ids pairIDs) Explanation {
	i, j := int(ids.left), int(ids.right)
	x := Explanation{Fields: r.corpus.compareFields(i, j)}
	level, slope := e.level(r.result.Threshold)
	var weights float64
	for _, w := range sc.weight {
		weights += w
	}
	for k := range sc.cols {
		v := float64(sc.cols[k].value[p])
		if sc.weight[k] == 0 || math.IsNaN(v) {
			continue
		}
		text := fmt.Sprintf("%s: %.2f alike", sc.cols[k].text, clampShare(v))
		if k == colCodesMax {
			text += r.corpus.tokens.sharedCodes(i, j)
		}
		x.Evidence = append(x.Evidence, Evidence{Name: sc.cols[k].name, Text: text, Value: v, Weight: slope * (sc.part(k, p) - level*sc.weight[k]/weights)})
	}
	x.Evidence = byStrength(x.Evidence)
	return x
}

// level gives the score at which a probability is reached, and the steepness
// of the curve above it in log-odds per score.
func (e estimate) level(probability float64) (level, slope float64) {
	const high, usual = .95, 4
	at := func(p float64) float64 {
		for k, y := range e.curve.y {
			if y >= p {
				return e.curve.x[k]
			}
		}
		return math.Inf(1)
	}
	level = at(probability)
	if math.IsInf(level, 1) {
		return 0, usual
	}
	top := at(high)
	logit := func(p float64) float64 { return math.Log(p / (1 - p)) }
	if math.IsInf(top, 1) || top-level < 1e-3 || probability <= 0 || probability >= high {
		return level, usual
	}
	return level, (logit(high) - logit(probability)) / (top - level)
}

// sharedCodes lists the codes of either side that the other has as well.
func (t *tokenSets) sharedCodes(i, j int) string {
	var codes []string
	for _, d := range [2][2]int{{i, j}, {j, i}} {
		for _, id := range t.named[d[0]] {
			if w := t.vocab[id]; t.digit[id] && len(w) >= shortToken && t.found(id, d[1]) && !slices.Contains(codes, w) {
				codes = append(codes, w)
			}
		}
	}
	if len(codes) == 0 {
		return ""
	}
	return " (" + strings.Join(codes[:min(3, len(codes))], ", ") + ")"
}

// explain says why two records of a dedupe are alike, or not. The weight of each fact is by how
// much the log-odds of the likeness would change without it.
func (d *dedupe) explain(pair Pair) Explanation {
	i, j := d.distinctOf(pair.Left), d.distinctOf(pair.Right)
	x := Explanation{Fields: d.corpus.compareFields(i, j)}
	for f := range x.Fields { // what is not compared may differ between copies
		x.Fields[f].put(d.whole.Rows[pair.Left][f], d.whole.Rows[pair.Right][f])
	}
	if i == j {
		x.Evidence = []Evidence{{Name: "record.equal", Text: "equal in every field", Value: 1, Weight: maxLogit}}
		return x
	}
	i, j = min(i, j), max(i, j)
	f := newFacts(len(d.corpus.schema))
	a := newAligner(d.like.t, d.like.tells, d.corpus.name)
	all := logit(d.like.of(a, f, i, j))
	without := func(change func(f *facts)) float64 {
		g := newFacts(len(f.same))
		copy(g.same, f.same)
		copy(g.conflict, f.conflict)
		copy(g.variant, f.variant)
		copy(g.extra, f.extra)
		copy(g.apart, f.apart)
		g.property, g.codes, g.linked, g.pictures = f.property, f.codes, f.linked, f.pictures
		change(g)
		return all - logit(g.score(d.corpus.name))
	}
	add := func(name, text string, value float64, change func(f *facts)) {
		x.Evidence = append(x.Evidence, Evidence{Name: name, Text: text, Value: value, Weight: without(change)})
	}
	for k, n := range d.corpus.pictures {
		field := d.corpus.schema[n]
		alike := float64(d.corpus.looks[k].alike(i, j))
		if math.IsNaN(alike) {
			continue
		}
		text := fmt.Sprintf("%s: pictures %.2f alike", field.Name, clampShare(alike))
		if f.same[n] > 0 {
			add("same."+field.Name, text, f.same[n], func(f *facts) { f.same[n] = 0 })
		}
		if f.conflict[n] > 0 {
			add("conflict."+field.Name, text, f.conflict[n], func(f *facts) { f.conflict[n], f.pictures = 0, 0 })
		}
	}
	for n, field := range d.corpus.schema {
		if field.Kind == record.Image {
			continue
		}
		common := a.list(n, i, j, pieceBoth)
		if common == "" {
			common = "parts of words in common"
		} else {
			common = "both have " + common
		}
		add("same."+field.Name, field.Name+": "+common, f.same[n], func(f *facts) { f.same[n] = 0 })
		add("conflict."+field.Name, fmt.Sprintf("%s: %s against %s", field.Name, a.list(n, i, j, pieceLeft), a.list(n, i, j, pieceRight)),
			f.conflict[n], func(f *facts) { f.conflict[n], f.variant[n], f.apart[n] = 0, 0, 0 })
		add("extra."+field.Name, field.Name+": one side says more", f.extra[n], func(f *facts) { f.extra[n] = 0 })
	}
	add("property", "the name: "+a.list(d.corpus.name, i, j, propertyLeft)+" against "+a.list(d.corpus.name, i, j, propertyRight),
		f.property, func(f *facts) { f.property = 0 })
	if last := len(f.same); f.apart[last] > 0 {
		add("number.conflict", "each has a rare number that the other does not have", f.apart[last], func(f *facts) { f.apart[last] = 0 })
	}
	t := d.like.t
	if f.linked {
		add("code.shared", "a rare code in common"+t.codes.shared(t.run, i, j), 1, func(f *facts) { f.linked = false })
	}
	if l, r, clash := t.codes.conflict(t.run, i, j); clash {
		add("code.conflict", "the code "+l+" against "+r, f.codes, func(f *facts) { f.codes = 0 })
	}
	x.Evidence = byStrength(x.Evidence)
	return x
}

const maxLogit = 9.2 // of .9999

func logit(p float64) float64 {
	if p <= 0 {
		return -maxLogit
	}
	return max(-maxLogit, min(maxLogit, math.Log(p/(1-p))))
}

// distinctOf finds the distinct record that a record is a copy of.
func (d *dedupe) distinctOf(record uint32) int {
	if d.distinctIDs == nil {
		d.distinctIDs = make([]int, d.whole.Len())
		for k, copies := range d.copies {
			for _, c := range copies {
				d.distinctIDs[c] = k
			}
		}
	}
	return d.distinctIDs[record]
}

// Which pieces of an aligned pair to list.
const (
	pieceBoth = iota
	pieceLeft
	pieceRight
	propertyLeft
	propertyRight
)

// list names the weightiest pieces of a field, three at the most.
func (a *aligner) list(field, i, j, which int) string {
	ps, only, others, otherOnly := a.t.of[i], a.onlyL, a.t.of[j], a.onlyR
	if which == pieceRight || which == propertyRight {
		ps, only, others, otherOnly = others, otherOnly, ps, only
	}
	places := make([]uint16, len(ps))
	for k := range ps {
		places[k] = uint16(k)
	}
	byPlace(ps, places)
	var ids []uint32
	for _, k := range places {
		p := ps[k]
		if int(p.slot)/2 != field || slices.Contains(ids, p.id) {
			continue
		}
		alone := slices.Contains(only, k)
		isProperty := which == propertyLeft || which == propertyRight
		switch {
		case which == pieceBoth && !alone, alone && which != pieceBoth && a.clashes(p, otherOnly, others) && (!isProperty || typed(a.t.sort[p.id])):
			ids = append(ids, p.id)
		}
	}
	slices.SortStableFunc(ids, func(x, y uint32) int { return cmp.Compare(a.t.weight[y], a.t.weight[x]) })
	var words []string
	for _, id := range ids[:min(3, len(ids))] {
		words = append(words, a.t.vocab[id])
	}
	return strings.Join(words, ", ")
}
