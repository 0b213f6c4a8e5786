package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/doppeldb/doppel/internal/measure"
	"github.com/doppeldb/doppel/query/match"
)

// whole is how good the matches of whole files are.
type whole struct {
	Command  string      `json:"command"`
	Protocol string      `json:"protocol"`
	Rows     []wholeRow  `json:"figures"`
	Warnings []string    `json:"warnings"`
	Unjudged int         `json:"rows_without_truth"`
	Found    *foundTruth `json:"candidate_recall_at_10,omitempty"`
}

// wholeRow is one way to count what was right.
type wholeRow struct {
	Of        string  `json:"of"`
	Precision float64 `json:"precision"`
	Recall    float64 `json:"recall"`
	F1        float64 `json:"f1"`
}

// foundTruth is the share of the true pairs that a link gets to look at, and how many candidates a record has.
type foundTruth struct {
	Vectors   float64 `json:"tuned_vectors_alone"`
	Both      float64 `json:"vectors_and_words"`
	PerRecord float64 `json:"candidates_a_record"`
}

// runWhole links or dedupes the files with the model and compares the result
// with the truth column.
func (e *eval) runWhole(ctx context.Context) error {
	e.opts.Model = e.model
	res, err := e.match(ctx, func() (*match.Result, error) {
		if len(e.cs) == 2 {
			return match.Link(ctx, e.cs[0], e.cs[1], e.opts)
		}
		return match.Dedupe(ctx, e.cs[0], e.opts)
	})
	if err != nil {
		return err
	}
	w := &whole{Command: e.command}
	if res.ClusterOf == nil {
		err = e.judgeLink(ctx, res, w)
	} else {
		e.judgeClusters(res, w)
	}
	if err != nil {
		return err
	}
	w.Warnings = append([]string{}, e.warnings...)
	if e.json {
		return writeIndented(e.stdout, w)
	}
	return e.printWhole(w)
}

func rowOf(of string, c measure.Counts) wholeRow {
	return wholeRow{of, c.Precision(), c.Recall(), c.F1()}
}

// judgeClusters compares the groups of a dedupe, rows without truth left out.
func (e *eval) judgeClusters(res *match.Result, w *whole) {
	var found []uint32
	var truth []string
	for i, t := range e.truthValues() {
		if t == "" {
			w.Unjudged++
			continue
		}
		found, truth = append(found, res.ClusterOf[i]), append(truth, t)
	}
	p, r, f1 := measure.BCubed(found, truth)
	w.Rows = []wholeRow{
		rowOf("pairs", measure.PairsInClusters(found, truth)), {"records (B-cubed)", p, r, f1}, rowOf("groups, exactly", measure.ExactClusters(found, truth)),
	}
	w.Protocol = fmt.Sprintf("%s deduplicated with the model; the groups against the column %s", count(len(found), "row", "rows"), e.truth)
}

// judgeLink compares the pairs of a link, rows without truth left out.
func (e *eval) judgeLink(ctx context.Context, res *match.Result, w *whole) error {
	values := e.truthValues()
	left, right := values[:len(e.sources[0].Rows)], values[len(e.sources[0].Rows):]
	var c measure.Counts
	for _, p := range res.Matches {
		switch a, b := left[p.Left], right[p.Right]; {
		case a == "" || b == "":
		case a == b:
			c.TruePositives++
		default:
			c.FalsePositives++
		}
	}
	rights := map[string][]uint32{}
	for r, t := range right {
		if t == "" {
			w.Unjudged++
			continue
		}
		rights[t] = append(rights[t], uint32(r))
	}
	var truth [][2]uint32
	for l, t := range left {
		if t == "" {
			w.Unjudged++
			continue
		}
		for _, r := range rights[t] {
			truth = append(truth, [2]uint32{uint32(l), r})
		}
	}
	c.FalseNegatives = len(truth) - c.TruePositives
	w.Rows = []wholeRow{rowOf("pairs", c)}
	w.Protocol = fmt.Sprintf("%s and %s linked with the model; the matches against equal values of the column %s (%s)",
		count(len(left), "row", "rows"), thousands(len(right)), e.truth, count(len(truth), "true pair", "true pairs"))
	if len(truth) == 0 {
		return nil
	}
	found, err := e.candidates(ctx, truth)
	if err != nil {
		return err
	}
	w.Found = &foundTruth{found[0].Recall, found[1].Recall, found[1].PerRecord}
	return nil
}

func (e *eval) printWhole(w *whole) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s.\n\n", w.Protocol)
	t := tabwriter.NewWriter(&b, 0, 0, 3, ' ', 0)
	fmt.Fprintf(t, "\tP\tR\tF1\n")
	for _, r := range w.Rows {
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", r.Of, figure(r.Precision), figure(r.Recall), figure(r.F1))
	}
	t.Flush()
	if f := w.Found; f != nil {
		fmt.Fprintf(&b, "\ncandidate recall at %d: tuned vectors alone %s, vectors and words %s at %.1f candidates a record\n",
			candidatesK, figure(f.Vectors), figure(f.Both), f.PerRecord)
	}
	if w.Unjudged > 0 {
		fmt.Fprintf(&b, "\n%s no value in %s and %s not judged\n", count(w.Unjudged, "row has", "rows have"), e.truth, map[bool]string{true: "is", false: "are"}[w.Unjudged == 1])
	}
	_, err := io.WriteString(e.stdout, b.String())
	return err
}
