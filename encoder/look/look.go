// Package look describes what a picture looks like in some 240 numbers, with nothing
// learned: two photos of one thing, or two sizes or qualities of one photo, get numbers whose
// inner product is high.
//
// Three blocks, each of unit length times its weight, see different things:
//
//	hash       the lowest 63 frequencies of the light, which survive scaling and compression
//	gradients  which way edges run in each of 4 x 4 places: shape
//	layout     light and colour of each of 4 x 4 places
//
// What comes out is not centred: subtract the mean of a few pictures of the collection, for
// photos on white have much in common that says nothing.
package look

import (
	"math"

	"github.com/doppeldb/doppel/record/picture"
)

const (
	hashSide  = 8
	hashLen   = hashSide*hashSide - 1 // without the mean
	grid      = 4
	angles    = 8
	edgeLen   = grid * grid * angles
	layoutLen = grid * grid * 3

	// Len is how many numbers describe a picture.
	Len = hashLen + edgeLen + layoutLen
)

// The squares of the weights of the blocks sum to 1. Cropping tells them apart: of 400 faces cut by 5 %, gradients
// alone find .89 first, the hash .56, the layout .52, all three .71; halved, compressed or brighter
// faces are found by any of them.
const (
	hashWeight   = .25
	edgeWeight   = .9
	layoutWeight = .357
)

// Describe writes the description of r to dst, (Len). Its length is 1, or less where a block
// has nothing to say: a picture of one colour has no edges.
func Describe(r *picture.Raster, dst []float32) {
	if len(dst) != Len {
		panic("look: length of dst is not Len")
	}
	r = trim(shrink(r, workSide))
	hash, edges, layout := dst[:hashLen], dst[hashLen:hashLen+edgeLen], dst[hashLen+edgeLen:]
	light := lightOf(r)
	hashOf(light, hash)
	edgesOf(light, edges)
	layoutOf(r, layout)
	unit(hash, hashWeight)
	unit(edges, edgeWeight)
	unit(layout, layoutWeight)
}

// unit brings v to a length, unless there is nothing in it.
func unit(v []float32, length float64) {
	sum := 0.
	for _, x := range v {
		sum += float64(x) * float64(x)
	}
	if sum == 0 {
		return
	}
	c := float32(length / math.Sqrt(sum))
	for i := range v {
		v[i] *= c
	}
}

// lightSide is the side of the square of light that hash and edges are read from.
const lightSide = 32

// lightOf gives the luminance of r, squeezed into a square, (lightSide, lightSide), 0 to 255.
func lightOf(r *picture.Raster) []float32 {
	small := r.Resize(lightSide, lightSide)
	out := make([]float32, lightSide*lightSide)
	for i := range out {
		out[i] = luma(small.Pix[i*small.Channels:], small.Channels)
	}
	return out
}

// luma is the luminance of a pixel (ITU-R BT.601), in whole steps of 1/256.
func luma(p []byte, channels int) float32 {
	if channels == 1 {
		return float32(p[0])
	}
	return float32(77*int(p[0])+150*int(p[1])+29*int(p[2])) / 256
}

// cosines[k][x] is the k-th cosine of the discrete cosine transform (type 2).
var cosines = func() (t [hashSide][lightSide]float32) {
	for k := range t {
		for x := range t[k] {
			t[k][x] = float32(math.Cos(math.Pi / lightSide * (float64(x) + .5) * float64(k)))
		}
	}
	return t
}()

// hashOf writes the lowest frequencies of the light, the mean left out, by their signed
// square roots: the perceptual hash of Zauner (2010), which keeps the signs alone, with some of the size.
func hashOf(light, dst []float32) {
	var rows [lightSide][hashSide]float32
	for y := range lightSide {
		for k := range hashSide {
			var sum float32
			for x, c := range cosines[k] {
				sum += float32(c * light[y*lightSide+x])
			}
			rows[y][k] = sum
		}
	}
	for j := range hashSide {
		for k := range hashSide {
			if j+k == 0 {
				continue
			}
			var sum float32
			for y, c := range cosines[j] {
				sum += float32(c * rows[y][k])
			}
			root := float32(math.Sqrt(math.Abs(float64(sum))))
			dst[j*hashSide+k-1] = float32(math.Copysign(float64(root), float64(sum)))
		}
	}
}

// edgesOf writes a histogram of gradients by their direction for each place, as Dalal and Triggs
// (CVPR 2005): directions without a sign, each gradient shared between the two nearest
// directions and the four nearest places; square roots make inner products the Hellinger kernel.
func edgesOf(light, dst []float32) {
	clear(dst)
	at := func(x, y int) float64 {
		return float64(light[min(max(y, 0), lightSide-1)*lightSide+min(max(x, 0), lightSide-1)])
	}
	for y := range lightSide {
		for x := range lightSide {
			dx, dy := at(x+1, y)-at(x-1, y), at(x, y+1)-at(x, y-1)
			if dx == 0 && dy == 0 {
				continue
			}
			angle := math.Atan2(dy, dx)
			if angle < 0 {
				angle += math.Pi
			}
			share(dst, x, y, angle*angles/math.Pi, math.Sqrt(float64(dx*dx)+float64(dy*dy)))
		}
	}
	for i, v := range dst {
		dst[i] = float32(math.Sqrt(float64(v)))
	}
}

// share adds a gradient to the histograms of the places around it.
func share(dst []float32, x, y int, angle, size float64) {
	const cell = float64(lightSide) / grid
	a := int(angle)
	fa := angle - float64(a)
	gx, gy := (float64(x)+.5)/cell-.5, (float64(y)+.5)/cell-.5
	cx, cy := int(math.Floor(gx)), int(math.Floor(gy))
	for _, py := range [2]int{cy, cy + 1} {
		for _, px := range [2]int{cx, cx + 1} {
			if px < 0 || py < 0 || px >= grid || py >= grid {
				continue
			}
			w := size * (1 - math.Abs(gx-float64(px))) * (1 - math.Abs(gy-float64(py)))
			h := dst[(py*grid+px)*angles:][:angles]
			h[a%angles] += float32(w * (1 - fa))
			h[(a+1)%angles] += float32(w * fa)
		}
	}
}

// layoutOf writes light and colour of each place: luminance less the picture's mean, and the two
// differences of colour, twice as heavy, which are 0 for grey.
func layoutOf(r *picture.Raster, dst []float32) {
	small := r.Resize(grid, grid)
	var mean float32
	for i := range grid * grid {
		p := small.Pix[i*small.Channels:]
		y := luma(p, small.Channels)
		mean += y / (grid * grid)
		dst[3*i], dst[3*i+1], dst[3*i+2] = y, 0, 0
		if small.Channels == 3 {
			dst[3*i+1], dst[3*i+2] = 2*(float32(p[2])-y), 2*(float32(p[0])-y)
		}
	}
	for i := range grid * grid {
		dst[3*i] -= mean
	}
}
