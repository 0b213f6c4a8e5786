package match

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/doppeldb/doppel/db"
	"github.com/doppeldb/doppel/encoder"
)

// TrainOptions shapes [Train]. The zero value is the default.
type TrainOptions struct {
	// Seed of all that is random: the same seed gives the same model.
	Seed uint64
	// Threads is the number of goroutines; 0 means GOMAXPROCS. The model does not depend on it.
	Threads int
	// TopK is how many candidates each record gets from each view; 0 means 20, or 10 in one collection.
	TopK int
	// TargetPrecision, if above 0, places the threshold where so large a share of the accepted
	// validation pairs is right; TargetRecall where so large a share of the matches is
	// accepted. At most one of them is set; with neither F1 is largest.
	TargetPrecision, TargetRecall float64
	// Loss is what tuning the encoder makes small.
	Loss encoder.Loss
	// Sampling is how its batches are made.
	Sampling encoder.Sampling
	// Epochs is the most passes over the matches when the encoder is tuned; 0 means the
	// encoder's default, below 0 that it stays as it is without labels.
	Epochs int
	// WithoutNeighbours leaves out all evidence about rivals, WithoutTwin all about the
	// embeddings: for ablations, and for pairs whose tables are not at hand.
	WithoutNeighbours, WithoutTwin bool
	// Progress, if set, is called from one goroutine with the name of the running
	// stage and its share done.
	Progress func(stage string, done, total int)
	// Tuning, if set, is called from the same goroutine after every epoch of the encoder.
	Tuning func(encoder.TuneProgress)
	// Enough, when it is closed, ends the tuning of the encoder: the best epoch so far is
	// kept, and the scorer is learned with it all the same.
	Enough <-chan struct{}
}

// Validate returns an [ErrOptions] for values out of range.
func (o TrainOptions) Validate() error {
	share := func(x float64) bool { return x >= 0 && x <= 1 } // NaN is neither
	switch {
	case o.Threads < 0:
		return fmt.Errorf("%w: %d threads", ErrOptions, o.Threads)
	case o.TopK < 0:
		return fmt.Errorf("%w: top-k %d is negative", ErrOptions, o.TopK)
	case !share(o.TargetPrecision):
		return fmt.Errorf("%w: target precision %v is not in 0..1", ErrOptions, o.TargetPrecision)
	case !share(o.TargetRecall):
		return fmt.Errorf("%w: target recall %v is not in 0..1", ErrOptions, o.TargetRecall)
	case o.TargetPrecision > 0 && o.TargetRecall > 0:
		return fmt.Errorf("%w: a target for precision and one for recall; the threshold can serve one of them", ErrOptions)
	}
	return nil
}

// Train learns from labelled pairs what a match is: the similarity of two records given all
// others. right is nil for pairs of one collection.
//
// Both collections get the model's encoder. The records of all pairs, labelled or
// not, serve as each other's rivals; labels of other pairs than set's are not
// looked at. Train gives [ErrLabels], [ErrOptions], [db.ErrSchema] or the context's error.
// What is odd about the labels is in Model.Summary.Warnings.
func Train(ctx context.Context, left, right *db.Collection, set TrainSet, opts TrainOptions) (*Model, error) {
	if err := opts.Validate(); err != nil {
		return nil, err
	}
	t := &training{run: newRun(Options{Threads: opts.Threads, TopK: usualTopK(opts.TopK, right), Progress: opts.Progress}), opts: opts}
	if err := t.load(ctx, left, right); err != nil {
		return nil, err
	}
	if err := t.readLabels(set); err != nil {
		return nil, err
	}
	enc, err := t.tune(ctx, t.tuneByLabels)
	if err != nil {
		return nil, err
	}
	if err := t.useEncoder(ctx, enc, collections(left, right)); err != nil {
		return nil, err
	}
	if err := t.read(ctx); err != nil {
		return nil, err
	}
	return t.fit(ctx, enc)
}

func collections(left, right *db.Collection) []*db.Collection {
	if right == nil {
		return []*db.Collection{left}
	}
	return []*db.Collection{left, right}
}

// training is a run that ends in a model.
type training struct {
	*run
	opts         TrainOptions
	train, valid *labels
	warnings     []string
	tuned        *encoder.TuneReport // nil without tuning
	stopped      bool                // by Enough
}

