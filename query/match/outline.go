package match

// outline is what is kept of the alignment of a pair: all that its likeness needs once
// other words turn out to tell, and what each of its pieces did. An alignment costs
// some microseconds, and learning looks at every pair again and again.
type outline struct {
	pair int32 // number of the pair
	// Sums over the fields, in weight of words; see facts.
	same, conflict, extra, property float32 // property is that of the name, of codes and of pictures
	linked                          bool
	names                           uint8
	onlyL, clashR                   uint16 // pieces of the left record alone; clashing ones of the right record
}

// outlines are those of the pairs that could ever be accepted, in blocks of chunk pairs,
// so that workers fill their own. A pair takes some 80 bytes.
type outlines struct {
	fields int
	blocks []outlineBlock
	pairs  int
}

// outlineBlock holds its outlines in the order of their pairs; the pieces of the pair stand in
// only, first onlyL, then clashR of them.
type outlineBlock struct {
	heads []outline
	agree []float32 // (heads, fields) said by both, field by field
	only  []uint16  // places in pieceTable.of; of the left ones 2 * place, plus 1 for one that clashes
}

func newOutlines(fields, pairs int) *outlines {
	return &outlines{fields: fields, blocks: make([]outlineBlock, (pairs+chunk-1)/chunk)}
}

// count sums up the blocks when all are filled.
func (o *outlines) count() {
	o.pairs = 0
	for _, b := range o.blocks {
		o.pairs += len(b.heads)
	}
}

// outliner collects the outlines of a block. It has buffers: one per goroutine.
type outliner struct {
	outlineBlock
}

// add keeps the pair that a was last asked about.
func (b *outliner) add(pair int, a *aligner, f *facts, i, j int) {
	h := outline{pair: int32(pair), property: float32(f.property + f.codes + f.pictures), linked: f.linked, names: f.names, onlyL: uint16(len(a.onlyL))}
	var same, conflict, extra float64
	for n := range f.same {
		same, conflict, extra = same+f.same[n], conflict+f.conflict[n], extra+f.extra[n]
		b.agree = append(b.agree, float32(f.same[n]))
	}
	h.same, h.conflict, h.extra = float32(same), float32(conflict), float32(extra)
	L, R := a.t.of[i], a.t.of[j]
	for _, k := range a.onlyL {
		mark := k << 1
		if a.clashes(L[k], a.onlyR, R) {
			mark |= 1
		}
		b.only = append(b.only, mark)
	}
	for _, k := range a.onlyR {
		if a.clashes(R[k], a.onlyL, L) {
			b.only = append(b.only, k)
			h.clashR++
		}
	}
	b.heads = append(b.heads, h)
}

// take gives what was collected and begins anew.
func (b *outliner) take() outlineBlock {
	out := outlineBlock{clone(b.heads), clone(b.agree), clone(b.only)}
	b.heads, b.agree, b.only = b.heads[:0], b.agree[:0], b.only[:0]
	return out
}

// clone copies to exactly the length.
func clone[T any](s []T) []T {
	if len(s) == 0 {
		return nil
	}
	out := make([]T, len(s))
	copy(out, s)
	return out
}

// outlineReader walks over a block.
type outlineReader struct {
	fields      int
	b           outlineBlock
	at, cut     int
	onlyL, only []uint16
	agree       []float32
}

// next gives the next outline, nil at the end, and sets agree, onlyL and only to its parts.
func (r *outlineReader) next() *outline {
	if r.at == len(r.b.heads) {
		return nil
	}
	h := &r.b.heads[r.at]
	r.agree = r.b.agree[r.at*r.fields : (r.at+1)*r.fields]
	r.onlyL = r.b.only[r.cut : r.cut+int(h.onlyL)]
	r.cut += int(h.onlyL)
	r.only = r.b.only[r.cut : r.cut+int(h.clashR)]
	r.cut += int(h.clashR)
	r.at++
	return h
}
