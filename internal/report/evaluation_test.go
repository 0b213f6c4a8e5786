package report

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/doppeldb/doppel/query/label"
	"github.com/doppeldb/doppel/query/match"
	"github.com/doppeldb/doppel/record"
)

// smallEvaluation is a page that uses every part once.
func smallEvaluation() Evaluation {
	s := label.Sides{Left: 3, Right: 4}
	labels := []label.Label{{Left: 0, Right: 0, Match: true}, {Left: 0, Right: 1}, {Left: 1, Right: 1, Match: true}, {Left: 1, Right: 0}, {Left: 1, Right: 2}, {Left: 2, Right: 3}}
	scores := []float64{.9, .2, .45, .7, .1, .3}
	opts := label.EvaluateOptions{Draws: 50, Train: []label.Label{{Left: 0, Right: 0, Match: true}, {Left: 1, Right: 3}}}
	e := Evaluation{
		Title: "test.csv", Version: "0.1.0", Command: "doppel eval a.csv b.csv --pairs test.csv --model m.doppel",
		Sources: []Source{{"a.csv", 3, "id"}, {"b.csv", 4, "id"}}, Schema: record.Schema{{Name: "title", Kind: record.Text}},
		Settings: []Setting{{"seed", "1"}}, Warnings: []string{"one pair is listed twice"},
		Protocol: "6 labelled pairs of test.csv, 2 of them matches.",
		Result:   label.Evaluate(s, labels, scores, .5, opts), Scores: scores,
		Baselines:   []Baseline{{"tf-idf, threshold", true, label.Evaluate(s, labels, []float64{.5, .5, math.NaN(), .1, .1, .1}, .4, label.EvaluateOptions{Draws: 50})}},
		LeakChecked: true, Leaks: []string{"1 test pair is also in training"},
	}
	for _, l := range labels {
		e.Match = append(e.Match, l.Match)
	}
	x := match.Explanation{
		Fields:   []match.FieldComparison{{Name: "title", Left: "sony tv 40", Right: "sony tv 46", Similarity: .8}},
		Evidence: []match.Evidence{{Name: "conflict", Text: "40 against 46", Weight: -1}},
	}
	e.Wrong, e.Missed = []Example{{"1", "0", .7, "labelled no match", x}}, []Example{{"1", "1", .45, "labelled a match", x}}
	return e
}

func renderEvaluation(t *testing.T, e Evaluation) string {
	t.Helper()
	var b bytes.Buffer
	if err := WriteEvaluation(&b, e); err != nil {
		t.Fatal(err)
	}
	if s := b.String(); strings.Contains(s, "ZgotmplZ") || strings.Contains(s, "NaN") || strings.Contains(s, "Inf") {
		t.Error("the page holds a value that the template refused, or no number")
	}
	return b.String()
}

func TestEvaluationGolden(t *testing.T) {
	got := renderEvaluation(t, smallEvaluation())
	if renderEvaluation(t, smallEvaluation()) != got {
		t.Error("the same page gave different bytes")
	}
	got = strings.Replace(got, style, "(style)", 1)
	got = strings.Replace(got, script, "(script)", 1)
	got = strings.Replace(got, scriptHash(), "(hash)", 1)
	path := filepath.Join("testdata", "evaluation.html")
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("the page differs from %s; look at the difference after go test -update", path)
	}
}

// TestEvaluationOddities: nothing judged, one class, NaN: a page all the same.
func TestEvaluationOddities(t *testing.T) {
	s := label.Sides{Left: 2, Right: 2}
	for name, e := range map[string]Evaluation{
		"nothing":   {Result: label.Evaluate(s, nil, nil, .5, label.EvaluateOptions{Draws: 2})},
		"one class": {Result: label.Evaluate(s, []label.Label{{Match: true}}, []float64{math.NaN()}, math.Inf(1), label.EvaluateOptions{Draws: 2}), Scores: []float64{math.NaN()}, Match: []bool{true}},
	} {
		page := renderEvaluation(t, e)
		if !strings.Contains(page, "No pair was scored") || !strings.Contains(page, "both classes are needed") {
			t.Errorf("%s: the page does not say what is missing", name)
		}
	}
}

// TestEvaluationEscapes: no string of a user becomes markup.
func TestEvaluationEscapes(t *testing.T) {
	for _, text := range hostile {
		e := smallEvaluation()
		e.Title, e.Protocol, e.Command, e.Version = text, text, text, text
		e.Warnings, e.Leaks, e.Baselines[0].Name = []string{text}, []string{text}, text
		e.Wrong[0].LeftKey, e.Wrong[0].Reason = text, text
		page := renderEvaluation(t, e)
		if n := strings.Count(page, "<script"); n != 1 || strings.Contains(page, "<img") || strings.Contains(page, "<b>") {
			t.Errorf("%q: markup got through", text)
		}
	}
}

func TestScoreChart(t *testing.T) {
	c := newScoreChart([]float64{.1, .9, .505, .515, 1, math.NaN(), -3}, []bool{false, true, true, true, false, true, false}, .51)
	var matches, wrong int
	for _, b := range c.Bars {
		if b.Match {
			matches++
			if b.Y+b.Height != scoreAxis {
				t.Errorf("a match does not stand on the axis: %+v", b)
			}
		} else if b.Y != scoreAxis {
			t.Errorf("a non-match does not hang from the axis: %+v", b)
		}
		if b.Wrong {
			wrong++
		}
	}
	// Matches: .9, .505 and .515 in one bin that the threshold parts. Wrong: .505 and the 1.
	if c.Total != 6 || matches != 3 || wrong != 2 || c.Threshold == nil {
		t.Errorf("%d pairs, %d bars of matches, %d wrong", c.Total, matches, wrong)
	}
}

func TestCurvePath(t *testing.T) {
	if got, want := path([][2]float64{{0, 0}, {.5, 1}, {1, 1}}), "M0.0 300.0L150.0 0.0L300.0 0.0"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	many := make([][2]float64, 5000)
	for i := range many {
		many[i] = [2]float64{float64(i) / 4999, 1}
	}
	if p := path(many); strings.Count(p, "L") > maxCurvePoints || !strings.HasSuffix(p, "L300.0 0.0") {
		t.Errorf("%d points, ending %s", strings.Count(p, "L"), p[len(p)-12:])
	}
}
