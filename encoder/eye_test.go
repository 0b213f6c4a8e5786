package encoder

import (
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/doppeldb/doppel/encoder/vision"
)

func smallNet(tb testing.TB) *vision.Net {
	tb.Helper()
	spec, err := vision.Preset("glyph")
	if err != nil {
		tb.Fatal(err)
	}
	net, err := vision.New(spec, 1)
	if err != nil {
		tb.Fatal(err)
	}
	return net
}

func TestFromNet(t *testing.T) {
	net := smallNet(t)
	e, err := FromNet(net)
	if err != nil {
		t.Fatal(err)
	}
	value := photo(t, 3, 40, 0)
	want, got := make([]float32, net.Dim()), make([]float32, e.Dim())
	if err := net.NewSession().Embed(want, rasterOf(value)); err != nil {
		t.Fatal(err)
	}
	e.Encode([]string{value}, got)
	for i := range want {
		if math.Abs(float64(want[i]-got[i])) > 1e-6 {
			t.Fatalf("number %d is %v, the network says %v", i, got[i], want[i])
		}
	}
	back, err := Unmarshal(marshal(t, e))
	if err != nil {
		t.Fatal(err)
	}
	again := make([]float32, e.Dim())
	back.Encode([]string{value}, again)
	if !slices.Equal(got, again) || back.Fingerprint() != e.Fingerprint() {
		t.Error("what was read is another encoder")
	}
	e.Encode([]string{"no picture"}, again)
	if slices.ContainsFunc(again, func(x float32) bool { return x != 0 }) {
		t.Error("no picture has a vector")
	}
}

func TestEncoderOn(t *testing.T) {
	e, err := FromNet(smallNet(t))
	if err != nil {
		t.Fatal(err)
	}
	on, err := e.On(photoSchema)
	if err != nil {
		t.Fatal(err)
	}
	value := photo(t, 3, 40, 0)
	a, b := make([]float32, e.Dim()), make([]float32, e.Dim())
	e.Encode([]string{value}, a)
	on.Encode([]string{"lamp", "3", value}, b)
	if !slices.Equal(a, b) || !on.Schema().Equal(photoSchema) || on.Fingerprint() == e.Fingerprint() {
		t.Error("another schema changes the vector of a picture")
	}
	if _, err := e.On(photoSchema[:1]); !errors.Is(err, ErrOptions) {
		t.Errorf("no image field: %v", err)
	}
	if _, err := mustFit(t, photoSchema, photoRows(t, 3), Options{}).On(photoSchema); !errors.Is(err, ErrOptions) {
		t.Errorf("no network: %v", err)
	}
	if err := (TuneOptions{}).Validate(on); !errors.Is(err, ErrOptions) {
		t.Errorf("tuned: %v", err)
	}
}

// TestGoldenNetModel opens a model with a network as it was first written, forever.
func TestGoldenNetModel(t *testing.T) {
	name := filepath.Join("testdata", "net.model")
	if *update {
		spec, err := vision.ParseSpec(goldenSpec)
		if err != nil {
			t.Fatal(err)
		}
		net, err := vision.New(spec, 1)
		if err != nil {
			t.Fatal(err)
		}
		e, err := FromNet(net)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, marshal(t, e), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	e, err := Unmarshal(b)
	if err != nil {
		t.Fatal(err)
	}
	if e.Net() == nil || e.Net().Spec().String() != goldenSpec || !slices.Equal(marshal(t, e), b) {
		t.Error("what was read is not what is written")
	}
}

const goldenSpec = "input 8x8 grey, conv 4 3x3, pool 2, dense 8"
