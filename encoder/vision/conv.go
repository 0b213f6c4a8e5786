package vision

import "github.com/doppeldb/doppel/internal/f32"

// A convolution is a product of matrices: its windows, rows of size*in numbers that overlap, by
// the weights, one product for each row of the window. No window is copied but in the first layer.

// convolve writes z, (places of l, out), of x, (places of l, in), for pictures from to to. What it leaves
// between the pictures means nothing.
func (b block) convolve(z, x, patches, weight []float32, l layout, from, to int, o f32.Mul) {
	first, count := l.span(from, to)
	dst := z[first*b.out : (first+count)*b.out]
	o.Threads = 1
	if patches != nil {
		k := b.size * b.size * b.in
		b.unfold(patches, x, l, first, count)
		f32.MatMulTN(dst, patches[:k*count], weight, count, b.out, k, o)
		return
	}
	last := o
	for y := range b.size {
		o = f32.Mul{Threads: 1, Add: y > 0 || last.Add, Stride: b.in}
		if y == b.size-1 {
			o.Bias, o.ReLU = last.Bias, last.ReLU
		}
		f32.MatMul(dst, windows(x, b.in, b.size, count, l.window(first, y-b.radius())), rowOf(weight, y, b.size), count, b.out, b.size*b.in, o)
	}
}

// windows are count overlapping rows of size places of c channels, the first at place from.
func windows(x []float32, c, size, count, from int) []float32 {
	return x[from*c : (from+count-1+size)*c]
}

// rowOf is row y of the weights of a window.
func rowOf(weight []float32, y, size int) []float32 {
	each := len(weight) / size
	return weight[y*each : (y+1)*each]
}

// unfold writes what lies at each place of the window of count places from first on, a row of
// patches for each place and channel of the window: (size * size * in, count).
func (b block) unfold(patches, x []float32, l layout, first, count int) {
	row := patches
	for y := range b.size {
		from := l.window(first, y-b.radius())
		for i := range b.size * b.in {
			if b.in == 1 {
				copy(row[:count], x[from+i:])
			} else {
				source := x[from*b.in+i:]
				for p := range row[:count] {
					row[p] = source[p*b.in]
				}
			}
			row = row[count:]
		}
	}
}

// weightGrad adds to dw what the derivative dz by the convolution's output, whose borders are
// 0, says of the weights, for pictures from to to.
func (b block) weightGrad(dw, dz, x, patches []float32, l layout, from, to int) {
	first, count := l.span(from, to)
	d := dz[first*b.out : (first+count)*b.out]
	if patches != nil {
		k := b.size * b.size * b.in
		b.unfold(patches, x, l, first, count)
		f32.MatMul(dw, patches[:k*count], d, k, b.out, count, f32.Mul{Add: true, Threads: 1})
		return
	}
	for y := range b.size {
		f32.MatMulTN(rowOf(dw, y, b.size), windows(x, b.in, b.size, count, l.window(first, y-b.radius())), d, b.size*b.in, b.out, count,
			f32.Mul{Add: true, Threads: 1, Stride: b.in})
	}
}

// inputGrad writes dx, (places of l, in), of dz: the convolution of dz with the turned weights.
// With add it is added to what is there.
func (b block) inputGrad(dx, dz, turned []float32, l layout, from, to int, add bool) {
	back := b
	back.in, back.out = b.out, b.in
	back.convolve(dx, dz, nil, turned, l, from, to, f32.Mul{Add: add})
}

// turn writes the weights, (size, size, in, out), turned by half a turn and transposed,
// (size, size, out, in).
func (b block) turn(turned, weight []float32) {
	places := b.size * b.size
	for p := range places {
		w := weight[(places-1-p)*b.in*b.out:]
		t := turned[p*b.in*b.out:]
		for i := range b.in {
			for o := range b.out {
				t[o*b.in+i] = w[i*b.out+o]
			}
		}
	}
}
