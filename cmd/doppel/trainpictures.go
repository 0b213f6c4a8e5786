package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/doppeldb/doppel/encoder/loss"
	"github.com/doppeldb/doppel/encoder/vision"
	"github.com/doppeldb/doppel/internal/report"
	"github.com/doppeldb/doppel/internal/table"
	"github.com/doppeldb/doppel/query/gallery"
)

// pictureTraining is what train takes for pictures, beside its other flags.
type pictureTraining struct {
	classes, preset, spec string
	steps                 int
	minutes               float64
	checkpoint            string
	resume, strict, solve bool
}

// solvedPreset is the preset whose network is solved, of faces, to which a mirror image is the same.
const solvedPreset = "portrait"

func (p *pictureTraining) flags(f *pflag.FlagSet) {
	f.StringVar(&p.classes, "classes", "", "learn from the pictures of `DIR`, a folder per class, or of a .zip of such folders")
	f.StringVar(&p.preset, "preset", "", "with --classes: a network for `KIND` of pictures: "+strings.Join(vision.Presets(), ", "))
	f.StringVar(&p.spec, "spec", "", "with --classes: a network as `TEXT`, such as 'input 28x28 ink, conv 64 3x3, pool 2, dense 64'")
	f.IntVar(&p.steps, "steps", 0, "with --classes: train for `N` batches")
	f.Float64Var(&p.minutes, "minutes", 0, "with --classes: train for about `M` minutes")
	f.StringVar(&p.checkpoint, "checkpoint", "", "with --classes: keep in `FILE` what is needed to go on after an interruption")
	f.BoolVar(&p.resume, "resume", false, "go on from the --checkpoint, if it is there")
	f.BoolVar(&p.solve, "solve", false, "with --classes and --spec: solve for the last layer, in seconds, in place of learning by descent; the preset "+solvedPreset+" always does")
	f.BoolVar(&p.strict, "strict", false, "with --classes: fail at the first file that is no picture")
}

// asked says whether a flag is given that goes with --classes.
func (p *pictureTraining) asked() bool {
	return p.preset != "" || p.spec != "" || p.steps != 0 || p.minutes != 0 || p.checkpoint != "" || p.resume || p.strict || p.solve
}

// runPictures is the train command on pictures.
func (t *train) runPictures(ctx context.Context) error {
	opts, err := t.pictureOptions()
	if err != nil {
		return err
	}
	defer t.close()
	t.started = time.Now()
	if err := t.open(); err != nil {
		return err
	}
	if err := t.resumed(&opts); err != nil {
		return err
	}
	set, err := pictureRead{t.app, t.pictures.strict, t.threads}.set(ctx, t.pictures.classes)
	if err != nil {
		return err
	}
	if err := t.knownPictures(set); err != nil {
		return err
	}
	t.say("%s: %s", t.pictures.classes, countPictures(set))
	m, learned, err := t.learnPictures(ctx, set, opts)
	if err != nil {
		return err
	}
	return t.finishPictures(m, learned)
}

// pictureOptions turns flags into options.
func (t *train) pictureOptions() (o gallery.TrainOptions, err error) {
	p := &t.pictures
	if err := needs("train", [2]string{"output", t.out}); err != nil {
		return o, err
	}
	durations := 0
	for _, given := range []bool{p.steps != 0, t.epochs != 0, p.minutes != 0} {
		durations += index(given)
	}
	switch {
	case t.pairsPath != "" || t.truth != "" || t.validPath != "" || t.noLabels || t.targetPrecision != 0 || t.targetRecall != 0:
		return o, usagef("--classes takes pictures: --pairs, --truth, --valid, --no-labels and --target-* are for records")
	case t.dbPath != "":
		return o, usagef("--classes goes without --db; write the model with -o")
	case p.preset != "" && p.spec != "":
		return o, usagef("--preset and --spec both name a network; use one of them")
	case p.preset == "" && p.spec == "":
		return o, usagef("--classes needs --preset KIND, one of %s, or --spec", strings.Join(vision.Presets(), ", "))
	case durations > 1:
		return o, usagef("--steps, --epochs and --minutes all say how long; use one of them")
	case p.steps < 0 || t.epochs < 0 || !(p.minutes >= 0) || math.IsInf(p.minutes, 0):
		return o, usagef("--steps, --epochs, --minutes: less than nothing")
	case p.resume && p.checkpoint == "":
		return o, usagef("--resume needs --checkpoint")
	case p.resume && p.minutes != 0:
		return o, usagef("--resume goes with --steps or --epochs: how far --minutes would go is measured anew each time")
	}
	if p.preset != "" {
		o.Spec, err = vision.Preset(p.preset)
	} else {
		o.Spec, err = vision.ParseSpec(p.spec)
	}
	if err != nil {
		return o, &usageError{err}
	}
	if err := t.validateTraining(); err != nil {
		return o, err
	}
	if t.lossName != "" {
		kind, err := loss.Parse(t.lossName)
		if err != nil {
			return o, usagef("--loss: %q is none of %s", t.lossName, strings.Join(lossNames(), ", "))
		}
		o.Loss = &kind
	}
	if t.threads < 0 {
		return o, usagef("--threads: %d is negative", t.threads)
	}
	o.Mirrored = p.preset == solvedPreset
	if o.Solve = p.solve || o.Mirrored; o.Solve && (durations > 0 || p.checkpoint != "" || t.lossName != "" || t.curves != "") {
		return o, usagef("a network that is solved takes no steps: leave --steps, --epochs, --minutes, --checkpoint, --loss and --curves out")
	}
	o.Steps, o.Epochs, o.Minutes, o.Seed, o.Threads = p.steps, t.epochs, p.minutes, t.seed, t.threads
	return o, nil
}

