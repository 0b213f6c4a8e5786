package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"runtime"
	"time"

	"github.com/doppeldb/doppel/encoder"
)

// prefixes asks how much of the vector is needed.
func prefixes(ctx context.Context, w *bytes.Buffer) error {
	sets, err := headlineSets(ctx)
	if err != nil {
		return err
	}
	widths := []int{32, 64, 128, 256}
	fmt.Fprint(w, "Test recall@10 with the first numbers of the vector alone, one seed.\n\n| set | encoder | 32 | 64 | 128 | 256 |\n|---|---|---|---|---|---|\n")
	for _, s := range sets {
		plain, _, err := s.tune(ctx, encoder.TuneOptions{})
		if err != nil {
			return err
		}
		nested, _, err := s.tune(ctx, encoder.TuneOptions{Prefixes: []int{32, 64, 128}})
		if err != nil {
			return err
		}
		for _, v := range []struct {
			name string
			e    *encoder.Encoder
		}{{"zero-label", s.zero}, {"tuned", plain}, {"tuned with prefixes 32, 64, 128", nested}} {
			fmt.Fprintf(w, "| %s | %s |", s.name, v.name)
			for _, width := range widths {
				got, err := s.find(ctx, v.e, s.test, width)
				if err != nil {
					return err
				}
				fmt.Fprintf(w, " %.4f |", got.at10)
			}
			fmt.Fprintln(w)
		}
	}
	return nil
}

// speed is what the dense layer costs.
func speed(ctx context.Context, w *bytes.Buffer) error {
	s, err := load(ctx, headline[1])
	if err != nil {
		return err
	}
	tuned, _, err := s.tune(ctx, encoder.TuneOptions{Epochs: 2})
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "%d records of %s, one goroutine, best of 7.\n\n| encoder | records/s | model bytes |\n|---|---|---|\n", len(s.rows), s.name)
	for _, v := range []struct {
		name string
		e    *encoder.Encoder
	}{{"zero-label", s.zero}, {"tuned", tuned}} {
		out, best := make([]float32, len(s.rows)*v.e.Dim()), 0.
		for range 7 {
			began := time.Now()
			if err := v.e.EncodeAll(ctx, len(s.rows), s.row, out, 1); err != nil {
				return err
			}
			best = max(best, float64(len(s.rows))/time.Since(began).Seconds())
		}
		b, err := v.e.MarshalBinary()
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "| %s | %.0f | %d |\n", v.name, best, len(b))
	}
	return nil
}

// same trains one seed on different numbers of processors, and once with an interruption.
func same(ctx context.Context, w *bytes.Buffer) error {
	fmt.Fprint(w, "The first bytes of the model's SHA-256.\n\n| set | GOMAXPROCS 1 | 2 | 4 | resumed after epoch 3 | same |\n|---|---|---|---|---|---|\n")
	for _, name := range headline {
		s, err := load(ctx, name)
		if err != nil {
			return err
		}
		sums := map[string]bool{}
		fmt.Fprintf(w, "| %s |", name)
		note := func(opts encoder.TuneOptions) error {
			e, _, err := s.tune(ctx, opts)
			if err != nil {
				return err
			}
			b, err := e.MarshalBinary()
			if err != nil {
				return err
			}
			sum := fmt.Sprintf("%x", sha256.Sum256(b))[:12]
			sums[sum] = true
			fmt.Fprintf(w, " %s |", sum)
			return nil
		}
		var third []byte
		for _, n := range []int{1, 2, 4} {
			previous := runtime.GOMAXPROCS(n)
			epoch := 0
			err := note(encoder.TuneOptions{Epochs: 8, Checkpoint: func(b []byte) error {
				if epoch++; epoch == 3 {
					third = b
				}
				return nil
			}})
			runtime.GOMAXPROCS(previous)
			if err != nil {
				return err
			}
		}
		if err := note(encoder.TuneOptions{Epochs: 8, Resume: third}); err != nil {
			return err
		}
		fmt.Fprintf(w, " %v |\n", len(sums) == 1)
	}
	return nil
}
