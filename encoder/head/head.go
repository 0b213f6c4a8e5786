// Package head is the end of a twin network, the same for text and pictures: unit
// length, distances, loss, and the way back to what the network gave.
package head

import (
	"math"

	"github.com/doppeldb/doppel/encoder/loss"
	"github.com/doppeldb/doppel/internal/f32"
)

// Head turns the outputs of a network for a batch into a loss; for the whole
// vector and for each prefix that shall be usable alone (Kusupati et al.,
// "Matryoshka Representation Learning", NeurIPS 2022).
type Head struct {
	Kind     loss.Kind
	Options  loss.Options
	Prefixes []int // ascending, the last one is the dimension

	// Of the last batch: terms of the loss that are not zero, least and greatest distance.
	Terms           int
	Nearest, Widest float64

	u, du  []float32 // (B, prefix)
	length []float32 // (B)
	dots   []float32 // (B, B)
	dist   []float64
	slope  []float32
	grad   []float64
}

// Eval gives the loss of y, (B, dim), under rel, (B, B), and writes its derivative by y to dy.
// support is that of [loss.Batch]. The loss is the mean over the prefixes.
func (h *Head) Eval(y []float32, dim int, rel []loss.Relation, support []bool, dy []float32, threads int) float64 {
	size := len(y) / dim
	clear(dy)
	total := 0.
	for _, width := range h.Prefixes {
		h.unit(y, dim, width, size)
		total += h.distances(rel, support, width, size, threads)
		h.back(dy, dim, width, size, threads)
	}
	return total / float64(len(h.Prefixes))
}

// unit scales the first width numbers of each row to length 1.
func (h *Head) unit(y []float32, dim, width, size int) {
	h.u, h.length = resize(h.u, size*width), resize(h.length, size)
	for i := range size {
		u := h.u[i*width : (i+1)*width]
		copy(u, y[i*dim:])
		h.length[i] = Length(u)
		ToUnit(u)
	}
}

// distances computes the loss and leaves its derivative by the inner products in dots.
func (h *Head) distances(rel []loss.Relation, support []bool, width, size, threads int) float64 {
	n := size * size
	h.dots, h.slope = resize(h.dots, n), resize(h.slope, n)
	if cap(h.dist) < n {
		h.dist, h.grad = make([]float64, n), make([]float64, n)
	}
	h.dist, h.grad = h.dist[:n], h.grad[:n]
	f32.MatMulNT(h.dots, h.u, h.u, size, size, width, f32.Mul{Threads: threads})
	h.Nearest, h.Widest = h.Options.Distance.Max(), 0
	for i, dot := range h.dots {
		d, s := h.Options.Distance.OfDot(float64(dot))
		h.dist[i], h.slope[i] = d, float32(s)
		if rel[i] != loss.Masked {
			h.Nearest, h.Widest = min(h.Nearest, d), max(h.Widest, d)
		}
	}
	var value float64
	value, h.Terms = h.Kind.Eval(loss.Batch{N: size, Dist: h.dist, Rel: rel, Support: support}, h.Options, h.grad)
	for i := range size {
		for j := range size { // (i, j) and (j, i) are one inner product
			h.dots[i*size+j] = float32(h.grad[i*size+j]+h.grad[j*size+i]) * h.slope[i*size+j]
		}
	}
	return value
}

// back adds the derivative by y.
func (h *Head) back(dy []float32, dim, width, size, threads int) {
	h.du = resize(h.du, size*width)
	f32.MatMul(h.du, h.dots, h.u, size, width, size, f32.Mul{Threads: threads})
	share := 1 / float32(len(h.Prefixes))
	for i := range size {
		du := h.du[i*width : (i+1)*width]
		UnitBack(du, h.u[i*width:(i+1)*width], h.length[i])
		f32.Axpy(share, du, dy[i*dim:i*dim+width])
	}
}

// ToUnit scales v to length 1; zeros stay zeros.
func ToUnit(v []float32) {
	n := Length(v)
	if n == 0 {
		return
	}
	c := 1 / n
	for i := range v {
		v[i] *= c
	}
}

// Length is the length of v. The conversions keep arm64 and others from fusing the
// multiplication with the add: vectors are the same bytes on every platform.
func Length(v []float32) float32 {
	var a, b, c, d float32
	for len(v) >= 4 {
		a += float32(v[0] * v[0])
		b += float32(v[1] * v[1])
		c += float32(v[2] * v[2])
		d += float32(v[3] * v[3])
		v = v[4:]
	}
	for _, x := range v {
		a += float32(x * x)
	}
	return float32(math.Sqrt(float64(a + b + c + d)))
}

// UnitBack turns the derivative by a unit vector u = v / length into that by v:
// the part along u goes, the rest is divided by the length.
func UnitBack(d, u []float32, length float32) {
	if length == 0 {
		clear(d)
		return
	}
	along := f32.Dot(d, u)
	f32.Axpy(-along, u, d)
	f32.Scale(1/length, d)
}

func resize(x []float32, n int) []float32 {
	if cap(x) < n {
		return make([]float32, n)
	}
	return x[:n]
}
