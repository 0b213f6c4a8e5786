package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/doppeldb/doppel/db"
	"github.com/doppeldb/doppel/query/match"
)

// comparer is one run of the compare command.
type comparer struct {
	labeller
	modelPath string
	noModel   bool
	far       float64 // of pictures
	json      bool
	threads   int
	// What the run found.
	modelName string // of what judged, "" for no model
	score     float64
	isMatch   bool
	threshold float64
	why       match.Explanation
	label     *db.Label // nil where nothing was judged
}

func newCompare(a *app) *cobra.Command {
	k := &comparer{labeller: labeller{stored: stored{app: a}}}
	c := &cobra.Command{
		Use:   "compare A B",
		Short: "Say whether two records or two pictures are the same thing",
		Long: `compare judges the records A and B: of one collection, or A of --collection and B of
--right. It uses the model that doppel train --db has put into the file, or that of
--model, else what doppel dedupe or link would think without labels.

What is thought of two records depends on all others, so all of them are read.

Without --db A and B are pictures. --model is then what doppel train --classes wrote, and
the threshold the distance at which it wrongly accepted a share of --far of the pairs of
two held-out classes. Without a model there is a distance, but no verdict.`,
		Example: `  doppel compare 5 17 --db shops.doppel --collection abt --right buy
  doppel compare p1 p2 --db shop.doppel --model model.doppel --json
  doppel compare then.jpg now.jpg --model faces.doppel --far 0.001`,
		Args: twoKeys,
		RunE: func(c *cobra.Command, args []string) error {
			if k.dbPath == "" && (isFile(args[0]) || isFile(args[1]) || k.far != defaultFAR) {
				return k.runPictures(c.Context(), args[0], args[1])
			}
			return k.run(c.Context(), args[0], args[1])
		},
	}
	k.pairFlags(c)
	f := c.Flags()
	f.StringVar(&k.modelPath, "model", "", "judge with the model of `FILE`, which doppel train wrote")
	f.BoolVar(&k.noModel, "no-model", false, "judge without a model, even if there is one in the file")
	f.IntVar(&k.threads, "threads", 0, "use `N` threads; the result does not depend on it (default all cores)")
	f.BoolVar(&k.json, "json", false, "print JSON")
	f.Float64Var(&k.far, "far", defaultFAR, "of pictures: the same up to where a share of `F` of different ones was accepted")
	return c
}

// isFile says whether a path is there.
func isFile(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func (k *comparer) run(ctx context.Context, a, b string) (err error) {
	switch {
	case k.threads < 0:
		return usagef("--threads: %d is negative", k.threads)
	case k.noModel && k.modelPath != "":
		return usagef("--model and --no-model: use one of them")
	}
	var model *match.Model
	if k.modelPath != "" {
		if model, err = readModel(k.modelPath); err != nil {
			return err
		}
		k.modelName = k.modelPath
	}
	if err := k.openBoth("compare", false); err != nil {
		return err
	}
	defer k.close(&err)
	left, right, err := k.pair(a, b)
	if err != nil {
		return err
	}
	if left == right {
		return usagef("compare needs two records: %q is one", a)
	}
	if model == nil && !k.noModel {
		if model, err = k.storedModel(k.cs[1]); err != nil {
			return err
		}
	}
	if l, err := k.file.Label(left, right); err == nil {
		k.label = &l
	} else if !errors.Is(err, db.ErrNotFound) {
		return k.damaged(err)
	}
	if err := k.judgePair(ctx, model, a, b); err != nil {
		return err
	}
	if k.json {
		return writeIndented(k.stdout, k.asJSON())
	}
	return k.print(left, right)
}

// storedModel gives the model that doppel train --db put into the file for the collection and right,
// nil for none.
func (k *comparer) storedModel(right *db.Collection) (*match.Model, error) {
	name := match.StoredName(k.cs[0], right)
	data, info, err := k.file.Model(name)
	if errors.Is(err, db.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, k.damaged(err)
	}
	if info.Kind != match.StoredKind {
		return nil, nil
	}
	m, err := match.UnmarshalModel(data)
	if err != nil {
		return nil, fmt.Errorf("%s: model %q: %w; train again, or add --no-model", k.dbPath, name, err)
	}
	k.modelName = name
	return m, nil
}

// judgePair asks what is thought of the pair.
func (k *comparer) judgePair(ctx context.Context, model *match.Model, a, b string) error {
	bar := newProgress(k.app)
	defer bar.end()
	ids, err := k.ids(a, b)
	if err != nil {
		return err
	}
	opts := match.Options{Threads: k.threads, Model: model}
	if bar != nil {
		opts.Progress = bar.show
	}
	right := k.cs[1]
	if right == k.cs[0] {
		right = nil
	}
	got, err := match.Compare(ctx, k.cs[0], right, []match.Label{{Left: ids[0], Right: ids[1]}}, opts)
	bar.end()
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, match.ErrModel):
		return fmt.Errorf("%w; train again, or add --no-model", err)
	case err != nil:
		return k.damaged(err)
	}
	k.score, k.isMatch, k.threshold, k.why = got.Pairs[0].Score, got.Match(0), got.Threshold, got.Explain(0)
	return nil
}

// ids finds the places of two keys in the order of insertion.
func (k *comparer) ids(a, b string) (ids [2]uint32, err error) {
	for side, key := range []string{a, b} {
		n := uint32(0)
		for r, err := range k.cs[side].All() {
			if err != nil {
				return ids, k.damaged(err)
			}
			if r.Key == key {
				break
			}
			n++
		}
		ids[side] = n
	}
	return ids, nil
}
