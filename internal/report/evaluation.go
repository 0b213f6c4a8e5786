package report

import (
	"bytes"
	"fmt"
	"io"
	"time"

	"github.com/doppeldb/doppel/query/label"
	"github.com/doppeldb/doppel/record"
)

// Evaluation is everything that a page about the quality of scores shows.
type Evaluation struct {
	Title    string // heading; empty gives one
	Sources  []Source
	Schema   record.Schema
	Version  string
	Command  string
	Settings []Setting
	// Generated is printed when it is not zero; see [Page.Generated].
	Generated time.Time
	Warnings  []string

	// Protocol says which pairs were judged and where the threshold is from.
	Protocol string
	Result   *label.Evaluation
	// Scores and Match are of the judged pairs, for the histogram.
	Scores []float64
	Match  []bool
	// Baselines stand beside the result.
	Baselines []Baseline
	// Leaks says what training and test have in common, one sentence each; it is
	// shown when LeakChecked.
	Leaks       []string
	LeakChecked bool
	// Wrong are pairs that were taken for matches and are none, highest score
	// first; Missed are matches that were not, lowest score first.
	Wrong, Missed []Example
}

// Baseline is a dumb way to score the same pairs.
type Baseline struct {
	Name string
	// InView says that its threshold was chosen on the pairs that it is judged by.
	InView bool
	Result *label.Evaluation
}

// WriteEvaluation renders e to w as one HTML document in UTF-8, nothing before
// the whole page is rendered. Result must not be nil.
func WriteEvaluation(w io.Writer, e Evaluation) error {
	var page bytes.Buffer
	if err := evaluationPage.Execute(&page, newEvaluationView(e)); err != nil {
		return fmt.Errorf("render report: %w", err)
	}
	if _, err := w.Write(page.Bytes()); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	return nil
}
