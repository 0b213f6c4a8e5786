package main

import (
	"context"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/doppeldb/doppel/internal/ingest"
	"github.com/doppeldb/doppel/internal/table"
	"github.com/doppeldb/doppel/query/label"
	"github.com/doppeldb/doppel/query/match"
)

func newScore(a *app) *cobra.Command {
	l := &labelled{job: job{app: a}}
	c := &cobra.Command{
		Use:   "score LEFT [RIGHT]",
		Short: "Score given pairs with a trained model",
		Long: `score writes every row of the pair file in its order, all columns kept, with
score, the probability that the two records are the same thing, and match, 1
where that reaches the model's threshold.

The pair file has ltable_id,rtable_id (or left_id,right_id) for two files and
id1,id2 for one. Labels may be there; they are not looked at.`,
		Example: `  doppel score abt.csv buy.csv --pairs test.csv --model model.doppel -o scored.csv
  doppel score people.csv --pairs pairs.csv --model model.doppel > scored.csv`,
		Args: oneOrTwo,
		RunE: func(c *cobra.Command, args []string) error {
			l.command = "doppel score " + strings.Join(args, " ")
			return l.score(c.Context(), args)
		},
	}
	f := c.Flags()
	f.StringVar(&l.pairsPath, "pairs", "", "the pairs to score, a `FILE` with ltable_id,rtable_id or id1,id2")
	f.StringVarP(&l.out, "output", "o", "-", "write the result to `FILE`: .csv, .tsv or .jsonl, each also .gz; - is stdout")
	l.modelFlag(f)
	l.recordFlags(f)
	return c
}

func (l *labelled) score(ctx context.Context, paths []string) error {
	if err := needs("score", [2]string{"pairs", l.pairsPath}, [2]string{"model", l.modelPath}); err != nil {
		return err
	}
	inputs := append(paths, l.pairsPath)
	if err := l.validateInput(inputs); err != nil {
		return err
	}
	if err := l.distinctPaths(append(inputs, l.modelPath)); err != nil {
		return err
	}
	if err := there(l.pairsPath); err != nil {
		return err
	}
	defer l.close()
	if err := l.openOutputs(); err != nil {
		return err
	}
	if err := l.readRecords(ctx, paths); err != nil {
		return err
	}
	file, err := l.readPairFile(l.pairsPath)
	if err != nil {
		return err
	}
	pairs, err := file.Pairs(l.keys)
	if err != nil {
		return err
	}
	scored, err := l.scorePairs(ctx, pairs)
	if err != nil {
		return err
	}
	if err := l.writeScored(file, scored); err != nil {
		return err
	}
	if err := l.commit(); err != nil {
		return err
	}
	matches := 0
	for _, p := range scored.Pairs {
		if p.Score >= scored.Threshold {
			matches++
		}
	}
	l.say("%s scored, %s at the model's threshold of %.2f", count(len(pairs), "pair", "pairs"), count(matches, "match", "matches"), scored.Threshold)
	if l.out != "-" {
		l.say("wrote %s", l.out)
	}
	return nil
}

// scorePairs scores with the model of --model.
func (l *labelled) scorePairs(ctx context.Context, pairs []label.Label) (*match.Scored, error) {
	l.progress = newProgress(l.app)
	if l.progress != nil {
		l.opts.Progress = l.progress.show
	}
	scored, err := match.ScorePairs(ctx, l.cs[0], l.right(), pairs, l.model, l.opts)
	l.progress.end()
	if err != nil {
		return nil, l.store.workError(ctx, err)
	}
	return scored, nil
}

// writeScored writes the rows of the pair file with what the model thinks.
func (l *labelled) writeScored(file *label.File, scored *match.Scored) error {
	score, isMatch := l.freeColumn(file.Table, "score"), l.freeColumn(file.Table, "match")
	if err := l.result.WriteHeader(append(append([]string{}, file.Header...), score, isMatch)); err != nil {
		return err
	}
	row := make([]string, 0, len(file.Header)+2)
	for i, values := range file.Rows {
		decision := "0"
		if scored.Pairs[i].Score >= scored.Threshold {
			decision = "1"
		}
		row = append(append(row[:0], values...), strconv.FormatFloat(scored.Pairs[i].Score, 'f', 4, 64), decision)
		if err := l.result.WriteRow(row); err != nil {
			return err
		}
	}
	return nil
}

// freeColumn gives a name that the table does not have yet, with our prefix
// as often as it takes.
func (a *app) freeColumn(t *table.Table, name string) string {
	free := name
	for ingest.FindName(t.Header, free) >= 0 {
		free = ingest.ClusterPrefix + free
	}
	if free != name {
		a.warn("%s has a column %s already; the new one is called %s", orStdin(t.Path), name, free)
	}
	return free
}
