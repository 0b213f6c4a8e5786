package picture

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/color/palette"
	"image/gif"
	"image/jpeg"
	"image/png"
	"testing"

	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"
)

// corner is red at the top left, blue elsewhere, 16 x 8.
func corner() *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, 16, 8))
	for y := range 8 {
		for x := range 16 {
			m.Set(x, y, color.RGBA{0, 0, 255, 255})
			if x < 8 && y < 4 {
				m.Set(x, y, color.RGBA{255, 0, 0, 255})
			}
		}
	}
	return m
}

func encoded(t testing.TB, write func(*bytes.Buffer) error) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func asPNG(t testing.TB, m image.Image) []byte {
	return encoded(t, func(b *bytes.Buffer) error { return png.Encode(b, m) })
}

func asJPEG(t testing.TB, m image.Image) []byte {
	return encoded(t, func(b *bytes.Buffer) error { return jpeg.Encode(b, m, &jpeg.Options{Quality: 100}) })
}

func asTIFF(t testing.TB, m image.Image) []byte {
	return encoded(t, func(b *bytes.Buffer) error { return tiff.Encode(b, m, nil) })
}

func asBMP(t testing.TB, m image.Image) []byte {
	return encoded(t, func(b *bytes.Buffer) error { return bmp.Encode(b, m) })
}

func asGIF(t testing.TB, frames ...image.Image) []byte {
	var g gif.GIF
	for _, m := range frames {
		p := image.NewPaletted(m.Bounds(), palette.WebSafe)
		for y := range m.Bounds().Dy() {
			for x := range m.Bounds().Dx() {
				p.Set(x, y, m.At(x, y))
			}
		}
		g.Image, g.Delay = append(g.Image, p), append(g.Delay, 1)
	}
	return encoded(t, func(b *bytes.Buffer) error { return gif.EncodeAll(b, &g) })
}

// onePixelWebP is a lossless WebP of one pixel.
func onePixelWebP(t testing.TB) []byte {
	t.Helper()
	b, err := base64.StdEncoding.DecodeString("UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==")
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// animatedWebP holds the one-pixel picture as first of an animation.
func animatedWebP(t testing.TB) []byte {
	frame := append(make([]byte, 16), onePixelWebP(t)[12:]...)
	b := []byte("RIFF\x00\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x02\x00\x00\x00\x00\x00\x00\x00\x00\x00")
	b = append(b, "ANIM\x06\x00\x00\x00\xff\xff\xff\xff\x00\x00"...)
	b = binary.LittleEndian.AppendUint32(append(b, "ANMF"...), uint32(len(frame)))
	b = append(b, frame...)
	binary.LittleEndian.PutUint32(b[4:], uint32(len(b)-8))
	return b
}

// turnedJPEG puts an Exif segment with an orientation in front.
func turnedJPEG(jpeg []byte, orientation byte) []byte {
	exif := []byte("Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00")
	exif[6+8+2+9] = orientation
	out := append([]byte{}, jpeg[:2]...)
	out = binary.BigEndian.AppendUint16(append(out, 0xff, 0xe1), uint16(len(exif)+2))
	return append(append(out, exif...), jpeg[2:]...)
}

// flatCMYK is a JPEG of four components, 8 x 8, each of one value: 128 + 8*dc/8 for dc in
// -127..127 but for those of fewer than 7 bits. adobe is the transform: 0 CMYK, 2 YCCK.
func flatCMYK(adobe byte, dc [4]int) []byte {
	out := []byte{0xff, 0xd8}
	segment := func(marker byte, body ...byte) {
		out = binary.BigEndian.AppendUint16(append(out, 0xff, marker), uint16(len(body)+2))
		out = append(out, body...)
	}
	segment(0xee, 'A', 'd', 'o', 'b', 'e', 0, 100, 0, 0, 0, 0, adobe)
	segment(0xdb, append([]byte{0}, bytes.Repeat([]byte{8}, 64)...)...)
	segment(0xc0, 8, 0, 8, 0, 8, 4, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0, 4, 0x11, 0)
	segment(0xc4, append([]byte{0x00, 0, 2}, append(make([]byte, 14), 0, 7)...)...) // DC: 00 none, 01 of 7 bits
	segment(0xc4, append([]byte{0x10, 1}, append(make([]byte, 15), 0)...)...)       // AC: 0 end of block
	segment(0xda, 4, 1, 0, 2, 0, 3, 0, 4, 0, 0, 63, 0)
	bits, n := uint64(0), 0
	put := func(v uint64, w int) { bits, n = bits<<w|v, n+w }
	for _, d := range dc {
		switch {
		case d == 0:
			put(0, 2)
		case d > 0:
			put(1, 2)
			put(uint64(d), 7)
		default:
			put(1, 2)
			put(uint64(d+127), 7)
		}
		put(0, 1)
	}
	for n%8 != 0 {
		put(1, 1)
	}
	for n -= 8; n >= 0; n -= 8 {
		b := byte(bits >> n)
		if out = append(out, b); b == 0xff {
			out = append(out, 0)
		}
	}
	return append(out, 0xff, 0xd9)
}

// resizedPNG says in its header that it is w x h.
func resizedPNG(png []byte, w, h uint32) []byte {
	out := append([]byte{}, png...)
	binary.BigEndian.PutUint32(out[16:], w)
	binary.BigEndian.PutUint32(out[20:], h)
	binary.BigEndian.PutUint32(out[29:], crc32.ChecksumIEEE(out[12:29]))
	return out
}
