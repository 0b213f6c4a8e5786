package main

import "github.com/doppeldb/doppel/record/picture"

// What is done to the ink of a signature before anything looks at it. In this set forgeries were written with other
// pens or scanned otherwise: their strokes are thinner and darker, which tells them from genuine ones without a look at
// what was written.

// ink is a way to prepare a signature.
type ink struct {
	name string
	make func(*picture.Raster) *picture.Raster
}

var inks = []ink{
	{"as scanned", func(r *picture.Raster) *picture.Raster { return r }},
	{"black or white", blackened},
	{"lines of one width", lined},
}

// inkBelow is the grey value below which a pixel is ink: the ground is 255, the middle of thin strokes about 150.
const inkBelow = 200

// blackened makes every pixel black or white, so that no stroke is darker than another.
func blackened(r *picture.Raster) *picture.Raster {
	out := &picture.Raster{Width: r.Width, Height: r.Height, Channels: 1, Pix: make([]byte, r.Width*r.Height)}
	for i := range out.Pix {
		if r.Pix[i*r.Channels] >= inkBelow {
			out.Pix[i] = 255
		}
	}
	return out
}

// lined thins all strokes to lines and draws them three pixels wide, so that no stroke is darker or wider than another.
func lined(r *picture.Raster) *picture.Raster {
	const margin = 2
	w, h := r.Width+2*margin, r.Height+2*margin
	on := make([]bool, w*h)
	for y := range r.Height {
		for x := range r.Width {
			on[(y+margin)*w+x+margin] = r.Pix[(y*r.Width+x)*r.Channels] < inkBelow
		}
	}
	thin(on, w, h)
	out := &picture.Raster{Width: w, Height: h, Channels: 1, Pix: make([]byte, w*h)}
	for i := range out.Pix {
		out.Pix[i] = 255
	}
	for y := 1; y < h-1; y++ {
		for x := 1; x < w-1; x++ {
			if !on[y*w+x] {
				continue
			}
			for dy := -1; dy <= 1; dy++ {
				for dx := -1; dx <= 1; dx++ {
					out.Pix[(y+dy)*w+x+dx] = 0
				}
			}
		}
	}
	return out
}

// thin takes pixels off the edges of strokes until lines are left that hang together as before (Zhang and Suen, "A
// fast parallel algorithm for thinning digital patterns", CACM 1984). The outermost pixels must be off.
func thin(on []bool, w, h int) {
	var off []int
	for changed := true; changed; {
		changed = false
		for pass := range 2 {
			off = off[:0]
			for y := 1; y < h-1; y++ {
				for x := 1; x < w-1; x++ {
					if at := y*w + x; on[at] && removable(on, at, w, pass) {
						off = append(off, at)
					}
				}
			}
			for _, at := range off {
				on[at], changed = false, true
			}
		}
	}
}

// removable says whether a pixel of a stroke may go in a pass, 0 or 1.
func removable(on []bool, at, w, pass int) bool {
	// The eight around it, clockwise from above.
	p := [8]bool{on[at-w], on[at-w+1], on[at+1], on[at+w+1], on[at+w], on[at+w-1], on[at-1], on[at-w-1]}
	neighbours, turns := 0, 0
	for i, v := range p {
		if v {
			neighbours++
		}
		if !v && p[(i+1)%8] {
			turns++
		}
	}
	if neighbours < 2 || neighbours > 6 || turns != 1 {
		return false
	}
	if pass == 0 {
		return !(p[0] && p[2] && p[4]) && !(p[2] && p[4] && p[6])
	}
	return !(p[0] && p[2] && p[6]) && !(p[0] && p[4] && p[6])
}
