package main

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/doppeldb/doppel/internal/datasets"
	"github.com/doppeldb/doppel/internal/measure"
	"github.com/doppeldb/doppel/query/match"
)

// candidateRecall measures what share of the true pairs is among the
// candidates of the left record: by vector alone, and united with words.
func candidateRecall(ctx context.Context, w *bytes.Buffer) error {
	fmt.Fprint(w, "Share of all true pairs (train, valid and test) whose right record is among the ten best of the left one; default encoder, no label.\n\n",
		"| set | vectors @1 | @5 | @10 | bar @10 | vectors and words, 10 each | bar |\n|---|---|---|---|---|---|---|\n")
	var missing error
	for _, s := range linkSets {
		l, err := datasets.LoadLink(s.name)
		if err != nil {
			missing = err
			continue
		}
		file, cs, err := store(ctx, l.Left.Header, l.Left.Rows, l.Right.Rows)
		if err != nil {
			return err
		}
		lists, err := match.Candidates(ctx, cs[0], cs[1], match.Options{TopK: 10})
		if err != nil {
			return err
		}
		var truth [][2]uint32
		for p := range l.Truth {
			truth = append(truth, [2]uint32{uint32(p[0]), uint32(p[1])})
		}
		found := func(k int, views ...[][]uint32) float64 { return measure.Candidates(truth, k, views...).Recall }
		fmt.Fprintf(w, "| %s | %.4f | %.4f | **%.4f** | %s | **%.4f** | %s |\n", s.name, found(1, lists.ByVector), found(5, lists.ByVector),
			found(10, lists.ByVector), bar(s.vec), found(10, lists.ByVector, lists.ByWords), bar(s.union))
		if err := file.Close(); err != nil {
			return err
		}
	}
	return missing
}

func bar(x float64) string {
	if x == 0 {
		return ""
	}
	return strings.TrimPrefix(fmt.Sprintf("%.3f", x), "0")
}

// linkQuality links every set with default options, beside the baselines.
func linkQuality(ctx context.Context, w *bytes.Buffer) error {
	fmt.Fprint(w, `End to end: all left against all right records, no label, automatic threshold, default options. The truth is every positive pair of
train, valid and test; only part of all pairs was ever judged, so a correct new match counts as an error here. The design was chosen while
looking at the first four sets; the fifth was run only afterwards. Baselines whose threshold is marked * had it chosen with the truth in view.

| set | P | R | F1 | bar | seconds | code containment, one-to-one | tf-idf, threshold* | tf-idf, one-to-one, threshold* |
|---|---|---|---|---|---|---|---|---|
`)
	var missing error
	for _, s := range linkSets {
		l, err := datasets.LoadLink(s.name)
		if err != nil {
			missing = err
			continue
		}
		file, cs, err := store(ctx, l.Left.Header, l.Left.Rows, l.Right.Rows)
		if err != nil {
			return err
		}
		start := time.Now()
		res, err := match.Link(ctx, cs[0], cs[1], match.Options{})
		if err != nil {
			return err
		}
		took := time.Since(start)
		q := match.PairQuality(res.Matches, l.Truth)
		d, err := newDumb(ctx, l)
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "| %s | %.3f | %.3f | **%.3f** | %s | %.2f | %.3f | %.3f | %.3f |\n", s.name, q.Precision(), q.Recall(), q.F1(), bar(s.bar),
			took.Seconds(), d.codes(), d.threshold(), d.oneToOne())
		if err := file.Close(); err != nil {
			return err
		}
	}
	fmt.Fprint(w, "\nOn iTunes-Amazon nothing is accepted: both tables list songs several times (album, single, explicit, clean), so that second-best partners are as good as\nbest ones and the estimate finds no pair that stands out. Its truth is 132 pairs out of a sample of 539.\n")
	return missing
}

// dedupeQuality groups every single table with default options.
func dedupeQuality(ctx context.Context, w *bytes.Buffer) error {
	fmt.Fprint(w, `No label, automatic threshold, default options. Figures are pairwise over the clusters: all pairs that they put together against all
pairs of records of one thing. The design was chosen while looking at restaurant, cora, abt-buy and the demo catalogue (seeds 1 to 3); of the other sets
only the figures were looked at, in passing.

| set | records | P | R | F1 | bar | threshold | wrong pairs | seconds |
|---|---|---|---|---|---|---|---|---|
`)
	sets, missing := dedupeSets()
	for _, s := range sets {
		file, cs, err := store(ctx, s.header, s.rows)
		if err != nil {
			return err
		}
		start := time.Now()
		res, err := match.Dedupe(ctx, cs[0], match.Options{})
		if err != nil {
			return err
		}
		took := time.Since(start)
		q := match.ClusterQuality(res.ClusterOf, s.truth)
		figures := fmt.Sprintf("%.3f | %.3f | **%.3f**", q.Precision(), q.Recall(), q.F1())
		if q.TruePositives+q.FalseNegatives == 0 {
			figures = "no true pair | |"
		}
		fmt.Fprintf(w, "| %s | %d | %s | %s | %.2f | %d | %.2f |\n", s.name, len(s.rows), figures, bar(s.bar), res.Threshold, q.FalsePositives, took.Seconds())
		if err := file.Close(); err != nil {
			return err
		}
	}
	return missing
}