// load reads the records.
func (r *run) load(ctx context.Context, left, right *db.Collection) error {
	r.begin("read")
	var err error
	if r.left, err = left.Load(ctx); err != nil || right == nil {
		return err
	}
	if r.right, err = right.Load(ctx); err != nil {
		return err
	}
	if !r.left.Schema.Equal(r.right.Schema) {
		return fmt.Errorf("%w: %q has the schema %s, %q has %s; collections to be linked need the same schema",
			db.ErrSchema, left.Name(), r.left.Schema, right.Name(), r.right.Schema)
	}
	return nil
}

// records counts both sides.
func (r *run) records() (left, right int) {
	if r.right == nil {
		return r.left.Len(), 0
	}
	return r.left.Len(), r.right.Len()
}

// labelReader checks labels against the loaded records.
func (r *run) labelReader() *labelReader {
	left, right := r.records()
	return &labelReader{left: left, right: right, keys: func(p pairIDs) string {
		other := r.left
		at := p.right
		if r.right != nil {
			other, at = r.right, p.right-uint32(left)
		}
		return r.left.Keys[p.left] + " and " + other.Keys[at]
	}}
}

func (t *training) readLabels(set TrainSet) (err error) {
	r := t.labelReader()
	if t.train, err = r.read("training", set.Train); err != nil {
		return err
	}
	if t.valid, err = r.read("validation", set.Valid); err != nil {
		return err
	}
	err = r.check(t.train, t.valid)
	t.warnings = r.warnings
	return err
}

// tuner is a way to tune an encoder on n records.
type tuner func(ctx context.Context, start *encoder.Encoder, n int, rows encoder.Rows, o encoder.TuneOptions) (*encoder.Encoder, *encoder.TuneReport, error)

func (t *training) tuneByLabels(ctx context.Context, start *encoder.Encoder, n int, rows encoder.Rows, o encoder.TuneOptions) (*encoder.Encoder, *encoder.TuneReport, error) {
	left, _ := t.records()
	return encoder.Tune(ctx, start, n, rows, encoder.TuneSet{Left: left, Train: t.train.twins(), Valid: t.valid.twins()}, o)
}

// tune makes the model's encoder, always from the records and set's labels alone: one that a
// collection already has may have learned from pairs that are now for validation.
func (t *training) tune(ctx context.Context, by tuner) (*encoder.Encoder, error) {
	t.begin("encode")
	snaps := []*db.Snapshot{t.left}
	if t.right != nil {
		snaps = append(snaps, t.right)
	}
	start, err := fit(ctx, snaps, t.opts.Threads)
	if err != nil || t.opts.Epochs < 0 {
		return start, err
	}
	t.begin("tune")
	left, right := t.records()
	o := encoder.TuneOptions{Loss: t.opts.Loss, Sampling: t.opts.Sampling, Epochs: t.opts.Epochs, Seed: t.opts.Seed, Threads: t.opts.Threads, Progress: t.epoch}
	tuning, end := context.WithCancel(ctx)
	defer end()
	go func() {
		select {
		case <-t.opts.Enough: // never, where it is nil
			end()
		case <-tuning.Done():
		}
	}()
	enc, report, err := by(tuning, start, left+right, rowsOfAll(snaps), o)
	if t.stopped = errors.Is(err, context.Canceled) && ctx.Err() == nil; t.stopped {
		err = nil
	}
	if errors.Is(err, encoder.ErrLabels) { // matches of equal records, say: the scorer has its own demands
		t.warnings = append(t.warnings, "the encoder stays as it is: "+err.Error())
		return start, nil
	}
	if err != nil {
		return nil, err
	}
	t.warnings = append(t.warnings, report.Warnings...)
	t.tuned = report
	return enc, nil
}

// epoch passes on how far tuning is.
func (t *training) epoch(p encoder.TuneProgress) {
	t.progress(p.Epoch.Epoch, p.Epochs)
	if t.opts.Tuning != nil {
		t.opts.Tuning(p)
	}
}

// twins are labels as the encoder takes them.
func (l *labels) twins() []encoder.Twin {
	out := make([]encoder.Twin, len(l.pairs))
	for n, p := range l.pairs {
		out[n] = encoder.Twin{Left: p.left, Right: p.right, Match: l.match[n]}
	}
	return out
}

