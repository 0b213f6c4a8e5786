package picture

import (
	"testing"
)

// small keeps the fuzzers quick.
var small = Limits{Bytes: 1 << 16, Pixels: 1 << 16}

// FuzzDecode: whatever the bytes, a raster that fits together or an error.
func FuzzDecode(f *testing.F) {
	for _, data := range [][]byte{
		asPNG(f, corner()), asJPEG(f, corner()), asGIF(f, corner(), corner()), asTIFF(f, corner()), asBMP(f, corner()), onePixelWebP(f), animatedWebP(f),
		[]byte("P1\n# c\n3 2\n101010"), []byte("P2 3 1 10 0 5 10"), []byte("P4\n9 2\n\x80\x00\x00\x80"), []byte("P5 2 1 65535\n\x80\x00\xff\xff"), []byte("P6 1 1 255\nabc"),
		turnedJPEG(asJPEG(f, corner()), 6), flatCMYK(2, [4]int{127, -127, 0, 127}),
	} {
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := Decode(data, small)
		if err != nil {
			if r != nil || err.Error() == "" {
				t.Fatalf("an error with a raster: %v", err)
			}
			return
		}
		if r.Width < 1 || r.Height < 1 || r.Channels != 1 && r.Channels != 3 || len(r.Pix) != r.Width*r.Height*r.Channels {
			t.Fatalf("%d x %d x %d of %d bytes", r.Width, r.Height, r.Channels, len(r.Pix))
		}
	})
}

// FuzzOwnReaders: the readers that are ours hold without the net below them.
func FuzzOwnReaders(f *testing.F) {
	f.Add([]byte("P3\n1 2\n255\n1 2 3\n4 5 6\n"))
	f.Add(turnedJPEG(asJPEG(f, corner()), 3))
	f.Add(asTIFF(f, corner()))
	f.Add(asGIF(f, corner(), corner()))
	f.Add(animatedWebP(f))
	f.Fuzz(func(t *testing.T, data []byte) {
		Sniff(data)
		if p, err := readPNM(data); err == nil && p.width > 0 && p.height > 0 && p.width < 256 && p.height < 256 {
			_, _ = p.raster()
		}
		for _, o := range []int{exifOrientation(data), tiffOrientation(data)} {
			if o < 1 || o > 8 {
				t.Fatalf("orientation %d", o)
			}
		}
		if n := gifFrames(data); n < 0 || n > 2 {
			t.Fatalf("%d pictures", n)
		}
		for _, format := range []Format{PNG, GIF, WebP} {
			animated(format, data)
		}
		firstWebP(data)
	})
}

// FuzzUnpack: a value that unpacks packs to a value that unpacks to the same.
func FuzzUnpack(f *testing.F) {
	f.Add(Pack("a.png", []byte("data")))
	f.Add(packMagic + "\x80\x80")
	f.Add("words")
	f.Fuzz(func(t *testing.T, value string) {
		name, data, ok := Unpack(value)
		if !ok {
			if Name(value) != value {
				t.Fatal("no picture, another name")
			}
			return
		}
		n, d, again := Unpack(Pack(name, []byte(data)))
		if !again || n != name || d != data {
			t.Fatal("packed again, it differs")
		}
	})
}
