package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/doppeldb/doppel/encoder"
	"github.com/doppeldb/doppel/encoder/loss"
	"github.com/doppeldb/doppel/internal/table"
	"github.com/doppeldb/doppel/query/label"
	"github.com/doppeldb/doppel/query/match"
)

// train is one run of the train command.
type train struct {
	labelled
	validPath, lossName           string
	lossKind                      encoder.Loss
	epochs                        int
	noLabels                      bool
	pictures                      pictureTraining
	targetPrecision, targetRecall float64
	collection, rightName         string      // with --db
	file                          *table.File // the model, nil where it goes into the file of --db only
	figure                        *table.File // the curves, nil without
}

func newTrain(a *app) *cobra.Command {
	t := &train{labelled: labelled{job: job{app: a, learns: true}}}
	c := &cobra.Command{
		Use:   "train LEFT [RIGHT]",
		Short: "Learn from labelled pairs what is the same thing",
		Long: `train learns from pairs that were judged and writes a model, which score, eval,
link and dedupe take with --model.

Labels are a pair file, ltable_id,rtable_id,label for two files and
id1,id2,label for one, with 1 for a match and 0 for none; or --truth names a
column: rows with equal values are one thing.

Part of the labels is held out to stop in time and to choose the threshold:
those of --valid, else a fifth, chosen so that training has no pair of a held-out
thing.

With --no-labels only the network that finds candidates learns, from records that
are each other's nearest. link and dedupe take such a model, score does not.
Ctrl-C keeps the best model so far.

With --classes the classes are folders of pictures, and what is learned is a network
that brings pictures of one class together: classify --supports, compare and eval take
its model with --model, for classes that it has never seen. A part of the classes is
held out to choose the state that is kept and to measure how often which distance is
wrong.

With --db the records are those of a collection, or of --collection and --right, the
labels those of doppel label, and the model goes into the file, where compare finds
it; its encoder becomes that of the collections.`,
		Example: `  doppel train abt.csv buy.csv --pairs train.csv --valid valid.csv -o model.doppel
  doppel train people.csv --pairs judged.csv -o model.doppel --target-precision 0.99
  doppel train catalogue.csv --truth product_id -o model.doppel
  doppel train abt.csv buy.csv --no-labels -o model.doppel
  doppel train --db shops.doppel --collection abt --right buy
  doppel train --classes characters/ --preset glyph -o glyphs.doppel`,
		Args: func(c *cobra.Command, args []string) error {
			if t.dbPath != "" || t.pictures.classes != "" {
				return exactArgs()(c, args)
			}
			return oneOrTwo(c, args)
		},
		RunE: func(c *cobra.Command, args []string) error {
			t.command = "doppel train " + strings.Join(args, " ")
			if t.pictures.classes != "" {
				return t.runPictures(c.Context())
			}
			if t.pictures.asked() {
				return usagef("--preset, --spec, --steps, --minutes, --checkpoint, --resume, --solve and --strict go with --classes")
			}
			if t.dbPath != "" {
				return t.runStored(c.Context())
			}
			return t.run(c.Context(), args)
		},
	}
	f := c.Flags()
	f.StringVar(&t.pairsPath, "pairs", "", "judged pairs, a `FILE` with ltable_id,rtable_id,label or id1,id2,label")
	f.StringVar(&t.validPath, "valid", "", "judged pairs to stop and to choose the threshold by, a `FILE` like that of --pairs")
	f.StringVar(&t.truth, "truth", "", "`COL` says what is one thing: rows with equal values; in place of --pairs")
	f.BoolVar(&t.noLabels, "no-labels", false, "learn without labels, in place of --pairs and --truth")
	f.StringVarP(&t.out, "output", "o", "", "write the model to `FILE`.doppel")
	f.StringVar(&t.lossName, "loss", "", "`LOSS` of the twin network: "+strings.Join(lossNames(), ", ")+" (default infonce)")
	f.IntVar(&t.epochs, "epochs", 0, "train the twin network for at most `N` epochs (default: until it gets no better)")
	f.Float64Var(&t.targetPrecision, "target-precision", 0, "choose the threshold for at least this precision `P` on the held-out pairs (default: for the best F1)")
	f.Float64Var(&t.targetRecall, "target-recall", 0, "choose the threshold for at least this recall `R` on the held-out pairs")
	f.StringVar(&t.curves, "curves", "", "draw loss and recall by epoch to `FILE`.svg")
	f.StringVar(&t.dbPath, "db", "", "learn from the records and labels of `FILE`.doppel, and put the model there")
	f.StringVar(&t.collection, "collection", "", "with --db: the collection `NAME` (default: the only one)")
	f.StringVar(&t.rightName, "right", "", "with --db: the collection `NAME` of the right records")
	t.pictures.flags(f)
	t.recordFlags(f)
	return c
}

