package vision

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// inkAugment is everything at once, as for drawn characters.
var inkAugment = Augment{Rotate: 12, Shear: 12, Scale: .2, Shift: .06, Elastic: .03, Stroke: .6, Contrast: .2, Brightness: .1, Noise: .03, Erase: .3}

func testPlane(w, h, channels int) []float32 {
	r := rand.New(rand.NewPCG(1, uint64(w*h*channels)))
	x := make([]float32, w*h*channels)
	for i := range x {
		x[i] = r.Float32()
	}
	return x
}

func newRand(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 7)) }

func TestNoAugmentIsIdentity(t *testing.T) {
	src := testPlane(9, 7, 3)
	src[5], src[6] = float32(math.NaN()), float32(math.Inf(1))
	dst := make([]float32, len(src))
	Augment{}.apply(dst, src, 9, 7, 3, 0, newRand(1), &augmentScratch{})
	for i := range src {
		if math.Float32bits(dst[i]) != math.Float32bits(src[i]) {
			t.Fatalf("value %d is %v, was %v", i, dst[i], src[i])
		}
	}
	// Edge alone says only what a map would see.
	Augment{Edge: true}.apply(dst, src, 9, 7, 3, 0, newRand(1), &augmentScratch{})
	if dst[0] != src[0] || dst[len(dst)-1] != src[len(src)-1] {
		t.Error("edge alone changes the picture")
	}
}

// A map that moves next to nothing gives the picture back.
func TestTinyMapIsNearlyIdentity(t *testing.T) {
	src, dst := testPlane(28, 28, 1), make([]float32, 784)
	a := Augment{Rotate: 1e-4, Shear: 1e-4, Scale: 1e-6, Shift: 1e-6, Elastic: 1e-6}
	a.apply(dst, src, 28, 28, 1, 0, newRand(2), &augmentScratch{})
	for i := range src {
		if d := math.Abs(float64(dst[i] - src[i])); d > 1e-2 {
			t.Fatalf("value %d is %v, was %v", i, dst[i], src[i])
		}
	}
}

func TestAugmentDependsOnSeedAlone(t *testing.T) {
	src := testPlane(28, 28, 1)
	var used augmentScratch
	for _, channels := range []int{1, 3} { // scratch that other sizes have used
		inkAugment.apply(make([]float32, 40*31*channels), testPlane(40, 31, channels), 40, 31, channels, 0, newRand(3), &used)
	}
	one, two, other := make([]float32, 784), make([]float32, 784), make([]float32, 784)
	inkAugment.apply(one, src, 28, 28, 1, 0, newRand(4), &augmentScratch{})
	inkAugment.apply(two, src, 28, 28, 1, 0, newRand(4), &used)
	inkAugment.apply(other, src, 28, 28, 1, 0, newRand(5), &used)
	if !slices.Equal(one, two) {
		t.Error("the same seed gives two pictures")
	}
	if slices.Equal(one, other) || slices.Equal(one, src) {
		t.Error("two seeds give one picture, or the source")
	}
	inPlace := slices.Clone(src)
	inkAugment.apply(inPlace, inPlace, 28, 28, 1, 0, newRand(4), &used)
	if !slices.Equal(inPlace, one) {
		t.Error("in place the result is another")
	}
}

// Whatever the options nothing panics, and sound ones give numbers near those that came in.
func TestAugmentBounds(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	hostile := []Augment{
		{Rotate: 180, Shear: 60, Scale: 3, Shift: 1, Elastic: .5, Flip: true, Stroke: 1, Contrast: 9, Brightness: 1, Noise: 1, Erase: 1},
		{Rotate: 1e300, Shear: 90, Scale: 1e300, Shift: 1e300, Elastic: 1e300, Brightness: 1e300, Contrast: 1e300, Noise: 1e300, Stroke: 1e300, Erase: 2},
		{Rotate: inf, Shear: inf, Scale: inf, Shift: inf, Elastic: inf, Brightness: inf, Contrast: inf, Noise: inf, Stroke: inf, Erase: inf},
		{Flip: true, Rotate: nan, Shear: nan, Scale: nan, Shift: nan, Elastic: nan, Brightness: nan, Contrast: nan, Noise: 1, Stroke: nan, Erase: nan},
	}
	var s augmentScratch
	for _, size := range [][3]int{{28, 28, 1}, {1, 1, 1}, {1, 9, 3}, {9, 1, 3}, {2, 2, 1}, {0, 5, 1}, {92, 112, 1}} {
		w, h, channels := size[0], size[1], size[2]
		for n, a := range append(hostile, inkAugment) {
			for _, edge := range []bool{false, true} {
				a.Edge = edge
				src := testPlane(w, h, channels)
				for seed := range uint64(20) {
					dst := make([]float32, len(src))
					a.apply(dst, src, w, h, channels, 0, newRand(seed), &s)
					for i, v := range dst {
						if (n == 0 || n == len(hostile)) && !(v > -30 && v < 30) {
							t.Fatalf("%v, options %d, seed %d: value %d is %v", size, n, seed, i, v)
						}
					}
				}
			}
		}
	}
	for i, a := range hostile[1:] {
		if err := a.Validate(); !errors.Is(err, ErrAugment) {
			t.Errorf("hostile options %d: %v", i+1, err)
		}
	}
	for _, a := range []Augment{{}, inkAugment, hostile[0]} {
		if err := a.Validate(); err != nil {
			t.Error(err)
		}
	}
	if err := (Augment{Shift: -1}).Validate(); !errors.Is(err, ErrAugment) {
		t.Errorf("negative shift: %v", err)
	}
}

