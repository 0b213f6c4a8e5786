package vision

import (
	"context"
	"errors"
	"math"
	"testing"

	"github.com/doppeldb/doppel/record/picture"
)

// A slope is answered by the directions near its own: by its length times what the cosine exceeds the sharpness by.
func TestGivenFilters(t *testing.T) {
	spec, err := ParseSpec("input 48x48 grey, conv 16 5x5, conv 16 1x1, pool 2, conv 16 5x5, pool 2, conv 16 3x3, pool 2, dense 8")
	if err != nil {
		t.Fatal(err)
	}
	n, err := New(spec, 0)
	if err != nil {
		t.Fatal(err)
	}
	n.give()
	for _, slope := range [][2]int{{5, 0}, {3, 2}, {-2, 3}, {-1, -4}} {
		angle := math.Atan2(float64(slope[1]), float64(slope[0]))
		r := &picture.Raster{Width: 48, Height: 48, Channels: 1, Pix: make([]byte, 48*48)}
		for i := range r.Pix {
			r.Pix[i] = byte(128 + slope[0]*(i%48-24) + slope[1]*(i/48-24))
		}
		f, err := n.features(context.Background(), TrainSet{Pictures: []*picture.Raster{r}}, 1)
		if err != nil {
			t.Fatal(err)
		}
		middle := f[(3*6+3)*16 : (3*6+4)*16]
		over := func(o int) float64 { return math.Max(0, math.Cos(angle-2*math.Pi*float64(o)/16)-sharpness) }
		length := 0.
		for o, v := range middle {
			if over(o) > .25 {
				length = float64(v) / over(o)
			}
		}
		for o, v := range middle {
			want := length * over(o)
			if length <= 0 || math.Abs(float64(v)-want) > .03*length {
				t.Errorf("angle %v, direction %d: %v, want %v", angle, o, v, want)
			}
		}
	}
}

func TestSolvable(t *testing.T) {
	for text, want := range map[string]error{
		"input 24x24 grey, conv 8 3x3, pool 2, dense 16":                                         nil,
		"input 24x24 local, conv 8 3x3, conv 8 1x1, pool 2, dense 16":                            nil,
		"input 24x24 ink, conv 8 3x3, pool 2, conv 8 5x5, pool 2, dense 16":                      nil,
		"input 24x24 colour, conv 8 3x3, pool 2, dense 16":                                       ErrSpec,
		"input 24x24 grey, conv 6 3x3, pool 2, dense 16":                                         ErrSpec,
		"input 24x24 grey, conv 8 3x3, pool 2, conv 16 3x3, pool 2, dense 16":                    ErrSpec,
		"input 24x24 grey, conv 8 3x3, pool 2, conv 8 3x3 skip, pool 2, dense 16":                ErrSpec,
		"input 24x24 grey, conv 8 3x3, conv 8 1x1, conv 8 1x1, pool 2, dense 16":                 ErrSpec,
		"input 24x24 grey, conv 8 3x3, conv 8 1x1, dense 16":                                     ErrSpec,
		"input 24x24 grey, conv 8 3x3, pool 2, conv 8 3x3, dense 16":                             ErrSpec,
		"input 24x24 grey, conv 8 3x3, pool 2, mean":                                             ErrSpec,
		"input 24x24 grey, conv 8 1x1, conv 8 1x1, pool 2, dense 16":                             ErrSpec,
		"input 24x24 grey, conv 8 3x3, mean":                                                     ErrSpec,
		"input 24x24 grey, conv 8 3x3, conv 8 3x3, pool 2, conv 8 3x3, pool 2, mean, dense 16":   ErrSpec,
		"input 24x24 grey, conv 8 3x3, conv 8 1x1, pool 2, conv 8 1x1, pool 2, dense 16":         ErrSpec,
		"input 24x24 grey, conv 8 3x3, conv 8 1x1, pool 2, conv 8 3x3, conv 8 3x3, pool 2, mean": ErrSpec,
	} {
		s, err := ParseSpec(text)
		if err == nil {
			err = s.solvable()
		}
		if !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", text, err, want)
		}
	}
}
