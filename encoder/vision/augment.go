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
	// Brightness is the largest value added or taken away. Here and for noise 1 is from the ground to full
	// ink, and for grey and colour the standard deviation that every picture is brought to.
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
		{"contrast", a.Contrast, 9, "of the contrast"}, {"brightness", a.Brightness, 4, "of the input"},
		{"noise", a.Noise, 4, "of the input"}, {"erase", a.Erase, 1, "of the pictures"},
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
	padded []float32 // (h+3, w+3, channels)
	from   []float32 // (2, h, w): where each pixel comes from, x and y
	nodes  []float32 // (2, h, mapTerms): what makes it of the columns
	column []float32 // (mapTerms, w)
	at     []int32   // (w): of one row, places in padded
	part   []float32 // (2, w): how far to the right and down of them
	row    []int32   // (3, w+2, channels): the rows above, at and below, of a stroke
}

// apply writes a changed src to dst, both (h, w, channels); dst may be src. What lies outside of
// the picture has the value background. The same rng state gives the same bytes.
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
			bilinear(dst[y*w*channels:][:w*channels], s.padded, (w+3)*channels, channels, s.at, s.part[:w], s.part[w:])
		}
	} else {
		copy(dst, src)
	}
	if a.Stroke > 0 {
		stroke(dst, w*channels, channels, float32(symmetric(rng, a.Stroke)), s)
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

// tone changes contrast and brightness and adds noise.
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
		x[i] = v
	}
}

// erase fills a random rectangle.
func erase(x []float32, w, h, channels int, background float32, rng *rand.Rand) {
	area, shape := (.02+.18*rng.Float64())*float64(w*h), math.Sqrt(times(rng, 2.3))
	ew, eh := int(math.Sqrt(area)*shape+.5), int(math.Sqrt(area)/shape+.5)
	ew, eh = min(max(ew, 1), w), min(max(eh, 1), h)
	left, top := rng.IntN(w-ew+1), rng.IntN(h-eh+1)
	for y := top; y < top+eh; y++ {
		row := x[(y*w+left)*channels:][:ew*channels]
		for i := range row {
			row[i] = background
		}
	}
}

// stroke moves each value toward the largest of itself and its neighbours above, below and beside
// it (amount above 0) or the smallest (below 0). Rows have n values of some channels.
func stroke(x []float32, n, channels int, amount float32, s *augmentScratch) {
	wide := n + 2*channels
	s.row = slices.Grow(s.row[:0], 3*wide)[:3*wide]
	// The rows above, at and below, with the edge's values once more on either side.
	above, here, below := s.row[:wide], s.row[wide:2*wide], s.row[2*wide:]
	ordered(here, x[:n], channels)
	copy(above, here)
	for at := 0; at < len(x); at += n {
		row := x[at:][:n]
		if at+n < len(x) {
			ordered(below, x[at+n:][:n], channels)
		} else {
			copy(below, here)
		}
		a, b, left, mid, right := above[channels:][:n], below[channels:][:n], here[:n], here[channels:][:n], here[2*channels:][:n]
		if amount > 0 {
			for i, v := range row {
				row[i] = v + amount*(valueOf(max(mid[i], a[i], b[i], left[i], right[i]))-v)
			}
		} else {
			for i, v := range row {
				row[i] = v - amount*(valueOf(min(mid[i], a[i], b[i], left[i], right[i]))-v)
			}
		}
		above, here, below = here, below, above
	}
}

// ordered writes a row as whole numbers in the same order, which are compared without a
// branch, and its first and last place once more.
func ordered(dst []int32, row []float32, channels int) {
	for i, v := range row {
		b := int32(math.Float32bits(v))
		dst[channels+i] = b ^ int32(uint32(b>>31)>>1)
	}
	copy(dst[:channels], dst[channels:])
	copy(dst[channels+len(row):], dst[len(row):][:channels])
}

// valueOf is the inverse of ordered.
func valueOf(b int32) float32 { return math.Float32frombits(uint32(b ^ int32(uint32(b>>31)>>1))) }
