package vision

import (
	"math"

	"github.com/doppeldb/doppel/internal/f32"
)

// normEps keeps a channel that is always the same from being divided by 0.
const normEps = 1e-5

// norm is a batch normalisation (Ioffe and Szegedy 2015) with what follows: skip, ReLU and
// pooling. The batch is one shard (ghost batches, Hoffer et al., NeurIPS 2017), so
// that shards need not wait for each other and their number does not depend on threads.
type norm struct {
	block
	in, next layout // of the convolution's output and of what comes next

	mean, inv []float32 // (out), of the shard; inv is 1/sqrt(variance + normEps)
	scale     []float32 // (w, out), gain * inv, the same for every column
	shift     []float32 // (w, out)
	sum, sumz []float32 // (w, out), scratch
	up, down  []float32 // (w, out), two rows that are pooled
	top       []float32 // (w, out), the larger of them
}

func newNorm(b block) *norm {
	row := func() []float32 { return make([]float32, b.w*b.out) }
	return &norm{
		block: b, mean: make([]float32, b.out), inv: make([]float32, b.out), scale: row(), shift: row(),
		sum: row(), sumz: row(), up: row(), down: row(), top: row(),
	}
}

// rowAt are the numbers of a row of w places of c channels.
func rowAt(x []float32, at, w, c int) []float32 { return x[at*c : (at+w)*c] }

// measure adds pictures from to to of z to the sums of each channel.
func (s *norm) measure(z []float32, from, to int) {
	s.in.between(from, to, func(_, _, at int) {
		row := rowAt(z, at, s.w, s.out)
		f32.Axpy(1, row, s.sum)
		f32.AddMul(row, row, s.sumz)
	})
}

// clear forgets the sums.
func (s *norm) clear() {
	clear(s.sum)
	clear(s.sumz)
}

// moments finds mean and variance of each channel by the sums.
func (s *norm) moments() {
	count := float64(s.in.n * s.w * s.h)
	for c := range s.out {
		mean := s.fold(s.sum, c) / count
		variance := max(0, s.fold(s.sumz, c)/count-mean*mean)
		s.mean[c] = float32(mean)
		s.inv[c] = invOf(float32(variance))
	}
}

// invOf is 1 / sqrt(variance + normEps).
func invOf(variance float32) float32 {
	return float32(1 / math.Sqrt(float64(variance)+normEps))
}

// fold adds up channel c of a row.
func (s *norm) fold(row []float32, c int) float64 {
	total := 0.
	for x := range s.w {
		total += float64(row[x*s.out+c])
	}
	return total
}

// spread sets scale and shift of the normalisation by mean and inv.
func (s *norm) spread(gain, shift []float32) {
	for c := range s.out {
		g := gain[c] * s.inv[c]
		s.scale[c], s.shift[c] = g, shift[c]-float32(s.mean[c]*g)
	}
	for x := 1; x < s.w; x++ {
		copy(s.scale[x*s.out:], s.scale[:s.out])
		copy(s.shift[x*s.out:], s.shift[:s.out])
	}
}

// normal writes a normalised row of z, with the skip of x added, to dst.
func (s *norm) normal(dst, z, x []float32, at int) {
	copy(dst, s.shift)
	f32.AddMul(s.scale, rowAt(z, at, s.w, s.out), dst)
	if s.skip {
		f32.Axpy(1, rowAt(x, at, s.w, s.out), dst)
	}
}

// forward writes what comes next, (places of next, out), of the convolution's output z and
// its input x.
func (s *norm) forward(next, z, x []float32) {
	if !s.pool {
		s.in.each(func(b, y, at int) {
			dst := rowAt(next, s.next.row(b, y), s.w, s.out)
			s.normal(dst, z, x, at)
			f32.ReLU(dst)
		})
		return
	}
	s.next.each(func(b, y, at int) {
		s.rows(z, x, b, y)
		dst := rowAt(next, at, s.next.w, s.out)
		maxOfColumns(dst, s.top, s.out)
		f32.ReLU(dst)
	})
}

// rows normalises the two rows that pooled row y is of, to up and down, and their maximum to top.
func (s *norm) rows(z, x []float32, b, y int) {
	s.normal(s.up, z, x, s.in.row(b, 2*y))
	s.normal(s.down, z, x, s.in.row(b, 2*y+1))
	copy(s.top, s.up)
	f32.Larger(s.down, s.top)
}

