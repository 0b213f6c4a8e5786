package match

import (
	"errors"
	"fmt"
	"math"

	"github.com/doppeldb/doppel/encoder"
	"github.com/doppeldb/doppel/record"
)

// Errors about models.
var (
	// ErrModel is returned when a model does not fit what it is used on.
	ErrModel = errors.New("the model does not fit")
	// ErrCorrupt is returned when a model's bytes are damaged or truncated.
	ErrCorrupt = errors.New("damaged model")
	// ErrVersion is returned when a model was written by another version of doppel.
	ErrVersion = errors.New("model of another version")
)

// Model is what [Train] learns: the encoder that finds candidates and the
// scorer that judges them, nil in a model of [SelfTrain]. Its schema is the encoder's. It is immutable and
// safe for concurrent use.
type Model struct {
	Encoder *encoder.Encoder
	Scorer  *Scorer
	Summary TrainSummary
}

// fits gives [ErrModel] for records of another schema.
func (m *Model) fits(have record.Schema) error {
	if want := m.Encoder.Schema(); !want.Equal(have) {
		return fmt.Errorf("%w: it was trained on records of the schema %s, these have %s; train on these, or give fields the same names and kinds",
			ErrModel, want, have)
	}
	return nil
}

// TrainSummary says what a model was learned from and how well it does.
type TrainSummary struct {
	LeftRecords, RightRecords int // RightRecords is 0 for pairs of one collection
	Candidates                int // pairs that served as rivals
	Train, TrainMatches       int // pairs learned from
	Valid, ValidMatches       int // pairs that placed the threshold, 0 for cross-validation
	Seed                      uint64
	Threshold                 float64
	// F1 of the validation pairs at the threshold, which was placed on them among
	// others: an estimate on the bright side. NaN without validation pairs.
	F1       float64
	Warnings []string // what is odd about the labels and the tuning, in words
	// Tuning is how the encoder was tuned; nil where it was not, and in a model read from a file.
	// Stopped says that [TrainOptions.Enough] ended it early.
	Tuning  *encoder.TuneReport
	Stopped bool

	right, wrong, missed int // validation pairs
}

// Precision and Recall are of the validation pairs at the threshold; NaN without any.
func (s *TrainSummary) Precision() float64 { return float64(s.right) / float64(s.right+s.wrong) }

// Recall is the share of the validation matches that the threshold accepts.
func (s *TrainSummary) Recall() float64 { return float64(s.right) / float64(s.right+s.missed) }

// String says it in one line.
func (s *TrainSummary) String() string {
	if s.Train == 0 {
		return fmt.Sprintf("trained on %d records without labels", s.LeftRecords+s.RightRecords)
	}
	text := fmt.Sprintf("trained on %d pairs, %d of them matches", s.Train, s.TrainMatches)
	if math.IsNaN(s.F1) {
		return text + fmt.Sprintf("; threshold %.3f by cross-validation", s.Threshold)
	}
	return text + fmt.Sprintf("; on %d validation pairs precision %.3f, recall %.3f, F1 %.3f at threshold %.3f",
		s.Valid, s.Precision(), s.Recall(), s.F1, s.Threshold)
}
