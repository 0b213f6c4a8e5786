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
	prior   []float32  // log-odds of each pair without labels; nil where there are none
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

// openDossier reads all clues of the surroundings. Memory: 4 bytes a clue and pair, some 700 a pair.
func (r *run) openDossier(ctx context.Context, s *surroundings) (*dossier, error) {
	t, err := r.corpus.readPieces(ctx, r.opts.Threads)
	if err != nil {
		return nil, err
	}
	like := newLikeness(t, r.corpus)
	vector, err := r.unlearned(ctx)
	if err != nil {
		return nil, err
	}
	d := &dossier{surroundings: s, c: r.corpus, reader: func() *clueReader { return newClueReader(r.corpus, like, vector) }}
	if len(d.pairs) == 0 {
		return d, nil
	}
	probe := clueSheet{names: &d.clues}
	d.reader().read(&probe, int(d.pairs[0].left), int(d.pairs[0].right))
	d.context = len(d.clues)
	d.rivals(&probe, 0, make([]standing, len(contextViews)))
	d.x = make([]float32, len(d.clues)*len(d.pairs))
	if err := d.readPlain(ctx, r.opts.Threads); err != nil {
		return nil, err
	}
	d.readPrior()
	return d, d.readContext(ctx, r.opts.Threads)
}

// readPlain reads the clues and the words of the pairs themselves.
func (d *dossier) readPlain(ctx context.Context, threads int) error {
	d.words = make([][]uint16, len(d.pairs))
	return parallel(ctx, len(d.pairs), threads, func() func(from, to int) {
		r := d.reader()
		var s clueSheet
		return func(from, to int) {
			for k := from; k < to; k++ {
				s.values = d.row(k)[:0:d.context]
				i, j := int(d.pairs[k].left), int(d.pairs[k].right)
				r.read(&s, i, j)
				d.words[k] = slices.Clip(r.words(nil, i, j))
			}
		}
	})
}

// view copies one clue of all pairs; what is missing is 0.
func (d *dossier) view(name string) []float32 {
	at := slices.IndexFunc(d.clues, func(c clue) bool { return c.name == name })
	v := make([]float32, len(d.pairs))
	for p := range v {
		if x := d.row(p)[at]; x == x {
			v[p] = x
		}
	}
	return v
}

// readContext adds how every pair stands among its rivals.
func (d *dossier) readContext(ctx context.Context, threads int) error {
	words := d.view("record.words")
	views, bests, nulls := make([][]float32, len(contextViews)), make([][]bestOf, len(contextViews)), make([][]float32, len(contextViews))
	for n, view := range contextViews {
		views[n] = d.view(view.clue)
		bests[n], nulls[n] = d.bests(views[n]), d.nulls(views[n], words)
	}
	return parallel(ctx, len(d.pairs), threads, func() func(from, to int) {
		var s clueSheet
		st := make([]standing, len(views))
		return func(from, to int) {
			for k := from; k < to; k++ {
				for n := range views {
					st[n] = d.stand(k, views[n], bests[n], nulls[n])
				}
				s.values = d.row(k)[d.context:d.context:len(d.clues)]
				d.rivals(&s, k, st)
			}
		}
	})
}

// rivals writes the standings of pair k, one per view.
func (d *dossier) rivals(s *clueSheet, k int, st []standing) {
	for n, view := range contextViews {
		st[n].add(s, d.symmetric, "rival."+view.clue, view.text)
	}
	s.sides(d.symmetric, "rival", "many", "candidates of the record", lnCount(len(d.cross[d.pairs[k].left])), lnCount(len(d.cross[d.pairs[k].right])))
}

func lnCount(n int) float32 { return float32(math.Log1p(float64(n))) }