// maxOfColumns writes the larger of each two columns of c channels.
func maxOfColumns(dst, row []float32, c int) {
	for i := 0; i < len(dst); i += c {
		d := dst[i : i+c]
		copy(d, row[2*i:])
		f32.Larger(row[2*i+c:2*i+2*c], d)
	}
}

// gate turns dnext, the derivative by next, into that by the normalised z, in dz, and sums it up. The skip's
// part of the derivative by x is written to dx, where there are both. dnext is changed.
func (s *norm) gate(dz, dx, dnext, next, z, x []float32) {
	s.clear()
	if s.pool {
		s.unpool(dz, dnext, next, z, x)
	} else {
		s.in.each(func(b, y, at int) {
			d := rowAt(dz, at, s.w, s.out)
			to := s.next.row(b, y)
			copy(d, rowAt(dnext, to, s.w, s.out))
			f32.Gate(rowAt(next, to, s.w, s.out), d)
			s.add(d, z, at)
		})
	}
	if s.skip && dx != nil {
		s.in.each(func(_, _, at int) { copy(rowAt(dx, at, s.w, s.out), rowAt(dz, at, s.w, s.out)) })
	}
}

// add adds a row of the derivative to the sums.
func (s *norm) add(d, z []float32, at int) {
	f32.Axpy(1, d, s.sum)
	f32.AddMul(d, rowAt(z, at, s.w, s.out), s.sumz)
}

// solve adds the derivatives by gain and shift, and prepares finish. With n = (z - mean) * inv:
// dz = gain * inv * (d - mean of d - n * mean of d*n).
func (s *norm) solve(dgain, dshift, gain []float32) {
	count := float64(s.in.n * s.w * s.h)
	byZ, constant := s.up[:s.out], s.down[:s.out]
	for c := range s.out {
		mean, inv := float64(s.mean[c]), float64(s.inv[c])
		sum := s.fold(s.sum, c)
		sumn := inv * (s.fold(s.sumz, c) - mean*sum)
		dgain[c] += float32(sumn)
		dshift[c] += float32(sum)
		g := float64(gain[c]) * inv
		byZ[c] = float32(-g * inv * sumn / count)
		constant[c] = float32(-g*sum/count + g*inv*mean*sumn/count)
	}
	for x := 1; x < s.w; x++ {
		copy(s.up[x*s.out:], byZ)
		copy(s.down[x*s.out:], constant)
	}
}

// finish turns the derivative by the normalised z into that by z, for pictures from to to.
func (s *norm) finish(dz, z []float32, from, to int) {
	s.in.between(from, to, func(_, _, at int) {
		d := rowAt(dz, at, s.w, s.out)
		f32.Multiply(s.scale, d)
		f32.AddMul(s.up, rowAt(z, at, s.w, s.out), d)
		f32.Axpy(1, s.down, d)
	})
}

// unpool gives each derivative to the first place that had the maximum: of the left column
// before the right one, of the upper row before the lower one.
func (s *norm) unpool(dz, dnext, next, z, x []float32) {
	c := s.out
	s.next.each(func(b, y, at int) {
		s.rows(z, x, b, y)
		d, n := rowAt(dnext, at, s.next.w, c), rowAt(next, at, s.next.w, c)
		f32.Gate(n, d)
		wide := rowAt(dz, s.in.row(b, 2*y+1), s.w, c) // of the maximum of both rows
		clear(wide)
		for i := 0; i < len(d); i += c {
			left, right := wide[2*i:2*i+c], wide[2*i+c:2*i+2*c]
			copy(left, d[i:])
			f32.KeepEqual(s.top[2*i:2*i+c], n[i:i+c], left)
			copy(right, d[i:])
			f32.Axpy(-1, left, right)
		}
		upper := rowAt(dz, s.in.row(b, 2*y), s.w, c)
		copy(upper, wide)
		f32.KeepEqual(s.up, s.top, upper)
		f32.Axpy(-1, upper, wide)
		s.add(upper, z, s.in.row(b, 2*y))
		s.add(wide, z, s.in.row(b, 2*y+1))
	})
	if s.h%2 == 1 { // the last row is in no pool
		for b := range s.in.n {
			clear(rowAt(dz, s.in.row(b, s.h-1), s.w, c))
		}
	}
}
