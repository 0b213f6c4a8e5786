package look

import (
	"bytes"
	"errors"
	"image"
	"image/jpeg"
	"testing"

	"github.com/doppeldb/doppel/internal/datasets"
	"github.com/doppeldb/doppel/record/picture"
)

func describe(r *picture.Raster) []float32 {
	v := make([]float32, Len)
	Describe(r, v)
	return v
}

func dot(a, b []float32) (sum float64) {
	for i := range a {
		sum += float64(a[i]) * float64(b[i])
	}
	return sum
}

// scene is a picture with shape and colour, w x h; another seed another scene.
func scene(w, h, seed int) *picture.Raster {
	r := &picture.Raster{Width: w, Height: h, Channels: 3, Pix: make([]byte, w*h*3)}
	for y := range h {
		for x := range w {
			u, v := x*16/w, y*16/h
			p := r.Pix[(y*w+x)*3:]
			p[0], p[1], p[2] = byte(u*seed*7), byte(v*(seed+3)*11), byte((u*v*seed)*5)
		}
	}
	return r
}

func TestDescribe(t *testing.T) {
	a := describe(scene(160, 160, 1))
	if n := dot(a, a); n < .999 || n > 1.001 {
		t.Errorf("length %v", n)
	}
	if same := dot(a, describe(scene(64, 64, 1))); same < .97 {
		t.Errorf("another size is at %v", same)
	}
	if other := dot(a, describe(scene(160, 160, 4))); other > .85 {
		t.Errorf("another scene is at %v", other)
	}
	for name, r := range map[string]*picture.Raster{
		"one pixel": {Width: 1, Height: 1, Channels: 1, Pix: []byte{7}},
		"flat":      {Width: 50, Height: 3, Channels: 3, Pix: bytes.Repeat([]byte{200}, 450)},
		"a line":    {Width: 1, Height: 300, Channels: 1, Pix: bytes.Repeat([]byte{0, 255, 9}, 100)},
	} {
		v := describe(r)
		if n := dot(v, v); !(n >= 0 && n < 1.001) {
			t.Errorf("%s: length %v", name, n)
		}
	}
}

func TestTrim(t *testing.T) {
	inside := scene(60, 60, 2)
	framed := &picture.Raster{Width: 100, Height: 90, Channels: 3, Pix: bytes.Repeat([]byte{255}, 100*90*3)}
	for y := range 60 {
		copy(framed.Pix[((y+10)*100+30)*3:], inside.Pix[y*180:][:180])
	}
	if got := trim(framed); got.Width != 60 || got.Height != 60 {
		t.Errorf("trimmed to %d x %d", got.Width, got.Height)
	}
	if same := dot(describe(inside), describe(framed)); same < .99 {
		t.Errorf("with a white frame it is at %v", same)
	}
}

// TestSqueeze compares with the mean over areas, pixel by pixel, in floating point.
func TestSqueeze(t *testing.T) {
	r := scene(37, 23, 3)
	for _, size := range [][2]int{{37, 23}, {10, 7}, {1, 1}, {50, 40}} {
		w, h := size[0], size[1]
		got := r.Resize(w, h)
		for y := range h {
			for x := range w {
				for k := range 3 {
					var sum, area float64
					for sy := range r.Height {
						for sx := range r.Width {
							a := overlap(sx, r.Width, x, w) * overlap(sy, r.Height, y, h)
							sum += a * float64(r.Pix[(sy*r.Width+sx)*3+k])
							area += a
						}
					}
					if d := sum/area - float64(got.Pix[(y*w+x)*3+k]); d > .51 || d < -.51 {
						t.Fatalf("%v: pixel %d,%d is %d, want %v", size, x, y, got.Pix[(y*w+x)*3+k], sum/area)
					}
				}
			}
		}
	}
}

// overlap is the common length of pixel i of n and pixel j of m on one line.
func overlap(i, n, j, m int) float64 {
	from := max(float64(i)/float64(n), float64(j)/float64(m))
	to := min(float64(i+1)/float64(n), float64(j+1)/float64(m))
	return max(0, to-from)
}

// TestNearDuplicates: a face at half its size, badly compressed, brighter or cropped is nearest
// to itself among all 400.
func TestNearDuplicates(t *testing.T) {
	if testing.Short() {
		t.Skip("2,000 descriptions")
	}
	faces, err := datasets.LoadFaces()
	if errors.Is(err, datasets.ErrMissing) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]float64{"half": .99, "jpeg": .99, "brighter": .99, "crop": .6} {
		if got := foundFirst(t, faces, changes[name]); got < want {
			t.Errorf("%s: %.3f are found first, want %.3f", name, got, want)
		} else {
			t.Logf("%s: %.3f", name, got)
		}
	}
}

var changes = map[string]func(*testing.T, *picture.Raster) *picture.Raster{
	"half": func(_ *testing.T, r *picture.Raster) *picture.Raster { return r.Resize(r.Width/2, r.Height/2) },
	"brighter": func(_ *testing.T, r *picture.Raster) *picture.Raster {
		out := *r
		out.Pix = bytes.Clone(r.Pix)
		for i, v := range out.Pix {
			out.Pix[i] = byte(min(255, int(v)*5/4+10))
		}
		return &out
	},
	"jpeg": func(t *testing.T, r *picture.Raster) *picture.Raster {
		var b bytes.Buffer
		m := &image.Gray{Pix: r.Pix, Stride: r.Width, Rect: image.Rect(0, 0, r.Width, r.Height)}
		if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: 40}); err != nil {
			t.Fatal(err)
		}
		out, err := picture.Decode(b.Bytes(), picture.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		return out
	},
	"crop": func(_ *testing.T, r *picture.Raster) *picture.Raster {
		dx, dy := r.Width/20, r.Height/20
		out := &picture.Raster{Width: r.Width - dx, Height: r.Height - dy, Channels: 1}
		for y := range out.Height {
			out.Pix = append(out.Pix, r.Pix[(y+dy)*r.Width+dx:][:out.Width]...)
		}
		return out
	},
}

func foundFirst(t *testing.T, faces []datasets.Picture, change func(*testing.T, *picture.Raster) *picture.Raster) float64 {
	mean := make([]float32, Len)
	var base, changed [][]float32
	for _, f := range faces {
		r, err := picture.Decode(f.Data, picture.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		base, changed = append(base, describe(r)), append(changed, describe(change(t, r)))
		for i, x := range base[len(base)-1] {
			mean[i] += x / float32(len(faces))
		}
	}
	for _, vs := range [][][]float32{base, changed} {
		for _, v := range vs {
			for i := range v {
				v[i] -= mean[i]
			}
			unit(v, 1)
		}
	}
	first := 0
	for i, q := range changed {
		best := 0
		for j := range base {
			if dot(q, base[j]) > dot(q, base[best]) {
				best = j
			}
		}
		if best == i {
			first++
		}
	}
	return float64(first) / float64(len(faces))
}

func BenchmarkDescribe(b *testing.B) {
	r, v := scene(92, 112, 1), make([]float32, Len)
	for b.Loop() {
		Describe(r, v)
	}
}
