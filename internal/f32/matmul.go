package f32

import (
	"runtime"
	"sync"
)

// Mul says how a product of matrices is stored; the zero value is dst = product.
type Mul struct {
	Add     bool      // dst += product
	Bias    []float32 // of length n, added to every row of dst; nil for none
	ReLU    bool      // at last, what is below 0 becomes 0
	Threads int       // at most; 0 means one for each CPU, and one alone for a small product
	// Stride is from row to row of a, as it is given; 0 means the length of a row. Rows
	// with a smaller one overlap: a convolution is a product with such rows.
	Stride int
}

// MatMul does dst = a*b for a of m rows and k columns, b of k rows and n columns
// and dst of m rows and n columns, and what o says.
//
// The terms of an element are added in rising order of k, in blocks of a size
// that depends on k alone, so a result depends neither on threads nor on m and n,
// and is the same on all paths with vector instructions. It is another order than
// that of [Dot]: a product of one row and one column differs from their Dot in the
// last bits.
//
// It panics when a length does not fit. dst must not overlap a, b or the bias.
func MatMul(dst, a, b []float32, m, n, k int, o Mul) {
	o.check(a, m, k)
	multiply(dst, lines{a, o.stride(k), true}, lines{b, n, false}, m, n, k, o)
}

// MatMulNT does dst = a*bᵀ: as [MatMul], but b is given as n rows of k columns.
func MatMulNT(dst, a, b []float32, m, n, k int, o Mul) {
	o.check(a, m, k)
	multiply(dst, lines{a, o.stride(k), true}, lines{b, k, true}, m, n, k, o)
}

// MatMulTN does dst = aᵀ*b: as [MatMul], but a is given as k rows of m columns.
func MatMulTN(dst, a, b []float32, m, n, k int, o Mul) {
	o.check(a, k, m)
	multiply(dst, lines{a, o.stride(m), false}, lines{b, n, false}, m, n, k, o)
}

func (o Mul) stride(cols int) int {
	if o.Stride > 0 {
		return o.Stride
	}
	return cols
}

// check panics unless a holds rows of cols elements, no more and no less.
func (o Mul) check(a []float32, rows, cols int) {
	if rows < 0 || cols < 0 || o.Stride < 0 {
		panic(errShape)
	}
	need := 0
	if rows > 0 && cols > 0 {
		need = (rows-1)*o.stride(cols) + cols
	}
	if len(a) != need {
		panic(errShape)
	}
}

// The product of blocks: kc steps of k of mc rows of a and of nc columns of b lie in
// the second cache and the next, one panel of a in the first. On a Zen 5 whose last
// cache others used too, GFLOP/s at 1024³ and 2048x384x384, medians of 15: 232, 245
// with 112, 512 and 512 for mc, nc and kc; 226, 240 with 224, 512 and 256; 180, 235
// with nc of 2048.
const (
	kcMax = 512
	mcMax = 112 // about; a whole number of panels
	ncMax = 512
	// fewPanels is up to how many panels of b one of a is read where it lies: packing it takes longer. 900x32x96, a layer of
	// a small convolution, is done in half of the time, 256x128x192 in two thirds. Rows of a whole number of crowded
	// elements push each other out of the first cache.
	fewPanels = 4
	crowded   = 1024
	// smallProduct is the number of multiplications below which a second thread
	// takes longer to wake than to help.
	smallProduct = 1 << 20
)

// kBlock is the size of the blocks of k: even ones, of at most kcMax.
func kBlock(k int) int {
	blocks := (k + kcMax - 1) / kcMax
	return ((k+blocks-1)/blocks + 15) &^ 15
}

// product is a call of a MatMul after its checks.
type product struct {
	dst     []float32
	a, b    lines
	m, n, k int
	o       Mul
}

func multiply(dst []float32, a, b lines, m, n, k int, o Mul) {
	if m < 0 || n < 0 || k < 0 || len(b.data) != k*n || o.Bias != nil && len(o.Bias) != n {
		panic(errShape)
	}
	if len(dst) != m*n {
		panic(errDst)
	}
	if len(dst) == 0 {
		return
	}
	p := product{dst, a, b, m, n, k, o}
	if k == 0 {
		if !o.Add {
			clear(dst)
		}
		p.finish(0, m, 0, n)
		return
	}
	p.split()
}

