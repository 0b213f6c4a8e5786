package vision

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// ErrSpec is returned for an architecture that cannot be built.
var ErrSpec = errors.New("vision: bad architecture")

// Mode says what a network sees of a picture.
type Mode uint8

// The modes.
const (
	Ink    Mode = iota // one channel, how much darker (or lighter) than the ground; the ground is 0
	Grey               // one channel, brought to mean 0 and variance 1
	Colour             // red, green and blue, brought to mean 0 and variance 1 together
	Local              // one channel, brought to mean 0 and variance 1 around every place: light from one side goes
)

var modeNames = [...]string{Ink: "ink", Grey: "grey", Colour: "colour", Local: "local"}

// String gives the name as a spec spells it.
func (m Mode) String() string {
	if int(m) < len(modeNames) {
		return modeNames[m]
	}
	return fmt.Sprintf("mode(%d)", uint8(m))
}

// Channels is the number of input channels.
func (m Mode) Channels() int {
	if m == Colour {
		return 3
	}
	return 1
}

// Kind is what a layer does.
type Kind uint8

// The kinds of layers.
const (
	Conv  Kind = iota // convolution that keeps the size, batch normalisation, ReLU
	Pool              // maximum of 2x2, half the size
	Mean              // mean over all places
	Dense             // all to all, without a ReLU; the last layer
)

// Layer is one step of a network.
type Layer struct {
	Kind Kind
	Out  int  // channels of a Conv, numbers of a Dense
	Size int  // side of a Conv's window, odd
	Skip bool // a Conv whose input is added before the ReLU (He et al., CVPR 2016)
}

// Spec is the architecture of a network.
type Spec struct {
	Width, Height int
	Mode          Mode
	Layers        []Layer
}

// Limits of a spec, so that a text cannot ask for all memory.
const (
	maxSide     = 512
	maxChannels = 1024
	maxLayers   = 64
	maxWindow   = 11
	maxDim      = 4096
	maxParams   = 64 << 20
	maxCost     = 20e9
)

// presets are good architectures for a class of pictures. glyph and face were chosen on pictures
// held out of training (see benchmarks/oneshot and benchmarks/verify).
var presets = []struct{ name, text string }{
	{"glyph", "input 28x28 ink, conv 32 3x3, pool 2, conv 32 3x3, conv 32 3x3 skip, pool 2, conv 64 3x3, conv 64 3x3 skip, pool 2, conv 128 3x3, dense 128"},
	{"face", "input 46x56 grey, conv 32 3x3, pool 2, conv 64 3x3, pool 2, conv 64 3x3, pool 2, conv 128 3x3, pool 2, dense 128"},
	{"portrait", "input 96x112 local, conv 16 5x5, conv 16 1x1, pool 2, conv 16 5x5, pool 2, conv 16 5x5, pool 2, dense 672"},
	{"photo", "input 64x64 colour, conv 32 3x3, pool 2, conv 64 3x3, pool 2, conv 128 3x3, pool 2, conv 128 3x3 skip, pool 2, conv 128 3x3, dense 128"},
}

// Presets lists the names that [Preset] knows.
func Presets() []string {
	var names []string
	for _, p := range presets {
		names = append(names, p.name)
	}
	return names
}

// Preset gives a named architecture: glyph for characters and signatures, face for faces,
// photo for photographs of things; portrait, which [Solve] makes, for faces seen from the front and few people to learn from.
// It gives [ErrSpec].
func Preset(name string) (Spec, error) {
	for _, p := range presets {
		if p.name == name {
			return ParseSpec(p.text)
		}
	}
	return Spec{}, fmt.Errorf("%w: no preset %q; use one of %s, or write an architecture such as %q",
		ErrSpec, name, strings.Join(Presets(), ", "), presets[0].text)
}

// ParseSpec reads an architecture: steps with commas between them.
//
//	input 28x28 ink       width x height of the input, and ink, grey, colour or local; the first step
//	conv 64 3x3           convolution to 64 channels, batch normalisation, ReLU
//	conv 64 3x3 skip      the same, its input added before the ReLU
//	pool 2                maximum of 2x2 places; after a conv
//	mean                  mean over all places
//	dense 128             the embedding, of 128 numbers; the last step
//
// It gives [ErrSpec].
func ParseSpec(text string) (Spec, error) {
	var s Spec
	for i, step := range strings.Split(text, ",") {
		words := strings.Fields(step)
		if len(words) == 0 {
			return Spec{}, fmt.Errorf("%w: step %d is empty", ErrSpec, i+1)
		}
		if err := s.add(i, words); err != nil {
			return Spec{}, fmt.Errorf("%w: step %d, %q: %w", ErrSpec, i+1, strings.TrimSpace(step), err)
		}
	}
	return s, s.Validate()
}

