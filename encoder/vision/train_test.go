package vision

import (
	"bytes"
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/doppeldb/doppel/encoder/loss"
	"github.com/doppeldb/doppel/record/picture"
)

// strokes is a made-up alphabet: a class is three lines, a picture of it has their ends moved a little.
func strokes(classes, each int) TrainSet {
	var s TrainSet
	for c := range classes {
		shape := rand.New(rand.NewPCG(uint64(c), 1))
		var ends [6][2]float64
		for i := range ends {
			ends[i] = [2]float64{2 + 12*shape.Float64(), 2 + 12*shape.Float64()}
		}
		for k := range each {
			rng := rand.New(rand.NewPCG(uint64(c), uint64(k)+2))
			r := &picture.Raster{Width: 16, Height: 16, Channels: 1, Pix: bytes.Repeat([]byte{255}, 256)}
			var moved [6][2]float64
			for i, p := range ends {
				moved[i] = [2]float64{p[0] + rng.NormFloat64(), p[1] + rng.NormFloat64()}
			}
			for i := 0; i < 6; i += 2 {
				for t := range 40 {
					f := float64(t) / 39
					x := min(max(int(moved[i][0]*f+moved[i+1][0]*(1-f)), 0), 15)
					y := min(max(int(moved[i][1]*f+moved[i+1][1]*(1-f)), 0), 15)
					r.Pix[y*16+x] = 0
				}
			}
			s.Pictures, s.Class = append(s.Pictures, r), append(s.Class, c)
			s.Group = append(s.Group, c%3)
		}
	}
	return s
}

func smallTraining(t *testing.T, set TrainSet) TrainOptions {
	t.Helper()
	o := DefaultTraining(mustSpec(t, "input 12x12 ink, conv 8 3x3, pool 2, conv 8 3x3, pool 2, dense 8"), set)
	o.Steps, o.Check, o.HoldOut, o.Average = 40, 10, .3, .9
	o.Batches.Ways, o.Batches.Shots = 25, 3 // two shards, of 64 and 11
	return o
}

func TestTrainingLearnsClassesItHasNotSeen(t *testing.T) {
	set := strokes(60, 8)
	o := smallTraining(t, set)
	o.Steps, o.Check = 150, 50
	net, report, err := Train(context.Background(), set, o)
	if err != nil {
		t.Fatal(err)
	}
	fresh, err := New(o.Spec, 1)
	if err != nil {
		t.Fatal(err)
	}
	other := strokes(90, 8) // classes 60 to 89 are in no set
	other = TrainSet{Pictures: other.Pictures[480:], Class: other.Class[480:]}
	share := func(n *Net) float64 {
		v, err := n.EmbedAll(context.Background(), other.Pictures, 0)
		if err != nil {
			t.Fatal(err)
		}
		a, ways, err := oneShot(v, n.Dim(), other.Class, 3)
		if err != nil || ways != 30 {
			t.Fatal(ways, err)
		}
		return a
	}
	before, after := share(fresh), share(net)
	t.Logf("30-way 1-shot: %.3f before, %.3f after; %+v", before, after, report.Points)
	if after < before+.1 || after < .4 {
		t.Errorf("training brought %.3f to %.3f", before, after)
	}
	if report.HeldOut != 18 || report.Classes != 42 || report.Seen != 150*75 {
		t.Errorf("%+v", report)
	}
}

func TestEveryLossLearns(t *testing.T) {
	set := strokes(40, 6)
	for _, k := range loss.Kinds() {
		if testing.Short() && k != loss.InfoNCE && k != loss.TripletSemiHard {
			continue
		}
		o := smallTraining(t, set)
		o.Loss, o.LossOptions, o.Steps, o.Rate = k, loss.Options{}, 80, 1e-3
		if k == loss.Prototype {
			o.Batches.Sampling, o.Batches.Shots, o.Batches.Queries = Episodes, 1, 2
		}
		_, report, err := Train(context.Background(), set, o)
		if err != nil {
			t.Fatalf("%v: %v", k, err)
		}
		first, best := report.Points[0], report.Points[report.Best]
		t.Logf("%v: %.3f", k, best.Accuracy)
		if !(best.Accuracy > .3) || report.Diverged {
			t.Errorf("%v: from %.3f to %.3f", k, first.Accuracy, best.Accuracy)
		}
	}
}

// TestTrainingIsDeterministic: the same bytes for any number of threads, and after an interruption.
func TestTrainingIsDeterministic(t *testing.T) {
	set := strokes(40, 6)
	o := smallTraining(t, set)
	o.Steps, o.Check = 16, 4
	var checkpoints [][]byte
	o.Checkpoint = func(b []byte) error { checkpoints = append(checkpoints, b); return nil }
	o.Threads = 1
	net, report, err := Train(context.Background(), set, o)
	if err != nil {
		t.Fatal(err)
	}
	want := net.Marshal()
	o.Checkpoint = nil
	for _, threads := range []int{2, 3, 0} {
		o.Threads = threads
		net, _, err := Train(context.Background(), set, o)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(net.Marshal(), want) {
			t.Errorf("%d threads give another network than 1", threads)
		}
	}
	if len(checkpoints) != 4 {
		t.Fatalf("%d checkpoints", len(checkpoints))
	}
	for i, c := range checkpoints {
		o.Resume = c
		net, again, err := Train(context.Background(), set, o)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(net.Marshal(), want) || len(again.Points) != len(report.Points) || again.Seen != report.Seen || again.Best != report.Best {
			t.Errorf("from checkpoint %d: %+v, want %+v", i, again, report)
		}
	}
	o.Seed++
	o.Resume = nil
	if net, _, err = Train(context.Background(), set, o); err != nil || bytes.Equal(net.Marshal(), want) {
		t.Errorf("another seed gives the same network: %v", err)
	}
	o.Resume = checkpoints[0]
	if _, _, err := Train(context.Background(), set, o); !errors.Is(err, ErrResume) {
		t.Errorf("a checkpoint of another seed: %v", err)
	}
	o.Seed--
	for at := 0; at < len(checkpoints[0]); at += 997 {
		hurt := bytes.Clone(checkpoints[0])
		hurt[at] ^= 4
		o.Resume = hurt
		if _, _, err := Train(context.Background(), set, o); !errors.Is(err, ErrResume) {
			t.Fatalf("a checkpoint with byte %d changed: %v", at, err)
		}
		o.Resume = checkpoints[0][:at]
		if _, _, err := Train(context.Background(), set, o); at > 0 && !errors.Is(err, ErrResume) {
			t.Fatalf("a checkpoint of %d bytes: %v", at, err)
		}
	}
}