// useEncoder stores an encoder in the collections and loads their vectors.
func (r *run) useEncoder(ctx context.Context, enc *encoder.Encoder, cs []*db.Collection) error {
	for k, c := range cs {
		snap := &r.left
		if k > 0 {
			snap = &r.right
		}
		if now := (*snap).Encoder; now != nil && now.Fingerprint() == enc.Fingerprint() {
			continue
		}
		var err error
		if *snap, err = embedded(ctx, c, *snap, enc, r.opts.Threads); err != nil {
			return err
		}
	}
	return nil
}

// surround finds the candidates and reads the dossier of them and of the asked pairs. Without
// neighbours only the asked pairs are read.
func (r *run) surround(ctx context.Context, asked []pairIDs, neighbours bool) (*dossier, error) {
	if !neighbours {
		r.begin("evidence")
		return r.openDossier(ctx, surround(r.corpus.len(), r.corpus.left, nil, nil, asked))
	}
	if err := r.findCandidates(ctx); err != nil {
		return nil, err
	}
	own, err := r.ownPairs(ctx)
	if err != nil {
		return nil, err
	}
	r.begin("evidence")
	return r.openDossier(ctx, surround(r.corpus.len(), r.corpus.left, r.pairs, own, asked))
}

// findCandidates fills r.pairs for a link or a dedupe.
func (r *run) findCandidates(ctx context.Context) error {
	if r.right != nil {
		return r.linkCandidates(ctx)
	}
	r.begin("candidates")
	n := r.corpus.len()
	lists, err := r.nearestInside(ctx, r.left, 0, n, r.opts.TopK)
	r.pairs = unite(lists, nil, true)
	return err
}

// fit learns the scorer.
func (t *training) fit(ctx context.Context, enc *encoder.Encoder) (*Model, error) {
	d, err := t.surround(ctx, slices.Concat(t.train.pairs, t.valid.pairs), !t.opts.WithoutNeighbours)
	if err != nil {
		return nil, err
	}
	t.begin("train")
	o := scorerOptions{seed: t.opts.Seed, threads: t.opts.Threads, twin: !t.opts.WithoutTwin, neighbours: !t.opts.WithoutNeighbours,
		precision: t.opts.TargetPrecision, recall: t.opts.TargetRecall}
	train, valid := d.judged(t.train), d.judged(t.valid)
	s, z, err := trainScorer(ctx, d, train, valid, o, t.progress)
	if err != nil {
		return nil, err
	}
	s.name = t.corpus.nameField()
	m := &Model{Encoder: enc, Scorer: s}
	m.Summary = t.summary(m, train, valid, z)
	return m, nil
}

// nameField is the name of the field that names a record.
func (c *corpus) nameField() string {
	if c.name < 0 {
		return ""
	}
	return c.schema[c.name].Name
}

// judged finds labelled pairs in the dossier.
func (d *dossier) judged(l *labels) judged {
	j := judged{match: l.match}
	for _, p := range l.pairs {
		j.pairs = append(j.pairs, d.find(p))
	}
	return j
}

// summary takes the log-odds of the validation pairs by learners that have not seen them.
func (t *training) summary(m *Model, train, valid judged, z []float64) TrainSummary {
	left, right := t.records()
	s := TrainSummary{LeftRecords: left, RightRecords: right, Candidates: len(t.pairs), Seed: t.opts.Seed,
		Train: len(train.pairs), TrainMatches: t.train.matches(), Valid: len(valid.pairs), ValidMatches: t.valid.matches(),
		Threshold: m.Scorer.threshold, Warnings: t.warnings, Tuning: t.tuned, Stopped: t.stopped, F1: math.NaN()}
	if len(valid.pairs) == 0 {
		return s
	}
	for n, v := range z {
		accepted := m.Scorer.probability(v) >= m.Scorer.threshold
		switch {
		case accepted && valid.match[n]:
			s.right++
		case accepted:
			s.wrong++
		case valid.match[n]:
			s.missed++
		}
	}
	s.F1 = 2 * float64(s.right) / float64(max(1, 2*s.right+s.wrong+s.missed))
	return s
}

// errNoModel is what a nil model means.
var errNoModel = errors.New("no model given")
