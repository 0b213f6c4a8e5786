package match

// A field is steady where copies of one thing do not differ in it, such as the brand of a product. Two records
// that have nothing in common in a steady field are two things, however alike they are elsewhere.
// This matters where many things look alike: wrong pairs of unrelated products were 12 % of all wrong pairs among
// 10,000 made-up products and 29 % among 100,000, since each product has ten times as many others that
// share most of its words. They are 0.4 % and 4 % with this, the slips of mostEdits and abbreviations that stay in their field.
//
// How often copies differ is counted in the groups found so far. A clash in a field counts in full where at most
// steadyShare of the pairs inside groups have one, and nothing from unsteadyShare on. Shares in the
// groups of the first round: brand of made-up products .002 to .016, their codes .008 to .018; names of people .03 to .12,
// phone numbers of restaurants .04, years of DBLP-ACM .13. Where few candidates clash at all there is no crowd,
// and nothing to win.
const (
	steadyShare   = .01
	unsteadyShare = .03
	crowdShare    = .1 // of all pairs, that are in different groups and clash
)

// steadiness says how much a clash in a field tells, 0 to 1.
func (o outcomes) steadiness() float64 {
	in, all := float64(o.agreeIn+o.clashIn), float64(o.agreeIn+o.clashIn+o.agreeOut+o.clashOut)
	if o.agreeIn == 0 || float64(o.clashOut) <= crowdShare*all {
		return 0
	}
	return max(0, min(1, (unsteadyShare-float64(o.clashIn+1)/in)/(unsteadyShare-steadyShare)))
}

// count adds a pair, inside a group or not.
func (o *outcomes) count(agree, in bool) {
	switch {
	case agree && in:
		o.agreeIn++
	case agree:
		o.agreeOut++
	case in:
		o.clashIn++
	default:
		o.clashOut++
	}
}

// fieldsOf counts for each field, and last for the rare names, whether two records have something in common there.
func (n *counts) fieldsOf(t *pieceTable, ids pairIDs, h *outline, agree []float32, in bool) {
	for f, a := range agree {
		if t.has(int(ids.left), f) && t.has(int(ids.right), f) {
			n.fields[f].count(a > 0, in)
		}
	}
	if h.names != namesNone {
		n.fields[len(agree)].count(h.names == namesShared, in)
	}
}

// apartIn says what it costs that two records have nothing in common in field n. The name
// of the record is what its candidates have in common.
func (l *likeness) apartIn(n int, agree bool, i, j int) float64 {
	if l.apart[n] == 0 || agree || n == l.c.name || !l.t.has(i, n) || !l.t.has(j, n) {
		return 0
	}
	return l.apart[n]
}

// apartByName is the same for their rare names.
func (l *likeness) apartByName(names uint8) float64 {
	if names != namesDiffer {
		return 0
	}
	return l.apart[len(l.apart)-1]
}
