package vision

import (
	"context"
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
)

// SolveOptions says how [Solve] makes a network. Zero values are the default.
type SolveOptions struct {
	// Spec is one conv of 4 channels or a multiple, a pool and a dense; behind the conv may be one of 1x1, and behind the pool more
	// convs with a pool each, all of as many channels.
	Spec Spec
	// Shrink is how much of the variance within classes is taken for the same in all directions, 0 to 1; 0 means .3.
	Shrink float64
	// Mirrored says that a picture and its mirror image are of the same thing to the network, as of faces.
	Mirrored bool
	Threads  int
}

const (
	// defaultShrink: on 20 people of the AT&T faces, 10 to solve and 10 to judge by turns, EER 6.6 % at .02, 6.0 at .1, 5.6 at
	// .2, 5.5 at .4.
	defaultShrink = .3
	// mostSolved bounds the numbers that the last layer is solved for.
	mostSolved = 1024
)

// Solve makes a network without descent, in seconds, for sets of few classes, which a network that learns its filters
// remembers. The first conv's filters are derivatives of a bell in directions all around (so the pool gives which edges are near a
// place); a conv of 1x1 lets near directions outdo each other, later convs are bells that soften; the last layer smooths and
// whitens what varies within classes (within-class covariance normalisation: Hatch, Kajarekar and Stolcke, Interspeech 2006),
// so that what differs between pictures of one class counts less.
// It gives [ErrSpec], [ErrOptions], [ErrSet], [ErrPicture] and the error of ctx.
func Solve(ctx context.Context, set TrainSet, o SolveOptions) (*Net, error) {
	if err := o.Spec.solvable(); err != nil {
		return nil, err
	}
	if o.Shrink == 0 {
		o.Shrink = defaultShrink
	}
	if !(o.Shrink > 0 && o.Shrink <= 1) {
		return nil, fmt.Errorf("%w: shrink %v: want above 0, at most 1", ErrOptions, o.Shrink)
	}
	if err := set.check(); err != nil {
		return nil, err
	}
	if _, err := newSampler(set.Class, nil, set.name, Batches{Ways: 2, Shots: 2}, 0); err != nil {
		return nil, err // fewer than two classes, or classes of one picture
	}
	net, err := New(o.Spec, 0)
	if err != nil {
		return nil, err
	}
	net.give()
	features, err := net.features(ctx, set, o.Threads)
	if err != nil {
		return nil, err
	}
	if o.Mirrored {
		symmetrise(features, net.plan)
	}
	s := newSmoothing(net.plan)
	x := s.all(features, len(set.Pictures))
	w, mean, err := whiten(x, set.Class, o.Shrink, o.Spec.Dim())
	if err != nil {
		return nil, err
	}
	net.setDense(s, w, mean, o.Mirrored)
	return net, nil
}

// features gives what the last layer gets of every picture, (pictures, features).
func (n *Net) features(ctx context.Context, set TrainSet, threads int) ([]float32, error) {
	each := n.plan.features()
	out := make([]float32, len(set.Pictures)*each)
	folded := n.fold()
	err := inChunks(ctx, len(set.Pictures), threads, func() func(from, to int) {
		s := newSession(n, folded, chunk)
		return func(from, to int) {
			for i := from; i < to; i++ {
				s.eye.see(s.input, set.Pictures[i])
				s.place(i-from, s.input)
			}
			s.run(to - from)
			copy(out[from*each:to*each], s.feat)
		}
	})
	return out, err
}

// smoothing takes the mean of the features around every second place of every second row, again and again until they
// are few. It is a product: (small places, places).
type smoothing struct {
	w, h, c        int // of the features
	smallW, smallH int
	weight         []float64 // (small places, places)
}

// binomial is a bell of five places.
var binomial = [...]float64{1. / 16, 4. / 16, 6. / 16, 4. / 16, 1. / 16}

func newSmoothing(p plan) *smoothing {
	s := &smoothing{w: p.w, h: p.h, c: p.c}
	across, down := identity(p.w), identity(p.h)
	for len(across)*len(down)*p.c > mostSolved {
		if len(across) == 1 && len(down) == 1 {
			break
		}
		across, down = halved(across), halved(down)
	}
	s.smallW, s.smallH = len(across), len(down)
	s.weight = make([]float64, len(across)*len(down)*p.w*p.h)
	for y, rows := range down {
		for x, columns := range across {
			to := s.weight[(y*len(across)+x)*p.w*p.h:]
			for fy, wy := range rows {
				for fx, wx := range columns {
					to[fy*p.w+fx] = wy * wx
				}
			}
		}
	}
	return s
}

// identity is n places that are each themselves.
func identity(n int) [][]float64 {
	out := make([][]float64, n)
	for i := range out {
		out[i] = make([]float64, n)
		out[i][i] = 1
	}
	return out
}

// halved gives every second place, the mean of those around it; beyond the edges there is nothing.
func halved(places [][]float64) [][]float64 {
	if len(places) == 1 {
		return places
	}
	var out [][]float64
	for i := (len(places) + 1) % 2; i < len(places); i += 2 {
		sum := make([]float64, len(places[0]))
		for k, weight := range binomial {
			if at := i + k - len(binomial)/2; at >= 0 && at < len(places) {
				for j, v := range places[at] {
					sum[j] += weight * v
				}
			}
		}
		out = append(out, sum)
	}
	return out
}

func (s *smoothing) small() int { return s.smallW * s.smallH * s.c }

