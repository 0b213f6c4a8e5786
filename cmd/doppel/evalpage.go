package main

import (
	"cmp"
	"path/filepath"
	"slices"

	"github.com/doppeldb/doppel/internal/report"
)

// writePage writes the HTML page about the evaluation.
func (e *eval) writePage() error {
	p := report.Evaluation{
		Title: filepath.Base(orStdin(e.pairsPath)), Version: version, Command: e.command, Schema: e.layout.schema,
		Settings: []report.Setting{{Name: "model", Value: e.modelPath}, {Name: "pairs", Value: orStdin(e.pairsPath)}},
		Protocol: e.protocol(), Result: e.result, Scores: e.scores, Warnings: slices.Clone(e.warnings),
	}
	for i, s := range e.sources {
		p.Sources = append(p.Sources, report.Source{Name: e.titles()[i], Rows: len(s.Rows), Key: s.keyName()})
	}
	if e.trainPath != "" {
		p.Settings = append(p.Settings, report.Setting{Name: "training pairs", Value: e.trainPath})
	}
	for _, d := range e.baselines {
		p.Baselines = append(p.Baselines, report.Baseline{Name: d.Text, InView: d.InView, Result: d.result})
	}
	for _, l := range e.labels {
		p.Match = append(p.Match, l.Match)
	}
	if e.leak != nil {
		p.LeakChecked, p.Leaks = true, e.leak.Lines(e.keyOf)
	}
	p.Wrong, p.Missed = e.mistakes()
	return report.WriteEvaluation(e.page, p)
}

// mistakes gives the pairs that were judged worst, of both kinds.
func (e *eval) mistakes() (wrong, missed []report.Example) {
	var accepted, refused []int
	for i, l := range e.labels {
		switch yes := e.scores[i] >= e.scored.Threshold; {
		case yes && !l.Match:
			accepted = append(accepted, i)
		case !yes && l.Match:
			refused = append(refused, i)
		}
	}
	slices.SortStableFunc(accepted, func(a, b int) int { return cmp.Compare(e.scores[b], e.scores[a]) })
	slices.SortStableFunc(refused, func(a, b int) int { return cmp.Compare(e.scores[a], e.scores[b]) })
	for _, i := range accepted[:min(len(accepted), shownExamples)] {
		wrong = append(wrong, e.example(i, "labelled no match"))
	}
	for _, i := range refused[:min(len(refused), shownExamples)] {
		missed = append(missed, e.example(i, "labelled a match"))
	}
	return wrong, missed
}

// example shows pair i with what the model says about it.
func (e *eval) example(i int, reason string) report.Example {
	l, right := e.labels[i], e.sources[len(e.sources)-1]
	return report.Example{LeftKey: e.sources[0].keys[l.Left], RightKey: right.keys[l.Right], Score: e.scores[i], Reason: reason, Explanation: e.scored.Explain(i)}
}
