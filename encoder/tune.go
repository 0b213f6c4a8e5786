package encoder

import (
	"context"
	"time"
)

// TuneReport is how tuning went.
type TuneReport struct {
	Epochs   []Epoch  // the first is the start, before any step
	Best     int      // place in Epochs of what was kept; 0 is the start itself
	Diverged bool     // the loss was lost: the best epoch before came back
	Warnings []string // what the caller should know, in words
}

// Epoch is one line of the history.
type Epoch struct {
	Epoch  int     // 0 is the start
	Loss   float64 // mean over the batches; 0 for the start
	MRR    float64 // mean reciprocal rank of the validation matches among all candidates
	Recall float64 // share of them among the ten nearest
}

// Tune fine-tunes start on labelled pairs of the n records behind rows and gives the
// encoder of the epoch whose validation matches were found best; start is the
// first candidate and comes back itself when no epoch is better. Training moves gains of
// n-grams, fields and numbers and a dense layer (net.go), all of which decay toward start.
//
// It gives [ErrOptions], [ErrLabels], [ErrResume], what Checkpoint or Neighbours gave, or the
// context's error; with the last it still gives the best encoder so far. A run that diverges
// is no error: the best epoch comes back and the report says so.
func Tune(ctx context.Context, start *Encoder, n int, rows Rows, set TuneSet, opts TuneOptions) (*Encoder, *TuneReport, error) {
	if err := opts.Validate(start); err != nil {
		return nil, nil, err
	}
	if start.fusion != nil {
		opts.Sketch = start.fusion.sketch
	}
	rows = looked(start.schema, n, rows)
	t, err := newTuning(start, n, rows, set, opts.withDefaults(start.dim))
	if err != nil {
		return nil, nil, err
	}
	if err := t.resume(); err != nil {
		return nil, nil, err
	}
	err = t.run(ctx)
	if err != nil && ctx.Err() == nil {
		return nil, nil, err
	}
	t.warn()
	return t.best(), t.report, err
}

// run goes through epochs until the last one, until patience is at its end or until the loss is lost.
func (t *tuning) run(ctx context.Context) error {
	if len(t.report.Epochs) == 0 {
		if err := t.validate(ctx, Epoch{}); err != nil {
			return err
		}
	}
	began, from := time.Now(), len(t.report.Epochs)
	for e := from; e <= t.opts.Epochs && e-t.report.Best <= t.opts.Patience; e++ {
		value, err := t.epoch(ctx, e)
		if err != nil {
			return err
		}
		if t.watch.lost(value) || !finite(t.net.p.all) {
			t.report.Diverged = true
			return nil
		}
		if err := t.validate(ctx, Epoch{Epoch: e, Loss: value}); err != nil {
			return err
		}
		if t.report.Epochs[e].MRR < forgotten*t.report.Epochs[0].MRR {
			t.report.Diverged = true
			return nil
		}
		if t.opts.Progress != nil {
			left := time.Since(began) / time.Duration(e-from+1) * time.Duration(t.opts.Epochs-e)
			t.opts.Progress(TuneProgress{Epoch: t.report.Epochs[e], Epochs: t.opts.Epochs, Left: left})
		}
		if t.opts.Checkpoint != nil {
			if err := t.opts.Checkpoint(t.checkpoint()); err != nil {
				return err
			}
		}
	}
	return nil
}

// validate ranks the validation matches and keeps the parameters if they are the best so far.
func (t *tuning) validate(ctx context.Context, e Epoch) error {
	now := t.net.start // the network before its first step, without the dense layer's work
	if e.Epoch > 0 {
		now = t.net.encoder()
	}
	got, err := t.valid.ask(ctx, now, t.opts.Threads)
	if err != nil {
		return err
	}
	e.MRR, e.Recall = got.mrr, got.recall
	t.report.Epochs = append(t.report.Epochs, e)
	if e.Epoch > 0 && e.MRR > t.report.Epochs[t.report.Best].MRR {
		t.report.Best = e.Epoch
		copy(t.kept, t.net.p.all)
	}
	return nil
}

// best gives the encoder that was kept.
func (t *tuning) best() *Encoder {
	if t.report.Best == 0 {
		return t.net.start
	}
	copy(t.net.p.all, t.kept)
	e := t.net.encoder()
	e.seal()
	return e
}

func finite(x []float32) bool {
	for _, v := range x {
		if v-v != 0 { // NaN for NaN and infinities
			return false
		}
	}
	return true
}
