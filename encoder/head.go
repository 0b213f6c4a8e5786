package encoder

import (
	"github.com/doppeldb/doppel/encoder/loss"
	"github.com/doppeldb/doppel/internal/f32"
)

// head is the end of the network: unit length, distances, loss; for the whole
// vector and for each prefix that shall be usable alone (Kusupati et al.,
// "Matryoshka Representation Learning", NeurIPS 2022).
type head struct {
	kind     loss.Kind
	opts     loss.Options
	prefixes []int // ascending, the last one is the dimension

	u, du   []float32 // (B, prefix)
	length  []float32 // (B)
	dots    []float32 // (B, B)
	dist    []float64
	slope   []float32
	grad    []float64
	terms   int
	nearest float64 // least and greatest distance seen in the batch
	widest  float64
}

// eval gives the loss of y, (B, dim), under rel, and writes its derivative by y to dy.
// The loss is the mean over the prefixes.
func (h *head) eval(y []float32, dim int, rel []loss.Relation, dy []float32, threads int) float64 {
	size := len(y) / dim
	clear(dy)
	total := 0.
	for _, width := range h.prefixes {
		h.unit(y, dim, width, size)
		total += h.distances(rel, width, size, threads)
		h.back(dy, dim, width, size, threads)
	}
	return total / float64(len(h.prefixes))
}

// unit scales the first width numbers of each row to length 1.
func (h *head) unit(y []float32, dim, width, size int) {
	h.u, h.length = resize(h.u, size*width), resize(h.length, size)
	for i := range size {
		u := h.u[i*width : (i+1)*width]
		copy(u, y[i*dim:])
		h.length[i] = norm2(u)
		scaleToUnit(u)
	}
}

// distances computes the loss and leaves its derivative by the inner products in dots.
func (h *head) distances(rel []loss.Relation, width, size, threads int) float64 {
	n := size * size
	h.dots, h.slope = resize(h.dots, n), resize(h.slope, n)
	if cap(h.dist) < n {
		h.dist, h.grad = make([]float64, n), make([]float64, n)
	}
	h.dist, h.grad = h.dist[:n], h.grad[:n]
	f32.MatMulNT(h.dots, h.u, h.u, size, size, width, f32.Mul{Threads: threads})
	h.nearest, h.widest = h.opts.Distance.Max(), 0
	for i, dot := range h.dots {
		d, s := h.opts.Distance.OfDot(float64(dot))
		h.dist[i], h.slope[i] = d, float32(s)
		if rel[i] != loss.Masked {
			h.nearest, h.widest = min(h.nearest, d), max(h.widest, d)
		}
	}
	var value float64
	value, h.terms = h.kind.Eval(loss.Batch{N: size, Dist: h.dist, Rel: rel}, h.opts, h.grad)
	for i := range size {
		for j := range size { // (i, j) and (j, i) are one inner product
			h.dots[i*size+j] = float32(h.grad[i*size+j]+h.grad[j*size+i]) * h.slope[i*size+j]
		}
	}
	return value
}

// back adds the derivative by y.
func (h *head) back(dy []float32, dim, width, size, threads int) {
	h.du = resize(h.du, size*width)
	f32.MatMul(h.du, h.dots, h.u, size, width, size, f32.Mul{Threads: threads})
	share := 1 / float32(len(h.prefixes))
	for i := range size {
		du := h.du[i*width : (i+1)*width]
		unitBack(du, h.u[i*width:(i+1)*width], h.length[i])
		f32.Axpy(share, du, dy[i*dim:i*dim+width])
	}
}
