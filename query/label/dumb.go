package label

import (
	"context"
	"math"

	"github.com/doppeldb/doppel/internal/baseline"
	"github.com/doppeldb/doppel/internal/measure"
)

// Dumb is the scores of a baseline, one per pair; NaN is never accepted.
type Dumb struct {
	Name      string // stable, for programs: "tfidf_one_to_one"
	Text      string // for a reader
	Score     []float64
	Threshold float64
	// InView says that the threshold was chosen on the very labels that it is to be
	// judged by, so that the baseline looks better than it is.
	InView bool
}

// keptPerRecord bounds the rivals that one-to-one assignment looks at.
const keptPerRecord = 20

// Baselines scores labelled pairs the dumb ways: code containment, tf-idf cosine,
// and the same where each record takes its best partner first, among all
// records. Thresholds come from train, or, where that is nil, from the labels
// themselves. rows are the values of the records, left ones first. It returns the
// context's error.
func Baselines(ctx context.Context, s Sides, rows [][]string, labels, train []Label, threads int) ([]Dumb, error) {
	left, right := rows[:s.Left], rows[s.Left:]
	if s.Right == 0 {
		right = nil
	}
	codes, tfidf := baseline.NewCodes(left, right), baseline.NewTFIDF(left, right)
	near, err := tfidf.Nearest(ctx, keptPerRecord, threads)
	if err != nil {
		return nil, err
	}
	partner := map[[2]uint32]bool{}
	for _, p := range baseline.OneToOne(near, right == nil) {
		partner[[2]uint32{p.Left, p.Right}] = true
	}
	contained := func(l Label) float64 { return float64(codes.Contained(l.Left, l.Right)) }
	cosine := func(l Label) float64 { return tfidf.Cosine(l.Left, l.Right) }
	assigned := func(l Label) float64 {
		if !partner[[2]uint32{l.Left, l.Right}] {
			return math.NaN()
		}
		return cosine(l)
	}
	out := []Dumb{{Name: "code_containment", Text: "code containment", Score: scoreAll(labels, contained), Threshold: 1}}
	for _, d := range []struct {
		name, text string
		of         func(Label) float64
	}{{"tfidf", "tf-idf, threshold", cosine}, {"tfidf_one_to_one", "tf-idf, one-to-one", assigned}} {
		b := Dumb{Name: d.name, Text: d.text, Score: scoreAll(labels, d.of), InView: train == nil}
		b.Threshold = bestThreshold(labels, b.Score)
		if !b.InView {
			b.Threshold = bestThreshold(train, scoreAll(train, d.of))
		}
		out = append(out, b)
	}
	return out, nil
}

func scoreAll(labels []Label, of func(Label) float64) []float64 {
	out := make([]float64, len(labels))
	for i, l := range labels {
		out[i] = of(l)
	}
	return out
}

func bestThreshold(labels []Label, score []float64) float64 {
	match := make([]bool, len(labels))
	for i, l := range labels {
		match[i] = l.Match
	}
	return measure.BestF1(measure.NewOrder(score, match).Sweep(nil)).Threshold
}
