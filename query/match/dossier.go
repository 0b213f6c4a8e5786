package match

import (
	"context"
	"math"
	"slices"
)

// dossier is the clues of every pair of the surroundings: what a learned
// scorer reads. Row k is of pair k.
type dossier struct {
	*surroundings
	c       *corpus
	clues   []clue
	x       []float32  // (pairs, len(clues)) row-major, NaN where there is nothing to compare
	context int        // the first clue that is about rivals
	words   [][]uint16 // word features of each pair
	reader  func() *clueReader
}

func (d *dossier) row(k int) []float32 { return d.x[k*len(d.clues) : (k+1)*len(d.clues)] }

// contextViews are the clues in which a pair is compared with its rivals.
var contextViews = []struct{ clue, text string }{
	{"record.grams", "spelling"},
	{"name.grams", "spelling of the name"},
	{"record.words", "words"},
	{"twin.cosine", "embedding"},
	{"likeness", "likeness"},
	{"record.pieces.share", "agreeing words"},
}

// openDossier reads all clues of the surroundings.
func (r *run) openDossier(ctx context.Context, s *surroundings) (*dossier, error) {
	t, err := r.corpus.readPieces(ctx, r.opts.Threads)
	if err != nil {
		return nil, err
	}
	like := newLikeness(t, r.corpus)
	vector := vectorsOf(r.left, r.right)
	d := &dossier{surroundings: s, c: r.corpus, reader: func() *clueReader { return newClueReader(r.corpus, like, vector) }}
	plain, err := d.readPlain(ctx, r.opts.Threads)
	if err != nil {
		return nil, err
	}
	return d, d.addContext(ctx, plain, r.opts.Threads)
}

// readPlain reads the clues of the pairs themselves, (pairs, clues).
func (d *dossier) readPlain(ctx context.Context, threads int) ([]float32, error) {
	if len(d.pairs) == 0 {
		return nil, nil
	}
	probe := clueSheet{names: &d.clues}
	d.reader().read(&probe, int(d.pairs[0].left), int(d.pairs[0].right))
	width := len(d.clues)
	x := make([]float32, width*len(d.pairs))
	d.words = make([][]uint16, len(d.pairs))
	err := parallel(ctx, len(d.pairs), threads, func() func(from, to int) {
		r := d.reader()
		var s clueSheet
		return func(from, to int) {
			for k := from; k < to; k++ {
				s.values = x[k*width : k*width : (k+1)*width]
				i, j := int(d.pairs[k].left), int(d.pairs[k].right)
				r.read(&s, i, j)
				d.words[k] = slices.Clip(r.words(nil, i, j))
			}
		}
	})
	d.context = width
	return x, err
}

// addContext joins the standing among rivals to the plain clues.
func (d *dossier) addContext(ctx context.Context, plain []float32, threads int) error {
	if len(d.pairs) == 0 {
		return nil
	}
	w := d.context
	at := func(name string) int {
		for k, t := range d.clues[:w] {
			if t.name == name {
				return k
			}
		}
		return -1
	}
	column := func(k int) []float32 {
		v := make([]float32, len(d.pairs))
		for p := range v {
			v[p] = plain[p*w+k]
		}
		return v
	}
	words := column(at("record.words"))
	var views [][]float32
	var bests [][]bestOf
	var nulls [][]float32
	for _, view := range contextViews {
		v := column(at(view.clue))
		for p, x := range v {
			if x != x {
				v[p] = 0
			}
		}
		views = append(views, v)
		bests, nulls = append(bests, d.bests(v)), append(nulls, d.nulls(v, words))
	}
	read := func(s *clueSheet, k int) {
		for n, view := range contextViews {
			st := d.stand(k, views[n], bests[n], nulls[n])
			st.add(s, d.symmetric, "rival."+view.clue, view.text)
		}
		s.sides(d.symmetric, "rival", "many", "candidates of the record", lnCount(len(d.cross[d.pairs[k].left])), lnCount(len(d.cross[d.pairs[k].right])))
	}
	read(&clueSheet{names: &d.clues}, 0)
	width := len(d.clues)
	d.x = make([]float32, width*len(d.pairs))
	return parallel(ctx, len(d.pairs), threads, func() func(from, to int) {
		var s clueSheet
		return func(from, to int) {
			for k := from; k < to; k++ {
				s.values = append(d.x[k*width:k*width:(k+1)*width], plain[k*w:(k+1)*w]...)
				read(&s, k)
			}
		}
	})
}

func lnCount(n int) float32 { return float32(math.Log1p(float64(n))) }