func (t *train) run(ctx context.Context, paths []string) error {
	if err := t.validate(paths); err != nil {
		return err
	}
	defer t.close()
	if err := t.open(); err != nil {
		return err
	}
	if err := t.readRecords(ctx, paths); err != nil {
		return err
	}
	var set match.TrainSet
	if !t.noLabels {
		var err error
		if set, err = t.labels(ctx); err != nil {
			return err
		}
	}
	model, err := t.learn(ctx, set)
	if err != nil {
		return err
	}
	return t.finish(ctx, model)
}

// validate turns flags into options before any work is done.
func (t *train) validate(paths []string) error {
	if err := needs("train", [2]string{"output", t.out}); err != nil {
		return err
	}
	switch {
	case t.noLabels && (t.pairsPath != "" || t.truth != "" || t.validPath != ""):
		return usagef("--no-labels goes with none of --pairs, --valid and --truth")
	case t.noLabels && (t.targetPrecision != 0 || t.targetRecall != 0):
		return usagef("--no-labels leaves nothing to tell whether --target-precision or --target-recall is met; train with labels")
	case t.pairsPath == "" && t.truth == "" && !t.noLabels:
		return usagef("train needs --pairs, or --truth for a column that says what is one thing; without labels, --no-labels")
	case t.pairsPath != "" && t.truth != "":
		return usagef("--pairs and --truth both give labels; use one of them")
	case t.validPath != "" && t.truth != "":
		return usagef("--valid goes with --pairs; with --truth a part is held out")
	case t.collection != "" || t.rightName != "":
		return usagef("--collection and --right need --db")
	}
	if err := t.validateTraining(); err != nil {
		return err
	}
	inputs := append([]string{}, paths...)
	for _, p := range []string{t.pairsPath, t.validPath} {
		if p != "" {
			inputs = append(inputs, p)
		}
	}
	if err := t.validateInput(inputs); err != nil {
		return err
	}
	if err := t.distinctPaths(inputs); err != nil {
		return err
	}
	for _, p := range inputs[len(paths):] {
		if err := there(p); err != nil {
			return err
		}
	}
	return nil
}

// validateTraining checks the flags about how to learn.
func (t *train) validateTraining() error {
	switch {
	case t.targetPrecision != 0 && t.targetRecall != 0:
		return usagef("--target-precision and --target-recall both choose the threshold; use one of them")
	case t.epochs < 0:
		return usagef("--epochs: %d is negative", t.epochs)
	case t.lossName != "":
		kind, err := loss.Parse(t.lossName)
		if err != nil {
			return usagef("--loss: %q is none of %s", t.lossName, strings.Join(lossNames(), ", "))
		}
		t.lossKind = kind
	}
	if t.out == "-" {
		return usagef("-o: a model is no text; name a file")
	}
	if err := share("target-precision", t.targetPrecision); err != nil {
		return err
	}
	if err := share("target-recall", t.targetRecall); err != nil {
		return err
	}
	return nil
}

// open makes the outputs ready, so that a path that cannot be written fails first.
func (t *train) open() (err error) {
	if t.out != "" {
		if t.file, err = table.CreateFile(t.out, nil); err != nil {
			return err
		}
		t.writers = append(t.writers, t.file)
	}
	if t.curves != "" {
		if t.figure, err = table.CreateFile(t.curves, t.stdout); err != nil {
			return err
		}
		t.writers = append(t.writers, t.figure)
	}
	return nil
}

// labels reads the labels and parts them.
func (t *train) labels(ctx context.Context) (set match.TrainSet, err error) {
	name := t.pairsPath
	if t.truth != "" {
		name = "--truth " + t.truth
		set.Train, err = t.truthLabels(ctx)
	} else {
		set.Train, err = t.readLabels(t.pairsPath)
	}
	if err != nil {
		return set, err
	}
	if err := label.Trainable(orStdin(name), set.Train); err != nil {
		return set, err
	}
	return t.part(ctx, set)
}

