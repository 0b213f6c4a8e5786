package report

import (
	"fmt"
	"math"
	"strconv"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"
)

// The map's view box, in units that the page scales, and what is drawn in it.
const (
	mapWidth, mapHeight = 960., 600.
	mapMargin           = 30.
	mapThumb            = 40. // longer side of a thumbnail
	maxMapped           = 800 // pictures on the map, in even steps over all
	maxMapThumbs        = 140
	maxMapNames         = 40 // classes that are named on it

	mapNameWidth, mapNameHeight = 70., 18. // about what a short name takes
	maxMapColours               = 60
)

// embeddingMap is vectors on the plane of their first two principal components.
type embeddingMap struct {
	Dots   []mapDot
	Thumbs []mapThumbnail
	Names  []mapName
	Note   string
}

type mapDot struct{ X, Y, Colour, Title string }

type mapThumbnail struct {
	X, Y, Width, Height string
	Colour, Title       string
	View, Ref           string // the picture's view box, and its id in the page
}

type mapName struct{ X, Y, Text string }

// newEmbeddingMap projects the pictures; it has no dots where there is nothing to see:
// fewer than three pictures, or all at one place. use gives the picture to draw.
func newEmbeddingMap(c Contact, classes []int, names []string, use func(int) thumbnail) embeddingMap {
	mapped := evenly(len(c.Pictures), maxMapped)
	xy, share, ok := project(c, mapped)
	if !ok {
		return embeddingMap{}
	}
	m := embeddingMap{Note: fmt.Sprintf("The plane shows %.0f %% of how the vectors spread.", 100*share)}
	if len(mapped) < len(c.Pictures) {
		m.Note += fmt.Sprintf(" %s of the %s pictures, evenly chosen.", formatCount(len(mapped)), formatCount(len(c.Pictures)))
	}
	taken := []([2]float64){}
	for k, i := range mapped {
		colour, title := classColour(classes[i]), line(c.Pictures[i].Class)+" · "+line(c.Pictures[i].Name)
		t := use(-1)
		if len(m.Thumbs) < maxMapThumbs && free(taken, xy[k]) {
			t = use(i)
		}
		if t.Ref == "" {
			m.Dots = append(m.Dots, mapDot{pixels(xy[k][0]), pixels(xy[k][1]), colour, title})
			continue
		}
		taken = append(taken, xy[k])
		scale := mapThumb / math.Max(float64(t.width), float64(t.height))
		w, h := float64(t.width)*scale, float64(t.height)*scale
		m.Thumbs = append(m.Thumbs, mapThumbnail{pixels(xy[k][0] - w/2), pixels(xy[k][1] - h/2), pixels(w), pixels(h), colour, title, t.View, t.Ref})
	}
	if len(names) <= maxMapNames {
		m.Names = middles(xy, mapped, classes, names)
	}
	return m
}

// project gives places on the map, and the share of the variance that they keep.
func project(c Contact, mapped []int) (xy [][2]float64, share float64, ok bool) {
	if len(mapped) < 3 || c.Dim < 2 {
		return nil, 0, false
	}
	data := mat.NewDense(len(mapped), c.Dim, nil)
	for k, i := range mapped {
		for d, x := range c.Vectors[i*c.Dim : (i+1)*c.Dim] {
			data.Set(k, d, float64(x))
		}
	}
	var pc stat.PC
	if !pc.PrincipalComponents(data, nil) {
		return nil, 0, false
	}
	total, vars := 0., pc.VarsTo(nil)
	for _, v := range vars {
		total += v
	}
	if !(total > 1e-12) || len(vars) < 2 {
		return nil, 0, false
	}
	var axes, places mat.Dense
	pc.VectorsTo(&axes)
	places.Mul(data, axes.Slice(0, c.Dim, 0, 2))
	xs, ys := fitted(mat.Col(nil, 0, &places), mapWidth), fitted(mat.Col(nil, 1, &places), mapHeight)
	for k := range xs {
		xy = append(xy, [2]float64{xs[k], ys[k]})
	}
	return xy, (vars[0] + vars[1]) / total, true
}

// fitted spreads values over a side of the map. The sign of a component means nothing:
// the first value is put in the lower half, so that the same vectors give the same map.
func fitted(values []float64, side float64) []float64 {
	low, high := math.Inf(1), math.Inf(-1)
	for _, v := range values {
		low, high = math.Min(low, v), math.Max(high, v)
	}
	mirror := values[0] > (low+high)/2
	out := make([]float64, len(values))
	for i, v := range values {
		at := .5
		if high-low > 1e-9 {
			at = (v - low) / (high - low)
		}
		if mirror {
			at = 1 - at
		}
		out[i] = mapMargin + at*(side-2*mapMargin)
	}
	return out
}

// free says whether a thumbnail here would lie on no other.
func free(taken [][2]float64, at [2]float64) bool {
	for _, t := range taken {
		if math.Abs(t[0]-at[0]) < mapThumb+6 && math.Abs(t[1]-at[1]) < mapThumb+6 {
			return false
		}
	}
	return true
}

// middles gives each class's name at the mean of its pictures, where no other name is.
func middles(xy [][2]float64, mapped, classes []int, names []string) (out []mapName) {
	sum, n := make([][2]float64, len(names)), make([]float64, len(names))
	for k, i := range mapped {
		c := classes[i]
		sum[c][0], sum[c][1], n[c] = sum[c][0]+xy[k][0], sum[c][1]+xy[k][1], n[c]+1
	}
	var placed [][2]float64
next:
	for c, name := range names {
		x, y := sum[c][0]/n[c], sum[c][1]/n[c]
		for _, p := range placed {
			if math.Abs(p[0]-x) < mapNameWidth && math.Abs(p[1]-y) < mapNameHeight {
				continue next
			}
		}
		if n[c] > 0 {
			placed = append(placed, [2]float64{x, y})
			out = append(out, mapName{pixels(x), pixels(y), line(name)})
		}
	}
	return out
}

// classColour gives neighbouring numbers colours far apart: hues by the golden angle,
// in two lightnesses that show on white and on black.
func classColour(class int) string {
	class %= maxMapColours
	hue := math.Mod(187+137.508*float64(class), 360)
	return fmt.Sprintf("hsl(%.0f, 62%%, %d%%)", hue, 42+14*(class%2))
}

func pixels(x float64) string { return strconv.FormatFloat(x, 'f', 1, 64) }
