package vision

import (
	"math"
	"math/rand/v2"
	"slices"

	"github.com/doppeldb/doppel/internal/f32"
)

// warp maps a pixel to where it comes from, x' = xx x + xy y + x0 and y' = yx x + yy y + y0,
// and the displacement by the control points of a grid, in pixels.
type warp struct {
	xx, xy, x0, yx, yy, y0 float32
	elastic                bool
	gridX, gridY           [gridNodes][gridNodes]float32
}

// gridCells is how many cells of the displacement's grid a side has, so that a displacement bends
// a stroke and does not tear it.
const gridCells = 4

// gridNodes is how many control points a cubic B-spline over the cells has.
const gridNodes = gridCells + 3

// splineSpread is the standard deviation of a cubic B-spline of two variables over control
// points of deviation 1, on the average over a cell.
const splineSpread = .479

// mapTerms is how many functions of x the places of a row are sums of: the control points, 1 and x.
const mapTerms = gridNodes + 2

// drawMap draws the map of one picture, about its middle.
func (a Augment) drawMap(w, h int, rng *rand.Rand) *warp {
	sin, cos := math.Sincos(symmetric(rng, a.Rotate) * math.Pi / 180)
	shear := math.Tan(symmetric(rng, a.Shear) * math.Pi / 180)
	sx, sy := times(rng, a.Scale), times(rng, a.Scale)
	tx, ty := symmetric(rng, a.Shift)*float64(w), symmetric(rng, a.Shift)*float64(h)
	if a.Flip && rng.Uint64()&1 == 1 {
		sx = -sx
	}
	// Rotation times shear times scale.
	xx, xy := cos*sx, (cos*shear-sin)*sy
	yx, yy := sin*sx, (sin*shear+cos)*sy
	cx, cy := float64(w-1)/2, float64(h-1)/2
	m := &warp{
		xx: float32(xx), xy: float32(xy), x0: float32(cx - xx*cx - xy*cy + tx),
		yx: float32(yx), yy: float32(yy), y0: float32(cy - yx*cx - yy*cy + ty), elastic: a.Elastic > 0,
	}
	if m.elastic {
		dx, dy := a.Elastic/splineSpread*float64(w), a.Elastic/splineSpread*float64(h)
		for r := range gridNodes {
			for c := range gridNodes {
				m.gridX[r][c] = float32(dx * rng.NormFloat64())
				m.gridY[r][c] = float32(dy * rng.NormFloat64())
			}
		}
	}
	return m
}

// splineAt gives the first of four control points and their weights at the middle of pixel i of n.
func splineAt(i, n int) (first int, weight [4]float32) {
	at := (float32(i) + .5) / float32(n) * gridCells
	first = min(int(at), gridCells-1)
	f := at - float32(first)
	g := 1 - f
	return first, [4]float32{g * g * g / 6, (3*f*f*f - 6*f*f + 4) / 6, (3*g*g*g - 6*g*g + 4) / 6, f * f * f / 6}
}

// places computes where all pixels come from, in padded: one product of matrices.
func (s *augmentScratch) places(m *warp, w, h int) {
	if len(s.column) != mapTerms*w {
		s.column = make([]float32, mapTerms*w)
		for x := range w {
			first, weight := splineAt(x, w)
			for k, f := range weight {
				s.column[(first+k)*w+x] = f
			}
			s.column[gridNodes*w+x], s.column[(gridNodes+1)*w+x] = 1, float32(x)
		}
	}
	s.nodes = slices.Grow(s.nodes[:0], 2*h*mapTerms)[:2*h*mapTerms]
	s.from = slices.Grow(s.from[:0], 2*h*w)[:2*h*w]
	for y := range h {
		nx, ny := s.nodes[y*mapTerms:][:mapTerms], s.nodes[(h+y)*mapTerms:][:mapTerms]
		clear(nx)
		clear(ny)
		if m.elastic {
			first, weight := splineAt(y, h)
			for k, f := range weight {
				for c := range gridNodes {
					nx[c] += f * m.gridX[first+k][c]
					ny[c] += f * m.gridY[first+k][c]
				}
			}
		}
		// One further to the right and down: the border.
		nx[gridNodes], nx[gridNodes+1] = m.xy*float32(y)+m.x0+1, m.xx
		ny[gridNodes], ny[gridNodes+1] = m.yy*float32(y)+m.y0+1, m.yx
	}
	f32.MatMul(s.from, s.nodes, s.column, 2*h, w, mapTerms, f32.Mul{Threads: 1})
}

// pad copies the picture into padded, with a border of one place above and on the left, two below and on
// the right: enough for the bilinear value of any place that is moved into it.
func (s *augmentScratch) pad(src []float32, w, h, channels int, background float32, edge bool) {
	wide, row := (w+3)*channels, w*channels
	s.padded = slices.Grow(s.padded[:0], wide*(h+3))[:wide*(h+3)]
	s.at = slices.Grow(s.at[:0], w)[:w]
	s.part = slices.Grow(s.part[:0], 2*w)[:2*w]
	if !edge {
		for i := range s.padded {
			s.padded[i] = background
		}
		for y := range h {
			copy(s.padded[(y+1)*wide+channels:], src[y*row:][:row])
		}
		return
	}
	for y := range h + 3 {
		to, from := s.padded[y*wide:][:wide], src[min(max(y-1, 0), h-1)*row:][:row]
		copy(to, from[:channels])
		copy(to[channels:], from)
		copy(to[channels+row:], from[row-channels:])
		copy(to[2*channels+row:], from[row-channels:])
	}
}

// place turns the places of row y into offsets, moved into the picture and its border.
func (s *augmentScratch) place(y, w, h int) {
	fromX, fromY := s.from[y*w:][:w], s.from[(h+y)*w:][:w]
	at, right, down := s.at[:w], s.part[:w], s.part[w:2*w]
	mostX, mostY, pw := float32(w+1), float32(h+1), int32(w+3)
	for x := range at {
		sx, sy := within(fromX[x], mostX), within(fromY[x], mostY)
		ix, iy := int32(sx), int32(sy)
		at[x], right[x], down[x] = iy*pw+ix, sx-float32(ix), sy-float32(iy)
	}
}

// within moves v into 0..most; what is no number becomes 0.
func within(v, most float32) float32 {
	if !(v > 0) {
		return 0
	}
	if v > most {
		return most
	}
	return v
}

// bilinear gives the values at the places of one row. Rows of padded have wide values.
func bilinear(dst, padded []float32, wide, channels int, at []int32, right, down []float32) {
	if channels == 1 {
		for x, o := range at[:len(dst)] {
			fx := right[x]
			top, bottom := padded[o:][:2], padded[int(o)+wide:][:2]
			t := top[0] + fx*(top[1]-top[0])
			b := bottom[0] + fx*(bottom[1]-bottom[0])
			dst[x] = t + down[x]*(b-t)
		}
		return
	}
	for x, o := range at {
		fx, fy, from := right[x], down[x], int(o)*channels
		top, bottom := padded[from:][:2*channels], padded[from+wide:][:2*channels]
		for c := range dst[x*channels:][:channels] {
			t := top[c] + fx*(top[channels+c]-top[c])
			b := bottom[c] + fx*(bottom[channels+c]-bottom[c])
			dst[x*channels+c] = t + fy*(b-t)
		}
	}
}
