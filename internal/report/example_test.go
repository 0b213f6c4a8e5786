package report

import (
	"math"
	"testing"

	"github.com/doppeldb/doppel/query/match"
	"github.com/doppeldb/doppel/record"
)

func TestFieldSimilarity(t *testing.T) {
	tests := []struct {
		name        string
		left, right string
		similarity  float64
		want        string
	}{
		{"both sides", "a", "b", 0.254, "0.25"},
		{"one side missing", "a", " ", 0.5, ""},
		{"not comparable", "a", "b", -1, ""},
		{"not a number", "a", "b", math.NaN(), ""},
	}
	for _, tt := range tests {
		f := newField(record.Text, match.FieldComparison{Name: "x", Left: tt.left, Right: tt.right, Similarity: tt.similarity})
		if f.Similarity != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, f.Similarity, tt.want)
		}
	}
}

func TestEvidenceBars(t *testing.T) {
	list := []match.Evidence{{Weight: math.Inf(1)}, {Weight: math.NaN()}, {Weight: -4}, {Weight: 2}, {Weight: 0}}
	scale := strongestWeight(nil, []Example{{Explanation: match.Explanation{Evidence: list}}})
	if scale != 4 {
		t.Fatalf("scale %v, want the largest finite weight", scale)
	}
	want := []evidenceBar{
		{Weight: "n/a", X: "50.00%", Width: "0.00%"},
		{Weight: "n/a", X: "50.00%", Width: "0.00%"},
		{Weight: "−4.00", X: "0.00%", Width: "50.00%", Against: true},
		{Weight: "+2.00", X: "50.00%", Width: "25.00%", For: true},
		{Weight: "0.00", X: "50.00%", Width: "0.00%"},
	}
	bars, _ := newEvidence(list, scale)
	for i := range want {
		if bars[i] != want[i] {
			t.Errorf("weight %v: %+v, want %+v", list[i].Weight, bars[i], want[i])
		}
	}
	for n, folded := range map[int]int{0: 0, evidenceOpen: 0, evidenceOpen + 1: 0, evidenceOpen + 2: 2} {
		if _, f := newEvidence(make([]match.Evidence, n), 1); len(f) != folded {
			t.Errorf("%d pieces: %d folded, want %d", n, len(f), folded)
		}
	}
}

func TestClusterRows(t *testing.T) {
	schema := record.Schema{{Name: "name"}, {Name: "never"}}
	for _, tt := range []struct{ rows, size, open, more, unseen int }{
		{2, 0, 2, 0, 0}, {rowsOpen + 2, 0, rowsOpen + 2, 0, 0}, {rowsOpen + 3, 0, rowsOpen, 3, 0},
		{2, 9, 2, 0, 7}, {rowsFolded + 5, 0, rowsOpen, rowsFolded - rowsOpen, 5}, {3, 1, 3, 0, 0}, {0, 4, 0, 0, 4},
	} {
		rows := make([]record.Record, tt.rows)
		for i := range rows {
			rows[i].Values = []string{"x"}
		}
		c := newCluster(Cluster{Rows: rows, Size: tt.size}, 1, schema)
		if len(c.Rows) != tt.open || len(c.More) != tt.more || c.Unseen != tt.unseen {
			t.Errorf("%d of %d rows: %d open, %d folded, %d unseen", tt.rows, tt.size, len(c.Rows), len(c.More), c.Unseen)
		}
		if tt.rows > 0 && len(c.Columns) != 1 {
			t.Errorf("columns %q: one is empty in all rows", c.Columns)
		}
	}
}
