package main

import (
	"bytes"
	"context"
	"fmt"

	"github.com/doppeldb/doppel/encoder"
	"github.com/doppeldb/doppel/encoder/loss"
	"github.com/doppeldb/doppel/encoder/optim"
)

// The table of losses is forty runs on each set: one seed. Differences under .005 of MRR are noise.
const (
	recipeSeeds = 2
	lossSeeds   = 1
)

var headline = []string{"em-abt-buy", "em-amazon-google"}

// variant tunes on both headline sets and gives validation and test scores, seed after seed.
func variant(ctx context.Context, sets []*split, opts encoder.TuneOptions, seeds uint64) (cells string, err error) {
	for _, s := range sets {
		var valid, mrr, at10 spread
		for seed := range seeds {
			opts.Seed = seed
			e, report, err := s.tune(ctx, opts)
			if err != nil {
				return "", err
			}
			got, err := s.find(ctx, e, s.test, e.Dim())
			if err != nil {
				return "", err
			}
			valid = append(valid, report.Epochs[report.Best].MRR)
			mrr, at10 = append(mrr, got.mrr), append(at10, got.at10)
		}
		cells += fmt.Sprintf(" %.4f | %.4f | %.4f |", valid.mean(), mrr.mean(), at10.mean())
	}
	return cells, nil
}

func headlineSets(ctx context.Context) (sets []*split, err error) {
	for _, name := range headline {
		s, err := load(ctx, name)
		if err != nil {
			return nil, err
		}
		sets = append(sets, s)
	}
	return sets, nil
}

const variantHead = " Abt-Buy validation MRR | test MRR | test recall@10 | Amazon-Google validation MRR | test MRR | test recall@10 |\n"

// losses is every loss with every way to make a batch.
func losses(ctx context.Context, w *bytes.Buffer) error {
	sets, err := headlineSets(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "%d seed, cosine distance, default margins and steps. Samplings: judged (matches, each with a labelled non-match; the default), balanced (labelled pairs alone, half and "+
		"half), random (matches, the others of the batch are the non-matches), groups (entities x records), mined (judged, and from the fourth epoch a near neighbour each). Differences under .005 of MRR are noise.\n\n", lossSeeds)
	fmt.Fprint(w, "| loss | sampling |"+variantHead+"|---|---|---|---|---|---|---|---|\n")
	for _, k := range loss.Kinds() {
		for _, s := range encoder.Samplings() {
			cells, err := variant(ctx, sets, encoder.TuneOptions{Loss: k, Sampling: s}, lossSeeds)
			if err != nil {
				return err
			}
			fmt.Fprintf(w, "| %v | %v |%s\n", k, s, cells)
		}
	}
	return nil
}

// recipe takes one part of the default away or changes it.
func recipe(ctx context.Context, w *bytes.Buffer) error {
	sets, err := headlineSets(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "InfoNCE, mean of %d seeds. The defaults were chosen by the validation columns.\n\n", recipeSeeds)
	fmt.Fprint(w, "| change |"+variantHead+"|---|---|---|---|---|---|---|\n")
	for _, v := range []struct {
		name string
		opts encoder.TuneOptions
	}{
		{"none", encoder.TuneOptions{}},
		{"gains alone, no dense step", encoder.TuneOptions{DenseRate: -1}},
		{"dense layer alone", encoder.TuneOptions{GainRate: -1}},
		{"gains by row-wise Adagrad, .1", encoder.TuneOptions{GainRule: optim.Adagrad}},
		{"gain steps .01", encoder.TuneOptions{GainRate: .01}},
		{"gain steps .04", encoder.TuneOptions{GainRate: .04}},
		{"dense steps .0001", encoder.TuneOptions{DenseRate: 1e-4}},
		{"dense steps .001", encoder.TuneOptions{DenseRate: 1e-3}},
		{"no dropout", encoder.TuneOptions{Dropout: -1}},
		{"dropout .4", encoder.TuneOptions{Dropout: .4}},
		{"temperature .03", encoder.TuneOptions{LossOptions: loss.Options{Temperature: .03}}},
		{"temperature .1", encoder.TuneOptions{LossOptions: loss.Options{Temperature: .1}}},
		{"euclidean distance", encoder.TuneOptions{LossOptions: loss.Options{Distance: loss.Euclidean}}},
		{"batches of 128", encoder.TuneOptions{Batch: 128}},
		{"sketch of 256", encoder.TuneOptions{Sketch: 256}},
		{"sketch of 4096", encoder.TuneOptions{Sketch: 4096}},
		{"augmentation of 30 %", encoder.TuneOptions{Augment: .3}},
	} {
		cells, err := variant(ctx, sets, v.opts, recipeSeeds)
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "| %s |%s\n", v.name, cells)
	}
	return nil
}
