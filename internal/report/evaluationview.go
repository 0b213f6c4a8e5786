package report

import (
	"fmt"
	"math"

	"github.com/doppeldb/doppel/internal/measure"
	"github.com/doppeldb/doppel/query/label"
)

// evaluationView is what the evaluation template prints.
type evaluationView struct {
	Title, Kind, Headline, Protocol string
	Nav                             []navItem
	Tiles                           []figureTile
	Warnings                        []string
	Figures                         []figureRow
	Compared                        []comparedRow // the result, then the baselines
	AnyInView                       bool
	Groups                          []comparedRow
	Leaks                           []string
	LeakChecked                     bool
	Scores                          scoreChart
	Curves                          []curve
	Reliability                     reliabilityChart
	Lists                           []exampleList
	Filterable                      bool
	Run                             runView
}

type figureTile struct{ Name, Value, Width, Note string }

// figureRow is one figure with its interval drawn on a scale of 0 to 1.
type figureRow struct {
	Text, Value, Between string
	X, Low, Width        string // percent
	Drawn                bool
}

// comparedRow is a way to decide, or a group of pairs, in one line.
type comparedRow struct {
	Name, Pairs, Precision, Recall, F1, Between, AP string
	InView, Ours                                    bool
}

func newEvaluationView(e Evaluation) evaluationView {
	r := e.Result
	v := evaluationView{
		Title: line(e.Title), Kind: "eval", Protocol: line(e.Protocol), LeakChecked: e.LeakChecked,
		Headline: fmt.Sprintf("%s of %s judged %s right.", formatCount(r.Pairs-r.FalsePositives-r.FalseNegatives), formatCount(r.Pairs),
			plural(r.Pairs, "pair is", "pairs are")),
		Scores:      newScoreChart(e.Scores, e.Match, r.Threshold),
		Curves:      []curve{precisionRecall(r), receiver(r)},
		Reliability: newReliability(r.Bins),
		Run: newRun(Page{Command: e.Command, Version: e.Version, Sources: e.Sources, Schema: e.Schema, Settings: e.Settings,
			Generated: e.Generated}),
	}
	if v.Title == "" {
		v.Title = "Evaluation"
	}
	for _, t := range []struct{ figure, name, note string }{
		{"f1", "F1", "harmonic mean of precision and recall"}, {"precision", "Precision", "of what was accepted is right"},
		{"recall", "Recall", "of the matches are accepted"}, {"average_precision", "Average precision", "over all thresholds"},
	} {
		f := r.Figure(t.figure)
		v.Tiles = append(v.Tiles, figureTile{t.name, formatScore(f.Value), percent(f.Value), t.note})
	}
	for _, f := range r.Figures {
		v.Figures = append(v.Figures, newFigureRow(f))
	}
	ours := compared("this model", r)
	ours.Ours = true
	v.Compared = []comparedRow{ours}
	for _, b := range e.Baselines {
		row := compared(line(b.Name), b.Result)
		row.InView = b.InView
		v.AnyInView = v.AnyInView || b.InView
		v.Compared = append(v.Compared, row)
	}
	for _, g := range r.Groups {
		v.Groups = append(v.Groups, newGroupRow(g))
	}
	for _, w := range e.Warnings {
		v.Warnings = append(v.Warnings, line(w))
	}
	for _, l := range e.Leaks {
		v.Leaks = append(v.Leaks, line(l))
	}
	v.Lists = mistakes(e)
	v.Filterable = len(e.Wrong)+len(e.Missed) > 0
	v.Nav = evaluationNav(v)
	return v
}

func newFigureRow(f label.Figure) figureRow {
	row := figureRow{Text: line(f.Text), Value: formatScore(f.Value), Between: formatBetween(f.Between), X: percent(f.Value)}
	if low, high := f.Between.Low, f.Between.High; low <= high {
		row.Drawn, row.Low, row.Width = true, percent(low), percent(unit(high)-unit(low))
	}
	return row
}

func formatBetween(in measure.Interval) string {
	if math.IsNaN(in.Low) || math.IsNaN(in.High) {
		return "–"
	}
	return formatScore(in.Low) + " – " + formatScore(in.High)
}

func compared(name string, r *label.Evaluation) comparedRow {
	return comparedRow{
		Name: name, Precision: formatScore(r.Precision()), Recall: formatScore(r.Recall()), F1: formatScore(r.F1()),
		Between: formatBetween(r.Figure("f1").Between), AP: formatScore(r.Figure("average_precision").Value),
	}
}

func newGroupRow(g label.Group) comparedRow {
	row := comparedRow{Name: g.Seen.String(), Pairs: fmt.Sprintf("%s, %s %s", formatCount(g.Pairs), formatCount(g.Matches), plural(g.Matches, "match", "matches")),
		Precision: "–", Recall: "–", F1: "–", Between: "–"}
	if g.Matches > 0 {
		row.Precision, row.Recall, row.F1, row.Between = formatScore(g.Precision()), formatScore(g.Recall()), formatScore(g.F1()), formatBetween(g.F1Between)
	}
	return row
}

func mistakes(e Evaluation) []exampleList {
	f := pairFrame{schema: e.Schema, scale: strongestWeight(e.Wrong, e.Missed)}
	if len(e.Sources) == 2 {
		f.left, f.right = line(e.Sources[0].Name), line(e.Sources[1].Name)
	}
	if t := e.Result.Threshold; t >= 0 && t <= 1 {
		f.thresholdX = percent(t)
	}
	return []exampleList{
		f.list("wrong", "Wrongly accepted", "The label says no match, the model is sure of one; surest first. Look here for wrong labels, too.",
			"No pair was wrongly accepted.", e.Wrong),
		f.list("missed", "Missed", "The label says match, the model does not think so; least likely first.", "No match was missed.", e.Missed),
	}
}

func evaluationNav(v evaluationView) []navItem {
	nav := []navItem{{"summary", "Summary"}, {"figures", "Figures"}}
	if v.Groups != nil || v.LeakChecked {
		nav = append(nav, navItem{"training", "Training"})
	}
	return append(nav, navItem{"scores", "Scores"}, navItem{"curves", "Curves"}, navItem{"reliability", "Reliability"},
		navItem{"wrong", "Wrong"}, navItem{"missed", "Missed"}, navItem{"run", "This run"})
}
