package encoder

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/doppeldb/doppel/internal/datasets"
	"github.com/doppeldb/doppel/record"
)

// TestTunedRecall holds what issue 4 asks of tuned vectors alone: recall@10 of test matches of at least
// .99 and never below zero-label; the epoch is chosen by validation pairs. benchmarks/results/twin.md has five
// seeds; measured here, with one: .9951 (zero-label .9951), 1.0000 (.9829).
func TestTunedRecall(t *testing.T) {
	if testing.Short() {
		t.Skip("a gate of quality: not in short mode")
	}
	for _, name := range []string{"em-abt-buy", "em-amazon-google"} {
		t.Run(name, func(t *testing.T) {
			link, err := datasets.LoadLink(name)
			if err != nil {
				t.Skip("no data set on this machine: ", err)
			}
			left := len(link.Left.Rows)
			rows := append(append([][]string{}, link.Left.Rows...), link.Right.Rows...)
			row := func(i int) []string { return rows[i] }
			start := mustFit(t, record.Infer(link.Left.Header, rows), rows, Options{})
			tuned, _ := mustTune(t, start, rows, TuneSet{Train: readTwins(t, link, "train"), Valid: readTwins(t, link, "valid"), Left: left}, TuneOptions{})
			question := newRetrieval(len(rows), left, readTwins(t, link, "test"), row, 0)
			before, err := question.ask(context.Background(), start, 0)
			if err != nil {
				t.Fatal(err)
			}
			after, err := question.ask(context.Background(), tuned, 0)
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("recall@10 %.4f, zero-label %.4f; MRR %.4f, %.4f", after.recall, before.recall, after.mrr, before.mrr)
			if after.recall < max(.99, before.recall) || after.mrr < before.mrr {
				t.Errorf("recall@10 %.4f, zero-label %.4f; MRR %.4f, %.4f", after.recall, before.recall, after.mrr, before.mrr)
			}
		})
	}
}

// readTwins reads one part of a data set's pairs.
func readTwins(t *testing.T, link *datasets.Link, part string) (pairs []Twin) {
	t.Helper()
	dir, err := datasets.Dir()
	if err != nil {
		t.Skip(err)
	}
	table, err := datasets.ReadTable(filepath.Join(dir, link.Name, part+".csv"), "", "")
	if err != nil {
		t.Skip(err)
	}
	var at [2]map[string]uint32
	for side, keys := range [][]string{link.Left.Keys, link.Right.Keys} {
		at[side] = map[string]uint32{}
		for i, k := range keys {
			at[side][k] = uint32(i + side*len(link.Left.Keys))
		}
	}
	for _, r := range table.Rows {
		pairs = append(pairs, Twin{at[0][r[0]], at[1][r[1]], r[2] == "1"})
	}
	return pairs
}
