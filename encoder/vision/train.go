package vision

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"slices"
	"strconv"

	"github.com/doppeldb/doppel/encoder/loss"
	"github.com/doppeldb/doppel/record/picture"
)

// ErrOptions is returned for an option that makes no sense.
var ErrOptions = errors.New("vision: bad option")

// TrainSet is labelled pictures.
type TrainSet struct {
	Pictures []*picture.Raster
	Class    []int    // of each picture
	Group    []int    // of each picture, as the alphabet of a character; nil for none
	Names    []string // of the classes, for messages; nil for none
}

// name is what messages call a class.
func (s TrainSet) name(class int) string {
	if class >= 0 && class < len(s.Names) {
		return strconv.Quote(s.Names[class])
	}
	return strconv.Itoa(class)
}

// TrainOptions says how a network learns; see [DefaultTraining].
type TrainOptions struct {
	Spec        Spec
	Seed        uint64
	Loss        loss.Kind
	LossOptions loss.Options
	Batches     Batches
	Augment     Augment

	Steps int     // batches
	Rate  float64 // of AdamW, at its highest
	Decay float64 // of the weights, per step and unit of the rate
	// Average is how much of the running mean of the parameters stays at each step (Polyak and Juditsky 1992; Tarvainen and
	// Valpola, NeurIPS 2017). The mean is what is validated and kept; 0 keeps the parameters themselves.
	Average float64

	// HoldOut is the share of the classes that are not trained on: they say how good the network is with classes
	// that it has not seen, and which state of it is kept. Valid takes their place where it is given.
	HoldOut float64
	Valid   *TrainSet
	// Check is how many steps lie between looks at the held-out classes. Patience is how many of them in a row may
	// bring nothing better before training ends; 0 goes on to the end.
	Check, Patience int

	// Threads is at most how many goroutines work; 0 means one for each CPU. It does not change the result.
	Threads int
	// Progress hears of each check.
	Progress func(TrainPoint)
	// Checkpoint gets, after each check, all that is needed to go on from there; Resume takes it up. A run
	// that was interrupted gives the same network as one that was not.
	Checkpoint func([]byte) error
	Resume     []byte
}

// TrainPoint is a look at a run.
type TrainPoint struct {
	Step int
	Loss float64 // mean since the last look
	// Accuracy is how often one example of each held-out class, Ways at a time, is enough to name the
	// class of another picture; NaN where nothing is held out.
	Accuracy float64
	Ways     int
}

// TrainReport says what a run did.
type TrainReport struct {
	Points   []TrainPoint
	Best     int // the point that was kept
	Classes  int // trained on
	HeldOut  int // classes that were not
	Pictures int // trained on
	Seen     int // pictures, with repetition
	Diverged bool
	Warnings []string
}

// DefaultTraining gives the options for a set of pictures and classes: as they were chosen on held-out
// alphabets of Omniglot for ink and on held-out people of the AT&T faces for the rest.
func DefaultTraining(spec Spec, set TrainSet) TrainOptions {
	ways := min(max(set.classes(), 2), 128)
	o := TrainOptions{
		Spec: spec, Seed: 1, Loss: loss.InfoNCE, LossOptions: loss.Options{Temperature: .05},
		Batches: Batches{Ways: ways, Shots: min(max(2, 256/ways), 8)},
		Rate:    5e-3, Decay: .05, Average: .998, HoldOut: .1,
	}
	if spec.Mode == Ink {
		o.Augment = Augment{Rotate: 12, Shear: 12, Scale: .2, Shift: .08, Elastic: .02, Stroke: .4}
		o.Batches.Turned = spec.Width == spec.Height
	} else {
		o.Augment = Augment{Rotate: 8, Shear: 4, Scale: .12, Shift: .06, Flip: true, Edge: true, Noise: .05, Erase: .3}
	}
	if len(set.Group) > 0 {
		o.Batches.Together = .5
	}
	// Each picture is looked at so many times; with few of them a step teaches the same again. Three times the most
	// brings Omniglot from 96.8 to 97.1 % of 20-way 1-shot.
	const looks, fewest, most = 200, 600, 5000
	o.Steps = min(max(looks*len(set.Pictures)/(ways*o.Batches.Shots), fewest), most)
	o.Check = max(1, o.Steps/20)
	return o
}

