package encoder

import (
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/doppeldb/doppel/encoder/loss"
	"github.com/doppeldb/doppel/encoder/optim"
)

// Loss is what tuning makes small; see package loss.
type Loss = loss.Kind

// TuneOptions shapes [Tune]. The zero value is the default.
type TuneOptions struct {
	// Loss is what is made small; the zero value is InfoNCE, LossOptions its distance, margin and temperature.
	Loss        Loss
	LossOptions loss.Options
	// Sampling says what goes into a batch.
	Sampling Sampling
	// Epochs is the most passes over the matches; 0 means 20.
	Epochs int
	// Batch is the number of matches in a batch; 0 means 32.
	Batch int
	// PerGroup is how many records of an entity are in a batch of [GroupsOfRecords]; 0 means 4.
	PerGroup int
	// Patience is the number of epochs without a better validation after which tuning
	// stops; 0 means 6.
	Patience int
	// Sketch is the length of the sketch before the dense layer; 0 means four times Dim, or that
	// of the encoder to start from. It is a multiple of Dim.
	Sketch int
	// GainRate and DenseRate are the steps of n-gram gains and of the dense layer;
	// 0 means .02 (Adagrad .1) and .0003, below 0 that they stay as they are.
	GainRate, DenseRate float64
	// GainRule moves the n-gram gains.
	GainRule optim.Rule
	// Dropout is the share of n-grams that a record does not show in a step; 0 means .2, below 0 none.
	Dropout float64
	// Augment is the share of records that are written differently in a step (package augment).
	Augment float64
	// Prefixes are lengths of the vector's front that shall be usable alone, each scaled to unit
	// length again. Dim need not be among them.
	Prefixes []int
	// Neighbours finds hard non-matches for [MinedNeighbours]; nil scans.
	Neighbours Neighbours
	// Seed of batches and dropout: the same seed gives the same encoder.
	Seed uint64
	// Threads is the number of goroutines; 0 means GOMAXPROCS. The result does not depend on it.
	Threads int
	// Progress, if set, is called after every epoch, from the goroutine of Tune.
	Progress func(TuneProgress)
	// Checkpoint, if set, is given after every epoch all that is needed to go on from there.
	Checkpoint func([]byte) error
	// Resume is what Checkpoint was given in a run with the same records, labels and options. The
	// result is the same as that of a run without an interruption.
	Resume []byte
}

// TuneProgress is how far tuning is.
type TuneProgress struct {
	Epoch
	Epochs int           // at most
	Left   time.Duration // estimate, if all epochs are run
}

// The defaults. FACTS' recipe; on the validation matches of Abt-Buy and Amazon-Google half and twice of
// each give a mean reciprocal rank within .01 of theirs.
const (
	defaultEpochs      = 20
	defaultBatch       = 32
	defaultPerGroup    = 4
	defaultPatience    = 6
	sketchFactor       = 4
	defaultGainRate    = .02
	defaultAdagradRate = .1
	defaultDenseRate   = 3e-4
	defaultDropout     = .2
)

func (o TuneOptions) withDefaults(dim int) TuneOptions {
	o.Epochs = orElse(o.Epochs, defaultEpochs)
	o.Batch = orElse(o.Batch, defaultBatch)
	o.PerGroup = orElse(o.PerGroup, defaultPerGroup)
	o.Patience = orElse(o.Patience, defaultPatience)
	o.Sketch = orElse(o.Sketch, sketchFactor*dim)
	rate := defaultGainRate
	if o.GainRule == optim.Adagrad {
		rate = defaultAdagradRate
	}
	o.GainRate = max(orElse(o.GainRate, rate), 0)
	o.DenseRate = max(orElse(o.DenseRate, defaultDenseRate), 0)
	o.Dropout = orElse(o.Dropout, defaultDropout)
	o.Prefixes = append(slices.Clone(o.Prefixes), dim)
	slices.Sort(o.Prefixes)
	o.Prefixes = slices.Compact(o.Prefixes)
	return o
}

func orElse[T int | float64](x, otherwise T) T {
	if x == 0 {
		return otherwise
	}
	return x
}

// Validate returns an [ErrOptions] for values out of range, start being the encoder to be tuned.
func (o TuneOptions) Validate(start *Encoder) error {
	dim, resumed := start.dim, start.fusion != nil
	if start.net != nil {
		return fmt.Errorf("%w: the encoder's network is trained on classes of pictures, not tuned on labelled pairs", ErrOptions)
	}
	if resumed && (o.Sketch == 0 || o.Sketch == start.fusion.sketch) {
		o.Sketch = start.fusion.sketch
	} else if resumed {
		return fmt.Errorf("%w: the encoder to be tuned has a sketch of %d, not %d", ErrOptions, start.fusion.sketch, o.Sketch)
	}
	for _, x := range []float64{o.GainRate, o.DenseRate, o.Dropout, o.Augment} {
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return fmt.Errorf("%w: a rate or share is %v", ErrOptions, x)
		}
	}
	o = o.withDefaults(dim)
	switch {
	case int(o.Loss) >= len(loss.Kinds()):
		return fmt.Errorf("%w: unknown loss %d", ErrOptions, o.Loss)
	case int(o.Sampling) >= len(samplingNames):
		return fmt.Errorf("%w: unknown sampling %d", ErrOptions, o.Sampling)
	case o.GainRule > optim.Adagrad:
		return fmt.Errorf("%w: unknown rule %d", ErrOptions, o.GainRule)
	case o.Epochs < 0 || o.Patience < 0 || o.Threads < 0:
		return fmt.Errorf("%w: %d epochs, patience %d, %d threads", ErrOptions, o.Epochs, o.Patience, o.Threads)
	case o.Batch < 2 || o.Batch > maxBatch || o.PerGroup < 2 || o.PerGroup > maxBatch:
		return fmt.Errorf("%w: batches of %d matches, %d records of an entity: want 2 to %d", ErrOptions, o.Batch, o.PerGroup, maxBatch)
	case o.Sketch < dim || o.Sketch%dim != 0 || o.Sketch > maxSketch:
		return fmt.Errorf("%w: a sketch of %d is not a multiple of dim %d up to %d", ErrOptions, o.Sketch, dim, maxSketch)
	case o.Dropout >= 1 || o.Augment < 0 || o.Augment > 1:
		return fmt.Errorf("%w: dropout %v and augmentation %v are shares", ErrOptions, o.Dropout, o.Augment)
	case o.Prefixes[0] < 2 || o.Prefixes[len(o.Prefixes)-1] > dim:
		return fmt.Errorf("%w: prefixes %v of a vector of %d", ErrOptions, o.Prefixes, dim)
	}
	if err := o.LossOptions.Validate(); err != nil {
		return fmt.Errorf("%w: %w", ErrOptions, err)
	}
	return nil
}

// maxBatch bounds the distances of a batch: (4 * 1024)² of them.
const maxBatch = 1024
