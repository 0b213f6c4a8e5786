package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/doppeldb/doppel/internal/measure"
	"github.com/doppeldb/doppel/internal/table"
	"github.com/doppeldb/doppel/query/label"
	"github.com/doppeldb/doppel/query/match"
)

// eval is one run of the eval command.
type eval struct {
	labelled
	trainPath string
	pictures  pictureEval
	// What was measured.
	labels    []label.Label
	scored    *match.Scored
	scores    []float64
	result    *label.Evaluation
	baselines []baselineResult
	leak      *label.Leak // nil without training pairs
	found     []candidates
}

// baselineResult is a dumb way to score the same pairs.
type baselineResult struct {
	label.Dumb
	result *label.Evaluation
}

// candidates says what a link would get to look at.
type candidates struct {
	views string
	measure.CandidateSets
}

// candidatesK is how many candidates of each view the table speaks of.
const candidatesK = 10

func newEval(a *app) *cobra.Command {
	e := &eval{labelled: labelled{job: job{app: a}}}
	c := &cobra.Command{
		Use:   "eval LEFT [RIGHT] | DIR",
		Short: "Measure how good a trained model is",
		Long: `eval scores labelled pairs with a model and prints how well the scores agree
with the labels: precision, recall, F1, rankings, calibration, each with an
interval that holds it with 95 % confidence, and beside them what dumb ways to
do it give.

--train names the pairs that the model was trained on: then eval says what
training and test have in common, and how good the model is on what it has not
seen. With --truth COL in place of --pairs the model links or dedupes the whole
files, and its groups are compared with that column; on the files that it was
trained on, that says how well it remembers.

With --episodes or --verify the things are pictures in DIR, a folder per class, and the
model is what doppel train --classes wrote; without --model pictures are compared by
what they look like. --report then draws a contact sheet: nearest neighbours, the
hardest mistakes, a map, error curves.`,
		Example: `  doppel eval abt.csv buy.csv --pairs test.csv --model model.doppel
  doppel eval abt.csv buy.csv --pairs test.csv --train train.csv --model model.doppel --report quality.html
  doppel eval catalogue.csv --truth product_id --model model.doppel --json
  doppel eval --episodes 20x1,20x5 characters/ --model glyphs.doppel
  doppel eval --verify --far 0.001 people/ --model faces.doppel --report sheet.html`,
		Args: oneOrTwo,
		RunE: func(c *cobra.Command, args []string) error {
			e.command = "doppel eval " + strings.Join(args, " ")
			if e.pictures.asked() {
				return e.runPictures(c.Context(), args)
			}
			return e.run(c.Context(), args)
		},
	}
	f := c.Flags()
	f.StringVar(&e.pairsPath, "pairs", "", "judged pairs, a `FILE` with ltable_id,rtable_id,label or id1,id2,label")
	f.StringVar(&e.trainPath, "train", "", "the pairs that the model was trained on, a `FILE` like that of --pairs")
	f.StringVar(&e.truth, "truth", "", "`COL` says what is one thing: rows with equal values; in place of --pairs")
	f.StringVar(&e.report, "report", "", "write a page with curves and the worst mistakes to `FILE`.html")
	f.BoolVar(&e.json, "json", false, "print everything as JSON")
	e.modelFlag(f)
	e.pictures.flags(f)
	e.recordFlags(f)
	return c
}

func (e *eval) run(ctx context.Context, paths []string) error {
	if err := e.validate(paths); err != nil {
		return err
	}
	defer e.close()
	if e.report != "" {
		var err error
		if e.page, err = table.CreateFile(e.report, e.stdout); err != nil {
			return err
		}
		e.writers = append(e.writers, e.page)
	}
	if err := e.readRecords(ctx, paths); err != nil {
		return err
	}
	if e.truth != "" {
		return e.runWhole(ctx)
	}
	if err := e.measure(ctx); err != nil {
		return err
	}
	if e.page != nil {
		if err := e.writePage(); err != nil {
			return err
		}
	}
	if err := e.commit(); err != nil {
		return err
	}
	if err := e.print(); err != nil {
		return err
	}
	if e.report != "" && e.report != "-" {
		e.say("wrote %s", e.report)
	}
	return nil
}

