package match

import (
	"errors"
	"fmt"
	"math"
	"strings"
)

// ErrOptions is returned when an option has a value that makes no sense.
var ErrOptions = errors.New("bad option")

// Cardinality says how many partners a record may have in a link.
type Cardinality uint8

// The cardinalities of a link.
const (
	OneToOne   Cardinality = iota // each record at most one partner, on both sides
	OneToMany                     // a left record may have many partners, a right record one
	ManyToMany                    // every pair above the threshold
)

var cardinalityNames = [...]string{"one-to-one", "one-to-many", "many-to-many"}

// String gives the name as the command line spells it.
func (c Cardinality) String() string {
	if int(c) < len(cardinalityNames) {
		return cardinalityNames[c]
	}
	return fmt.Sprintf("cardinality(%d)", uint8(c))
}

// ParseCardinality is the inverse of [Cardinality.String].
func ParseCardinality(s string) (Cardinality, error) {
	for i, name := range cardinalityNames {
		if s == name {
			return Cardinality(i), nil
		}
	}
	return 0, fmt.Errorf("%w: cardinality %q; use one of %s", ErrOptions, s, strings.Join(cardinalityNames[:], ", "))
}

// Options tunes [Link] and [Dedupe]. The zero value is the default.
type Options struct {
	// Threshold is the least score of a match (see [Pair]); 0 finds it automatically.
	Threshold float64
	// Cardinality of a link.
	Cardinality Cardinality
	// TopK is how many candidates each record gets from each view; 0 means 20 in a link, 10 in a dedupe.
	TopK int
	// KeepRejected bounds Result.Rejected; 0 means 200.
	KeepRejected int
	// Threads is the number of goroutines; 0 means GOMAXPROCS. The result does not depend on it.
	Threads int
	// Seed of what is sampled: the same seed gives the same result.
	Seed uint64
	// Model, if set, judges the pairs: what [Train] learned takes the place of the
	// unlabelled score, and its threshold is the automatic one. One of [SelfTrain] only gives
	// the encoder that finds candidates.
	Model *Model
	// Progress, if set, is called from one goroutine with the name of the running
	// stage and its share done.
	Progress func(stage string, done, total int)
}

// Validate returns an [ErrOptions] for values out of range.
func (o Options) Validate() error {
	switch {
	case math.IsNaN(o.Threshold) || o.Threshold < 0 || o.Threshold > 1:
		return fmt.Errorf("%w: threshold %v is not in 0..1", ErrOptions, o.Threshold)
	case int(o.Cardinality) >= len(cardinalityNames):
		return fmt.Errorf("%w: unknown cardinality %d", ErrOptions, o.Cardinality)
	case o.TopK < 0:
		return fmt.Errorf("%w: top-k %d is negative", ErrOptions, o.TopK)
	case o.KeepRejected < 0:
		return fmt.Errorf("%w: keep-rejected %d is negative", ErrOptions, o.KeepRejected)
	case o.Threads < 0:
		return fmt.Errorf("%w: %d threads", ErrOptions, o.Threads)
	case o.Model != nil && o.Model.Encoder == nil:
		return fmt.Errorf("%w: a model without encoder; use what Train, SelfTrain or UnmarshalModel gives", ErrOptions)
	}
	return nil
}
