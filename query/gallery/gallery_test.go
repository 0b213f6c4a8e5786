package gallery

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/doppeldb/doppel/encoder"
	"github.com/doppeldb/doppel/encoder/loss"
	"github.com/doppeldb/doppel/encoder/vision"
	"github.com/doppeldb/doppel/internal/measure"
	"github.com/doppeldb/doppel/record/picture"
)

var background = context.Background()

// stroke draws a picture of a class: three strokes that the class determines, shaken by the example.
func stroke(class, example int) []byte {
	own := rand.New(rand.NewPCG(uint64(class), 1))
	shake := rand.New(rand.NewPCG(uint64(class), uint64(example)+2))
	img := image.NewGray(image.Rect(0, 0, 24, 24))
	for i := range img.Pix {
		img.Pix[i] = 255
	}
	for range 3 {
		var at [4]float64
		for i := range at {
			at[i] = 4 + 16*own.Float64() + 1.5*shake.NormFloat64()
		}
		for k := range 60 {
			t := float64(k) / 59
			x, y := at[0]+t*(at[2]-at[0]), at[1]+t*(at[3]-at[1])
			for _, d := range [][2]float64{{0, 0}, {.7, 0}, {0, .7}} {
				img.SetGray(int(x+d[0]), int(y+d[1]), color.Gray{})
			}
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// write puts bytes at a path below dir.
func write(t testing.TB, dir, name string, data []byte) {
	t.Helper()
	path := filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

// folder writes classes from first on, of n pictures each.
func folder(t testing.TB, first, classes, n int) string {
	t.Helper()
	dir := t.TempDir()
	for c := range classes {
		for i := range n {
			write(t, dir, fmt.Sprintf("c%d/%d.png", first+c, i), stroke(first+c, i))
		}
	}
	return dir
}

func read(t testing.TB, dir string) *Set {
	t.Helper()
	s, err := Read(background, dir, ReadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func small(t testing.TB) vision.Spec {
	t.Helper()
	spec, err := vision.ParseSpec("input 16x16 ink, conv 8 3x3, pool 2, conv 16 3x3, pool 2, dense 16")
	if err != nil {
		t.Fatal(err)
	}
	return spec
}

func TestRead(t *testing.T) {
	dir := folder(t, 0, 3, 2)
	write(t, dir, "c1/notes.txt", []byte("no picture"))
	write(t, dir, "c2/cut.png", stroke(9, 9)[:60])
	s := read(t, dir)
	if len(s.Pictures) != 6 || !reflect.DeepEqual(s.Names, []string{"c0", "c1", "c2"}) || !reflect.DeepEqual(s.Classes(), []int{0, 0, 1, 1, 2, 2}) {
		t.Errorf("%d pictures, %v, %v", len(s.Pictures), s.Names, s.Classes())
	}
	if len(s.Skipped) != 2 || !strings.Contains(errors.Join(s.Skipped...).Error(), "c1/notes.txt") || !strings.Contains(errors.Join(s.Skipped...).Error(), "c2/cut.png") {
		t.Errorf("skipped %v", s.Skipped)
	}
	if _, err := Read(background, dir, ReadOptions{Strict: true}); !errors.Is(err, picture.ErrNotPicture) && !errors.Is(err, picture.ErrDamaged) {
		t.Errorf("strict: %v", err)
	}
	bad := t.TempDir()
	write(t, bad, "a/cut.png", stroke(9, 9)[:60])
	if _, err := Read(background, bad, ReadOptions{}); !errors.Is(err, ErrSet) || !errors.Is(err, picture.ErrDamaged) {
		t.Errorf("only a damaged one: %v", err)
	}
	ended, cancel := context.WithCancel(background)
	cancel()
	if _, err := Read(ended, dir, ReadOptions{}); !errors.Is(err, context.Canceled) {
		t.Errorf("ended: %v", err)
	}
}

func TestSmaller(t *testing.T) {
	r := &picture.Raster{Width: 3000, Height: 1000, Channels: 3, Pix: bytes.Repeat([]byte{10, 20, 30}, 3000*1000)}
	got := smaller(r)
	if got.Width*got.Height > mostPixels || got.Width*1000 != got.Height*3000 && got.Width != 1500 || got.Pix[0] != 10 || got.Pix[len(got.Pix)-1] != 30 {
		t.Errorf("%dx%d, first %d, last %d", got.Width, got.Height, got.Pix[0], got.Pix[len(got.Pix)-1])
	}
	if thin := (&picture.Raster{Width: 2 << 20, Height: 1, Channels: 1, Pix: make([]byte, 2<<20)}); smaller(thin) != thin {
		t.Error("a line was made smaller than a pixel")
	}
}

func TestBadSets(t *testing.T) {
	one := read(t, folder(t, 0, 1, 3))
	single := read(t, folder(t, 0, 4, 1))
	twice := folder(t, 0, 2, 2)
	write(t, twice, "c1/copy.png", stroke(0, 1))
	alone := folder(t, 0, 1, 2)
	write(t, alone, "other/1.png", stroke(7, 1))
	for what, s := range map[string]*Set{"at least two are needed": one, "every class has one picture": single, "are the same picture in two classes": read(t, twice), "two such classes": read(t, alone)} {
		_, _, err := Train(background, s, TrainOptions{Spec: small(t), Steps: 2})
		if !errors.Is(err, ErrSet) || !strings.Contains(err.Error(), what) {
			t.Errorf("want %q: %v", what, err)
		}
	}
	for _, s := range []*Set{one, single} {
		if _, err := s.Verify(make([]float32, len(s.Pictures)), 1, nil, 1); !errors.Is(err, ErrSet) {
			t.Errorf("%v", err)
		}
	}
}

// Training on some classes tells others apart, and says how often which distance was wrong.
func TestTrain(t *testing.T) {
	s := read(t, folder(t, 0, 24, 8))
	test := read(t, folder(t, 100, 10, 8))
	k := loss.InfoNCE
	var checkpoint []byte
	o := TrainOptions{Spec: small(t), Loss: &k, Steps: 150, Seed: 3, Checkpoint: func(b []byte) error { checkpoint = b; return nil }}
	m, report, err := Train(background, s, o)
	if err != nil {
		t.Fatal(err)
	}
	if report.Classes != 19 || report.HeldOut != 5 || len(report.Points) < looks || len(checkpoint) == 0 {
		t.Errorf("%+v, checkpoint of %d bytes", report.TrainReport, len(checkpoint))
	}
	judge := func(m *Model) (*measure.Verification, float64) {
		vectors, dim, err := test.Embed(background, m, 0)
		if err != nil {
			t.Fatal(err)
		}
		v, err := test.Verify(vectors, dim, nil, 1)
		if err != nil {
			t.Fatal(err)
		}
		e, err := test.Episodes(vectors, dim, measure.EpisodeOptions{Ways: 10, Runs: 200})
		if err != nil {
			t.Fatal(err)
		}
		return v, e.Accuracy
	}
	for name, m := range map[string]*Model{"trained": m, "without a model": nil} { // chance is .5 and .1
		if v, accuracy := judge(m); v.EER > .3 || accuracy < .5 {
			t.Errorf("%s: EER %.3f, 10-way accuracy %.3f", name, v.EER, accuracy)
		}
	}
	c := m.Calibration
	if c.Seen || c.Classes != 5 || c.Genuine != 5*28 || c.Impostor != 10*64 || len(c.Points) < 5 {
		t.Errorf("%+v", c)
	}
	for i, p := range c.Points {
		if i > 0 && (p.Distance <= c.Points[i-1].Distance || p.FAR < c.Points[i-1].FAR || p.FRR > c.Points[i-1].FRR) {
			t.Errorf("points are not in order: %+v", c.Points)
		}
	}
	p, ok := c.At(.1)
	if back, _ := c.Rates(p.Distance); !ok || p.FAR > .1 || back != p {
		t.Errorf("%+v, %v, back %+v", p, ok, back)
	}
	if _, ok := c.At(-1); ok {
		t.Error("a rate below 0 was kept")
	}

	data, err := m.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	got, err := Unmarshal(data)
	if err != nil || !reflect.DeepEqual(got.Calibration, m.Calibration) || got.Summary != m.Summary || got.Encoder.Fingerprint() != m.Encoder.Fingerprint() {
		t.Errorf("%v: %+v", err, got)
	}
	damagedModels(t, data)

	// Resumed from its last checkpoint, a run gives the same model.
	o.Resume = checkpoint
	again, _, err := Train(background, s, o)
	if err != nil {
		t.Fatal(err)
	}
	if b, err := again.MarshalBinary(); err != nil || !bytes.Equal(b, data) {
		t.Errorf("resumed, the model differs (%v)", err)
	}
}

// damagedModels: no cut and no flipped byte gives a model or a panic.
func damagedModels(t *testing.T, data []byte) {
	t.Helper()
	for n := 0; n < len(data); n += 1 + n/7 {
		if _, err := Unmarshal(data[:n]); !errors.Is(err, ErrModel) {
			t.Fatalf("cut to %d bytes: %v", n, err)
		}
		bad := bytes.Clone(data)
		bad[n] ^= 0x55
		if _, err := Unmarshal(bad); !errors.Is(err, ErrModel) && !errors.Is(err, ErrVersion) {
			t.Fatalf("byte %d flipped: %v", n, err)
		}
	}
	newer := bytes.Clone(data)
	newer[len(modelMagic)] = modelVersion + 1
	if _, err := Unmarshal(newer); !errors.Is(err, ErrVersion) {
		t.Errorf("a newer version: %v", err)
	}
}

// An encoder's own file is a model without a calibration, if it has a network.
func TestUnmarshalEncoder(t *testing.T) {
	net, err := vision.New(small(t), 1)
	if err != nil {
		t.Fatal(err)
	}
	e, err := encoder.FromNet(net)
	if err != nil {
		t.Fatal(err)
	}
	data, err := e.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	m, err := Unmarshal(data)
	if err != nil || len(m.Calibration.Points) != 0 {
		t.Errorf("%+v, %v", m, err)
	}
	plain, err := read(t, folder(t, 0, 1, 1)).ZeroLabel(background, 1)
	if err != nil {
		t.Fatal(err)
	}
	if data, err = plain.MarshalBinary(); err != nil {
		t.Fatal(err)
	}
	if _, err := Unmarshal(data); !errors.Is(err, ErrModel) {
		t.Errorf("an encoder without a network: %v", err)
	}
}

// Few classes leave none to hold out, and the calibration says so.
func TestTrainFewClasses(t *testing.T) {
	s := read(t, folder(t, 0, 4, 3))
	m, report, err := Train(background, s, TrainOptions{Spec: small(t), Epochs: 2, Seed: 1})
	if err != nil || report.HeldOut != 0 || !m.Calibration.Seen || m.Calibration.Genuine != 12 {
		t.Errorf("%v, %+v, %+v", err, report, m)
	}
	proto := loss.Prototype
	if _, _, err = Train(background, s, TrainOptions{Spec: small(t), Loss: &proto, Steps: 3, Seed: 1}); err != nil {
		t.Error(err)
	}
	if _, report, err = Train(background, s, TrainOptions{Spec: small(t), Minutes: .005, Seed: 1}); err != nil || report.Steps < 1 {
		t.Errorf("%v, %+v", err, report)
	}
}

// A network that is solved needs no steps.
func TestSolve(t *testing.T) {
	spec, err := vision.ParseSpec("input 24x24 ink, conv 8 5x5, pool 2, dense 64")
	if err != nil {
		t.Fatal(err)
	}
	m, report, err := Train(background, read(t, folder(t, 0, 14, 5)), TrainOptions{Spec: spec, Solve: true, Seed: 1})
	if err != nil || report.HeldOut != 5 || report.Steps != 0 || m.Summary.Classes != 9 || m.Calibration.Seen || m.Calibration.EER > .35 {
		t.Errorf("%v, %+v, %+v", err, report, m)
	}
}

// A group is the folder that classes are in.
func TestGroups(t *testing.T) {
	dir := t.TempDir()
	for i, class := range []string{"greek/alpha", "greek/beta", "latin/a", "latin/b"} {
		write(t, dir, class+"/1.png", stroke(i, 1))
		write(t, dir, class+"/2.png", stroke(i, 2))
	}
	if got := read(t, dir).labelled().Group; !reflect.DeepEqual(got, []int{0, 0, 0, 0, 1, 1, 1, 1}) {
		t.Errorf("groups %v", got)
	}
	if got := read(t, folder(t, 0, 3, 2)).labelled().Group; got != nil {
		t.Errorf("groups %v of classes in no folder", got)
	}
}

func TestCalibrationOfNothing(t *testing.T) {
	c := newCalibration(measure.Verify([]float64{-1}, []bool{true}, measure.Entities{Left: []int{0}, Right: []int{0}, N: 1}, measure.VerifyOptions{Draws: -1}), 1, false)
	if _, ok := c.At(1); ok || len(c.Points) != 0 || !math.IsNaN(c.EER) {
		t.Errorf("%+v", c)
	}
	if _, ok := c.Rates(.5); ok {
		t.Error("rates without a point")
	}
}
