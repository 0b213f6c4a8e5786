// Package report writes one self-contained HTML page about a dedupe or a link
// run: what was compared, where the threshold fell, and pairs to judge by eye
// with the words that differ marked and the evidence for and against.
//
// The page loads nothing: style, script and charts are inline, and a content
// security policy forbids the rest. The same [Page] gives the same bytes.
//
// [Write] is the door. page.go says what a caller fills in, view.go turns that
// into what the template prints, and each other file draws one thing.
package report

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/doppeldb/doppel/query/match"
	"github.com/doppeldb/doppel/record"
)

// ErrKind is returned when [Page.Kind] is neither [Dedupe] nor [Link].
var ErrKind = errors.New("unknown kind of report")

// Kind says what the run did.
type Kind string

// The kinds of runs that have a report.
const (
	Dedupe Kind = "dedupe" // duplicates inside one source
	Link   Kind = "link"   // partners between two sources
)

// Page is everything that a report shows. Only Kind is required; what is empty
// is left out or said to be empty.
type Page struct {
	Title    string // heading; empty gives one that fits Kind
	Kind     Kind
	Sources  []Source // one for a dedupe; left, then right for a link
	Schema   record.Schema
	Version  string    // of the program
	Command  string    // the command line, as typed
	Settings []Setting // options in force, in the order to show them
	// Generated is printed when it is not zero. Leave it zero for a page that is
	// byte-identical between equal runs.
	Generated time.Time

	// Threshold is the least probability of a match; NaN draws no line.
	Threshold     float64
	AutoThreshold bool // whether the run found Threshold by itself
	// Histogram counts scored candidate pairs in equal bins of score over [0, 1].
	Histogram [50]int
	Counts    Counts
	// ClusterSizes says how many clusters there are of each size, ascending by size.
	ClusterSizes []SizeCount
	// Stages are the steps of the work. Wall times differ between runs: leave nil
	// for a deterministic page.
	Stages   []match.Stage
	Warnings []string
	Quality  *Quality // nil when the truth is not known

	Strongest []Example // the best accepted pairs, best first
	Weakest   []Example // the worst accepted pairs, worst first
	Rejected  []Example // the best pairs that were not accepted, best first
	Largest   []Cluster // the biggest clusters of a dedupe, biggest first
}

// Source is one input table.
type Source struct {
	Name string // file name as the user knows it
	Rows int
	Key  string // name of the key column; empty means row numbers
}

// Setting is one option in force.
type Setting struct{ Name, Value string }

// Counts are the totals of a run.
type Counts struct {
	Records       int // rows of all sources together
	Candidates    int // distinct pairs that were scored
	Matches       int // accepted pairs
	Clusters      int // groups of two or more rows (dedupe)
	ClusteredRows int // rows in those groups (dedupe)
}

// SizeCount says that Count clusters have Size rows each.
type SizeCount struct{ Size, Count int }

// Quality is agreement with known truth; shares are 0 to 1.
type Quality struct {
	Precision, Recall, F1 float64
	// Protocol says how it was measured, in words: which pairs, chosen how.
	Protocol string
}

// Example is one pair to show.
type Example struct {
	LeftKey, RightKey string
	Score             float64 // probability of a match (link) or likeness (dedupe), 0 to 1
	Reason            string  // why it was not accepted; empty for a match
	Explanation       match.Explanation
}

// Cluster is one group of rows judged to be one thing.
type Cluster struct {
	Name string          // its id in the output, such as "17"
	Size int             // number of rows; 0 means len(Rows)
	Rows []record.Record // some or all of its rows, values in schema order
}

// Write renders p to w as one HTML document in UTF-8. It returns [ErrKind] for
// an unknown kind, or the error of w; nothing is written before the whole page
// is rendered.
func Write(w io.Writer, p Page) error {
	if p.Kind != Dedupe && p.Kind != Link {
		return fmt.Errorf("%w: %q; use %q or %q", ErrKind, p.Kind, Dedupe, Link)
	}
	var page bytes.Buffer
	if err := document.Execute(&page, newView(p)); err != nil {
		return fmt.Errorf("render report: %w", err)
	}
	if _, err := w.Write(page.Bytes()); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	return nil
}