// resumed reads and prepares the checkpoint.
func (t *train) resumed(o *gallery.TrainOptions) error {
	path := t.pictures.checkpoint
	if path == "" {
		return nil
	}
	if t.pictures.resume {
		data, err := os.ReadFile(path)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			t.say("%s is not there yet: training begins", path)
		case err != nil:
			return fmt.Errorf("--checkpoint: %s: %w", path, plainCause(err))
		}
		o.Resume = data
	}
	o.Checkpoint = func(data []byte) error {
		f, err := table.CreateFile(path, nil)
		if err != nil {
			return err
		}
		defer f.Abort()
		if _, err := f.Write(data); err != nil {
			return err
		}
		return f.Commit()
	}
	return nil
}

// knownPictures refuses a set that nothing can be learned from.
func (t *train) knownPictures(s *gallery.Set) error {
	if err := s.Copies(); err != nil {
		return err
	}
	return s.Comparable()
}

func (t *train) learnPictures(ctx context.Context, set *gallery.Set, o gallery.TrainOptions) (*gallery.Model, *gallery.Report, error) {
	bar := newProgress(t.app)
	defer bar.end()
	said := 0
	o.Progress = func(p vision.TrainPoint, steps int) {
		bar.show("train", p.Step, steps)
		text := fmt.Sprintf("loss %.3f", p.Loss)
		if p.Ways > 0 {
			text += fmt.Sprintf(", held-out classes %.1f %% right of %d", 100*p.Accuracy, p.Ways)
		}
		bar.note(text)
		if tenth := 10 * p.Step / steps; bar == nil && tenth > said {
			said = tenth
			t.say("step %s of %s: %s", thousands(p.Step), thousands(steps), text)
		}
	}
	m, learned, err := gallery.Train(ctx, set, o)
	bar.end()
	switch {
	case err == nil:
		return m, learned, nil
	case errors.Is(err, context.Canceled) && t.pictures.checkpoint != "":
		return nil, nil, &keptError{fmt.Sprintf("interrupted; %s has what was learned, the same command with --resume goes on", t.pictures.checkpoint)}
	case errors.Is(err, vision.ErrResume):
		return nil, nil, fmt.Errorf("--resume: %s: %w; leave --resume out to begin anew", t.pictures.checkpoint, err)
	}
	return nil, nil, err
}

// finishPictures writes the model and the curves, and says what was learned.
func (t *train) finishPictures(m *gallery.Model, r *gallery.Report) error {
	data, err := m.MarshalBinary()
	if err != nil {
		return err
	}
	if _, err := t.file.Write(data); err != nil {
		return err
	}
	if t.figure != nil {
		var points []report.LearningPoint
		for _, p := range r.Points {
			points = append(points, report.LearningPoint{Step: p.Step, Loss: p.Loss, Accuracy: p.Accuracy})
		}
		if err := report.WriteLearning(t.figure, points, r.Best); err != nil {
			return err
		}
	}
	if err := t.commit(); err != nil {
		return err
	}
	if len(r.Single) > 0 {
		t.warn("%s with one picture left out, such as %s: two are needed to learn what makes them alike", count(len(r.Single), "class", "classes"), r.Single[0])
	}
	for _, w := range r.Warnings {
		t.warn("%s", w)
	}
	how := "in " + count(m.Summary.Steps, "step", "steps")
	if m.Summary.Steps == 0 {
		how = "in one go"
	}
	t.say("learned from %s of %s %s; %s held out", count(m.Summary.Pictures, "picture", "pictures"), count(m.Summary.Classes, "class", "classes"),
		how, count(m.Summary.HeldOut, "class", "classes"))
	if len(r.Points) > r.Best {
		if p := r.Points[r.Best]; p.Ways > 0 {
			t.say("step %s is kept: one picture of each of %d held-out classes names %.1f %% of others right", thousands(p.Step), p.Ways, 100*p.Accuracy)
		}
	}
	t.say("%s", calibrationText(m.Calibration))
	t.say("wrote %s (%.1f s)", t.out, time.Since(t.started).Seconds())
	return nil
}

// calibrationText says how often distances are wrong.
func calibrationText(c gallery.Calibration) string {
	on := "held-out classes"
	if c.Seen {
		on = "the classes of training, so that others will be judged worse"
	}
	if len(c.Points) == 0 {
		return "how often a distance is wrong could not be measured: pairs of both kinds are needed"
	}
	return fmt.Sprintf("same or not: equal error rate %.2f %% on %s genuine and %s impostor's pairs of %s", 100*c.EER, thousands(c.Genuine), thousands(c.Impostor), on)
}
