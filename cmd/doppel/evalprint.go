package main

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strings"
	"text/tabwriter"

	"github.com/doppeldb/doppel/internal/measure"
	"github.com/doppeldb/doppel/query/label"
)

// print writes the table, or JSON, to stdout.
func (e *eval) print() error {
	if e.json {
		return writeIndented(e.stdout, e.asJSON())
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\n", e.protocol())
	w := tabwriter.NewWriter(&b, 0, 0, 3, ' ', 0)
	fmt.Fprintf(w, "\tvalue\t95 %%\n")
	for _, f := range e.result.Figures {
		fmt.Fprintf(w, "%s\t%s\t%s\n", f.Text, figure(f.Value), between(f.Between))
	}
	for _, c := range e.found {
		fmt.Fprintf(w, "candidate recall at %d, %s\t%s\t%.1f candidates a record\n", candidatesK, c.views, figure(c.Recall), c.PerRecord)
	}
	w.Flush()
	e.printCompared(&b)
	e.printTraining(&b)
	_, err := io.WriteString(e.stdout, b.String())
	return err
}

// printCompared puts the baselines beside the result.
func (e *eval) printCompared(b *strings.Builder) {
	fmt.Fprintf(b, "\nBeside dumb ways to do it\n\n")
	w := tabwriter.NewWriter(b, 0, 0, 3, ' ', 0)
	fmt.Fprintf(w, "\tP\tR\tF1\t95 %%\tAP\n")
	row := func(name string, r *label.Evaluation) {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", name, figure(r.Precision()), figure(r.Recall()), figure(r.F1()),
			between(r.Figure("f1").Between), figure(r.Figure("average_precision").Value))
	}
	row("this model", e.result)
	inView := false
	for _, d := range e.baselines {
		name := d.Text
		if d.InView {
			name, inView = name+" *", true
		}
		row(name, d.result)
	}
	w.Flush()
	if inView {
		fmt.Fprintf(b, "* its threshold was chosen on these very pairs, so that it looks better than it is (--train gives it others)\n")
	}
}

// printTraining says what training has seen of the test.
func (e *eval) printTraining(b *strings.Builder) {
	if e.leak == nil {
		return
	}
	fmt.Fprintf(b, "\nBy how much of a pair training has seen\n\n")
	w := tabwriter.NewWriter(b, 0, 0, 3, ' ', 0)
	fmt.Fprintf(w, "records\tpairs\tmatches\tP\tR\tF1\t95 %%\n")
	for _, g := range e.result.Groups {
		p, r, f1 := figure(g.Precision()), figure(g.Recall()), figure(g.F1())
		if g.Matches == 0 {
			p, r, f1 = "–", "–", "–"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", g.Seen, thousands(g.Pairs), thousands(g.Matches), p, r, f1, between(g.F1Between))
	}
	w.Flush()
	lines := e.leak.Lines(e.keyOf)
	if len(lines) == 0 {
		fmt.Fprintf(b, "\nTraining and test have no pair, record or near-duplicate in common.\n")
		return
	}
	fmt.Fprintf(b, "\nIn training and in the test\n\n")
	for _, line := range lines {
		fmt.Fprintf(b, "- %s\n", line)
	}
}

func figure(x float64) string {
	if math.IsNaN(x) {
		return "–"
	}
	return fmt.Sprintf("%.3f", x)
}

func between(in measure.Interval) string {
	if math.IsNaN(in.Low) || math.IsNaN(in.High) {
		return "–"
	}
	return fmt.Sprintf("%.3f – %.3f", in.Low, in.High)
}

// jsonFigure is a figure with its interval; what is not defined is null.
type jsonFigure struct {
	Value *float64 `json:"value"`
	Low   *float64 `json:"low,omitempty"`
	High  *float64 `json:"high,omitempty"`
}

type jsonCandidates struct {
	Recall    *float64 `json:"recall"`
	PerRecord *float64 `json:"candidates_a_record"`
}

type jsonGroup struct {
	Seen    string     `json:"seen"`
	Pairs   int        `json:"pairs"`
	Matches int        `json:"matches"`
	F1      jsonFigure `json:"f1"`
}

type jsonLeak struct {
	Pairs       int      `json:"pairs"`
	Relabelled  int      `json:"pairs_with_another_label"`
	Records     int      `json:"records"`
	TestRecords int      `json:"test_records"`
	Things      int      `json:"things"`
	TestThings  int      `json:"test_things"`
	Twins       int      `json:"near_duplicates"`
	Text        []string `json:"text"`
}

// evalSummary is what --json prints.
type evalSummary struct {
	Command    string                           `json:"command"`
	Protocol   string                           `json:"protocol"`
	Pairs      int                              `json:"pairs"`
	Matches    int                              `json:"matches"`
	Threshold  *float64                         `json:"threshold"`
	Figures    map[string]jsonFigure            `json:"figures"`
	Baselines  map[string]map[string]jsonFigure `json:"baselines"`
	InView     []string                         `json:"baselines_with_their_threshold_chosen_on_these_pairs"`
	Candidates map[string]jsonCandidates        `json:"candidate_recall_at_10,omitempty"`
	Groups     []jsonGroup                      `json:"seen_in_training,omitempty"`
	Leak       *jsonLeak                        `json:"in_training_and_test,omitempty"`
	Warnings   []string                         `json:"warnings"`
}

func (e *eval) asJSON() evalSummary {
	s := evalSummary{
		Command: e.command, Protocol: e.protocol(), Pairs: e.result.Pairs, Matches: e.result.Matches, Threshold: defined(e.scored.Threshold),
		Figures: jsonFigures(e.result), Baselines: map[string]map[string]jsonFigure{}, InView: []string{}, Warnings: append([]string{}, e.warnings...),
	}
	for _, d := range e.baselines {
		s.Baselines[d.Name] = jsonFigures(d.result)
		if d.InView {
			s.InView = append(s.InView, d.Name)
		}
	}
	for _, c := range e.found {
		if s.Candidates == nil {
			s.Candidates = map[string]jsonCandidates{}
		}
		s.Candidates[c.views] = jsonCandidates{defined(c.Recall), defined(c.PerRecord)}
	}
	for _, g := range e.result.Groups {
		f := label.Figure{Value: g.F1(), Between: g.F1Between}
		if g.Matches == 0 {
			f.Value = math.NaN()
		}
		s.Groups = append(s.Groups, jsonGroup{g.Seen.String(), g.Pairs, g.Matches, newJSONFigure(f)})
	}
	if l := e.leak; l != nil {
		s.Leak = &jsonLeak{l.Pairs, l.Differ, l.Records, l.Of, l.Entities, l.EntitiesOf, len(l.Twins), append([]string{}, l.Lines(e.keyOf)...)}
	}
	return s
}

func jsonFigures(r *label.Evaluation) map[string]jsonFigure {
	out := map[string]jsonFigure{}
	for _, f := range r.Figures {
		out[f.Name] = newJSONFigure(f)
	}
	return out
}

func newJSONFigure(f label.Figure) jsonFigure {
	return jsonFigure{defined(f.Value), defined(f.Between.Low), defined(f.Between.High)}
}

// defined gives nil for what JSON cannot say.
func defined(x float64) *float64 {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return nil
	}
	x = math.Round(x*1e6) / 1e6
	return &x
}

func writeIndented(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}
