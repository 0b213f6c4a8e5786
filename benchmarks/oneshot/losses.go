package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"time"

	"github.com/doppeldb/doppel/encoder/vision"
)

// lossRows are the losses, each over batches of 256 pictures.
var lossRows = []struct{ name, with string }{
	{"contrastive", "loss=contrastive,ways=64,shots=4"},
	{"online contrastive", "loss=online-contrastive,ways=64,shots=4"},
	{"triplet, semi-hard", "loss=triplet-semi-hard,ways=64,shots=4"},
	{"triplet, hardest, smooth margin", "loss=triplet-soft,ways=64,shots=4,temperature=.05"},
	{"episodic (prototypes)", "loss=prototype,sampling=episodes,ways=64,shots=1,queries=3,temperature=.05"},
	{"InfoNCE", "loss=infonce,ways=64,shots=4,temperature=.05"},
	{"InfoNCE, more classes", "loss=infonce,ways=128,shots=2,temperature=.05"},
}

const lossHead = "| loss | options | set | 20-way 1-shot | the same within an alphabet | 5-way 1-shot | seconds |\n|---|---|---|---|---|---|---|\n"

// losses trains the same network as long with each loss, on 20 alphabets.
func (p *program) losses(ctx context.Context, w *bytes.Buffer) error {
	_, train, held, err := p.heldOut(ctx)
	if err != nil {
		return err
	}
	evaluation, err := loadOmniglot(ctx, "evaluation")
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "The same network, seed and augmentation, %d steps of 256 pictures each, trained on 20 background alphabets; 1,000 episodes, the same for every row. One seed: differences "+
		"under half a point are noise.\n\n%s", p.steps, lossHead)
	for _, r := range lossRows {
		opts, err := p.options(train)
		if err != nil {
			return err
		}
		if err := change(&opts, r.with); err != nil {
			return err
		}
		opts.Steps, opts.Check = p.steps, max(1, p.steps/4)
		if err := p.row(ctx, w, r.name, opts, train, []*omniglot{held, evaluation}); err != nil {
			return err
		}
	}
	return nil
}

// heldOut gives the background set in two and the options for the larger part.
func (p *program) heldOut(ctx context.Context) (opts vision.TrainOptions, train, held *omniglot, err error) {
	background, err := loadOmniglot(ctx, "background")
	if err != nil {
		return opts, nil, nil, err
	}
	train, held = background.part(false), background.part(true)
	opts, err = p.options(train)
	return opts, train, held, err
}

// row trains once and writes a line for each set that it is measured on.
func (p *program) row(ctx context.Context, w *bytes.Buffer, name string, opts vision.TrainOptions, train *omniglot, sets []*omniglot) error {
	began := time.Now()
	opts.Progress = func(q vision.TrainPoint) {
		fmt.Fprintf(os.Stderr, "  %s: step %d, loss %.4f, held-out %d-way %.4f\n", name, q.Step, q.Loss, q.Ways, q.Accuracy)
	}
	net, _, err := vision.Train(ctx, train.TrainSet, opts)
	if err != nil {
		return err
	}
	took := time.Since(began).Seconds()
	b := opts.Batches
	made := fmt.Sprintf("%d classes x %d", b.Ways, b.Shots)
	if b.Sampling == vision.Episodes {
		made = fmt.Sprintf("%d classes x (%d + %d)", b.Ways, b.Shots, b.Queries)
	}
	for _, set := range sets {
		e, err := embed(ctx, net, set)
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "| %s | %s | %s |", name, made, set.name)
		for _, k := range []task{{ways: 20, shots: 1}, {ways: 20, shots: 1, within: true}, {ways: 5, shots: 1}} {
			r, err := e.episodes(k)
			if err != nil {
				return err
			}
			fmt.Fprintf(w, " %.2f ± %.2f |", 100*r.Accuracy, 100*(r.Accuracy-r.Between.Low))
		}
		fmt.Fprintf(w, " %.0f |\n", took)
	}
	return nil
}