func (s *Spec) add(i int, words []string) error {
	verb, args := words[0], words[1:]
	if (verb == "input") != (i == 0) {
		return errors.New("the first step, and only it, is input, such as input 28x28 ink")
	}
	switch verb {
	case "input":
		if len(args) != 2 {
			return errors.New("want a size and a mode, such as 28x28 ink")
		}
		w, h, ok := sides(args[0])
		if !ok {
			return fmt.Errorf("%q is no size such as 28x28", args[0])
		}
		s.Width, s.Height = w, h
		for m, name := range modeNames {
			if name == args[1] {
				s.Mode = Mode(m)
				return nil
			}
		}
		return fmt.Errorf("mode %q is none of %s", args[1], strings.Join(modeNames[:], ", "))
	case "conv":
		l := Layer{Kind: Conv}
		if len(args) == 3 && args[2] == "skip" {
			l.Skip, args = true, args[:2]
		}
		if len(args) != 2 {
			return errors.New("want channels and a window, such as conv 64 3x3 or conv 64 3x3 skip")
		}
		w, h, ok := sides(args[1])
		if !ok || w != h {
			return fmt.Errorf("%q is no window such as 3x3", args[1])
		}
		n, err := strconv.Atoi(args[0])
		if err != nil {
			return fmt.Errorf("%q is no number of channels", args[0])
		}
		l.Out, l.Size = n, w
		s.Layers = append(s.Layers, l)
	case "pool":
		if len(args) != 1 || args[0] != "2" {
			return errors.New("only pool 2 is known")
		}
		s.Layers = append(s.Layers, Layer{Kind: Pool})
	case "mean":
		if len(args) != 0 {
			return errors.New("mean stands alone")
		}
		s.Layers = append(s.Layers, Layer{Kind: Mean})
	case "dense":
		if len(args) != 1 {
			return errors.New("want how many numbers, such as dense 128")
		}
		n, err := strconv.Atoi(args[0])
		if err != nil {
			return fmt.Errorf("%q is no number", args[0])
		}
		s.Layers = append(s.Layers, Layer{Kind: Dense, Out: n})
	default:
		return fmt.Errorf("%q is none of input, conv, pool, mean, dense", verb)
	}
	return nil
}

func sides(s string) (w, h int, ok bool) {
	a, b, found := strings.Cut(s, "x")
	w, errW := strconv.Atoi(a)
	h, errH := strconv.Atoi(b)
	return w, h, found && errW == nil && errH == nil
}

// String is the inverse of [ParseSpec].
func (s Spec) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "input %dx%d %v", s.Width, s.Height, s.Mode)
	for _, l := range s.Layers {
		switch l.Kind {
		case Conv:
			fmt.Fprintf(&b, ", conv %d %dx%d", l.Out, l.Size, l.Size)
			if l.Skip {
				b.WriteString(" skip")
			}
		case Pool:
			b.WriteString(", pool 2")
		case Mean:
			b.WriteString(", mean")
		case Dense:
			fmt.Fprintf(&b, ", dense %d", l.Out)
		}
	}
	return b.String()
}

// Validate says whether a network can be built. It gives [ErrSpec].
func (s Spec) Validate() error {
	bad := func(format string, args ...any) error {
		return fmt.Errorf("%w: %s", ErrSpec, fmt.Sprintf(format, args...))
	}
	if min(s.Width, s.Height) < 4 || max(s.Width, s.Height) > maxSide || int(s.Mode) >= len(modeNames) {
		return bad("input %dx%d %v: sides are 4 to %d", s.Width, s.Height, s.Mode, maxSide)
	}
	if len(s.Layers) == 0 || len(s.Layers) > maxLayers {
		return bad("%d layers; 1 to %d can be", len(s.Layers), maxLayers)
	}
	w, h, c := s.Width, s.Height, s.Mode.Channels()
	params := 0
	for i, l := range s.Layers {
		last := i == len(s.Layers)-1
		after := Dense
		if i > 0 {
			after = s.Layers[i-1].Kind
		}
		switch l.Kind {
		case Conv:
			switch {
			case after == Mean:
				return bad("layer %d: no conv after a mean", i+1)
			case l.Out < 1 || l.Out > maxChannels:
				return bad("layer %d: conv of %d channels; 1 to %d can be", i+1, l.Out, maxChannels)
			case l.Size < 1 || l.Size > maxWindow || l.Size%2 == 0:
				return bad("layer %d: window %dx%d; the side is odd, at most %d", i+1, l.Size, l.Size, maxWindow)
			case l.Skip && l.Out != c:
				return bad("layer %d: a skip adds its input, so it has %d channels, not %d", i+1, c, l.Out)
			}
			params += l.Size * l.Size * c * l.Out
			c = l.Out
		case Pool:
			if after != Conv {
				return bad("layer %d: a pool comes after a conv", i+1)
			}
			if w, h = w/2, h/2; min(w, h) < 1 {
				return bad("layer %d: nothing is left to pool", i+1)
			}
		case Mean:
			if after != Conv && after != Pool {
				return bad("layer %d: a mean comes after a conv or a pool", i+1)
			}
			w, h = 1, 1
		case Dense:
			if !last || i == 0 {
				return bad("layer %d: dense is the last layer, after at least one conv", i+1)
			}
			if l.Out < 2 || l.Out > maxDim {
				return bad("dense %d; 2 to %d numbers can be", l.Out, maxDim)
			}
			params += w * h * c * l.Out
		default:
			return bad("layer %d: unknown kind %d", i+1, l.Kind)
		}
		if last && l.Kind != Dense && l.Kind != Mean {
			return bad("the last layer is dense or mean")
		}
		if params > maxParams {
			return bad("more than %d parameters", maxParams)
		}
	}
	if s.Cost() > maxCost {
		return bad("%.3g operations for one picture; at most %.3g", s.Cost(), maxCost)
	}
	return nil
}

// Cost is the number of floating-point operations, additions and multiplications, that the
// products of one picture take.
func (s Spec) Cost() float64 {
	w, h, c := s.Width, s.Height, s.Mode.Channels()
	total := 0.
	for _, l := range s.Layers {
		switch l.Kind {
		case Conv:
			total += 2 * float64(w*h) * float64(l.Size*l.Size*c) * float64(l.Out)
			c = l.Out
		case Pool:
			w, h = w/2, h/2
		case Mean:
			w, h = 1, 1
		case Dense:
			total += 2 * float64(w*h*c) * float64(l.Out)
		}
	}
	return total
}

// Dim is the number of numbers of an embedding. REQUIRES a valid spec.
func (s Spec) Dim() int {
	c := 0
	for _, l := range s.Layers {
		if l.Kind == Conv || l.Kind == Dense {
			c = l.Out
		}
	}
	return c
}