// all smooths the features of n pictures: (n, small).
func (s *smoothing) all(features []float32, n int) *mat.Dense {
	out := mat.NewDense(n, s.small(), nil)
	places := s.w * s.h
	for i := range n {
		x := features[i*places*s.c : (i+1)*places*s.c]
		row := out.RawRowView(i)
		for to := range s.smallW * s.smallH {
			for from, weight := range s.weight[to*places : (to+1)*places] {
				if weight == 0 {
					continue
				}
				for c := range s.c {
					row[to*s.c+c] += weight * float64(x[from*s.c+c])
				}
			}
		}
	}
	return out
}

// mirror gives where a feature is in the mirror image, of rows of w places of c channels.
func mirror(at, w, c int) int {
	place, channel := at/c, at%c
	x, y := place%w, place/w
	return (y*w+w-1-x)*c + (c/2-channel+c)%c
}

// symmetrise takes the mean of the features of each picture and of its mirror image.
func symmetrise(features []float32, p plan) {
	each := p.features()
	for from := 0; from < len(features); from += each {
		x := features[from : from+each]
		for at := range x {
			if other := mirror(at, p.w, p.c); other > at {
				mean := (x[at] + x[other]) / 2
				x[at], x[other] = mean, mean
			}
		}
	}
}

// whiten gives a map (k, dim) of rows of x, (n, k), in whose image what varies within classes varies the same in
// all directions, to the dim directions of most variance; and the mean of the rows.
func whiten(x *mat.Dense, class []int, shrink float64, dim int) (w *mat.Dense, mean []float64, err error) {
	n, k := x.Dims()
	mean = make([]float64, k)
	means, sizes := map[int][]float64{}, map[int]float64{}
	for i := range n {
		c := class[i]
		if means[c] == nil {
			means[c] = make([]float64, k)
		}
		sizes[c]++
		for j, v := range x.RawRowView(i) {
			mean[j] += v / float64(n)
			means[c][j] += v
		}
	}
	within, centred := mat.NewDense(n, k, nil), mat.NewDense(n, k, nil)
	for i := range n {
		m, size := means[class[i]], sizes[class[i]]
		for j, v := range x.RawRowView(i) {
			within.Set(i, j, v-m[j]/size)
			centred.Set(i, j, v-mean[j])
		}
	}
	scatter := mat.NewSymDense(k, nil)
	scatter.SymOuterK(1/float64(n-len(means)), within.T())
	level := 0.
	for j := range k {
		level += scatter.At(j, j) / float64(k)
	}
	if !(level > 1e-20) {
		return nil, nil, fmt.Errorf("%w: the pictures of each class are all the same: nothing tells what may vary", ErrSet)
	}
	scatter.ScaleSym(1-shrink, scatter)
	for j := range k {
		scatter.SetSym(j, j, scatter.At(j, j)+shrink*level)
	}
	white, err := rootInverse(scatter)
	if err != nil {
		return nil, nil, err
	}
	var flat mat.Dense
	flat.Mul(centred, white)
	total := mat.NewSymDense(k, nil)
	total.SymOuterK(1, flat.T())
	var e mat.EigenSym
	if !e.Factorize(total, true) {
		return nil, nil, fmt.Errorf("%w: no directions were found", ErrSet)
	}
	var axes mat.Dense
	e.VectorsTo(&axes) // ascending
	w = mat.NewDense(k, dim, nil)
	for d := range min(dim, k) {
		var column mat.VecDense
		column.MulVec(white, axes.ColView(k-1-d))
		upright(&column)
		w.SetCol(d, column.RawVector().Data)
	}
	return w, mean, nil
}

// upright gives a direction the sign in which its largest number is positive: otherwise it is up to rounding.
func upright(v *mat.VecDense) {
	most := 0.
	for i := range v.Len() {
		if x := v.AtVec(i); math.Abs(x) > math.Abs(most)*(1+1e-9) {
			most = x
		}
	}
	if most < 0 {
		v.ScaleVec(-1, v)
	}
}

// rootInverse gives the symmetric inverse square root of a positive definite matrix.
func rootInverse(a *mat.SymDense) (*mat.Dense, error) {
	var e mat.EigenSym
	if !e.Factorize(a, true) {
		return nil, fmt.Errorf("%w: no directions were found", ErrSet)
	}
	var q, scaled, out mat.Dense
	e.VectorsTo(&q)
	values := e.Values(nil)
	scaled.CloneFrom(&q)
	for j, v := range values {
		for i := range len(values) {
			scaled.Set(i, j, q.At(i, j)/math.Sqrt(math.Max(v, 1e-30)))
		}
	}
	out.Mul(&scaled, q.T())
	return &out, nil
}

// setDense makes the last layer of the smoothing and the map after it, with mean mapped to 0.
func (n *Net) setDense(s *smoothing, w *mat.Dense, mean []float64, mirrored bool) {
	p := n.plan
	dim := p.dense
	full := make([]float64, p.features()*dim)
	places := s.w * s.h
	for to := range s.smallW * s.smallH {
		for from, weight := range s.weight[to*places : (to+1)*places] {
			if weight == 0 {
				continue
			}
			for c := range s.c {
				row := w.RawRowView(to*s.c + c)
				dst := full[(from*s.c+c)*dim : (from*s.c+c+1)*dim]
				for d, v := range row {
					dst[d] += weight * v
				}
			}
		}
	}
	for at := range p.features() {
		for d := range dim {
			v := full[at*dim+d]
			if mirrored {
				v = (v + full[mirror(at, s.w, s.c)*dim+d]) / 2
			}
			n.params[p.weight+at*dim+d] = float32(v)
		}
	}
	for d := range dim {
		sum := 0.
		for j, m := range mean {
			sum -= m * w.At(j, d)
		}
		n.params[p.bias+d] = float32(sum)
	}
}
