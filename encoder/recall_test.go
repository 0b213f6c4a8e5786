package encoder

import (
	"testing"

	"github.com/doppeldb/doppel/internal/datasets"
	"github.com/doppeldb/doppel/internal/f32"
	"github.com/doppeldb/doppel/record"
)

// TestCandidateRecall holds what the zero-label vectors alone find: the share of
// all known matches (train, valid and test) whose right record is among the ten
// nearest of the left one. Measured: .9990, .9760, .9995.
func TestCandidateRecall(t *testing.T) {
	if testing.Short() {
		t.Skip("a gate of quality: not in short mode")
	}
	const k = 10
	for _, c := range []struct {
		set  string
		want float64
	}{{"em-abt-buy", .985}, {"em-amazon-google", .97}, {"em-dblp-acm", .999}} {
		t.Run(c.set, func(t *testing.T) {
			link, err := datasets.LoadLink(c.set)
			if err != nil {
				t.Skip("no data set on this machine: ", err)
			}
			rows := append(append([][]string{}, link.Left.Rows...), link.Right.Rows...)
			e := mustFit(t, record.Infer(link.Left.Header, rows), rows, Options{})
			got := recallAt(k, link, encodeAll(t, e, rows, 0), e.Dim())
			t.Logf("recall@%d %.4f of %d matches", k, got, len(link.Truth))
			if got < c.want {
				t.Errorf("recall@%d is %.4f, want %.4f", k, got, c.want)
			}
		})
	}
}

// recallAt ranks every right record for each left one that has a match. v holds
// the left rows, then the right ones.
func recallAt(k int, link *datasets.Link, v []float32, dim int) float64 {
	left, right := v[:len(link.Left.Rows)*dim], v[len(link.Left.Rows)*dim:]
	found, sims := 0, make([]float32, len(right)/dim)
	for pair := range link.Truth {
		f32.DotMany(sims, left[pair[0]*dim:(pair[0]+1)*dim], right, dim)
		nearer := 0
		for b, sim := range sims {
			// Of equals the first counts as nearer, as an index has it.
			if mine := sims[pair[1]]; sim > mine || (sim == mine && b < pair[1]) {
				nearer++
			}
		}
		if nearer < k {
			found++
		}
	}
	return float64(found) / float64(len(link.Truth))
}
