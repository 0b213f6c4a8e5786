package main

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/doppeldb/doppel/encoder"
)

// bars is what issue 4 asks of tuned vectors alone.
func bars(ctx context.Context, w *bytes.Buffer, seeds int) error {
	fmt.Fprintf(w, "All training pairs, default options, %d seeds. The bar of the lowest seed: recall@10 never below zero-label, and .99 on the first two sets.\n\n", seeds)
	fmt.Fprintln(w, "| set | encoder | MRR | recall @1 | @5 | @10 | lowest @10 | bar | seconds | best epoch |\n|---|---|---|---|---|---|---|---|---|---|")
	for _, name := range []string{"em-abt-buy", "em-amazon-google", "em-dblp-acm", "em-fodors-zagats"} {
		s, err := load(ctx, name)
		if err != nil {
			fmt.Fprintf(w, "| %s | not measured: %v |\n", name, err)
			continue
		}
		zero, err := s.find(ctx, s.zero, s.test, s.zero.Dim())
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "| %s | zero-label | %.4f | %.4f | %.4f | %.4f | | | | |\n", name, zero.mrr, zero.at1, zero.at5, zero.at10)
		var mrr, at1, at5, at10, seconds spread
		var best []int
		for seed := range uint64(seeds) {
			began := time.Now()
			e, report, err := s.tune(ctx, encoder.TuneOptions{Seed: seed})
			if err != nil {
				return err
			}
			seconds = append(seconds, time.Since(began).Seconds())
			best = append(best, report.Best)
			got, err := s.find(ctx, e, s.test, e.Dim())
			if err != nil {
				return err
			}
			mrr, at1, at5, at10 = append(mrr, got.mrr), append(at1, got.at1), append(at5, got.at5), append(at10, got.at10)
		}
		bar := zero.at10
		if name == "em-abt-buy" || name == "em-amazon-google" {
			bar = max(bar, .99)
		}
		fmt.Fprintf(w, "| | tuned | %v | %v | %v | %v | **%.4f** | %.4f | %.1f | %v |\n", mrr, at1, at5, at10, slices.Min(at10), bar, seconds.mean(), best)
	}
	return nil
}
