package vision

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/doppeldb/doppel/internal/f32"
	"github.com/doppeldb/doppel/record/picture"
)

// chunk is how many pictures go through a network together: a product of few rows spends its
// time on the weights. Glyphs a second on one core with 1, 4, 8, 16, 32: see BenchmarkEmbedAll.
const chunk = 16

// fold gives the parameters with each normalisation put into the weights before it: the gains' places hold
// nothing any more, the shifts' the bias of the convolution.
func (n *Net) fold() []float32 {
	folded := append([]float32(nil), n.params...)
	for _, b := range n.plan.blocks {
		s := newNorm(b)
		n.recall(s)
		s.spread(n.params[b.gain:b.gain+b.out], n.params[b.shift:b.shift+b.out])
		weight := folded[b.weight:b.gain]
		for i := 0; i < len(weight); i += b.out {
			f32.Multiply(s.scale[:b.out], weight[i:i+b.out])
		}
		copy(folded[b.shift:b.shift+b.out], s.shift)
	}
	return folded
}

// recall sets mean and inv of a normalisation by the network's statistics.
func (n *Net) recall(s *norm) {
	stats := n.stats[s.stat : s.stat+2*s.out]
	for c := range s.out {
		s.mean[c], s.inv[c] = stats[c], invOf(stats[s.out+c])
	}
}

// Session turns pictures into vectors, one after the other. One goroutine uses it at a time;
// it does not change the network.
type Session struct {
	net    *Net
	params []float32 // folded
	eye    *eye
	most   int
	stages []pass
	last   []float32
	feat   []float32
	y      []float32
	input  []float32
}

// pass is a block's buffers.
type pass struct {
	block
	x, z, patches []float32
	bias          []float32 // (columns of what comes next, out)
}

// NewSession gives a session of n.
func (n *Net) NewSession() *Session { return newSession(n, n.fold(), 1) }

func newSession(n *Net, folded []float32, most int) *Session {
	p := n.plan
	s := &Session{net: n, params: folded, eye: newEye(n.spec), most: most}
	for i, b := range p.blocks {
		places := layout{most, b.w, b.h, b.radius()}.places()
		st := pass{block: b, x: make([]float32, places*b.in), z: make([]float32, places*b.out)}
		if i == 0 && b.patched() {
			st.patches = make([]float32, places*b.size*b.size*b.in)
		}
		w, _ := b.after()
		for range w {
			st.bias = append(st.bias, folded[b.shift:b.shift+b.out]...)
		}
		s.stages = append(s.stages, st)
	}
	s.last = make([]float32, most*p.w*p.h*p.c)
	s.feat, s.y = make([]float32, most*p.features()), make([]float32, most*p.dim)
	w, h, c := n.Size()
	s.input = make([]float32, w*h*c)
	return s
}

// Embed writes the vector of a picture to dst: Dim numbers, of length 1; zeros of a picture with nothing on
// it that the network could see. It gives [ErrPicture], and panics when dst has another length.
func (s *Session) Embed(dst []float32, r *picture.Raster) error {
	if err := checkRaster(r); err != nil {
		return err
	}
	if len(dst) != s.net.Dim() {
		panic("vision: dst has the wrong length")
	}
	s.eye.see(s.input, r)
	s.place(0, s.input)
	s.run(1)
	copy(dst, s.y)
	f32.Normalize(dst)
	return nil
}

func (s *Session) place(i int, picture []float32) {
	st := &s.stages[0]
	l := layout{s.most, st.w, st.h, st.radius()}
	wide := st.w * st.in
	for y := range st.h {
		copy(rowAt(st.x, l.row(i, y), st.w, st.in), picture[y*wide:(y+1)*wide])
	}
}

// run computes y of the n pictures that were placed.
func (s *Session) run(n int) {
	p := s.net.plan
	for i := range s.stages {
		st := &s.stages[i]
		b := st.block
		l := layout{n, b.w, b.h, b.radius()}
		w, h := b.after()
		next, to := layout{n, w, h, 0}, s.last
		if i+1 < len(s.stages) {
			next.r, to = s.stages[i+1].radius(), s.stages[i+1].x
		}
		l.parts(b.out, func(first, last int) {
			st.convolve(st.z, st.x, st.patches, s.params[b.weight:b.gain], l, first, last, f32.Mul{})
			if b.skip {
				l.between(first, last, func(_, _, at int) {
					f32.Axpy(1, rowAt(st.x, at, b.w, b.in), rowAt(st.z, at, b.w, b.out))
				})
			}
			// What is added to all places and cut below 0 may be so behind the maximum.
			next.between(first, last, func(pic, y, at int) {
				dst := rowAt(to, at, w, b.out)
				if b.pool {
					upper, lower := rowAt(st.z, l.row(pic, 2*y), b.w, b.out), rowAt(st.z, l.row(pic, 2*y+1), b.w, b.out)
					f32.Larger(lower, upper)
					maxOfColumns(dst, upper, b.out)
				} else {
					copy(dst, rowAt(st.z, l.row(pic, y), b.w, b.out))
				}
				f32.Axpy(1, st.bias, dst)
				f32.ReLU(dst)
			})
		})
	}
	p.gather(s.feat, s.last[:n*p.w*p.h*p.c], n)
	p.embed(s.y[:n*p.dim], s.feat[:n*p.features()], s.params, n)
}

// EmbedAll gives the vectors of many pictures, (len(pictures), Dim), each as by [Session.Embed]: the same bytes
// for any number of threads; 0 means one for each CPU. It gives [ErrPicture] with the picture's
// number, and the error of ctx.
func (n *Net) EmbedAll(ctx context.Context, pictures []*picture.Raster, threads int) ([]float32, error) {
	for i, r := range pictures {
		if err := checkRaster(r); err != nil {
			return nil, fmt.Errorf("picture %d: %w", i, err)
		}
	}
	out := make([]float32, len(pictures)*n.Dim())
	folded := n.fold()
	err := inChunks(ctx, len(pictures), threads, func() func(from, to int) {
		s := newSession(n, folded, chunk)
		return func(from, to int) {
			for i := from; i < to; i++ {
				s.eye.see(s.input, pictures[i])
				s.place(i-from, s.input)
			}
			s.run(to - from)
			copy(out[from*n.Dim():to*n.Dim()], s.y)
		}
	})
	if err != nil {
		return nil, err
	}
	for i := range pictures {
		f32.Normalize(out[i*n.Dim() : (i+1)*n.Dim()])
	}
	return out, nil
}

// inChunks calls the functions that worker gives, one for each goroutine, for all chunks of n.
func inChunks(ctx context.Context, n, threads int, worker func() func(from, to int)) error {
	if threads <= 0 {
		threads = runtime.GOMAXPROCS(0)
	}
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(threads, (n+chunk-1)/chunk) {
		wg.Go(func() {
			do := worker()
			for ctx.Err() == nil {
				from := int(next.Add(1)-1) * chunk
				if from >= n {
					return
				}
				do(from, min(from+chunk, n))
			}
		})
	}
	wg.Wait()
	return ctx.Err()
}
