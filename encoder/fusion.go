package encoder

import (
	"github.com/doppeldb/doppel/internal/f32"
	"github.com/doppeldb/doppel/record"
)

// fusion is the dense layer of a tuned encoder. The text of a record goes to a
// wider sketch, brought to unit length; its numbers go to codes; a matrix makes Dim
// numbers of both:
//
//	text -> sketch -> unit length  \
//	                                (in) -> w -> (dim) -> unit length
//	number -> code -> times gain   /
//
// Zero-label encoders have none: their sketch is the vector.
type fusion struct {
	sketch  int       // length of the sketch, a multiple of dim
	numbers []int     // fields of kind number; their gains are Encoder.fieldGain
	in      int       // sketch + codeLen * len(numbers)
	w       []float32 // (dim, in)
}

func newFusion(schema record.Schema, sketch int) *fusion {
	f := &fusion{sketch: sketch, numbers: numberFields(schema)}
	f.in = sketch + codeLen*len(f.numbers)
	return f
}

// input writes what the matrix is applied to, (in).
func (s *Session) input(values []string, x []float32) {
	e := s.enc
	text := x[:e.fusion.sketch]
	clear(text)
	for f, v := range values {
		if v == "" || e.fieldGain[f] == 0 || e.schema[f].Kind == record.Number {
			continue
		}
		s.bag.fill(e.schema[f].Kind, v)
		s.bag.sketch(text, e.weight, e.fieldGain[f])
	}
	scaleToUnit(text)
	codes := x[e.fusion.sketch:]
	for _, f := range e.fusion.numbers {
		numberCode(values[f], codes[:codeLen])
		for i := range codes[:codeLen] {
			codes[i] *= e.fieldGain[f]
		}
		codes = codes[codeLen:]
	}
}

// fused is Encode for an encoder with a dense layer.
func (s *Session) fused(values []string, dst []float32) {
	e := s.enc
	if len(s.x) < e.fusion.in {
		s.x = make([]float32, e.fusion.in)
	}
	x := s.x[:e.fusion.in]
	s.input(values, x)
	f32.DotMany(dst, x, e.fusion.w, e.fusion.in)
	scaleToUnit(dst)
}

// blockRows is how many records go through the dense layer at once: the matrix, a
// megabyte, is read once for all of them.
const blockRows = 32

// fuseAll encodes records from to to in blocks; the bytes are those of fused, for
// [f32.DotBlock] and [f32.DotMany] agree.
func (s *Session) fuseAll(values Rows, from, to int, dst []float32, stop func() bool) {
	e := s.enc
	in := e.fusion.in
	if len(s.x) < blockRows*in {
		s.x = make([]float32, blockRows*in)
	}
	for at := from; at < to && !stop(); at += blockRows {
		n := min(blockRows, to-at)
		for i := range n {
			row := values(at + i)
			if len(row) != len(e.schema) {
				panic(errValues)
			}
			s.input(row, s.x[i*in:(i+1)*in])
		}
		out := dst[at*e.dim : (at+n)*e.dim]
		f32.DotBlock(out, s.x[:n*in], e.fusion.w, in)
		for i := range n {
			scaleToUnit(out[i*e.dim : (i+1)*e.dim])
		}
	}
}
