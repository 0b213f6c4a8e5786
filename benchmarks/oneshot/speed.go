package main

import (
	"bytes"
	"context"
	"fmt"
	"runtime"
	"slices"
	"time"

	"github.com/doppeldb/doppel/benchmarks/bench"
	"github.com/doppeldb/doppel/encoder/vision"
)

// Steps that are timed, after as many that are not, and how often. The fastest round tells what a program can do
// where the machine has other work too.
const (
	timedSteps = 10
	rounds     = 5
)

// speed times training steps by turns with PyTorch: the same network, batch and number of threads.
func (p *program) speed(ctx context.Context, w *bytes.Buffer) error {
	set, err := loadOmniglot(ctx, "background")
	if err != nil {
		return err
	}
	set = set.part(true) // what a step costs does not depend on how many pictures there are
	opts, err := p.options(set)
	if err != nil {
		return err
	}
	opts.HoldOut, opts.Average, opts.Threads = 0, 0, 2
	plain := opts
	plain.Augment = vision.Augment{}
	batch := opts.Batches.Ways * opts.Batches.Shots
	torch, torchErr := startTorch(p.python, trainRequest{Op: "train", Spec: opts.Spec.String(), Ways: opts.Batches.Ways, Shots: opts.Batches.Shots, Steps: timedSteps, Threads: opts.Threads})
	if torchErr == nil {
		defer torch.close()
	}
	names := []string{"doppel", "doppel, pictures augmented", "PyTorch", "PyTorch, channels last"}
	times := make([][]float64, len(names))
	for range rounds {
		for i, o := range []vision.TrainOptions{plain, opts} {
			s, err := timeSteps(ctx, set.TrainSet, o)
			if err != nil {
				return err
			}
			times[i] = append(times[i], s)
		}
		for i, last := range []bool{false, true} {
			if torchErr != nil {
				continue
			}
			s, err := torch.train(last)
			if err != nil {
				return err
			}
			times[2+i] = append(times[2+i], s)
		}
	}
	fmt.Fprintf(w, "`%s`, batches of %d pictures, %d threads, InfoNCE, AdamW: forward, backward and step. %d steps after as many to warm up; fastest of %d rounds by turns. Our "+
		"rows make the batch from pictures that are scaled already, theirs gets the same random numbers each time.\n\n| program | pictures/s | ms a step |\n|---|---|---|\n",
		opts.Spec, batch, opts.Threads, timedSteps, rounds)
	perSecond := func(i int) float64 { return float64(timedSteps*batch) / slices.Min(times[i]) }
	for i, name := range names {
		if len(times[i]) > 0 {
			fmt.Fprintf(w, "| %s | %.0f | %.1f |\n", name, perSecond(i), 1000*slices.Min(times[i])/timedSteps)
		}
	}
	if torchErr != nil {
		fmt.Fprintf(w, "\nPyTorch was not measured: %v\n", torchErr)
		return nil
	}
	fmt.Fprintf(w, "\nPyTorch %s of Debian, on the processor. **Ratio to the faster of its rows: %.2f** (bar: 1.0); %.2f with augmentation, which it does not do.\n", torch.version,
		perSecond(0)/max(perSecond(2), perSecond(3)), perSecond(1)/max(perSecond(2), perSecond(3)))
	return nil
}

// timeSteps gives the seconds of the second half of a short training; a look at nothing held out is in it.
func timeSteps(ctx context.Context, set vision.TrainSet, o vision.TrainOptions) (float64, error) {
	var at []time.Time
	o.Steps, o.Check = 2*timedSteps, timedSteps
	o.Progress = func(vision.TrainPoint) { at = append(at, time.Now()) }
	if _, _, err := vision.Train(ctx, set, o); err != nil {
		return 0, err
	}
	return at[1].Sub(at[0]).Seconds(), nil
}

// encode times the presets on one core: from decoded pictures to vectors.
func (p *program) encode(ctx context.Context, w *bytes.Buffer) error {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	fmt.Fprint(w, "From decoded pictures to unit vectors, scaling included, on one core; the best of 5 by processor time, which other work on the machine does not count toward, and by the clock.\n\n| preset | architecture | pictures | pictures/s | by the clock | bar |\n|---|---|---|---|---|---|\n")
	for _, k := range []struct {
		preset string
		bar    int
		load   func(context.Context) (*omniglot, error)
	}{
		{"glyph", 5000, func(ctx context.Context) (*omniglot, error) { return loadOmniglot(ctx, "evaluation") }},
		{"face", 800, loadFaces},
	} {
		spec, err := vision.Preset(k.preset)
		if err != nil {
			return err
		}
		set, err := k.load(ctx)
		if err != nil {
			return err
		}
		net, err := vision.New(spec, 1)
		if err != nil {
			return err
		}
		pictures := set.Pictures[:min(4000, len(set.Pictures))]
		best, clock := 0., 0.
		for range 5 {
			began, busy := time.Now(), bench.CPU()
			if _, err := net.EmbedAll(ctx, pictures, 1); err != nil {
				return err
			}
			clock = max(clock, float64(len(pictures))/time.Since(began).Seconds())
			best = max(best, float64(len(pictures))/(bench.CPU()-busy).Seconds())
		}
		one := pictures[0]
		fmt.Fprintf(w, "| %s | `%s` | %d of %dx%d | **%.0f** | %.0f | %d |\n", k.preset, spec, len(pictures), one.Width, one.Height, best, clock, k.bar)
	}
	return nil
}
