package label

import (
	"context"
	"math"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
)

// worked is nine pairs of three left and four right records. Best first: left 0
// has its match at place 1, left 1 at place 2, left 2 none.
var (
	workedSides  = Sides{3, 4}
	workedLabels = []Label{{0, 0, true}, {0, 1, false}, {1, 1, true}, {1, 0, false}, {1, 2, false}, {2, 3, false}}
	workedScores = []float64{.9, .2, .6, .7, .1, .3}
)

func TestEvaluateByHand(t *testing.T) {
	e := Evaluate(workedSides, workedLabels, workedScores, .5, EvaluateOptions{Draws: 50})
	if e.Pairs != 6 || e.Matches != 2 || e.Entities != 5 {
		t.Errorf("%+v", e) // things: {0, 0} {1, 1}, left 2, right 2, right 3
	}
	for name, want := range map[string]float64{
		"precision": 2. / 3, "recall": 1, "f1": .8, "average_precision": (1 + 2./3) / 2, "roc_auc": 7. / 8,
		"precision_at_1": .5, "recall_at_1": .5, "recall_at_5": 1, "mrr": .75, "map_at_r": .5,
		"triplet_accuracy":  2. / 3, // 0: .9 > .2; 1: .6 < .7, .6 > .1
		"brier":             (.01 + .04 + .16 + .49 + .01 + .09) / 6,
		"calibration_error": (.1 + .2 + .4 + .7 + .1 + .3) / 6, // one pair a bin
	} {
		if f := e.Figure(name); math.Abs(f.Value-want) > 1e-12 {
			t.Errorf("%s is %v, want %v", name, f.Value, want)
		}
	}
	if f := e.Figure("f1"); !(f.Between.Low <= f.Value && f.Value <= f.Between.High) {
		t.Errorf("%+v", f)
	}
	if f := e.Figure("nonsense"); !math.IsNaN(f.Value) {
		t.Errorf("%+v", f)
	}
}

func TestEvaluateGroups(t *testing.T) {
	train := []Label{{0, 0, true}, {1, 3, false}} // left 0 and 1, right 0 and 3 were seen
	e := Evaluate(workedSides, workedLabels, workedScores, .5, EvaluateOptions{Draws: 20, Train: train})
	want := []struct{ pairs, matches, tp, fp, fn int }{
		{2, 1, 1, 1, 0}, // 0-0, 1-0
		{4, 1, 1, 0, 0}, // 0-1, 1-1, 1-2, 2-3
		{0, 0, 0, 0, 0},
	}
	for i, g := range e.Groups {
		w := want[i]
		if g.Pairs != w.pairs || g.Matches != w.matches || g.TruePositives != w.tp || g.FalsePositives != w.fp || g.FalseNegatives != w.fn {
			t.Errorf("%v: %+v, want %+v", g.Seen, g, w)
		}
	}
	if len(e.Groups) != 3 {
		t.Errorf("%d groups", len(e.Groups))
	}
}

// TestEvaluateOddities: one class, NaN, nothing: no panic, NaN where there is no figure.
func TestEvaluateOddities(t *testing.T) {
	none := Evaluate(Sides{2, 2}, nil, nil, .5, EvaluateOptions{Draws: 5, Train: workedLabels[:1]})
	if f := none.Figure("average_precision"); !math.IsNaN(f.Value) || !math.IsNaN(f.Between.Low) {
		t.Errorf("nothing: %+v", f)
	}
	only := Evaluate(Sides{2, 2}, []Label{{0, 0, true}, {1, 1, true}}, []float64{math.NaN(), .9}, .5, EvaluateOptions{Draws: 5})
	if f := only.Figure("recall"); f.Value != .5 {
		t.Errorf("NaN is accepted: %+v", f)
	}
	if f := only.Figure("roc_auc"); !math.IsNaN(f.Value) {
		t.Errorf("no non-match: %+v", f)
	}
}

func TestEvaluateIsDeterministic(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 9))
	s := Sides{40, 40}
	labels := randomLabels(rng, s, 40)
	score := make([]float64, len(labels))
	for i := range score {
		score[i] = float64(rng.IntN(10)) / 10 // ties
	}
	a := Evaluate(s, labels, score, .5, EvaluateOptions{Draws: 100, Seed: 3, Train: labels[:20]})
	b := Evaluate(s, labels, score, .5, EvaluateOptions{Draws: 100, Seed: 3, Train: labels[:20]})
	if !reflect.DeepEqual(a.Figures[:6], b.Figures[:6]) || !reflect.DeepEqual(a.Groups, b.Groups) {
		t.Error("the same input gave other figures")
	}
	for _, f := range a.Figures {
		if f.Between.Low > f.Value || f.Between.High < f.Value {
			t.Errorf("%s lies outside of its interval: %+v", f.Name, f)
		}
	}
}

func TestBaselinesByHand(t *testing.T) {
	rows := [][]string{
		{"sony kdl-40v3000"}, {"sony kdl-46v3000"}, {"red lamp"},
		{"kdl40v3000 sony"}, {"sony kdl46v3000"}, {"red lamps"},
	}
	s := Sides{3, 3}
	labels := []Label{{0, 0, true}, {0, 1, false}, {1, 1, true}, {1, 0, false}, {2, 2, true}, {2, 0, false}}
	list, err := Baselines(context.Background(), s, rows, labels, nil, 1)
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range list {
		e := Evaluate(s, labels, b.Score, b.Threshold, EvaluateOptions{Draws: -1})
		want := Evaluate(s, labels, []float64{1, 0, 1, 0, 1, 0}, .5, EvaluateOptions{Draws: -1}).Counts
		if b.Name == "code_containment" {
			want.TruePositives, want.FalseNegatives = 2, 1 // the lamp has no code
		}
		if e.Counts != want || b.InView != strings.HasPrefix(b.Name, "tfidf") {
			t.Errorf("%s: %+v, want %+v, in view %v", b.Name, e.Counts, want, b.InView)
		}
	}
	// With training pairs, the threshold is theirs.
	list, err = Baselines(context.Background(), s, rows, labels, []Label{{2, 2, false}, {0, 0, true}}, 1)
	if err != nil || list[1].InView || list[1].Score[4] >= list[1].Threshold {
		t.Errorf("%+v, %v", list[1], err)
	}
}