// split gives every thread a rectangle of dst. The rectangles are as square as
// the number of threads allows, because each packs its own rows of a and columns of b.
func (p *product) split() {
	threads := p.o.Threads
	if threads <= 0 {
		threads = runtime.GOMAXPROCS(0)
		if p.m*p.n*p.k < smallProduct {
			threads = 1
		}
	}
	mr, nr := tileShape()
	if threads == 1 {
		p.rectangle(0, p.m, 0, p.n)
		return
	}
	down, across := 1, threads
	for d := 1; d <= threads; d++ {
		if threads%d == 0 && p.m/d+p.n/(threads/d) < p.m/down+p.n/across {
			down, across = d, threads/d
		}
	}
	var wg sync.WaitGroup
	rows, cols := share(p.m, down, mr), share(p.n, across, nr)
	for i := 0; i < p.m; i += rows {
		for j := 0; j < p.n; j += cols {
			wg.Go(func() { p.rectangle(i, min(i+rows, p.m), j, min(j+cols, p.n)) })
		}
	}
	wg.Wait()
}

// share is a part of size over parts, rounded up to whole tiles.
func share(size, parts, tile int) int {
	each := (size + parts - 1) / parts
	return (each + tile - 1) / tile * tile
}

// scratch holds the packed blocks of one thread.
var scratch = sync.Pool{New: func() any { return new([]float32) }}

// rectangle computes rows i0 to i1 of columns j0 to j1.
func (p *product) rectangle(i0, i1, j0, j1 int) {
	mr, nr := tileShape()
	kc := kBlock(p.k)
	mc := min(share(mcMax, 1, mr), share(i1-i0, 1, mr))
	nc := min(share(ncMax, 1, nr), share(j1-j0, 1, nr))
	buf := scratch.Get().(*[]float32)
	defer scratch.Put(buf)
	if need := kc * (mc + nc); cap(*buf) < need {
		*buf = make([]float32, need)
	}
	packedB, packedA := (*buf)[:kc*nc], (*buf)[kc*nc:kc*(nc+mc)]
	for j := j0; j < j1; j += nc {
		cols := min(nc, j1-j)
		for at := 0; at < p.k; at += kc {
			steps := min(kc, p.k-at)
			p.b.pack(packedB, nr, j, cols, at, steps)
			for i := i0; i < i1; i += mc {
				rows := min(mc, i1-i)
				add := p.o.Add || at > 0
				// The whole panels of a that are read so seldom that packing them takes longer.
				whole := 0
				if tilesRows() && p.a.alongK && p.a.ld%crowded != 0 && cols <= fewPanels*nr {
					whole = rows / mr * mr
					p.unpacked(packedB, i, whole, j, cols, at, steps, add)
				}
				if whole < rows {
					p.a.pack(packedA, mr, i+whole, rows-whole, at, steps)
					p.panels(packedA, packedB, i+whole, rows-whole, j, cols, steps, add)
				}
				if at+steps == p.k {
					p.finish(i, rows, j, cols)
				}
			}
		}
	}
}

// panels multiplies a packed block of a with one of b.
func (p *product) panels(a, b []float32, i0, rows, j0, cols, steps int, add bool) {
	mr, nr := tileShape()
	var edge [maxTile]float32
	for j := 0; j < cols; j += nr {
		pb := b[j*steps:]
		for i := 0; i < rows; i += mr {
			pa := a[i*steps:]
			to := p.dst[(i0+i)*p.n+j0+j:]
			if i+mr <= rows && j+nr <= cols {
				gemmTile(steps, pa, pb, to, p.n, add)
				continue
			}
			gemmTile(steps, pa, pb, edge[:], nr, false)
			store(to, p.n, edge[:], nr, min(mr, rows-i), min(nr, cols-j), add)
		}
	}
}

// unpacked multiplies whole panels of a, as they lie, with a packed block of b.
func (p *product) unpacked(b []float32, i0, rows, j0, cols, at, steps int, add bool) {
	mr, nr := tileShape()
	var edge [maxTile]float32
	for i := i0; i < i0+rows; i += mr {
		a := p.a.data[i*p.a.ld+at:]
		for j := 0; j < cols; j += nr {
			pb, to := b[j*steps:], p.dst[i*p.n+j0+j:]
			if j+nr <= cols {
				gemmRows(steps, a, p.a.ld, pb, to, p.n, add)
				continue
			}
			gemmRows(steps, a, p.a.ld, pb, edge[:], nr, false)
			store(to, p.n, edge[:], nr, mr, cols-j, add)
		}
	}
}

// store copies or adds what lies inside dst of a tile at its edge.
func store(dst []float32, ldd int, tile []float32, ldt, rows, cols int, add bool) {
	for i := range rows {
		to, from := dst[i*ldd:][:cols], tile[i*ldt:][:cols]
		if !add {
			copy(to, from)
			continue
		}
		for j, v := range from {
			to[j] += v
		}
	}
}

// finish adds the bias and cuts below 0, in a block that is still in the cache.
func (p *product) finish(i0, rows, j0, cols int) {
	for i := i0; i < i0+rows; i++ {
		row := p.dst[i*p.n+j0:][:cols]
		if p.o.Bias != nil {
			Axpy(1, p.o.Bias[j0:j0+cols], row)
		}
		if p.o.ReLU {
			relu(row)
		}
	}
}
