package index

import (
	"math"

	"github.com/doppeldb/doppel/internal/f32"
)

// quantized holds int8 codes of unit vectors to walk by, in searches and insertions: a
// quarter of the memory to read. Each vector is scaled so that its largest component is 127; one scale
// for all would leave a vector of 256 dimensions a few of the 255 steps.
type quantized struct {
	on     bool
	codes  []int8
	scales []float32 // by node: vector = code * scale, about
}

const codeMax = 127

// toInteger is 1.5 * 2^23: a float32 of at most 2^22 that it is added to is rounded to the nearest
// integer, ties to even, which the low bits hold then. [math.RoundToEven] takes four times as long: a
// vector of 256 numbers 1.1 us, so .3 us.
const toInteger = 3 << 22

// encode writes the code of vec, which is finite, and gives its scale.
func encode(dst []int8, vec []float32) float32 {
	var bits uint32 // of the largest: without their sign, floats are ordered as their bits are
	for _, v := range vec {
		bits = max(bits, math.Float32bits(v)&^(1<<31))
	}
	top := math.Float32frombits(bits)
	if top == 0 {
		clear(dst)
		return 0
	}
	up := codeMax / top
	dst = dst[:len(vec)]
	for i, v := range vec {
		dst[i] = int8(math.Float32bits(float32(v*up) + toInteger))
	}
	return top / codeMax
}

// keys writes the nodes' approximate keys: minus the dot product of unit vectors.
func (q *quantized) keys(dst []float32, dots []int32, code []int8, scale float32, nodes []uint32) {
	f32.DotI8Gather(dots, code, q.codes, len(code), nodes)
	for i, dot := range dots {
		dst[i] = -float32(float32(dot) * float32(scale*q.scales[nodes[i]]))
	}
}

// between writes the approximate keys from one node to others.
func (q *quantized) between(dst []float32, dots []int32, node uint32, nodes []uint32) {
	d := len(q.codes) / len(q.scales)
	q.keys(dst, dots, q.codes[int(node)*d:][:d], q.scales[node], nodes)
}

// slack is how far a key of two codes can be from that of their vectors, in all
// but rare cases. The error of a component is even between -1/2 and 1/2 step, its
// deviation a step / sqrt 12; over unit vectors it is that of the dot product too.
// A step is at most 1/127, and far less in many dimensions.
func (q *quantized) slack(scale float32) float32 {
	const deviations = 4
	return deviations * 2 * scale / 3.4641016
}

func (q *quantized) reset() { q.codes, q.scales = nil, nil }

func (q *quantized) bytes() int64 { return int64(len(q.codes)) + 4*int64(len(q.scales)) }

func (q *quantized) room(n, d int) ([]int8, []float32) {
	if !q.on {
		return nil, nil
	}
	return room(q.codes, n*d), room(q.scales, n)
}

func (q *quantized) extend(n, d int) {
	if q.on {
		q.codes, q.scales = q.codes[:len(q.codes)+n*d], q.scales[:len(q.scales)+n]
	}
}

// put encodes a node's vector.
func (q *quantized) put(node uint32, vec []float32) {
	if q.on {
		q.scales[node] = encode(q.codes[int(node)*len(vec):][:len(vec)], vec)
	}
}

func (q *quantized) shrink(n, d int) {
	if q.on {
		q.codes, q.scales = q.codes[:n*d], q.scales[:n]
	}
}
