package encoder

import (
	"fmt"
	"time"

	"github.com/doppeldb/doppel/encoder/loss"
)

// Loss is what tuning makes small; see package loss.
type Loss = loss.Kind

// TuneOptions shapes [Tune]. The zero value is the default.
type TuneOptions struct {
	Loss        Loss
	LossOptions loss.Options
	// Epochs is the most passes over the matches; 0 means 20.
	Epochs int
	// Batch is the number of matches in a batch; 0 means 128.
	Batch int
	// Patience is the number of epochs without a better validation after which tuning
	// stops; 0 means 6.
	Patience int
	// Sketch is the length of the sketch before the dense layer; 0 means four times Dim.
	// It is a multiple of Dim.
	Sketch int
	// GainRate and DenseRate are the steps of n-gram gains and of the dense layer;
	// 0 means .02 and .0003.
	GainRate, DenseRate float64
	// Dropout is the share of n-grams that a record does not show in a step; 0 means .2, below 0 none.
	Dropout float64
	// Seed of batches and dropout: the same seed gives the same encoder.
	Seed uint64
	// Threads is the number of goroutines; 0 means GOMAXPROCS. The result does not depend on it.
	Threads int
	// Progress, if set, is called after every epoch, from the goroutine of Tune.
	Progress func(TuneProgress)
}

// TuneProgress is how far tuning is.
type TuneProgress struct {
	Epoch
	Epochs int           // at most
	Left   time.Duration // estimate, if all epochs are run
}

// The defaults, by validation on Abt-Buy and Amazon-Google.
const (
	defaultEpochs   = 20
	defaultBatch    = 128
	defaultPatience = 6
	sketchFactor    = 4
	defaultGainRate = .02
	defaultDense    = 3e-4
	defaultDropout  = .2
)

func (o TuneOptions) withDefaults(dim int) TuneOptions {
	set := func(x *int, to int) {
		if *x == 0 {
			*x = to
		}
	}
	set(&o.Epochs, defaultEpochs)
	set(&o.Batch, defaultBatch)
	set(&o.Patience, defaultPatience)
	set(&o.Sketch, sketchFactor*dim)
	if o.GainRate == 0 {
		o.GainRate = defaultGainRate
	}
	if o.DenseRate == 0 {
		o.DenseRate = defaultDense
	}
	if o.Dropout == 0 {
		o.Dropout = defaultDropout
	}
	return o
}

// Validate returns an [ErrOptions] for values out of range, dim being that of the encoder.
func (o TuneOptions) Validate(dim int) error {
	o = o.withDefaults(dim)
	switch {
	case int(o.Loss) >= len(loss.Kinds()):
		return fmt.Errorf("%w: unknown loss %d", ErrOptions, o.Loss)
	case o.Epochs < 0 || o.Batch < 2 || o.Patience < 0 || o.Threads < 0:
		return fmt.Errorf("%w: %d epochs, batches of %d, patience %d, %d threads", ErrOptions, o.Epochs, o.Batch, o.Patience, o.Threads)
	case o.Sketch < dim || o.Sketch%dim != 0 || o.Sketch > maxSketch:
		return fmt.Errorf("%w: a sketch of %d is not a multiple of dim %d, or above %d", ErrOptions, o.Sketch, dim, maxSketch)
	case !(o.GainRate >= 0 && o.DenseRate >= 0):
		return fmt.Errorf("%w: rates %v and %v", ErrOptions, o.GainRate, o.DenseRate)
	case !(o.Dropout < 1):
		return fmt.Errorf("%w: dropout %v is not below 1", ErrOptions, o.Dropout)
	}
	if err := o.LossOptions.Validate(); err != nil {
		return fmt.Errorf("%w: %w", ErrOptions, err)
	}
	return nil
}
