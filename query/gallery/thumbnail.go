package gallery

import (
	"bytes"
	"image"
	"image/png"

	"golang.org/x/image/draw"

	"github.com/doppeldb/doppel/record/picture"
)

// Thumbnail gives a PNG of the picture whose longer side is side pixels or fewer; nil where that cannot be.
func (p Picture) Thumbnail(side int) []byte {
	from := asImage(p.Raster)
	w, h := p.Raster.Width, p.Raster.Height
	if longer := max(w, h); longer > side {
		w, h = max(1, w*side/longer), max(1, h*side/longer)
	}
	bounds := image.Rect(0, 0, w, h)
	var to draw.Image = image.NewGray(bounds)
	if p.Raster.Channels == 3 {
		to = image.NewRGBA(bounds)
	}
	draw.CatmullRom.Scale(to, bounds, from, from.Bounds(), draw.Src, nil)
	var b bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, to); err != nil {
		return nil
	}
	return b.Bytes()
}

func asImage(r *picture.Raster) image.Image {
	bounds := image.Rect(0, 0, r.Width, r.Height)
	if r.Channels == 1 {
		return &image.Gray{Pix: r.Pix, Stride: r.Width, Rect: bounds}
	}
	out := image.NewRGBA(bounds)
	for i := range r.Width * r.Height {
		copy(out.Pix[4*i:], r.Pix[3*i:3*i+3])
		out.Pix[4*i+3] = 255
	}
	return out
}