// Validate gives [ErrOptions], [ErrSpec] or the error of a part.
func (o TrainOptions) Validate() error {
	if err := o.Spec.Validate(); err != nil {
		return err
	}
	if err := errors.Join(o.LossOptions.Validate(), o.Batches.Validate(), o.Augment.Validate()); err != nil {
		return err
	}
	bad := func(name string, value any, want string) error {
		return fmt.Errorf("%w: %s %v: want %s", ErrOptions, name, value, want)
	}
	switch {
	case o.Steps < 1 || o.Steps > 100e6:
		return bad("steps", o.Steps, "1 to 100 million")
	case !(o.Rate > 0 && o.Rate <= 1):
		return bad("rate", o.Rate, "above 0, at most 1")
	case !(o.Decay >= 0 && o.Decay <= 10):
		return bad("decay", o.Decay, "0 to 10")
	case !(o.Average >= 0 && o.Average < 1):
		return bad("average", o.Average, "0 or more, below 1")
	case !(o.HoldOut >= 0 && o.HoldOut < 1):
		return bad("held-out share", o.HoldOut, "0 or more, below 1")
	case o.Check < 1 || o.Patience < 0:
		return bad("steps between checks and patience", [2]int{o.Check, o.Patience}, "at least 1 and 0")
	case o.Batches.Turned && o.Spec.Width != o.Spec.Height:
		return bad("turned classes of an input", fmt.Sprintf("%dx%d", o.Spec.Width, o.Spec.Height), "a square")
	case o.Batches.Sampling == Episodes && o.Loss != loss.Prototype:
		return bad("loss and sampling", fmt.Sprint(o.Loss, " and ", o.Batches.Sampling), "episodes with the prototype loss, or batches of classes")
	}
	return nil
}

// Train makes a network that brings pictures of one class together and parts those of different ones
// (Koch, Zemel and Salakhutdinov, ICML Deep Learning Workshop 2015): batches of classes, each picture
// changed at random, a loss over the distances of the batch, AdamW. The network with the best accuracy on
// held-out classes is given back. The same set, options and instruction set give the same bytes for any number of threads.
//
// It gives [ErrSet], [ErrPicture], [ErrResume], the errors of [TrainOptions.Validate], that of opts.Checkpoint, and that of ctx.
func Train(ctx context.Context, set TrainSet, opts TrainOptions) (*Net, *TrainReport, error) {
	t, err := newTraining(ctx, set, opts)
	if err != nil {
		return nil, nil, err
	}
	if err := t.resume(opts.Resume); err != nil {
		return nil, nil, err
	}
	for t.step < opts.Steps && !t.done() {
		if err := ctx.Err(); err != nil {
			return nil, nil, err
		}
		t.learn()
		if t.step%opts.Check != 0 && t.step != opts.Steps && !t.lost() {
			continue
		}
		if err := t.look(ctx); err != nil {
			return nil, nil, err
		}
	}
	return t.finish()
}

// done says that training ends before its last step.
func (t *training) done() bool {
	r := t.report
	return r.Diverged || t.opts.Patience > 0 && len(r.Points) > 0 && len(r.Points)-1-r.Best >= t.opts.Patience
}

// lost says that the loss is no number any more.
func (t *training) lost() bool { return math.IsNaN(t.sum) || math.IsInf(t.sum, 0) }

