package gallery

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/doppeldb/doppel/encoder"
	"github.com/doppeldb/doppel/encoder/loss"
	"github.com/doppeldb/doppel/encoder/vision"
	"github.com/doppeldb/doppel/internal/measure"
)

// TrainOptions says how to learn from a set.
type TrainOptions struct {
	Spec vision.Spec
	// Solve makes the network by [vision.Solve], in seconds, in place of by descent: what is said below of losses,
	// steps and checkpoints is then without effect. Mirrored is as there.
	Solve, Mirrored bool
	// Loss, if not nil, is another one than the default of [vision.DefaultTraining].
	Loss *loss.Kind
	// Steps, Epochs and Minutes say how long, one of them at most: batches; times that as many pictures are
	// seen as there are; and what this machine does in so much time, which it is asked before. With none
	// it is the default.
	Steps, Epochs int
	Minutes       float64
	Seed          uint64
	Threads       int
	// Valid is classes to choose the state that is kept by and to measure distances on; nil holds some out.
	Valid *Set
	// Progress hears of each look at the held-out classes, and of how many steps there will be.
	Progress func(p vision.TrainPoint, steps int)
	// Checkpoint and Resume are those of [vision.TrainOptions].
	Checkpoint func([]byte) error
	Resume     []byte
}

// Report says what Train saw and did.
type Report struct {
	*vision.TrainReport
	Single []string // classes left out because they have one picture
	Steps  int
}

const (
	// heldShare and leastHeld are how many classes are held out: a part, but enough to say something.
	heldShare, leastHeld = .1, 5
	// looks is how often the held-out classes are looked at, at least.
	looks = 12
)

// Train makes a model. Classes of one picture are left out, a part of the others is held out: they choose
// which state of the network is kept, and on them it is measured how often which distance is wrong. With fewer than
// about ten classes none is held out. It gives [ErrSet], the errors of [vision.Train], and that of ctx.
func Train(ctx context.Context, s *Set, o TrainOptions) (*Model, *Report, error) {
	if err := s.Copies(); err != nil {
		return nil, nil, err
	}
	if err := s.Comparable(); err != nil {
		return nil, nil, err
	}
	report := &Report{}
	sizes := s.sizes()
	for c, n := range sizes {
		if n == 1 {
			report.Single = append(report.Single, s.Names[c])
		}
	}
	s = s.only(func(c int) bool { return sizes[c] > 1 })
	if len(s.Names) < 2 {
		return nil, nil, fmt.Errorf("%s: %w: one class has more than one picture; two such classes are needed", s.Path, ErrSet)
	}
	train, valid := s, o.Valid
	if valid == nil {
		train, valid = s.holdOut()
	}
	net, err := o.learn(ctx, train, valid, report)
	if err != nil {
		return nil, nil, err
	}
	enc, err := encoder.FromNet(net)
	if err != nil {
		return nil, nil, err
	}
	m, err := newModel(enc)
	if err != nil {
		return nil, nil, err
	}
	m.Summary = Summary{Classes: len(train.Names), Pictures: len(train.Pictures), Steps: report.Steps, Seed: o.Seed}
	if len(report.Points) > report.Best {
		m.Summary.Kept = report.Points[report.Best].Step
	}
	if valid != nil {
		m.Summary.HeldOut = len(valid.Names)
		return m, report, m.calibrate(ctx, valid, false, o)
	}
	return m, report, m.calibrate(ctx, train, true, o)
}

// learn makes the network, and fills the report.
func (o TrainOptions) learn(ctx context.Context, train, valid *Set, report *Report) (net *vision.Net, err error) {
	if o.Solve {
		report.TrainReport = &vision.TrainReport{Classes: len(train.Names), Pictures: len(train.Pictures)}
		if valid != nil {
			report.HeldOut = len(valid.Names)
		}
		return vision.Solve(ctx, train.labelled(), vision.SolveOptions{Spec: o.Spec, Mirrored: o.Mirrored, Threads: o.Threads})
	}
	opts, err := o.training(ctx, train, valid)
	if err != nil {
		return nil, err
	}
	report.Steps = opts.Steps
	if o.Progress != nil {
		opts.Progress = func(p vision.TrainPoint) { o.Progress(p, opts.Steps) }
	}
	net, report.TrainReport, err = vision.Train(ctx, train.labelled(), opts)
	return net, err
}