func TestTrainingStops(t *testing.T) {
	set := strokes(40, 6)
	o := smallTraining(t, set)
	ctx, cancel := context.WithCancel(context.Background())
	o.Progress = func(TrainPoint) { cancel() }
	if _, _, err := Train(ctx, set, o); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	o.Progress = nil
	o.Patience, o.Rate, o.Steps = 2, 1e-9, 400 // nothing is learned
	_, report, err := Train(context.Background(), set, o)
	if err != nil {
		t.Fatal(err)
	}
	if got := report.Points[len(report.Points)-1].Step; got == 400 {
		t.Errorf("no early stop: %+v", report.Points)
	}
	failed := errors.New("disk is full")
	o.Checkpoint = func([]byte) error { return failed }
	if _, _, err := Train(context.Background(), set, o); !errors.Is(err, failed) {
		t.Error(err)
	}
}

func TestTrainingWithoutHeldOutClasses(t *testing.T) {
	set := strokes(4, 3)
	o := smallTraining(t, set)
	o.Batches.Ways, o.Steps = 4, 10
	_, report, err := Train(context.Background(), set, o)
	if err != nil {
		t.Fatal(err)
	}
	last := report.Points[len(report.Points)-1]
	if report.HeldOut != 0 || !math.IsNaN(last.Accuracy) || report.Best != len(report.Points)-1 || len(report.Warnings) != 1 {
		t.Errorf("%+v", report)
	}
}

func TestTrainRefuses(t *testing.T) {
	good := strokes(8, 3)
	for _, c := range []struct {
		name   string
		change func(*TrainSet, *TrainOptions)
		want   error
		word   string
	}{
		{"one class", func(s *TrainSet, _ *TrainOptions) { s.Pictures, s.Class, s.Group = s.Pictures[:3], s.Class[:3], nil }, ErrSet, "one class"},
		{"one picture", func(s *TrainSet, _ *TrainOptions) {
			s.Pictures, s.Class, s.Group = s.Pictures[:22], s.Class[:22], nil
		}, ErrSet, "7"},
		{"no pictures", func(s *TrainSet, _ *TrainOptions) { *s = TrainSet{} }, ErrSet, ""},
		{"lengths", func(s *TrainSet, _ *TrainOptions) { s.Class = s.Class[1:] }, ErrSet, ""},
		{"copies", func(s *TrainSet, _ *TrainOptions) { s.Pictures[5] = s.Pictures[0] }, ErrSet, "same"},
		{"raster", func(s *TrainSet, _ *TrainOptions) { s.Pictures[5] = &picture.Raster{Width: 3, Height: 3, Channels: 1} }, ErrPicture, "picture 5"},
		{"nil raster", func(s *TrainSet, _ *TrainOptions) { s.Pictures[5] = nil }, ErrPicture, "picture 5"},
		{"steps", func(_ *TrainSet, o *TrainOptions) { o.Steps = 0 }, ErrOptions, "steps"},
		{"rate", func(_ *TrainSet, o *TrainOptions) { o.Rate = math.NaN() }, ErrOptions, "rate"},
		{"average", func(_ *TrainSet, o *TrainOptions) { o.Average = 1 }, ErrOptions, "average"},
		{"hold out", func(_ *TrainSet, o *TrainOptions) { o.HoldOut = 1 }, ErrOptions, "held-out"},
		{"check", func(_ *TrainSet, o *TrainOptions) { o.Check = 0 }, ErrOptions, "checks"},
		{"episodes", func(_ *TrainSet, o *TrainOptions) { o.Batches.Sampling, o.Batches.Queries = Episodes, 1 }, ErrOptions, "episodes"},
		{"spec", func(_ *TrainSet, o *TrainOptions) { o.Spec.Layers = nil }, ErrSpec, ""},
		{"turned", func(_ *TrainSet, o *TrainOptions) {
			o.Spec.Width, o.Batches.Turned = 14, true
		}, ErrOptions, "square"},
		{"rate too high", func(_ *TrainSet, o *TrainOptions) { o.Rate, o.LossOptions.Temperature = 1, 1e-3 }, nil, ""},
	} {
		set := good
		set.Pictures, set.Class = append([]*picture.Raster(nil), good.Pictures...), append([]int(nil), good.Class...)
		o := smallTraining(t, set)
		o.Batches.Ways, o.Steps = 4, 10
		c.change(&set, &o)
		_, _, err := Train(context.Background(), set, o)
		if !errors.Is(err, c.want) || err != nil && !strings.Contains(err.Error(), c.word) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}
