package encoder

import (
	"github.com/doppeldb/doppel/encoder/head"
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
	w       []float32 // (in, dim): a row for each number of the input
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
	head.ToUnit(text)
	codes := x[e.fusion.sketch:]
	for _, f := range e.fusion.numbers {
		numberCode(values[f], codes[:codeLen])
		for i := range codes[:codeLen] {
			codes[i] *= e.fieldGain[f]
		}
		codes = codes[codeLen:]
	}
}

// fused is Encode for an encoder with a dense layer. A title touches some 130 of 1,024 places of
// the sketch: adding their rows is four times faster than a dense product, blocks of records at once included.
// A tuned title takes 2.8 times what a zero-label one takes.
func (s *Session) fused(values []string, dst []float32) {
	e := s.enc
	if len(s.x) == 0 {
		s.x = make([]float32, e.fusion.in)
	}
	s.input(values, s.x)
	clear(dst)
	for i, x := range s.x {
		if x != 0 {
			f32.Axpy(x, e.fusion.w[i*e.dim:(i+1)*e.dim], dst)
		}
	}
	head.ToUnit(dst)
}
