package loss

import (
	"fmt"
	"math"
)

// Options shapes a loss. The zero value is the default.
type Options struct {
	Distance Distance
	// Margin of contrastive and triplet losses, in units of the distance; 0 means
	// the default of the loss and the distance. Unit vectors are never farther apart than
	// [Distance.Max], and unrelated ones are near [Distance.Unrelated].
	Margin float64
	// Temperature of InfoNCE, CoSENT and the soft triplet, in units of the distance, and of the prototype
	// loss, in units of half the squared distance of unit vectors, which is their cosine distance; 0 means .05.
	Temperature float64
}

// defaultTemperature is FACTS' for InfoNCE and the original's for CoSENT (a scale of 20).
const defaultTemperature = .05

// Margins in cosine distance. Unrelated records are at about 1: a contrastive
// margin above it asks for what no space can give, and a triplet's is a fraction of it.
const (
	contrastiveMargin = .7
	tripletMargin     = .2
)

func (o Options) withDefaults(k Kind) Options {
	if o.Temperature == 0 {
		o.Temperature = defaultTemperature
	}
	if o.Margin == 0 {
		o.Margin = tripletMargin
		if k == Contrastive || k == OnlineContrastive {
			o.Margin = contrastiveMargin
		}
		if o.Distance == Euclidean { // of two unit vectors: d² = 2 * cosine distance
			o.Margin *= math.Sqrt2
		}
	}
	return o
}

// Validate returns an [ErrOptions] for values out of range.
func (o Options) Validate() error {
	switch {
	case int(o.Distance) >= len(distanceNames):
		return fmt.Errorf("%w: unknown distance %d", ErrOptions, o.Distance)
	case !(o.Margin >= 0 && o.Margin <= o.Distance.Max()):
		return fmt.Errorf("%w: margin %v is not in 0..%.3g, the farthest that unit vectors can be apart by %v distance",
			ErrOptions, o.Margin, o.Distance.Max(), o.Distance)
	case o.Temperature != 0 && !(o.Temperature >= 1e-3 && o.Temperature <= 10):
		return fmt.Errorf("%w: temperature %v is not in .001..10", ErrOptions, o.Temperature)
	}
	return nil
}

// MarginInForce is the margin that k uses, in units of the distance.
func (o Options) MarginInForce(k Kind) float64 { return o.withDefaults(k).Margin }
