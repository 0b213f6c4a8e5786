package match

import (
	"context"
	"fmt"
	"math"

	"github.com/doppeldb/doppel/db"
	"github.com/doppeldb/doppel/encoder"
)

// SelfTrain learns what it can without a label: the encoder is tuned on records that are each other's
// nearest, and on records written differently ([encoder.SelfTune]). right is nil for one collection.
//
// The model has no scorer: [Link] and [Dedupe] find their candidates by its encoder and decide as without a
// model; [ScorePairs] refuses it. Where the unsupervised validation does not say that tuning helps, or
// where there are too few records to learn from, the encoder is the one that the two would have fitted themselves, and
// Summary.Warnings says so. Of opts everything about labels, scorer and threshold is without effect, but a target for
// precision or recall is an [ErrOptions]: nothing could tell whether it is met.
func SelfTrain(ctx context.Context, left, right *db.Collection, opts TrainOptions) (*Model, error) {
	if err := opts.Validate(); err != nil {
		return nil, err
	}
	if opts.TargetPrecision > 0 || opts.TargetRecall > 0 {
		return nil, fmt.Errorf("%w: a target for precision or recall needs labels", ErrOptions)
	}
	t := &training{run: newRun(Options{Threads: opts.Threads, Progress: opts.Progress}), opts: opts}
	if err := t.load(ctx, left, right); err != nil {
		return nil, err
	}
	enc, err := t.tune(ctx, t.tuneAlone)
	if err != nil {
		return nil, err
	}
	if err := t.useEncoder(ctx, enc, collections(left, right)); err != nil {
		return nil, err
	}
	if t.tuned != nil && t.tuned.Best == 0 {
		t.warnings = append(t.warnings, "the encoder stays as it is: no epoch of tuning without labels finds held-out records clearly better")
	}
	m := &Model{Encoder: enc, Summary: TrainSummary{Seed: opts.Seed, Warnings: t.warnings, Tuning: t.tuned, Stopped: t.stopped, F1: math.NaN()}}
	m.Summary.LeftRecords, m.Summary.RightRecords = t.records()
	return m, nil
}

// tuneAlone tunes without labels.
func (t *training) tuneAlone(ctx context.Context, start *encoder.Encoder, n int, rows encoder.Rows, o encoder.TuneOptions) (*encoder.Encoder, *encoder.TuneReport, error) {
	left, _ := t.records()
	return encoder.SelfTune(ctx, start, n, rows, left, o)
}

// adopt gives the collections the encoder of a model without a scorer.
func (m *Model) adopt(ctx context.Context, cs ...*db.Collection) error {
	for _, c := range cs {
		if err := m.fits(c.Schema()); err != nil {
			return err
		}
		if now, err := c.Encoder(); err == nil && now.Fingerprint() == m.Encoder.Fingerprint() {
			continue
		}
		if err := c.SetEncoder(ctx, m.Encoder); err != nil {
			return err
		}
	}
	return nil
}
