package vision

import "github.com/doppeldb/doppel/internal/f32"

// gather writes the features of n pictures, (n, features), of the last block's output.
func (p plan) gather(features, last []float32, n int) {
	if !p.mean {
		copy(features, last)
		return
	}
	places := p.w * p.h
	clear(features)
	for i := range n {
		for at := range places {
			f32.Axpy(1/float32(places), last[(i*places+at)*p.c:(i*places+at+1)*p.c], features[i*p.c:(i+1)*p.c])
		}
	}
}

// scatter is the derivative of gather.
func (p plan) scatter(dlast, dfeatures []float32, n int) {
	if !p.mean {
		copy(dlast, dfeatures)
		return
	}
	places := p.w * p.h
	for i := range n {
		for at := range places {
			d := dlast[(i*places+at)*p.c : (i*places+at+1)*p.c]
			copy(d, dfeatures[i*p.c:])
			f32.Scale(1/float32(places), d)
		}
	}
}

// embed writes y, (n, dim), not yet of unit length.
func (p plan) embed(y, features, params []float32, n int) {
	if p.dense == 0 {
		copy(y, features)
		return
	}
	f32.MatMul(y, features, params[p.weight:p.bias], n, p.dense, p.features(), f32.Mul{Bias: params[p.bias : p.bias+p.dense], Threads: 1})
}

// embedBack writes the derivative by the features and adds those by the parameters to grad.
func (p plan) embedBack(dfeatures, grad, dy, features, params []float32, n int) {
	if p.dense == 0 {
		copy(dfeatures, dy)
		return
	}
	f32.MatMulTN(grad[p.weight:p.bias], features, dy, p.features(), p.dense, n, f32.Mul{Add: true, Threads: 1})
	for i := range n {
		f32.Axpy(1, dy[i*p.dense:(i+1)*p.dense], grad[p.bias:p.bias+p.dense])
	}
	f32.MatMulNT(dfeatures, dy, params[p.weight:p.bias], n, p.features(), p.dense, f32.Mul{Threads: 1})
}
