package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/doppeldb/doppel/encoder"
)

// few is a learning curve.
func few(ctx context.Context, w *bytes.Buffer) error {
	sets, err := headlineSets(ctx)
	if err != nil {
		return err
	}
	const draws = 5
	fmt.Fprintf(w, "Labels drawn at random from the training pairs, about one in nine a match, and no validation pairs at all; %d draws. Fewer than four matches are refused "+
		"and counted as zero-label.\n\n| set | labels | matches | MRR | recall@10 | worse than zero-label |\n|---|---|---|---|---|---|\n", draws)
	for _, s := range sets {
		zero, err := s.find(ctx, s.zero, s.test, s.zero.Dim())
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "| %s | 0 | 0 | %.4f | %.4f | |\n", s.name, zero.mrr, zero.at10)
		for _, n := range []int{50, 200, 500, 2000} {
			var mrr, at10, matches spread
			worse := 0
			for seed := range uint64(draws) {
				drawn := slices.Clone(s.train)
				rand.New(rand.NewPCG(seed, 7)).Shuffle(len(drawn), func(i, j int) { drawn[i], drawn[j] = drawn[j], drawn[i] })
				set := encoder.TuneSet{Train: drawn[:n], Left: s.left}
				e, _, err := encoder.Tune(ctx, s.zero, len(s.rows), s.row, set, encoder.TuneOptions{Seed: seed})
				if errors.Is(err, encoder.ErrLabels) {
					e = s.zero
				} else if err != nil {
					return err
				}
				got, err := s.find(ctx, e, s.test, e.Dim())
				if err != nil {
					return err
				}
				mrr, at10, matches = append(mrr, got.mrr), append(at10, got.at10), append(matches, float64(count(drawn[:n])))
				if got.mrr < zero.mrr {
					worse++
				}
			}
			fmt.Fprintf(w, "| | %d | %.0f | %v | %v | %d of %d |\n", n, matches.mean(), mrr, at10, worse, draws)
		}
	}
	return nil
}

func count(pairs []encoder.Twin) (n int) {
	for _, p := range pairs {
		if p.Match {
			n++
		}
	}
	return n
}

// self is SelfTune, judged by all known matches.
func self(ctx context.Context, w *bytes.Buffer) error {
	fmt.Fprint(w, "SelfTune sees no label; all matches of train, valid and test judge it. \"Kept\" says that the unsupervised validation let the tuned encoder stand.\n\n"+
		"| set | seed | kept | MRR zero-label | MRR | recall@10 zero-label | recall@10 |\n|---|---|---|---|---|---|---|\n")
	for _, name := range []string{"em-abt-buy", "em-amazon-google", "em-dblp-acm", "em-fodors-zagats"} {
		s, err := load(ctx, name)
		if err != nil {
			fmt.Fprintf(w, "| %s | not measured: %v |\n", name, err)
			continue
		}
		all := slices.Concat(s.train, s.valid, s.test)
		zero, err := s.find(ctx, s.zero, all, s.zero.Dim())
		if err != nil {
			return err
		}
		for seed := range uint64(3) {
			e, report, err := encoder.SelfTune(ctx, s.zero, len(s.rows), s.row, s.left, encoder.TuneOptions{Seed: seed})
			if err != nil {
				return err
			}
			got, err := s.find(ctx, e, all, e.Dim())
			if err != nil {
				return err
			}
			fmt.Fprintf(w, "| %s | %d | %v | %.4f | %.4f | %.4f | %.4f |\n", name, seed, report.Best > 0, zero.mrr, got.mrr, zero.at10, got.at10)
		}
	}
	return nil
}
