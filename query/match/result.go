package match

import (
	"time"

	"github.com/doppeldb/doppel/db"
)

// Pair is two records and what is thought of them. In a link Left is a dense
// id of the left collection and Right of the right one; in a dedupe both are of
// the same collection and Left < Right.
type Pair struct {
	Left, Right uint32
	// Score, 0 to 1: after a link the estimated probability that the two are one
	// thing, after a dedupe how alike they are.
	Score float64
}

// Reason says why a pair that was looked at is not among the matches.
type Reason uint8

// The reasons of a [Rejected] pair.
const (
	BelowThreshold Reason = iota // its score is under the threshold
	LostToRival                  // one of its records is matched with a better partner
	WouldChain                   // its cluster as a whole speaks against it (dedupe)
)

// String gives the reason in words for a reader.
func (r Reason) String() string {
	switch r {
	case BelowThreshold:
		return "below the threshold"
	case LostToRival:
		return "a rival fits better"
	case WouldChain:
		return "the rest of the group disagrees"
	}
	return "unknown"
}

// Rejected is a candidate pair that was not accepted, and why.
type Rejected struct {
	Pair
	Reason Reason
}

// Result is what [Link] and [Dedupe] give.
type Result struct {
	// Left and Right are what was compared; dense ids are their rows. After a dedupe they are the same.
	Left, Right *db.Snapshot
	// Matches holds the accepted pairs, best score first, ties by Left then Right.
	// After a dedupe these are the scored pairs inside the clusters.
	Matches []Pair
	// Rejected holds the best of the pairs that were not accepted, best first.
	// At most [Options.KeepRejected] of them.
	Rejected []Rejected
	// Clusters lists, after a dedupe, the groups of two or more records, each
	// ascending, groups in the order of their first record. Nil after a link.
	Clusters [][]uint32
	// ClusterOf gives, after a dedupe, a cluster number for each dense id, singles
	// included; numbers are dense and ascend by first record. Nil after a link.
	ClusterOf []uint32
	// Threshold is the score at and above which a pair can be accepted; 1 with
	// AutoThreshold and no match says that none was found.
	Threshold float64
	// AutoThreshold says whether Threshold was found by the estimator.
	AutoThreshold bool
	// Histogram counts scored candidate pairs in equal bins of Score over [0, 1].
	Histogram [50]int
	// Warnings are things that a user should know about the data, in words.
	Warnings []string
	// Stats says what the work was.
	Stats Stats

	explain func(Pair) Explanation
}

// Keys gives the keys of a pair's records.
func (r *Result) Keys(p Pair) (left, right string) {
	return r.Left.Keys[p.Left], r.Right.Keys[p.Right]
}

// Stats counts the work of one run.
type Stats struct {
	LeftRecords, RightRecords int
	Candidates                int // distinct pairs that were scored
	Stages                    []Stage
}

// Stage is one step of the work and its wall time.
type Stage struct {
	Name string
	Took time.Duration
}

// Explanation says why a pair has its score.
type Explanation struct {
	Fields   []FieldComparison
	Evidence []Evidence // strongest first, by absolute weight
}

// FieldComparison is one field of a pair, side by side.
type FieldComparison struct {
	Name        string
	Left, Right string // of a picture its name
	// Pictures are the values of an image field as the records hold them, else empty.
	Pictures [2]string
	// Similarity of the two values, 0 to 1; negative where a side is missing.
	Similarity float64
}

// Evidence is one named thing that spoke for (Weight > 0) or against
// (Weight < 0) a match. Weight is in log-odds (natural logarithm).
type Evidence struct {
	Name   string // stable identifier, such as "code.shared"
	Text   string // for a reader: "both name the code PSLX350H"
	Value  float64
	Weight float64
}

// Explain gives the evidence of a pair that is in Matches or Rejected.
func (r *Result) Explain(p Pair) Explanation {
	if r.explain == nil {
		return Explanation{}
	}
	return r.explain(p)
}
