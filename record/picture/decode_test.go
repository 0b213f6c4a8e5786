package picture

import (
	"errors"
	"image"
	"image/color"
	"runtime"
	"strings"
	"testing"
)

// at gives red, green and blue of a pixel.
func (r *Raster) at(x, y int) [3]byte {
	p := r.Pix[(y*r.Width+x)*r.Channels:]
	if r.Channels == 1 {
		return [3]byte{p[0], p[0], p[0]}
	}
	return [3]byte{p[0], p[1], p[2]}
}

func near(a, b [3]byte) bool {
	for i := range a {
		if d := int(a[i]) - int(b[i]); d > 6 || d < -6 {
			return false
		}
	}
	return true
}

func TestFormats(t *testing.T) {
	for name, data := range map[string][]byte{
		"PNG": asPNG(t, corner()), "JPEG": asJPEG(t, corner()), "GIF": asGIF(t, corner()), "TIFF": asTIFF(t, corner()), "BMP": asBMP(t, corner()),
	} {
		if got := Sniff(data).String(); got != name {
			t.Errorf("%s: taken for %s", name, got)
		}
		r, err := Decode(data, Limits{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if r.Width != 16 || r.Height != 8 || r.Channels != 3 || !near(r.at(1, 1), [3]byte{255, 0, 0}) || !near(r.at(14, 6), [3]byte{0, 0, 255}) {
			t.Errorf("%s: %dx%dx%d, %v and %v", name, r.Width, r.Height, r.Channels, r.at(1, 1), r.at(14, 6))
		}
	}
	r, err := Decode(onePixelWebP(t), Limits{})
	if err != nil || r.Width != 1 || r.Height != 1 {
		t.Errorf("WebP: %+v, %v", r, err)
	}
}

func TestAnymaps(t *testing.T) {
	for name, tt := range map[string]struct {
		file string
		want []byte
		ch   int
	}{
		"P1":          {"P1\n# a comment\n3 2\n1 0 1\n010", []byte{0, 255, 0, 255, 0, 255}, 1},
		"P2":          {"P2 3 1 10 0 5 10", []byte{0, 128, 255}, 1},
		"P3":          {"P3\n1 2\n255\n1 2 3\n4 5 6\n", []byte{1, 2, 3, 4, 5, 6}, 3},
		"P4":          {"P4\n9 2\n\x80\x00\x00\x80", []byte{0, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 0}, 1},
		"P5":          {"P5 2 1 255\n\x07\xff", []byte{7, 255}, 1},
		"P5, 16 bits": {"P5 2 1 65535\n\x80\x00\xff\xff", []byte{128, 255}, 1},
		"P6":          {"P6\n#c\n1 1\n#d\n255\nabc", []byte("abc"), 3},
	} {
		r, err := Decode([]byte(tt.file), Limits{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if string(r.Pix) != string(tt.want) || r.Channels != tt.ch {
			t.Errorf("%s: %v of %d channels, want %v", name, r.Pix, r.Channels, tt.want)
		}
	}
}

// TestOrientation: whatever way a picture was stored, its red corner is where it was seen.
func TestOrientation(t *testing.T) {
	seen := rasterOf(corner())
	for o := 1; o <= 8; o++ {
		w, h := 16, 8
		if o >= 5 {
			w, h = 8, 16
		}
		stored := image.NewRGBA(image.Rect(0, 0, w, h))
		for y := range h {
			for x := range w { // Exif 2.3: where row 0 and column 0 of what is stored are seen
				var vx, vy int
				switch o {
				case 1:
					vx, vy = x, y
				case 2:
					vx, vy = 15-x, y
				case 3:
					vx, vy = 15-x, 7-y
				case 4:
					vx, vy = x, 7-y
				case 5:
					vx, vy = y, x
				case 6: // row 0 is the right side, column 0 the top
					vx, vy = 15-y, x
				case 7: // row 0 right, column 0 bottom
					vx, vy = 15-y, 7-x
				case 8: // row 0 left, column 0 bottom
					vx, vy = y, 7-x
				}
				c := seen.at(vx, vy)
				stored.Set(x, y, color.RGBA{c[0], c[1], c[2], 255})
			}
		}
		data := turnedJPEG(asJPEG(t, stored), byte(o))
		r, err := Decode(data, Limits{})
		if err != nil {
			t.Fatal(err)
		}
		if r.Width != 16 || r.Height != 8 {
			t.Fatalf("orientation %d: %d x %d", o, r.Width, r.Height)
		}
		for _, p := range [][2]int{{1, 1}, {14, 1}, {1, 6}, {14, 6}} {
			if !near(r.at(p[0], p[1]), seen.at(p[0], p[1])) {
				t.Errorf("orientation %d: at %v %v, want %v", o, p, r.at(p[0], p[1]), seen.at(p[0], p[1]))
			}
		}
		if info, err := Inspect(data, Limits{}); err != nil || info.Width != 16 || info.Orientation != o {
			t.Errorf("orientation %d: %+v, %v", o, info, err)
		}
	}
}

func TestInk(t *testing.T) {
	// Adobe writes ink upside down: all components at the top are white.
	white, err := Decode(flatCMYK(0, [4]int{127, 127, 127, 127}), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	if got := white.at(3, 3); !near(got, [3]byte{255, 255, 255}) {
		t.Errorf("no ink is %v", got)
	}
	red, err := Decode(flatCMYK(0, [4]int{127, -127, -127, 127}), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	if got := red.at(3, 3); !near(got, [3]byte{255, 0, 0}) {
		t.Errorf("magenta and yellow ink are %v", got)
	}
	if _, err = Decode(flatCMYK(2, [4]int{127, 0, 0, 127}), Limits{}); err != nil {
		t.Errorf("YCCK: %v", err)
	}
}

func TestDepthsAndTransparency(t *testing.T) {
	grey16 := image.NewGray16(image.Rect(0, 0, 2, 1))
	grey16.SetGray16(1, 0, color.Gray16{0x80ff})
	deep := image.NewNRGBA64(image.Rect(0, 0, 1, 1))
	deep.SetNRGBA64(0, 0, color.NRGBA64{0xffff, 0x8000, 0, 0xffff})
	clear := image.NewNRGBA(image.Rect(0, 0, 1, 1))
	greyPalette := image.NewPaletted(image.Rect(0, 0, 2, 1), color.Palette{color.Black, color.Gray{99}})
	greyPalette.SetColorIndex(1, 0, 1)
	for name, tt := range map[string]struct {
		data     []byte
		channels int
		x        int
		want     [3]byte
	}{
		"grey of 16 bits": {asPNG(t, grey16), 1, 1, [3]byte{0x80, 0x80, 0x80}},
		"grey TIFF of 16": {asTIFF(t, grey16), 1, 1, [3]byte{0x80, 0x80, 0x80}},
		"colour of 16":    {asPNG(t, deep), 3, 0, [3]byte{255, 128, 0}},
		"transparent":     {asPNG(t, clear), 1, 0, [3]byte{255, 255, 255}},
		"grey palette":    {asPNG(t, greyPalette), 1, 1, [3]byte{99, 99, 99}},
	} {
		r, err := Decode(tt.data, Limits{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if r.Channels != tt.channels || r.at(tt.x, 0) != tt.want {
			t.Errorf("%s: %v of %d channels", name, r.at(tt.x, 0), r.Channels)
		}
	}
}

func TestAnimated(t *testing.T) {
	other := image.NewRGBA(image.Rect(0, 0, 16, 8))
	for name, data := range map[string][]byte{"GIF": asGIF(t, corner(), other), "WebP": animatedWebP(t)} {
		info, err := Inspect(data, Limits{})
		if err != nil || !info.Animated {
			t.Errorf("%s: %+v, %v; want animated", name, info, err)
		}
		if _, err = Decode(data, Limits{}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	r, err := Decode(asGIF(t, corner(), other), Limits{})
	if err != nil || r.at(1, 1) != [3]byte{255, 0, 0} {
		t.Errorf("not the first picture: %v, %v", r, err)
	}
	for name, data := range map[string][]byte{"GIF": asGIF(t, corner()), "WebP": onePixelWebP(t), "PNG": asPNG(t, corner())} {
		if info, err := Inspect(data, Limits{}); err != nil || info.Animated {
			t.Errorf("%s of one picture: %+v, %v", name, info, err)
		}
	}
}

func TestBadPictures(t *testing.T) {
	whole, photo := asPNG(t, corner()), asJPEG(t, corner())
	for name, tt := range map[string]struct {
		data []byte
		want error
		says string
	}{
		"nothing":               {nil, ErrNotPicture, "empty"},
		"text":                  {[]byte("title,price\nlamp,3\n"), ErrNotPicture, "not a picture"},
		"HEIC":                  {[]byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00"), ErrUnsupported, "HEIC"},
		"SVG":                   {[]byte("<?xml version='1.0'?>\n<svg/>"), ErrUnsupported, "SVG"},
		"PNG cut off":           {whole[:len(whole)-30], ErrDamaged, "not enough pixel data"},
		"PNG cut in its header": {whole[:20], ErrDamaged, "too early"},
		"JPEG cut off":          {photo[:len(photo)/2], ErrDamaged, "damaged"},
		"anymap cut off":        {[]byte("P5 4 4 255\nabc"), ErrDamaged, "3 of 16 bytes"},
		"anymap 0 x 0":          {[]byte("P5 0 0 255\n"), ErrEmpty, "0 x 0"},
		"GIF 0 x 0":             {[]byte("GIF89a\x00\x00\x00\x00\x00\x00\x00\x3b"), ErrEmpty, "0 x 0"},
		"PNG 0 x 0":             {resizedPNG(whole, 0, 0), ErrDamaged, "damaged"},
		"PNG 60000 x 60000":     {resizedPNG(whole, 60000, 60000), ErrTooLarge, "60000 x 60000"},
		"anymap 60000 x 60000":  {[]byte("P6 60000 60000 255\n"), ErrTooLarge, "60000 x 60000"},
		"BMP 60000 x 60000":     {largeBMP(asBMP(t, corner())), ErrTooLarge, "60000 x 60000"},
		"anymap of huge sides":  {[]byte("P6 999999999 999999999 255\n"), ErrTooLarge, "limit"},
		"anymap's top":          {[]byte("P5 1 1 70000\na"), ErrDamaged, "70000"},
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := Decode(tt.data, Limits{})
		runtime.ReadMemStats(&after)
		if !errors.Is(err, tt.want) || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%s: %v; want %v with %q", name, err, tt.want, tt.says)
		}
		if grown := after.TotalAlloc - before.TotalAlloc; grown > 8<<20 {
			t.Errorf("%s: took %d bytes to be refused", name, grown)
		}
	}
	if _, err := Decode(whole, Limits{Bytes: 10}); !errors.Is(err, ErrTooLarge) {
		t.Errorf("more bytes than allowed: %v", err)
	}
	if err := Named("a/b.png", damaged("why")); err.Error() != "a/b.png: is damaged: why; replace it or leave it out" {
		t.Errorf("named: %v", err)
	}
}

// largeBMP says in its header that it is 60,000 x 60,000.
func largeBMP(b []byte) []byte {
	copy(b[18:], "\x60\xea\x00\x00\x60\xea\x00\x00")
	return b
}

func TestPack(t *testing.T) {
	for _, name := range []string{"", "photo.png", strings.Repeat("n", 300)} {
		for _, data := range []string{"", "bytes\x00\xff"} {
			v := Pack(name, []byte(data))
			n, d, ok := Unpack(v)
			if !ok || n != name || d != data || Name(v) != name || !IsPacked(v) {
				t.Errorf("%.20q, %q: came back as %.20q, %q, %v", name, data, n, d, ok)
			}
		}
	}
	for _, v := range []string{"", "photo.png", packMagic, packMagic + "\x05ab", packMagic + "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"} {
		if Name(v) != v || IsPacked(v) {
			t.Errorf("%q is taken for a picture", v)
		}
	}
}
