package picture

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"

	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"
	"golang.org/x/image/webp"
)

// Limits bound what one picture may cost. The zero value means the defaults.
type Limits struct {
	Bytes  int64 // of a file; 64 MiB
	Pixels int64 // width times height; 64 Mi, about 0.7 GB while it is decoded
}

func (l Limits) withDefaults() Limits {
	if l.Bytes <= 0 {
		l.Bytes = 64 << 20
	}
	if l.Pixels <= 0 {
		l.Pixels = 64 << 20
	}
	return l
}

// Info is what the header of a picture says.
type Info struct {
	Format        Format
	Width, Height int // as it is shown
	Orientation   int // how it is stored, 1 to 8 as in Exif; 1 is upright
	Animated      bool
}

// decoders are those of formats that another package reads.
var decoders = map[Format]struct {
	config func(io.Reader) (image.Config, error)
	decode func(io.Reader) (image.Image, error)
}{
	PNG: {png.DecodeConfig, png.Decode}, JPEG: {jpeg.DecodeConfig, jpeg.Decode}, GIF: {gif.DecodeConfig, gif.Decode},
	WebP: {webp.DecodeConfig, webp.Decode}, TIFF: {tiff.DecodeConfig, tiff.Decode}, BMP: {bmp.DecodeConfig, bmp.Decode},
}

// Inspect reads the header of a picture and nothing else. Its errors are those of [Decode].
func Inspect(data []byte, l Limits) (info Info, err error) {
	defer calm(&err)
	return inspect(data, l.withDefaults())
}

func inspect(data []byte, l Limits) (Info, error) {
	info := Info{Format: Sniff(data), Orientation: upright}
	switch {
	case len(data) == 0:
		return info, &Error{Msg: "the file is empty; replace it or leave it out", Err: ErrNotPicture}
	case info.Format == Unknown:
		return info, &Error{Msg: "is not a picture; PNG, JPEG, GIF, WebP, TIFF, BMP, PBM, PGM and PPM are read", Err: ErrNotPicture}
	case !info.Format.readable():
		return info, &Error{Msg: fmt.Sprintf("is a picture of a kind that is not read (%s); convert it to PNG or JPEG", info.Format), Err: ErrUnsupported}
	case int64(len(data)) > l.Bytes:
		return info, tooManyBytes(int64(len(data)), l.Bytes)
	}
	info.Animated = animated(info.Format, data)
	var err error
	if info.Width, info.Height, err = dimensions(info, data); err != nil {
		return info, err
	}
	switch info.Format {
	case JPEG:
		info.Orientation = exifOrientation(data)
	case TIFF:
		info.Orientation = tiffOrientation(data)
	}
	if info.Orientation >= 5 {
		info.Width, info.Height = info.Height, info.Width
	}
	if info.Width <= 0 || info.Height <= 0 {
		return info, &Error{Msg: fmt.Sprintf("has no pixels (%d x %d); replace it or leave it out", info.Width, info.Height), Err: ErrEmpty}
	}
	if int64(info.Width) > l.Pixels/int64(info.Height) {
		return info, &Error{Msg: fmt.Sprintf("has %d x %d pixels, more than the limit of %d; make it smaller", info.Width, info.Height, l.Pixels), Err: ErrTooLarge}
	}
	return info, nil
}

// dimensions reads width and height as they are stored.
func dimensions(info Info, data []byte) (w, h int, err error) {
	if info.Format == PNM {
		p, err := readPNM(data)
		if err != nil {
			return 0, 0, err
		}
		return p.width, p.height, nil
	}
	if info.Format == WebP && info.Animated {
		var ok bool
		if data, ok = firstWebP(data); !ok {
			return 0, 0, damaged("it says that it is animated and has no first picture")
		}
	}
	c, err := decoders[info.Format].config(bytes.NewReader(data))
	if err != nil {
		return 0, 0, foreign(info.Format, err)
	}
	return c.Width, c.Height, nil
}