// training turns the options into those of the network.
func (o TrainOptions) training(ctx context.Context, train, valid *Set) (vision.TrainOptions, error) {
	set := train.labelled()
	opts := vision.DefaultTraining(o.Spec, set)
	opts.Seed, opts.Threads, opts.Checkpoint, opts.Resume, opts.HoldOut = o.Seed, o.Threads, o.Checkpoint, o.Resume, 0
	if valid != nil {
		v := valid.labelled()
		opts.Valid = &v
	}
	if o.Loss != nil && *o.Loss != opts.Loss {
		opts.Loss, opts.LossOptions = *o.Loss, loss.Options{}
		if *o.Loss == loss.Prototype {
			opts.Batches.Sampling, opts.Batches.Shots, opts.Batches.Queries = vision.Episodes, 1, 1
		}
	}
	switch {
	case o.Steps > 0:
		opts.Steps = o.Steps
	case o.Epochs > 0:
		each := min(opts.Batches.Ways, len(train.Names)) * (opts.Batches.Shots + opts.Batches.Queries)
		opts.Steps = o.Epochs * max(1, (len(train.Pictures)+each-1)/each)
	case o.Minutes > 0:
		var err error
		if opts.Steps, err = stepsIn(ctx, time.Duration(o.Minutes*float64(time.Minute)), set, opts); err != nil {
			return opts, err
		}
	}
	opts.Check = max(1, min(opts.Check, opts.Steps/looks))
	return opts, nil
}

// stepsIn asks the machine how many steps it makes in a time.
func stepsIn(ctx context.Context, budget time.Duration, set vision.TrainSet, o vision.TrainOptions) (int, error) {
	o.Valid, o.Checkpoint, o.Resume, o.Progress = nil, nil, nil, nil
	took := func(steps int) (time.Duration, error) {
		o.Steps, o.Check = steps, steps
		start := time.Now()
		_, _, err := vision.Train(ctx, set, o)
		return time.Since(start), err
	}
	const few, more = 2, 10
	base, err := took(few)
	if err != nil {
		return 0, err
	}
	longer, err := took(more)
	if err != nil {
		return 0, err
	}
	each := max(longer-base, time.Millisecond) / (more - few)
	return max(1, int(budget/each)), nil
}

// holdOut parts classes off, every so many-th, so that each group gives some; nil where there are too few.
func (s *Set) holdOut() (train, valid *Set) {
	n := max(int(math.Round(heldShare*float64(len(s.Names)))), leastHeld)
	if len(s.Names) < 2*n {
		return s, nil
	}
	held := map[int]bool{}
	for i := range n {
		held[(2*i+1)*len(s.Names)/(2*n)] = true
	}
	return s.only(func(c int) bool { return !held[c] }), s.only(func(c int) bool { return held[c] })
}

// labelled is the set as the network takes it. Classes in one folder, as the characters of an alphabet, are a group.
func (s *Set) labelled() vision.TrainSet {
	out := vision.TrainSet{Pictures: s.rasters(), Class: s.Classes(), Names: s.Names}
	group := s.Groups()
	if n := slices.Max(group) + 1; n > 1 && n < len(s.Names) {
		out.Group = group
	}
	return out
}

// Groups gives for each picture the number of the folder that its class is in.
func (s *Set) Groups() []int {
	groups := map[string]int{}
	out := make([]int, len(s.Pictures))
	for i, p := range s.Pictures {
		parent, _, _ := cutLast(s.Names[p.Class], "/")
		g, known := groups[parent]
		if !known {
			g = len(groups)
			groups[parent] = g
		}
		out[i] = g
	}
	return out
}

// cutLast cuts s around the last sep.
func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return "", s, false
}

// calibrate measures distances on a set.
func (m *Model) calibrate(ctx context.Context, s *Set, seen bool, o TrainOptions) error {
	vectors, dim, err := s.Embed(ctx, m, o.Threads)
	if err != nil {
		return err
	}
	m.Calibration = newCalibration(s.verify(vectors, dim, measure.VerifyOptions{Draws: -1, Seed: o.Seed}), len(s.Names), seen)
	return nil
}
