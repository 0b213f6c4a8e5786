package picture

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
)

// Resize gives the picture at w x h. Each pixel of the result is the mean of the area below
// it, with shares of the pixels at its border, in whole numbers: the same bytes everywhere.
func (r *Raster) Resize(w, h int) *Raster {
	out := &Raster{Width: w, Height: h, Channels: r.Channels, Pix: make([]byte, w*h*r.Channels)}
	c := r.Channels
	// Along x: source pixel i covers [i*w, (i+1)*w), target pixel j [j*W, (j+1)*W).
	row := make([]uint64, w*c)
	sums := make([]uint64, w*h*c)
	for y := range r.Height {
		clear(row)
		resizeRow(row, r.Pix[y*r.Width*c:][:r.Width*c], r.Width, w, c)
		for from, to := y*h, (y+1)*h; from < to; { // the same along y
			j := from / r.Height
			end := min(to, (j+1)*r.Height)
			for i, v := range row {
				sums[j*w*c+i] += v * uint64(end-from)
			}
			from = end
		}
	}
	area := uint64(r.Width) * uint64(r.Height)
	for i, v := range sums {
		out.Pix[i] = byte((v + area/2) / area)
	}
	return out
}

func resizeRow(dst []uint64, src []byte, width, w, c int) {
	for i := range width {
		for from, to := i*w, (i+1)*w; from < to; {
			j := from / width
			end := min(to, (j+1)*width)
			for k := range c {
				dst[j*c+k] += uint64(src[i*c+k]) * uint64(end-from)
			}
			from = end
		}
	}
}

// Thumbnail gives a PNG of the picture whose longer side is side pixels at most.
func (r *Raster) Thumbnail(side int) []byte {
	if long := max(r.Width, r.Height); long > side {
		r = r.Resize(max(1, r.Width*side/long), max(1, r.Height*side/long))
	}
	var b bytes.Buffer
	if err := png.Encode(&b, r.image()); err != nil {
		return nil // only of a picture above 2^31 pixels a side
	}
	return b.Bytes()
}

func (r *Raster) image() image.Image {
	bounds := image.Rect(0, 0, r.Width, r.Height)
	if r.Channels == 1 {
		return &image.Gray{Pix: r.Pix, Stride: r.Width, Rect: bounds}
	}
	m := image.NewRGBA(bounds)
	for y := range r.Height {
		for x := range r.Width {
			p := r.Pix[(y*r.Width+x)*3:]
			m.SetRGBA(x, y, color.RGBA{R: p[0], G: p[1], B: p[2], A: 255})
		}
	}
	return m
}
