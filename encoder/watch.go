package encoder

import (
	"fmt"
	"math"

	"github.com/doppeldb/doppel/encoder/head"
	"github.com/doppeldb/doppel/encoder/loss"
)

// watch sees what goes wrong while a network trains.
type watch struct {
	batches   int // seen
	lonely    int // batches without a match or without a non-match
	collapsed int // batches whose distances were all alike
	epochs    int
	first     float64 // mean loss of the first epoch
	lowest    float64 // of the means of epochs
	last      float64 // mean of the last epoch
}

// alike is the width of the distances of a batch below which they say nothing.
const alike = 1e-3

// batch notes one step.
func (w *watch) batch(rel []loss.Relation, h *head.Head) {
	w.batches++
	var seen [loss.Differ + 1]bool
	for _, r := range rel {
		seen[r] = true
	}
	if !seen[loss.Match] || !seen[loss.Differ] {
		w.lonely++
	} else if h.Widest-h.Nearest < alike {
		w.collapsed++
	}
}

// An epoch whose mean loss is so many times the lowest, or whose validation finds so small a
// share of what the start finds, has lost the network. In runs that
// converge the loss stays below twice the lowest (dropout and the draw of batches), and retrieval near its best.
const (
	explosion = 10
	forgotten = .5
)

// lost takes the mean loss of an epoch and says that training has diverged.
func (w *watch) lost(mean float64) bool {
	if math.IsNaN(mean) || math.IsInf(mean, 0) {
		w.last = mean
		return true
	}
	if w.epochs == 0 {
		w.first, w.lowest = mean, mean
	}
	w.epochs, w.last = w.epochs+1, mean
	exploded := mean > explosion*w.lowest && mean > 2*w.first
	w.lowest = min(w.lowest, mean)
	return exploded
}

// fewValid is the number of validation matches under which the choice of an epoch by them is
// luck. The training matches are asked as well then: few numbers move and all are held near
// the start, so that what fits training still finds more of the rest. Mean reciprocal rank of test matches with
// 500 labels (55 matches), five draws: Abt-Buy .943 so, .937 (nothing learned) with 11 of the 55 held out;
// Amazon-Google .816 and .806.
const fewValid = 20

// warn writes what the caller should know into the report.
func (t *tuning) warn() {
	w, o := &t.watch, t.opts
	say := func(format string, args ...any) {
		t.report.Warnings = append(t.report.Warnings, fmt.Sprintf(format, args...))
	}
	if t.report.Diverged {
		say("training diverged: the loss of an epoch went from %.3g to %.3g; the weights of epoch %d came back. Use smaller steps than %g (gains) and %g (dense layer)",
			w.first, w.last, t.report.Best, o.GainRate, o.DenseRate)
	}
	if w.lonely > 0 {
		say("%d of %d batches had no match or no non-match and taught nothing or only half: give more labels or larger batches", w.lonely, w.batches)
	}
	if w.collapsed > 0 {
		say("in %d of %d batches all distances were alike within %g: the network has collapsed; use smaller steps or another loss", w.collapsed, w.batches, alike)
	}
	if margin := o.LossOptions.MarginInForce(o.Loss); usesMargin(o.Loss) && margin >= o.LossOptions.Distance.Unrelated() {
		say("a margin of %g cannot be met: unit vectors that have nothing in common are at %v distance %.3g", margin, o.LossOptions.Distance, o.LossOptions.Distance.Unrelated())
	}
	if t.twins.disputed > 0 {
		say("%d labelled non-matches connect records that other labels make one thing; they were left out", t.twins.disputed)
	}
	if n := matchesIn(t.set.Valid); n < fewValid {
		say("only %d validation matches: the training matches helped to choose the epoch, so the history is too good", n)
	}
	if t.report.Best == 0 && len(t.report.Epochs) > 1 {
		say("no epoch found the validation matches better than the encoder at the start, which was kept")
	}
}

func usesMargin(k Loss) bool {
	return k == loss.Contrastive || k == loss.OnlineContrastive || k == loss.TripletAll || k == loss.TripletSemiHard || k == loss.TripletHard
}