// part holds labels out for validation, unless --valid names some.
func (t *train) part(ctx context.Context, set match.TrainSet) (_ match.TrainSet, err error) {
	if t.validPath != "" {
		if set.Valid, err = t.readLabels(t.validPath); err != nil {
			return set, err
		}
		t.say("training: %s; validation: %s", countLabels(set.Train), countLabels(set.Valid))
		return set, t.warnLeak(ctx, set)
	}
	parts, whole := label.HoldOut(t.keys.Sides(), set.Train, t.seed)
	if whole {
		t.say("training: %s; too few to hold a part out: the threshold is chosen by cross-validation", countLabels(set.Train))
		return set, nil
	}
	set.Train, set.Valid = parts.Train, parts.Held
	t.say("training: %s; held out by thing for validation: %s; in neither part: %s",
		countLabels(set.Train), countLabels(set.Valid), count(parts.Dropped, "non-match between the two", "non-matches between the two"))
	return set, nil
}

func index(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

// warnLeak says when validation pairs are training pairs.
func (t *train) warnLeak(ctx context.Context, set match.TrainSet) error {
	leak, err := label.FindLeak(ctx, t.keys.Sides(), set.Train, set.Valid, nil, t.threads)
	if err != nil {
		return err
	}
	if leak.Pairs > 0 {
		t.warn("%s of --valid %s in --pairs too: the threshold will be chosen on what was learned by heart",
			count(leak.Pairs, "pair", "pairs"), map[bool]string{true: "is", false: "are"}[leak.Pairs == 1])
	}
	return nil
}

// learn trains with a progress bar. Ctrl-C from here on ends the tuning of the
// encoder, not the work: the best so far becomes the model. A second one ends the
// program.
func (t *train) learn(ctx context.Context, set match.TrainSet) (*match.Model, error) {
	t.progress = newProgress(t.app)
	opts := match.TrainOptions{Seed: t.seed, Threads: t.threads, Loss: t.lossKind, Epochs: t.epochs,
		TargetPrecision: t.targetPrecision, TargetRecall: t.targetRecall, Enough: ctx.Done()}
	if t.progress != nil {
		opts.Progress = t.progress.show
		opts.Tuning = func(p encoder.TuneProgress) {
			t.progress.note(fmt.Sprintf("loss %.3f, recall@10 %.3f", p.Loss, p.Recall))
		}
	}
	work := context.WithoutCancel(ctx)
	var m *match.Model
	var err error
	if t.noLabels {
		m, err = match.SelfTrain(work, t.cs[0], t.right(), opts)
	} else {
		m, err = match.Train(work, t.cs[0], t.right(), set, opts)
	}
	t.progress.end()
	if err != nil {
		return nil, t.store.workError(work, err)
	}
	return m, nil
}

// finish writes the model and the curves, and says what was learned.
func (t *train) finish(ctx context.Context, m *match.Model) error {
	data, err := m.MarshalBinary()
	if err != nil {
		return err
	}
	if t.file != nil {
		if _, err := t.file.Write(data); err != nil {
			return err
		}
	}
	if t.figure != nil {
		if err := t.drawCurves(m.Summary.Tuning); err != nil {
			return err
		}
	}
	into := t.out
	if t.dbPath != "" {
		name := match.StoredName(t.cs[0], t.right())
		if _, err := t.store.file.PutModel(name, match.StoredKind, data); err != nil {
			return t.store.workError(ctx, err)
		}
		into = t.dbPath
	}
	if err := t.commit(); err != nil {
		return err
	}
	for _, w := range m.Summary.Warnings {
		t.warn("%s", w)
	}
	if r := m.Summary.Tuning; r != nil && len(r.Epochs) > 0 {
		first, best := r.Epochs[0], r.Epochs[r.Best]
		of := "validation matches"
		if t.noLabels {
			of = "held-out records, written differently,"
		}
		t.say("the encoder was tuned for %s, epoch %d is kept: of the %s %.3f are among the ten nearest, before %.3f",
			count(len(r.Epochs)-1, "epoch", "epochs"), best.Epoch, of, best.Recall, first.Recall)
	}
	t.say("%s", m.Summary.String())
	t.say("wrote %s (%.1f s)", into, time.Since(t.started).Seconds())
	if ctx.Err() != nil {
		return &keptError{fmt.Sprintf("interrupted; %s holds the best so far", into)}
	}
	return nil
}

// drawCurves draws loss and recall by epoch.
func (t *train) drawCurves(r *encoder.TuneReport) error {
	if r == nil || len(r.Epochs) < 2 {
		t.warn("--curves: the encoder was not tuned, so that there is nothing to draw")
		r = &encoder.TuneReport{Epochs: make([]encoder.Epoch, 1)}
	}
	return r.WriteSVG(t.figure)
}

func lossNames() (names []string) {
	for _, k := range loss.Kinds() {
		names = append(names, k.String())
	}
	return names
}
