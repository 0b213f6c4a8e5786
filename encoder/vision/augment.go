package vision

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
)

// ErrAugment is returned for an augmentation that makes no sense.
var ErrAugment = errors.New("vision: bad augmentation")

// Augment says how a picture is changed at random before each look that training takes at
// it. The zero value changes nothing. All geometric changes are one map, so that a picture is
// interpolated once.
type Augment struct {
	// Rotate and Shear are the largest angle either way, in degrees.
	Rotate, Shear float64
	// Scale is the largest change of size, .2 for 1/1.2 to 1.2 times as large; width and
	// height change independently.
	Scale float64
	// Shift is the largest way that the picture moves in each direction, as a share of its side.
	Shift float64
	// Elastic is the standard deviation of a smooth displacement, as a share of the side
	// (Simard, Steinkraus and Platt, "Best Practices for Convolutional Neural Networks",
	// ICDAR 2003; here the displacement is a cubic B-spline over a coarse grid).
	Elastic float64
	// Flip mirrors half of the pictures, left to right.
	Flip bool
	// Edge continues the picture's outermost pixels where a map looks outside, in place of
	// the background.
	Edge bool
	// Stroke is the largest change of the width of strokes, in pixels to each side, 0 to 1: grey
	// dilation or erosion. Strokes are the higher values.
	Stroke float64
	// Contrast is the largest change of the distance to the mean, .2 for 1/1.2 to 1.2 times.
	Contrast float64
	// Brightness is the largest value added or taken away; black to white is 1.
	Brightness float64
	// Noise is the standard deviation of what is added to each value.
	Noise float64
	// Erase is the chance that a rectangle of 2 to 20 % of the picture becomes background
	// (Zhong et al., "Random Erasing Data Augmentation", AAAI 2020).
	Erase float64
}

// Validate gives [ErrAugment] for values out of range.
func (a Augment) Validate() error {
	for _, f := range []struct {
		name     string
		value    float64
		most     float64
		unitName string
	}{
		{"rotate", a.Rotate, 180, "degrees"}, {"shear", a.Shear, 60, "degrees"}, {"scale", a.Scale, 3, "of the size"},
		{"shift", a.Shift, 1, "of the side"}, {"elastic", a.Elastic, .5, "of the side"}, {"stroke", a.Stroke, 1, "pixels"},
		{"contrast", a.Contrast, 9, "of the contrast"}, {"brightness", a.Brightness, 1, "of black to white"},
		{"noise", a.Noise, 1, "of black to white"}, {"erase", a.Erase, 1, "of the pictures"},
	} {
		if !(f.value >= 0 && f.value <= f.most) {
			return fmt.Errorf("%w: %s %v is not in 0..%v %s", ErrAugment, f.name, f.value, f.most, f.unitName)
		}
	}
	return nil
}

// augmentScratch is memory that one goroutine uses again from picture to picture. The zero
// value is ready.
type augmentScratch struct {
	padded []float32 // (channels, h+3, w+3)
	from   []float32 // (2, h, w): where each pixel comes from, x and y
	nodes  []float32 // (2, h, mapTerms): what makes it of the columns
	column []float32 // (mapTerms, w)
	at     []int32   // (w): of one row, places in padded
	part   []float32 // (2, w): how far to the right and down of them
	row    []int32   // (3, w+2): the rows above, at and below, of a stroke
}

// apply writes a changed src to dst, both (channels, h, w) with values in 0..1; dst may
// be src. What lies outside of the picture has the value background. The same rng state gives the same
// bytes.
//
// REQUIRES: a is valid.
func (a Augment) apply(dst, src []float32, w, h, channels int, background float32, rng *rand.Rand, s *augmentScratch) {
	if w <= 0 || h <= 0 || channels <= 0 {
		return
	}
	size := w * h * channels
	dst, src = dst[:size], src[:size]
	if a.Rotate > 0 || a.Shear > 0 || a.Scale > 0 || a.Shift > 0 || a.Elastic > 0 || a.Flip {
		s.pad(src, w, h, channels, background, a.Edge)
		s.places(a.drawMap(w, h, rng), w, h)
		for y := range h {
			s.place(y, w, h)
			for c := range channels {
				plane := s.padded[c*(w+3)*(h+3):][:(w+3)*(h+3)]
				bilinear(dst[(c*h+y)*w:][:w], plane, w+3, s.at, s.part[:w], s.part[w:])
			}
		}
	} else {
		copy(dst, src)
	}
	if a.Stroke > 0 {
		amount := float32(symmetric(rng, a.Stroke))
		for c := range channels {
			stroke(dst[c*w*h:][:w*h], w, h, amount, s)
		}
	}
	if a.Contrast > 0 || a.Brightness > 0 || a.Noise > 0 {
		a.tone(dst, rng)
	}
	if a.Erase > 0 && rng.Float64() < a.Erase {
		erase(dst, w, h, channels, background, rng)
	}
}

