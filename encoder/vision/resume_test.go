package vision

import (
	"bytes"
	"context"
	"testing"

	"github.com/doppeldb/doppel/encoder/loss"
)

// Whatever is drawn at random (roles, groups, turns, every kind of change), one thread, three threads and a run that
// was cut off half-way give the same network.
func TestEverySamplingGoesOnWithTheSameBytes(t *testing.T) {
	set := strokes(24, 5)
	everything := Augment{Rotate: 10, Shear: 10, Scale: .2, Shift: .1, Elastic: .03, Flip: true, Stroke: .5, Contrast: .2, Brightness: .2, Noise: .1, Erase: .5}
	for _, c := range []struct {
		name, spec string
		change     func(*TrainOptions)
	}{
		{"episodes of turned classes of one group", "input 12x12 ink, conv 4 3x3, pool 2, conv 4 3x3, dense 6", func(o *TrainOptions) {
			o.Loss = loss.Prototype
			o.Batches = Batches{Sampling: Episodes, Ways: 16, Shots: 2, Queries: 3, Together: .5, Turned: true}
		}},
		{"colour, not square, edge", "input 14x10 colour, conv 4 3x3, pool 2, conv 4 3x3 skip, mean", func(o *TrainOptions) {
			o.Loss = loss.TripletSoft
			o.Augment.Edge = true
			o.Batches = Batches{Ways: 20, Shots: 4}
		}},
		{"grey, no running mean", "input 12x12 grey, conv 4 5x5, pool 2, dense 6", func(o *TrainOptions) { o.Average = 0 }},
	} {
		spec := mustSpec(t, c.spec)
		o := DefaultTraining(spec, set)
		o.Steps, o.Check, o.HoldOut, o.Average, o.Augment = 12, 6, .3, .9, everything
		c.change(&o)
		train := func(threads int, from []byte) (bytes, checkpoint []byte) {
			o := o
			o.Threads, o.Resume = threads, from
			o.Checkpoint = func(b []byte) error {
				if checkpoint == nil {
					checkpoint = b
				}
				return nil
			}
			net, _, err := Train(context.Background(), set, o)
			if err != nil {
				t.Fatalf("%s: %v", c.name, err)
			}
			return net.Marshal(), checkpoint
		}
		want, half := train(1, nil)
		if got, again := train(3, nil); !bytes.Equal(got, want) || !bytes.Equal(again, half) {
			t.Errorf("%s: three threads give another network or checkpoint than one", c.name)
		}
		if got, _ := train(2, half); !bytes.Equal(got, want) {
			t.Errorf("%s: going on from half-way gives another network", c.name)
		}
	}
}