// Decode makes pixels of the bytes of a file: upright, transparency on white, 16 bits a
// sample rounded down to 8, ink of CMYK turned into light. It is grey where every pixel of the source is. Of an
// animated picture it gives the first one; [Inspect] tells.
//
// It returns [ErrNotPicture], [ErrUnsupported], [ErrDamaged], [ErrEmpty] or [ErrTooLarge] in an
// [*Error]; sizes are compared with l before anything is allocated for them.
func Decode(data []byte, l Limits) (r *Raster, err error) {
	defer calm(&err)
	info, err := inspect(data, l.withDefaults())
	if err != nil {
		return nil, err
	}
	if info.Format == PNM {
		p, err := readPNM(data)
		if err != nil {
			return nil, err
		}
		if r, err = p.raster(); err != nil {
			return nil, err
		}
		return r, nil
	}
	if info.Format == WebP && info.Animated {
		data, _ = firstWebP(data)
	}
	m, err := decoders[info.Format].decode(bytes.NewReader(data))
	if err != nil {
		return nil, foreign(info.Format, err)
	}
	if m.Bounds().Empty() {
		return nil, &Error{Msg: "has no pixels; replace it or leave it out", Err: ErrEmpty}
	}
	return rasterOf(m).turn(info.Orientation), nil
}

// rasterOf copies an image of any kind.
func rasterOf(m image.Image) *Raster {
	b := m.Bounds()
	r := &Raster{Width: b.Dx(), Height: b.Dy(), Channels: 1}
	switch m := m.(type) {
	case *image.Gray:
		r.Pix = make([]byte, r.Width*r.Height)
		for y := range r.Height {
			copy(r.Pix[y*r.Width:][:r.Width], m.Pix[m.PixOffset(b.Min.X, b.Min.Y+y):])
		}
		return r
	case *image.Gray16:
		r.Pix = make([]byte, r.Width*r.Height)
		for y := range r.Height {
			row := m.Pix[m.PixOffset(b.Min.X, b.Min.Y+y):]
			for x := range r.Width {
				r.Pix[y*r.Width+x] = row[2*x]
			}
		}
		return r
	}
	flat := image.NewRGBA(image.Rect(0, 0, r.Width, r.Height))
	draw.Draw(flat, flat.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
	draw.Draw(flat, flat.Bounds(), m, b.Min, draw.Over)
	if !colourless(flat.Pix) {
		r.Channels = 3
	}
	r.Pix = make([]byte, r.Width*r.Height*r.Channels)
	for i, j := 0, 0; i < len(r.Pix); i, j = i+r.Channels, j+4 {
		copy(r.Pix[i:i+r.Channels], flat.Pix[j:])
	}
	return r
}

// colourless says whether red, green and blue are the same everywhere, (n, 4).
func colourless(rgba []byte) bool {
	for i := 0; i+3 < len(rgba); i += 4 {
		if rgba[i] != rgba[i+1] || rgba[i] != rgba[i+2] {
			return false
		}
	}
	return true
}

func damaged(why string) error {
	return &Error{Msg: "is damaged: " + why + "; replace it or leave it out", Err: ErrDamaged}
}

func tooManyBytes(n, limit int64) error {
	return &Error{Msg: fmt.Sprintf("has %d bytes, more than the limit of %d; make it smaller", n, limit), Err: ErrTooLarge}
}

// foreign puts what another package's decoder said into our words.
func foreign(f Format, err error) error {
	var tiffUnsupported tiff.UnsupportedError
	var jpegUnsupported jpeg.UnsupportedError
	var pngUnsupported png.UnsupportedError
	switch {
	case errors.As(err, &tiffUnsupported), errors.As(err, &jpegUnsupported), errors.As(err, &pngUnsupported), errors.Is(err, bmp.ErrUnsupported):
		return &Error{Msg: fmt.Sprintf("is a %s of a kind that is not read (%v); save it as a plain PNG or JPEG", f, err), Err: ErrUnsupported}
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return damaged(fmt.Sprintf("the %s ends too early", f))
	}
	return damaged(fmt.Sprintf("the %s cannot be read (%v)", f, err))
}

// calm makes an error of a panic: the decoders are other people's, the bytes anybody's.
func calm(err *error) {
	if p := recover(); p != nil {
		*err = damaged(fmt.Sprintf("its decoder gave up (%v)", p))
	}
}