// symmetric is uniform in -most..most.
func symmetric(rng *rand.Rand, most float64) float64 { return most * (2*rng.Float64() - 1) }

// times is a factor in 1/(1+most)..1+most, as often below 1 as above.
func times(rng *rand.Rand, most float64) float64 {
	return math.Exp(symmetric(rng, math.Log1p(most)))
}

// tone changes contrast and brightness and adds noise, and keeps the values in 0..1.
func (a Augment) tone(x []float32, rng *rand.Rand) {
	factor, offset := float32(times(rng, a.Contrast)), float32(symmetric(rng, a.Brightness))
	if a.Contrast > 0 {
		sum := float32(0)
		for _, v := range x {
			sum += v
		}
		offset += sum / float32(len(x)) * (1 - factor)
	}
	// The sum of four bytes is near enough to normal, and one draw serves two values.
	const spread = 147.8 // its standard deviation: sqrt(4 (256²-1) / 12)
	scale := float32(a.Noise / spread)
	bits := uint64(0)
	for i, v := range x {
		v = v*factor + offset
		if scale > 0 {
			if bits >>= 32; i&1 == 0 {
				bits = rng.Uint64()
			}
			v += scale * float32(int32(bits&255+bits>>8&255+bits>>16&255+bits>>24&255)-510)
		}
		x[i] = inUnit(v)
	}
}

// oneBits is 1 as a float32: floats above 0 are ordered as their bits are, and whole numbers
// are compared without a branch. Noise around black would make a branch unpredictable.
const oneBits = 0x3f800000

// inUnit keeps a value in 0..1, also what is no number.
func inUnit(v float32) float32 {
	bits := int32(math.Float32bits(v))
	bits &^= bits >> 31 // below 0
	return math.Float32frombits(uint32(min(bits, oneBits)))
}

// erase fills a random rectangle.
func erase(x []float32, w, h, channels int, background float32, rng *rand.Rand) {
	area, shape := (.02+.18*rng.Float64())*float64(w*h), math.Sqrt(times(rng, 2.3))
	ew, eh := int(math.Sqrt(area)*shape+.5), int(math.Sqrt(area)/shape+.5)
	ew, eh = min(max(ew, 1), w), min(max(eh, 1), h)
	left, top := rng.IntN(w-ew+1), rng.IntN(h-eh+1)
	for c := range channels {
		for y := top; y < top+eh; y++ {
			row := x[(c*h+y)*w+left:][:ew]
			for i := range row {
				row[i] = background
			}
		}
	}
}

// stroke moves each value toward the largest of itself and its neighbours above, below and beside
// it (amount above 0) or the smallest (below 0). Values are not below 0.
func stroke(x []float32, w, h int, amount float32, s *augmentScratch) {
	s.row = slices.Grow(s.row[:0], 3*(w+2))[:3*(w+2)]
	// Bits of the rows above, at and below, with the edge's values once more on either side.
	above, here, below := s.row[:w+2], s.row[w+2:2*(w+2)], s.row[2*(w+2):]
	bits(here, x[:w])
	copy(above, here)
	for y := range h {
		row := x[y*w:][:w]
		if y+1 < h {
			bits(below, x[(y+1)*w:][:w])
		} else {
			copy(below, here)
		}
		a, b, left, right := above[1:][:w], below[1:][:w], here[:w], here[2:][:w]
		if amount > 0 {
			for i, v := range row {
				m := max(int32(math.Float32bits(v)), a[i], b[i], left[i], right[i])
				row[i] = v + amount*(math.Float32frombits(uint32(m))-v)
			}
		} else {
			for i, v := range row {
				m := min(int32(math.Float32bits(v)), a[i], b[i], left[i], right[i])
				row[i] = v - amount*(math.Float32frombits(uint32(m))-v)
			}
		}
		above, here, below = here, below, above
	}
}

// bits writes the bits of a row, see [oneBits], its first and last once more.
func bits(dst []int32, row []float32) {
	for i, v := range row {
		dst[i+1] = int32(math.Float32bits(v))
	}
	dst[0], dst[len(row)+1] = dst[1], dst[len(row)]
}
