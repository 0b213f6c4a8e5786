package encoder

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/doppeldb/doppel/encoder/augment"
	"github.com/doppeldb/doppel/encoder/head"
	"github.com/doppeldb/doppel/internal/f32"
)

// Without a label a twin network can still learn that a record written differently is
// the same record, and, of two sources, that records which are each other's nearest are
// mostly one thing: right in 95 % of cases on Abt-Buy, 66 % on Amazon-Google, 99 % on DBLP-ACM.
const (
	mostSelf    = 3000 // records that are looked at
	fewestSelf  = 50   // under which nothing is learned
	ownNearest  = 3    // of a record's own source: certain non-matches
	selfAugment = .8
	// leastSelfGain is how much better the held-out part must be found for a
	// self-tuned encoder to be kept.
	leastSelfGain = .01
)

// SelfTune tunes start without a label. left is the number of left records, n or 0 for
// one collection. Of two sources it learns from records that are each other's nearest and
// nearer than their own source's rivals; of one collection, from each record and itself written differently.
//
// What it learned is kept only if the unsupervised validation says that it helps: a held-out part of the
// same pairs must be found clearly better from a query that is written differently. Otherwise start comes
// back and the report says so. Errors are those of [Tune]; [ErrLabels] says that there is too little to learn from.
func SelfTune(ctx context.Context, start *Encoder, n int, rows Rows, left int, opts TuneOptions) (*Encoder, *TuneReport, error) {
	if err := opts.Validate(start); err != nil {
		return nil, nil, err
	}
	if opts.Augment == 0 {
		opts.Augment = selfAugment
	}
	rows = looked(start.schema, n, rows)
	s := selfSet{start: start, n: n, left: left, rows: rows, seed: opts.Seed, threads: opts.Threads}
	if left <= 0 || left >= n {
		s.left = n
	}
	if err := s.collect(ctx); err != nil {
		return nil, nil, err
	}
	if start.fusion != nil {
		opts.Sketch = start.fusion.sketch
	}
	t, err := newTuning(start, n, rows, s.set(), opts.withDefaults(start.dim))
	if err != nil {
		return nil, nil, err
	}
	t.valid.asked = s.written
	if err := t.resume(); err != nil {
		return nil, nil, err
	}
	err = t.run(ctx)
	if err != nil && ctx.Err() == nil {
		return nil, nil, err
	}
	if gain := t.report.Epochs[t.report.Best].MRR - t.report.Epochs[0].MRR; t.report.Best > 0 && gain < leastSelfGain {
		t.report.Best = 0
	}
	t.warn()
	return t.best(), t.report, err
}

// selfSet is the pairs that stand in for labels.
type selfSet struct {
	start   *Encoder
	n, left int
	rows    Rows
	seed    uint64
	threads int
	pairs   []Twin
}

// written is the record of row i for a query of the validation: written differently, always in the same way.
func (s *selfSet) written(i int) []string {
	return augment.Record(rand.New(rand.NewPCG(s.seed, uint64(i))), s.start.schema, s.rows(i))
}

// set splits the pairs in two.
func (s *selfSet) set() (set TuneSet) {
	set.Left = s.left
	if s.left == s.n {
		set.Left = 0
	}
	for i, p := range s.pairs {
		if i%heldOut == 0 {
			set.Valid = append(set.Valid, p)
		} else {
			set.Train = append(set.Train, p)
		}
	}
	return set
}

// collect finds the pairs.
func (s *selfSet) collect(ctx context.Context) error {
	pick := rand.New(rand.NewPCG(s.seed, 0x73656c66)).Perm(s.n)
	v := make([]float32, s.n*s.start.dim)
	if err := s.start.EncodeAll(ctx, s.n, s.rows, v, s.threads); err != nil {
		return err
	}
	if s.left < s.n {
		if err := s.mutual(ctx, pick, v); err != nil {
			return err
		}
	} else if err := s.alone(ctx, pick, v); err != nil {
		return err
	}
	if len(s.pairs) < fewestSelf {
		return fmt.Errorf("%w: only %d records stand out enough to learn from without a label, at least %d are needed", ErrLabels, len(s.pairs), fewestSelf)
	}
	return nil
}