// validate turns flags into options before any work is done.
func (e *eval) validate(paths []string) error {
	if err := needs("eval", [2]string{"model", e.modelPath}); err != nil {
		return err
	}
	switch {
	case e.pairsPath == "" && e.truth == "":
		return usagef("eval needs --pairs, or --truth for a column that says what is one thing")
	case e.pairsPath != "" && e.truth != "":
		return usagef("--pairs and --truth both give the truth; use one of them")
	case e.truth != "" && (e.trainPath != "" || e.report != ""):
		return usagef("--train and --report go with --pairs")
	}
	inputs := append([]string{}, paths...)
	for _, p := range []string{e.pairsPath, e.trainPath} {
		if p != "" {
			inputs = append(inputs, p)
		}
	}
	if err := e.validateInput(inputs); err != nil {
		return err
	}
	e.out = "-"
	if e.report == "-" {
		return usagef("--report: the table goes to stdout already; name a file")
	}
	if err := e.distinctPaths(append(inputs, e.modelPath)); err != nil {
		return err
	}
	for _, p := range inputs[len(paths):] {
		if err := there(p); err != nil {
			return err
		}
	}
	return nil
}

// measure scores the labelled pairs and computes all figures.
func (e *eval) measure(ctx context.Context) (err error) {
	if e.labels, err = e.readLabels(e.pairsPath); err != nil {
		return err
	}
	var train []label.Label
	if e.trainPath != "" {
		if train, err = e.readLabels(e.trainPath); err != nil {
			return err
		}
	}
	if e.scored, err = e.scorePairs(ctx, e.labels); err != nil {
		return err
	}
	e.scores = e.scored.Scores()
	sides, opts := e.keys.Sides(), label.EvaluateOptions{Seed: e.seed, Train: train}
	e.result = label.Evaluate(sides, e.labels, e.scores, e.scored.Threshold, opts)
	if n := e.result.Matches; n == 0 || n == e.result.Pairs {
		e.warn("%s: all labels are the same; what needs both matches and non-matches is not defined", orStdin(e.pairsPath))
	}
	rows := e.values()
	dumb, err := label.Baselines(ctx, sides, rows, e.labels, train, e.threads)
	if err != nil {
		return err
	}
	for _, d := range dumb {
		e.baselines = append(e.baselines, baselineResult{d, label.Evaluate(sides, e.labels, d.Score, d.Threshold, label.EvaluateOptions{Seed: e.seed})})
	}
	if train != nil {
		if e.leak, err = label.FindLeak(ctx, sides, train, e.labels, rows, e.threads); err != nil {
			return err
		}
	}
	return e.measureCandidates(ctx)
}

// measureCandidates asks what share of the matches link or dedupe would get to look at.
func (e *eval) measureCandidates(ctx context.Context) (err error) {
	var truth [][2]uint32
	for _, l := range e.labels {
		if l.Match {
			truth = append(truth, [2]uint32{l.Left, l.Right})
		}
	}
	if len(truth) > 0 {
		e.found, err = e.candidates(ctx, truth)
	}
	return err
}

// candidates measures what link or dedupe get to look at, with the vectors of the
// model. In one file both records of a pair should find the other.
func (e *eval) candidates(ctx context.Context, truth [][2]uint32) ([]candidates, error) {
	opts := e.opts
	opts.TopK, opts.Progress = candidatesK, nil
	if len(e.cs) == 1 {
		for _, p := range slices.Clone(truth) {
			truth = append(truth, [2]uint32{p[1], p[0]})
		}
	}
	lists, err := match.Candidates(ctx, e.cs[0], e.right(), opts)
	if err != nil {
		return nil, e.store.workError(ctx, err)
	}
	return []candidates{
		{"tuned vectors alone", measure.Candidates(truth, candidatesK, lists.ByVector)},
		{"vectors and words", measure.Candidates(truth, candidatesK, lists.ByVector, lists.ByWords)},
	}, nil
}

// protocol says in words what was measured.
func (e *eval) protocol() string {
	return fmt.Sprintf("%s of %s, every one judged once; the threshold %.3f is the model's, chosen on its validation pairs.",
		countLabels(e.labels), orStdin(e.pairsPath), e.scored.Threshold)
}