// look measures the held-out classes, keeps the network if it is the best, and writes a checkpoint.
func (t *training) look(ctx context.Context) error {
	p := TrainPoint{Step: t.step, Loss: t.sum / float64(max(t.batches, 1)), Accuracy: math.NaN()}
	t.sum, t.batches = 0, 0
	if t.report.Diverged = math.IsNaN(p.Loss) || math.IsInf(p.Loss, 0); t.report.Diverged {
		t.report.Points = append(t.report.Points, p)
		return nil
	}
	net, err := t.network(ctx)
	if err != nil {
		return err
	}
	if p.Accuracy, p.Ways, err = t.valid.accuracy(ctx, net, t.opts.Threads); err != nil {
		return err
	}
	best := &t.report.Best
	if t.kept == nil || !(p.Accuracy <= t.report.Points[*best].Accuracy) { // without held-out classes the last is kept
		t.kept, *best = net, len(t.report.Points)
	}
	t.report.Points = append(t.report.Points, p)
	if t.opts.Progress != nil {
		t.opts.Progress(p)
	}
	if t.opts.Checkpoint != nil {
		return t.opts.Checkpoint(t.checkpoint())
	}
	return nil
}

func (t *training) finish() (*Net, *TrainReport, error) {
	r := t.report
	if t.kept == nil {
		return nil, nil, fmt.Errorf("%w: the loss was no number after %d steps: use a smaller rate than %g", ErrOptions, t.step, t.opts.Rate)
	}
	if r.Diverged {
		r.Warnings = append(r.Warnings, fmt.Sprintf("training diverged after %d steps; the network of step %d is kept. Use a smaller rate than %g",
			t.step, r.Points[r.Best].Step, t.opts.Rate))
	}
	if r.HeldOut == 0 {
		r.Warnings = append(r.Warnings, "no class was held out: how well the network tells classes apart that it has not seen was not measured")
	}
	return t.kept, r, nil
}

func threadsOf(n int) int {
	if n <= 0 {
		return runtime.GOMAXPROCS(0)
	}
	return n
}

// fewHeldOut is the number of classes below which holding out says nothing.
const fewHeldOut = 5

// part takes classes out of a set for validation: every so many-th, in the order of their first picture,
// so that each group gives some.
func (s TrainSet) part(share float64) (train, valid TrainSet) {
	var order []int
	at := map[int]int{}
	for _, c := range s.Class {
		if _, seen := at[c]; !seen {
			at[c], order = len(order), append(order, c)
		}
	}
	n := int(math.Round(share * float64(len(order))))
	if n < fewHeldOut || len(order)-n < 2 {
		return s, TrainSet{}
	}
	held := make([]bool, len(order))
	for i := range n {
		held[(2*i+1)*len(order)/(2*n)] = true
	}
	train.Names, valid.Names = s.Names, s.Names
	for i, c := range s.Class {
		to := &train
		if held[at[c]] {
			to = &valid
		}
		to.Pictures, to.Class = append(to.Pictures, s.Pictures[i]), append(to.Class, c)
		if s.Group != nil {
			to.Group = append(to.Group, s.Group[i])
		}
	}
	return train, valid
}

// check says whether a set can be trained on. It gives [ErrSet] and [ErrPicture].
func (s TrainSet) check() error {
	if len(s.Class) != len(s.Pictures) || s.Group != nil && len(s.Group) != len(s.Pictures) {
		return fmt.Errorf("%w: %d pictures, %d classes and %d groups of them", ErrSet, len(s.Pictures), len(s.Class), len(s.Group))
	}
	for i, r := range s.Pictures {
		if err := checkRaster(r); err != nil {
			return fmt.Errorf("picture %d, of class %s: %w", i, s.name(s.Class[i]), err)
		}
	}
	return checkCopies(s.Pictures, s.Class, s.name)
}

// classes counts the classes.
func (s TrainSet) classes() int {
	all := slices.Clone(s.Class)
	slices.Sort(all)
	return len(slices.Compact(all))
}
