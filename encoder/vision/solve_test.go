package vision

import (
	"bytes"
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/doppeldb/doppel/internal/f32"
	"github.com/doppeldb/doppel/record/picture"
)

// blobs draws pictures of classes: bright places that the class determines, in a light that varies from
// picture to picture. Half of the noise is a stripe that all classes have somewhere.
func blobs(first, classes, each int) TrainSet {
	var s TrainSet
	for c := range classes {
		own := rand.New(rand.NewPCG(uint64(first+c), 7))
		var places [5][2]float64
		for i := range places {
			places[i] = [2]float64{3 + 18*own.Float64(), 3 + 18*own.Float64()}
		}
		for k := range each {
			rng := rand.New(rand.NewPCG(uint64(first+c), uint64(k)+100))
			r := &picture.Raster{Width: 24, Height: 24, Channels: 1, Pix: make([]byte, 24*24)}
			slope, stripe := 3*rng.NormFloat64(), 24*rng.Float64()
			for y := range 24 {
				for x := range 24 {
					v := 100 + slope*float64(x-12) + 60*math.Exp(-math.Pow(float64(y)-stripe, 2)/4)
					for _, p := range places {
						v += 90 * math.Exp(-(math.Pow(float64(x)-p[0], 2)+math.Pow(float64(y)-p[1], 2))/5)
					}
					r.Pix[y*24+x] = byte(min(max(v+4*rng.NormFloat64(), 0), 255))
				}
			}
			s.Pictures, s.Class = append(s.Pictures, r), append(s.Class, c)
		}
	}
	return s
}

