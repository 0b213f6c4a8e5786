package index

import (
	"math"

	"github.com/doppeldb/doppel/internal/f32"
)

// The first looks of a scan: dot products that may be a little off, and how far. A row
// is measured when the distance could be within the limit by the dot product that it
// would have at best. So the answer is that of measuring all, whatever the look.

// roundingError bounds what a sum of d products of float32 is off, as a part of the
// product of the lengths, whatever its order.
func roundingError(d int) float64 { return float64(d+8) * 0x1p-24 }

// smallest is more than what a product loses where it is too small for a float32.
const smallest = 2 * math.SmallestNonzeroFloat32

// leastDot is the least dot product within a limit, off by up to off.
func (m Metric) leastDot(limit float32, off float64) float32 {
	dot := -float64(limit)
	if m == Cosine {
		dot++
	}
	dot -= off
	return float32(dot - 0x1p-21*(1+math.Abs(dot))) // what rounding did here and in the distance
}

// products looks at all dot products by a product of matrices, which adds in another
// order than the distances do.
func (s *scan) products(queries []float32, bests []best) {
	n, d := s.tile.count, s.rows.dim
	vecs := s.vectors()
	s.look = grown(s.look, len(bests)*n)
	f32.MatMulNT(s.look, queries, vecs, len(bests), n, d, f32.Mul{Threads: 1})
	for i := range bests {
		query := queries[i*d : (i+1)*d]
		// Both sums are off.
		off := 2*roundingError(d)*s.lengths(query, vecs) + float64(d)*smallest
		least := s.rows.metric.leastDot(bests[i].limit, off)
		s.reach(s.look[i*n:(i+1)*n], least)
		s.near = s.near[:0]
		for _, j := range s.hits {
			s.near = append(s.near, s.tile.slot(j))
		}
		s.measure(query, &bests[i])
	}
}

// lengths bounds the length of the query times that of any row of the tile.
func (s *scan) lengths(query, vecs []float32) float64 {
	if s.rows.metric == Cosine {
		return 1 + unitSlack
	}
	if s.longestOf != s.tile.first || s.longest == 0 {
		s.longest, s.longestOf = 0, s.tile.first
		for lo := 0; lo < len(vecs); lo += s.rows.dim {
			s.longest = max(s.longest, float64(f32.SumSq(vecs[lo:lo+s.rows.dim])))
		}
	}
	const round = 1.01 // more than what the sums of squares are off
	lost := float64(s.rows.dim) * smallest
	return round * math.Sqrt((float64(f32.SumSq(query))+lost)*(s.longest+lost))
}

// coded looks at all dot products by codes: a quarter of the memory to read. q and r
// being the query and a row, e and f what their codes q' and r' leave of them,
//
//	q r = q' r' + e r + q' f <= q' r' + |e| |r| + |q'| |f|
func (s *scan) coded(queries []float32, bests []best) {
	n, d := s.tile.count, s.rows.dim
	s.dots = grown(s.dots, n)
	for i := range bests {
		query := queries[i*d : (i+1)*d]
		s.code = grown(s.code, d)
		q := encodeRow(s.code, query)
		if s.tile.slots != nil {
			f32.DotI8Gather(s.dots, s.code, s.codes.data, d, s.tile.slots)
		} else {
			f32.DotI8Many(s.dots, s.code, s.codes.data[s.tile.first*d:(s.tile.first+n)*d], d)
		}
		off := 2*roundingError(d) + float64(q.left)*(1+unitSlack)
		least := s.rows.metric.leastDot(bests[i].limit, off) / q.scale
		perLeft := (1 + unitSlack + q.left) / q.scale * (1 + 1e-6)
		s.near = s.near[:0]
		for j, dot := range s.dots {
			slot := s.tile.slot(j)
			r := s.codes.rows[slot]
			if float32(float32(dot)*r.scale)+float32(perLeft*r.left) >= least {
				s.near = append(s.near, slot)
			}
		}
		s.measure(query, &bests[i])
	}
}
