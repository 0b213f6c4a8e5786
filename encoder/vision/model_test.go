package vision

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"slices"
	"strings"
	"testing"

	"github.com/doppeldb/doppel/record/picture"
)

func TestNetworkAsBytes(t *testing.T) {
	for _, text := range testSpecs {
		n := randomNet(t, text, 8)
		data := n.Marshal()
		back, err := Unmarshal(data)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(back.Marshal(), data) || back.Spec().String() != text {
			t.Errorf("%s came back as %s", text, back.Spec())
		}
		pics := []*picture.Raster{randomRaster(20, 20, 3, 1)}
		a, errA := n.EmbedAll(context.Background(), pics, 1)
		b, errB := back.EmbedAll(context.Background(), pics, 1)
		if errA != nil || errB != nil || !slices.Equal(a, b) {
			t.Error("another vector", errA, errB)
		}
		for at := range data {
			hurt := bytes.Clone(data)
			hurt[at] ^= 0x40
			if _, err := Unmarshal(hurt); !errors.Is(err, ErrModel) {
				t.Fatalf("byte %d changed: %v", at, err)
			}
			if _, err := Unmarshal(data[:at]); !errors.Is(err, ErrModel) {
				t.Fatalf("cut at %d: %v", at, err)
			}
		}
	}
}

func FuzzUnmarshal(f *testing.F) {
	n, err := New(mustSpec(f, testSpecs[0]), 1)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(n.Marshal())
	f.Add([]byte(modelMagic))
	f.Fuzz(func(t *testing.T, data []byte) {
		// A checksum that is right lets the rest be reached.
		for _, b := range [][]byte{data, withChecksum(data)} {
			n, err := Unmarshal(b)
			if err != nil {
				if !errors.Is(err, ErrModel) {
					t.Fatal(err)
				}
				continue
			}
			if n.Spec().Cost() > 1e7 {
				continue
			}
			if _, err := n.EmbedAll(context.Background(), []*picture.Raster{randomRaster(9, 9, 1, 1)}, 1); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func withChecksum(data []byte) []byte {
	return binary.LittleEndian.AppendUint32(bytes.Clone(data), crc32.Checksum(data, castagnoli))
}

func TestSpecText(t *testing.T) {
	for _, name := range Presets() {
		s, err := Preset(name)
		if err != nil {
			t.Fatal(err)
		}
		back, err := ParseSpec(s.String())
		if err != nil || back.String() != s.String() {
			t.Errorf("%s: %v, %v", name, back, err)
		}
	}
	for text, word := range map[string]string{
		"":                                                    "empty",
		"conv 3 3x3":                                          "input",
		"input 28x28":                                         "mode",
		"input 28 ink":                                        "28x28",
		"input 28x28 pink":                                    "pink",
		"input 2x28 ink, dense 3":                             "sides",
		"input 28x28 ink":                                     "layers",
		"input 28x28 ink, dense 9":                            "after at least one conv",
		"input 28x28 ink, pool 2":                             "after a conv",
		"input 28x28 ink, conv 8 3x3":                         "last layer",
		"input 28x28 ink, conv 8 4x4":                         "odd",
		"input 28x28 ink, conv 8 3x5":                         "window",
		"input 28x28 ink, conv x 3x3":                         "channels",
		"input 28x28 ink, conv 9999 3x3":                      "channels",
		"input 28x28 ink, conv 8 3x3 skip, dense 3":           "skip",
		"input 28x28 ink, conv 8 3x3, pool 3, dense 3":        "pool 2",
		"input 28x28 ink, conv 8 3x3, dense 3, dense 3":       "last layer",
		"input 28x28 ink, conv 8 3x3, mean, conv 8 3x3, mean": "mean",
		"input 28x28 ink, conv 8 3x3, dense 99999":            "dense",
		"input 28x28 ink, conv 8 3x3, dense many":             "number",
		"input 28x28 ink, input 28x28 ink, conv 8 3x3, mean":  "first",
		"input 28x28 ink, wide 4":                             "wide",
		"input 4x4 ink, conv 8 3x3, pool 2, conv 8 3x3, pool 2, conv 8 3x3, pool 2, mean": "nothing is left",
		"input 512x512 colour, conv 1024 11x11, conv 1024 11x11, mean":                    "",
	} {
		_, err := ParseSpec(text)
		if !errors.Is(err, ErrSpec) || !strings.Contains(err.Error(), word) {
			t.Errorf("%q: %v, want a word about %q", text, err, word)
		}
	}
}

func FuzzParseSpec(f *testing.F) {
	for _, text := range testSpecs {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := ParseSpec(text)
		if err != nil {
			return
		}
		back, err := ParseSpec(s.String())
		if err != nil || back.String() != s.String() || back.Dim() < 1 {
			t.Fatalf("%q came back as %q, %v", s, back, err)
		}
	})
}
