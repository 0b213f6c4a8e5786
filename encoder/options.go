package encoder

import (
	"errors"
	"fmt"
)

// Errors for the world.
var (
	// ErrOptions is returned when an option makes no sense.
	ErrOptions = errors.New("encoder: bad option")
	// ErrCorrupt is returned when a model's bytes are damaged or truncated.
	ErrCorrupt = errors.New("encoder: damaged model")
	// ErrVersion is returned when a model was written by a newer doppel.
	ErrVersion = errors.New("encoder: model of a newer version")
)

// Options shapes an encoder. The zero value is the default; what is chosen is
// stored in the model.
type Options struct {
	// Dim is the length of the embedding; 0 means [DefaultDim].
	Dim int
	// LogBuckets is the base-2 logarithm of the number of hashed rows; 0 means 18.
	LogBuckets int
	// Threads is the number of goroutines of Fit; 0 means GOMAXPROCS. Not stored.
	Threads int
}

// DefaultDim is the default embedding length. benchmarks/results/link.md has
// the candidate recall for 256, 512 and 1024.
const DefaultDim = 256

const (
	defaultLogBuckets = 18
	maxDim            = 1 << 14
	maxLogBuckets     = 24
)

func (o Options) withDefaults() Options {
	if o.Dim == 0 {
		o.Dim = DefaultDim
	}
	if o.LogBuckets == 0 {
		o.LogBuckets = defaultLogBuckets
	}
	return o
}

// Validate returns an [ErrOptions] for values out of range.
func (o Options) Validate() error {
	o = o.withDefaults()
	switch {
	case o.Dim < 8 || o.Dim > maxDim:
		return fmt.Errorf("%w: dim %d is not in 8..%d", ErrOptions, o.Dim, maxDim)
	case o.LogBuckets < 8 || o.LogBuckets > maxLogBuckets:
		return fmt.Errorf("%w: log-buckets %d is not in 8..%d", ErrOptions, o.LogBuckets, maxLogBuckets)
	case o.Threads < 0:
		return fmt.Errorf("%w: %d threads", ErrOptions, o.Threads)
	}
	return nil
}
