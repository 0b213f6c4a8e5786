package loss

import (
	"fmt"
	"math"
	"strings"
)

// Distance says how far two unit vectors are apart. The zero value is the default.
type Distance uint8

// The distances.
const (
	Cosine    Distance = iota // 1 - u·v, 0 to 2
	Euclidean                 // |u - v|, 0 to 2
)

var distanceNames = [...]string{Cosine: "cosine", Euclidean: "euclidean"}

// String gives the name as the command line spells it.
func (d Distance) String() string {
	if int(d) < len(distanceNames) {
		return distanceNames[d]
	}
	return fmt.Sprintf("distance(%d)", uint8(d))
}

// ParseDistance is the inverse of [Distance.String]. It gives [ErrOptions].
func ParseDistance(s string) (Distance, error) {
	for d, name := range distanceNames {
		if strings.EqualFold(s, name) {
			return Distance(d), nil
		}
	}
	return 0, fmt.Errorf("%w: unknown distance %q; use one of %s", ErrOptions, s, strings.Join(distanceNames[:], ", "))
}

// Max is the distance of opposite unit vectors.
func (d Distance) Max() float64 { return 2 }

// Unrelated is the distance of unit vectors that have nothing in common.
func (d Distance) Unrelated() float64 {
	if d == Euclidean {
		return math.Sqrt2
	}
	return 1
}

// nearlySame is where the slope of the Euclidean distance, which has none at 0,
// is taken for 0: below the rounding of float32 products.
const nearlySame = 1e-6

// OfDot gives the distance of two unit vectors whose inner product is dot, and the
// derivative of the distance by dot.
func (d Distance) OfDot(dot float64) (dist, slope float64) {
	if d == Euclidean {
		sq := 2 - 2*dot
		if sq < nearlySame {
			return math.Sqrt(max(sq, 0)), 0
		}
		dist = math.Sqrt(sq)
		return dist, -1 / dist
	}
	return 1 - dot, -1
}
