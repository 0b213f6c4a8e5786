package look

import "github.com/doppeldb/doppel/record/picture"

// workSide is the longest side that a picture is looked at with.
const workSide = 256

// shrink brings the longer side down to side, in proportion; a smaller picture stays as it is.
func shrink(r *picture.Raster, side int) *picture.Raster {
	long := max(r.Width, r.Height)
	if long <= side {
		return r
	}
	return r.Resize(max(1, r.Width*side/long), max(1, r.Height*side/long))
}

const (
	// backdrop is how far a pixel may be from the corners' colour and still be background, of 255.
	backdrop = 20
	// leastTrimmed is the smallest share of a side that is taken for the thing itself.
	leastTrimmed = .25
)

// trim cuts off a border of one colour, as photos in shops have: the same thing fills the
// same part of the picture then. Without such a border it gives r.
func trim(r *picture.Raster) *picture.Raster {
	if !evenBorder(r) {
		return r
	}
	x0, y0, x1, y1 := r.Width, r.Height, 0, 0
	for y := range r.Height {
		for x := range r.Width {
			if !alike(r, 0, y*r.Width+x) {
				x0, x1, y0, y1 = min(x0, x), max(x1, x+1), min(y0, y), max(y1, y+1)
			}
		}
	}
	w, h := x1-x0, y1-y0
	if float64(w) < leastTrimmed*float64(r.Width) || float64(h) < leastTrimmed*float64(r.Height) {
		return r
	}
	out := &picture.Raster{Width: w, Height: h, Channels: r.Channels}
	for y := y0; y < y1; y++ {
		out.Pix = append(out.Pix, r.Pix[(y*r.Width+x0)*r.Channels:][:w*r.Channels]...)
	}
	return out
}

// evenBorder says whether nearly all pixels of the four sides are of the first one's colour.
func evenBorder(r *picture.Raster) bool {
	same, all := 0, 0
	look := func(x, y int) {
		all++
		if alike(r, 0, y*r.Width+x) {
			same++
		}
	}
	for x := range r.Width {
		look(x, 0)
		look(x, r.Height-1)
	}
	for y := range r.Height {
		look(0, y)
		look(r.Width-1, y)
	}
	return same*20 >= all*19
}

// alike says whether two pixels have about the same colour.
func alike(r *picture.Raster, a, b int) bool {
	for k := range r.Channels {
		if d := int(r.Pix[a*r.Channels+k]) - int(r.Pix[b*r.Channels+k]); d > backdrop || d < -backdrop {
			return false
		}
	}
	return true
}