func solveSpec(t testing.TB) Spec {
	t.Helper()
	s, err := ParseSpec("input 24x24 local, conv 8 5x5, pool 2, dense 64")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// accuracyOf gives the share of others named right by one picture of each class.
func accuracyOf(t testing.TB, n *Net, set TrainSet) float64 {
	t.Helper()
	v, err := n.EmbedAll(context.Background(), set.Pictures, 2)
	if err != nil {
		t.Fatal(err)
	}
	share, _, err := oneShot(v, n.Dim(), set.Class, 1)
	if err != nil {
		t.Fatal(err)
	}
	return share
}

// A solved network tells classes apart that it was not solved with, better than its filters alone do.
func TestSolve(t *testing.T) {
	train, test := blobs(0, 16, 6), blobs(100, 12, 6)
	for _, mirrored := range []bool{false, true} {
		n, err := Solve(context.Background(), train, SolveOptions{Spec: solveSpec(t), Mirrored: mirrored, Threads: 2})
		if err != nil {
			t.Fatal(err)
		}
		plain, err := New(solveSpec(t), 0)
		if err != nil {
			t.Fatal(err)
		}
		plain.give()
		solved, before := accuracyOf(t, n, test), accuracyOf(t, plain, test)
		t.Logf("mirrored %v: %.3f, with a last layer that learned nothing %.3f", mirrored, solved, before)
		if solved < .8 || !mirrored && solved <= before { // these classes are not symmetric
			t.Errorf("mirrored %v: %.3f right, before %.3f", mirrored, solved, before)
		}
		again, err := Solve(context.Background(), train, SolveOptions{Spec: solveSpec(t), Mirrored: mirrored, Threads: 1})
		if err != nil || !bytes.Equal(again.Marshal(), n.Marshal()) {
			t.Errorf("another number of threads gives another network (%v)", err)
		}
		back, err := Unmarshal(n.Marshal())
		if err != nil || !bytes.Equal(back.Marshal(), n.Marshal()) {
			t.Errorf("read back: %v", err)
		}
	}
}

// To a mirrored network a picture and its mirror image are one.
func TestSolveMirrored(t *testing.T) {
	train := blobs(0, 8, 4)
	n, err := Solve(context.Background(), train, SolveOptions{Spec: solveSpec(t), Mirrored: true})
	if err != nil {
		t.Fatal(err)
	}
	p := train.Pictures[5]
	m := &picture.Raster{Width: p.Width, Height: p.Height, Channels: 1, Pix: make([]byte, len(p.Pix))}
	for i := range m.Pix {
		m.Pix[i] = p.Pix[i-i%p.Width+p.Width-1-i%p.Width]
	}
	v, err := n.EmbedAll(context.Background(), []*picture.Raster{p, m, train.Pictures[20]}, 1)
	if err != nil {
		t.Fatal(err)
	}
	d := n.Dim()
	if same, other := f32.Dot(v[:d], v[d:2*d]), f32.Dot(v[:d], v[2*d:]); same < .9999 || other > .9 {
		t.Errorf("cosine of the mirror image %v, of another class %v", same, other)
	}
}

// Whitened, what varies within classes varies the same in all directions.
func TestWhiten(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	s := smoothing{w: 3, h: 1, c: 1, smallW: 3, smallH: 1, weight: []float64{1, 0, 0, 0, 1, 0, 0, 0, 1}}
	var x []float32
	var class []int
	for c := range 40 {
		at := [3]float64{rng.NormFloat64(), rng.NormFloat64(), rng.NormFloat64()}
		for range 50 {
			a, b := rng.NormFloat64(), rng.NormFloat64()
			x = append(x, float32(at[0]+5*a), float32(at[1]+a+.5*b), float32(at[2]+.1*rng.NormFloat64()))
			class = append(class, c)
		}
	}
	data := s.all(x, len(class))
	w, _, err := whiten(data, class, 1e-9, 3)
	if err != nil {
		t.Fatal(err)
	}
	means, n := map[int][3]float64{}, len(class)
	y := make([][3]float64, n)
	for i := range n {
		for d := range 3 {
			for j, v := range data.RawRowView(i) {
				y[i][d] += v * w.At(j, d)
			}
			m := means[class[i]]
			m[d] += y[i][d] / 50
			means[class[i]] = m
		}
	}
	for a := range 3 {
		for b := range 3 {
			sum, want := 0., 0.
			if a == b {
				want = 1
			}
			for i := range n {
				m := means[class[i]]
				sum += (y[i][a] - m[a]) * (y[i][b] - m[b])
			}
			if got := sum / float64(n-40); math.Abs(got-want) > 1e-6 {
				t.Errorf("covariance %d, %d is %v, want %v", a, b, got, want)
			}
		}
	}
}

// Light from one side and contrast make no difference to the mode Local.
func TestLocal(t *testing.T) {
	p := blobs(3, 1, 1).Pictures[0]
	lit := &picture.Raster{Width: p.Width, Height: p.Height, Channels: 1, Pix: make([]byte, len(p.Pix))}
	for i, v := range p.Pix {
		lit.Pix[i] = byte(10 + .4*float64(v) + 3*float64(i%p.Width))
	}
	cosine := func(mode Mode) float32 {
		spec := solveSpec(t)
		spec.Mode = mode
		e := newEye(spec)
		a, b := make([]float32, 24*24), make([]float32, 24*24)
		e.see(a, p)
		e.see(b, lit)
		return f32.Dot(a, b) / float32(math.Sqrt(float64(f32.SumSq(a))*float64(f32.SumSq(b))))
	}
	if grey, local := cosine(Grey), cosine(Local); local < .93 || local <= grey {
		t.Errorf("cosine %v of the mode local, %v of grey", local, grey)
	}
	flat := &picture.Raster{Width: 9, Height: 9, Channels: 1, Pix: bytes.Repeat([]byte{77}, 81)}
	x := make([]float32, 24*24)
	newEye(solveSpec(t)).see(x, flat)
	for _, v := range x {
		if math.Abs(float64(v)) > 1e-3 {
			t.Fatalf("something is seen where nothing is: %v", v)
		}
	}
}

func TestSolveErrors(t *testing.T) {
	set := blobs(0, 4, 3)
	deep, err := ParseSpec("input 24x24 grey, conv 8 3x3, pool 2, conv 8 3x3, dense 16")
	if err != nil {
		t.Fatal(err)
	}
	flat := blobs(0, 2, 2)
	for i, p := range flat.Pictures {
		copy(p.Pix, flat.Pictures[flat.Class[i]*2].Pix)
	}
	for what, err := range map[string]struct{ got, want error }{
		"deep":      {solveError(set, SolveOptions{Spec: deep}), ErrSpec},
		"shrink":    {solveError(set, SolveOptions{Spec: solveSpec(t), Shrink: 2}), ErrOptions},
		"one class": {solveError(blobs(0, 1, 3), SolveOptions{Spec: solveSpec(t)}), ErrSet},
		"single":    {solveError(blobs(0, 3, 1), SolveOptions{Spec: solveSpec(t)}), ErrSet},
		"all alike": {solveError(flat, SolveOptions{Spec: solveSpec(t)}), ErrSet},
		"no raster": {solveError(TrainSet{Pictures: make([]*picture.Raster, 2), Class: []int{0, 1}}, SolveOptions{Spec: solveSpec(t)}), ErrPicture},
	} {
		if !errors.Is(err.got, err.want) {
			t.Errorf("%s: %v, want %v", what, err.got, err.want)
		}
	}
}

func solveError(s TrainSet, o SolveOptions) error {
	_, err := Solve(context.Background(), s, o)
	return err
}