func TestFlipMirrors(t *testing.T) {
	src, mirrored := testPlane(8, 5, 3), 0
	for seed := range uint64(64) {
		dst := make([]float32, len(src))
		Augment{Flip: true}.apply(dst, src, 8, 5, 3, 0, newRand(seed), &augmentScratch{})
		if slices.Equal(dst, src) {
			continue
		}
		mirrored++
		for i, v := range dst {
			y, x, c := i/24, i/3%8, i%3
			if v != src[y*24+(7-x)*3+c] {
				t.Fatalf("row %d: %v of %v", y, dst[y*24:y*24+24], src[y*24:y*24+24])
			}
		}
	}
	if mirrored < 20 || mirrored > 44 {
		t.Errorf("%d of 64 mirrored", mirrored)
	}
}

// What moves in from outside is background, or the edge's values.
func TestOutside(t *testing.T) {
	src := make([]float32, 400)
	for i := range src {
		src[i] = 1
	}
	for _, edge := range []bool{false, true} {
		lowest := float32(1)
		for seed := range uint64(10) {
			dst := make([]float32, 400)
			Augment{Shift: .5, Edge: edge}.apply(dst, src, 20, 20, 1, .25, newRand(seed), &augmentScratch{})
			lowest = min(lowest, slices.Min(dst))
		}
		if want := map[bool]float32{false: .25, true: 1}[edge]; lowest != want {
			t.Errorf("edge %v: the lowest value is %v, want %v", edge, lowest, want)
		}
	}
}

func TestStrokeChangesWidth(t *testing.T) {
	src := make([]float32, 49)
	for y := range 7 {
		src[y*7+3] = 1 // a line of one pixel
	}
	wide, thin := slices.Clone(src), slices.Clone(src)
	stroke(wide, 7, 1, .5, &augmentScratch{})
	stroke(thin, 7, 1, -.5, &augmentScratch{})
	for y := range 7 {
		if got, want := wide[y*7:y*7+7], []float32{0, 0, .5, 1, .5, 0, 0}; !slices.Equal(got, want) {
			t.Errorf("wider: %v, want %v", got, want)
		}
		if got, want := thin[y*7:y*7+7], []float32{0, 0, 0, .5, 0, 0, 0}; !slices.Equal(got, want) {
			t.Errorf("thinner: %v, want %v", got, want)
		}
	}
}

// Below 0 the order is kept too, and channels do not mix.
func TestStrokeOfChannels(t *testing.T) {
	x := []float32{-3, 5, -1, 5, -2, 5} // one row of three places, two channels
	stroke(x, 6, 2, 1, &augmentScratch{})
	if want := []float32{-1, 5, -1, 5, -1, 5}; !slices.Equal(x, want) {
		t.Errorf("%v, want %v", x, want)
	}
}

// The displacement is as large as its option says, and the noise too.
func TestSpreads(t *testing.T) {
	var sum, n float64
	for seed := range uint64(300) {
		a := Augment{Elastic: .05}
		s := augmentScratch{at: make([]int32, 40), part: make([]float32, 80)}
		s.places(a.drawMap(40, 40, newRand(seed)), 40, 40)
		for _, y := range []int{10, 20, 33} {
			s.place(y, 40, 40)
			for x := 12; x < 28; x++ { // far from the border, where nothing is cut off
				at := float64(s.at[x]%43) + float64(s.part[x]) - 1
				sum += (at - float64(x)) * (at - float64(x))
				n++
			}
		}
	}
	if got := math.Sqrt(sum/n) / 40; math.Abs(got-.05) > .004 {
		t.Errorf("a displacement of .05 is %.4f", got)
	}
	x := make([]float32, 10001)
	for i := range x {
		x[i] = .5
	}
	Augment{Noise: .1}.tone(x, newRand(9))
	sum = 0
	for _, v := range x {
		sum += float64(v-.5) * float64(v-.5)
	}
	if got := math.Sqrt(sum / float64(len(x))); math.Abs(got-.1) > .005 {
		t.Errorf("noise of .1 is %.4f", got)
	}
}

func TestEraseLeavesBackground(t *testing.T) {
	for seed := range uint64(50) {
		x := make([]float32, 784)
		for i := range x {
			x[i] = 1
		}
		Augment{Erase: 1}.apply(x, x, 28, 28, 1, 0, newRand(seed), &augmentScratch{})
		gone := 0
		for _, v := range x {
			if v == 0 {
				gone++
			}
		}
		if gone < 8 || gone > 200 {
			t.Errorf("seed %d: %d of 784 erased", seed, gone)
		}
	}
}

func BenchmarkAugment(b *testing.B) {
	for _, size := range [][3]int{{28, 28, 1}, {92, 112, 1}, {96, 96, 3}} {
		b.Run(fmt.Sprintf("%dx%dx%d", size[0], size[1], size[2]), func(b *testing.B) {
			src := testPlane(size[0], size[1], size[2])
			dst := make([]float32, len(src))
			rng, s := newRand(1), &augmentScratch{}
			for b.Loop() {
				inkAugment.apply(dst, src, size[0], size[1], size[2], 0, rng, s)
			}
		})
	}
}