// choose gives some left records that have a vector, ascending.
func (s *selfSet) choose(pick []int, v []float32) (queries []int) {
	dim := s.start.dim
	for _, i := range pick {
		if i < s.left && len(queries) < mostSelf && head.Length(v[i*dim:(i+1)*dim]) > 0 {
			queries = append(queries, i)
		}
	}
	slices.Sort(queries)
	return queries
}

// mutual pairs records of two sources that are each other's nearest, where twice their
// similarity exceeds the mean similarities to their nearest in their own source.
func (s *selfSet) mutual(ctx context.Context, pick []int, v []float32) error {
	dim := s.start.dim
	sides := [2][]float32{v[:s.left*dim], v[s.left*dim:]}
	queries := s.choose(pick, v)
	there, err := scan(s.threads)(ctx, gather(v, queries, dim), sides[1], dim, 1)
	if err != nil {
		return err
	}
	partners := make([]int, len(queries))
	for k := range queries {
		partners[k] = s.left + there[k][0]
	}
	back, err := scan(s.threads)(ctx, gather(v, partners, dim), sides[0], dim, 1)
	if err != nil {
		return err
	}
	own := func(rows []int, side []float32) ([][]int, error) {
		return scan(s.threads)(ctx, gather(v, rows, dim), side, dim, ownNearest+1)
	}
	ownLeft, err := own(queries, sides[0])
	if err != nil {
		return err
	}
	ownRight, err := own(partners, sides[1])
	if err != nil {
		return err
	}
	for k, a := range queries {
		b := partners[k]
		rivals := meanOthers(v, a, ownLeft[k], 0, dim) + meanOthers(v, b, ownRight[k], s.left, dim)
		if back[k][0] == a && 2*f32.Dot(v[a*dim:(a+1)*dim], v[b*dim:(b+1)*dim]) > rivals {
			s.pairs = append(s.pairs, Twin{uint32(a), uint32(b), true})
		}
	}
	return nil
}

// meanOthers is the mean similarity of row i to those of near, i itself left out.
func meanOthers(v []float32, i int, near []int, from, dim int) float32 {
	var sum float32
	count := 0
	for _, k := range near {
		if k+from != i && count < ownNearest {
			sum += f32.Dot(v[i*dim:(i+1)*dim], v[(k+from)*dim:(k+from+1)*dim])
			count++
		}
	}
	return sum / float32(max(count, 1))
}

// alone pairs records of one collection that are each other's nearest and stand out: their
// similarity is nearer to 1 than to the mean similarity to the next ones, for both.
func (s *selfSet) alone(ctx context.Context, pick []int, v []float32) error {
	dim := s.start.dim
	queries := s.choose(pick, v)
	near, err := scan(s.threads)(ctx, gather(v, queries, dim), v, dim, ownNearest+2)
	if err != nil {
		return err
	}
	partners := make([]int, len(queries))
	for k, a := range queries {
		partners[k] = firstOther(near[k], a)
	}
	back, err := scan(s.threads)(ctx, gather(v, partners, dim), v, dim, ownNearest+2)
	if err != nil {
		return err
	}
	for k, a := range queries {
		b := partners[k]
		if firstOther(back[k], b) != a || a > b && slices.Contains(queries, b) {
			continue
		}
		rivals := (meanOthers(v, a, without(near[k], b), 0, dim) + meanOthers(v, b, without(back[k], a), 0, dim)) / 2
		if 2*f32.Dot(v[a*dim:(a+1)*dim], v[b*dim:(b+1)*dim]) > 1+rivals {
			s.pairs = append(s.pairs, Twin{uint32(a), uint32(b), true})
		}
	}
	return nil
}

func firstOther(near []int, i int) int {
	for _, k := range near {
		if k != i {
			return k
		}
	}
	return i
}

func without(near []int, i int) []int {
	return slices.DeleteFunc(slices.Clone(near), func(k int) bool { return k == i })
}

// gather copies rows out of v.
func gather(v []float32, rows []int, dim int) []float32 {
	out := make([]float32, 0, len(rows)*dim)
	for _, i := range rows {
		out = append(out, v[i*dim:(i+1)*dim]...)
	}
	return out
}
