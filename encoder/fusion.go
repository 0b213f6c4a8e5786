package encoder

import (
	"github.com/doppeldb/doppel/encoder/head"
	"github.com/doppeldb/doppel/encoder/look"
	"github.com/doppeldb/doppel/internal/f32"
	"github.com/doppeldb/doppel/record"
)

// fusion is the dense layer of a tuned encoder. The text of a record goes to a
// wider sketch, brought to unit length; its numbers and pictures go to codes; a matrix makes Dim
// numbers of all:
//
//	text -> sketch -> unit length           \
//	                                         (in) -> w -> (dim) -> unit length
//	number, picture -> code -> times gain   /
//
// Zero-label encoders have none: their sketch, the pictures added, is the vector.
type fusion struct {
	sketch int       // length of the sketch, a multiple of dim
	codes  []coded   // fields that have a code; their gains are Encoder.fieldGain
	in     int       // the sketch and all codes
	w      []float32 // (in, dim): a row for each number of the input
}

// coded is a field that goes to the dense layer as a code of its own, not through the sketch.
type coded struct {
	field int
	at, n int // its place among the codes, its length
}

func newFusion(schema record.Schema, sketch int) *fusion {
	f := &fusion{sketch: sketch, in: sketch}
	for i, field := range schema {
		if n := lengthOfCode(field.Kind); n > 0 {
			f.codes = append(f.codes, coded{field: i, at: f.in - sketch, n: n})
			f.in += n
		}
	}
	return f
}

// lengthOfCode is 0 for what goes through the sketch and for what is not compared.
func lengthOfCode(k record.Kind) int {
	switch k {
	case record.Number:
		return codeLen
	case record.Image:
		return look.Len
	}
	return 0
}

// code writes the code of field f of a record to dst.
func (e *Encoder) code(f int, value string, dst []float32) {
	if e.schema[f].Kind == record.Image {
		e.pictureCode(f, value, dst)
		return
	}
	numberCode(value, dst)
}

// input writes what the matrix is applied to, (in).
func (s *Session) input(values []string, x []float32) {
	e := s.enc
	text := x[:e.fusion.sketch]
	clear(text)
	for f, v := range values {
		if v == "" || e.fieldGain[f] == 0 || lengthOfCode(e.schema[f].Kind) > 0 {
			continue
		}
		s.bag.fill(e.schema[f].Kind, v)
		s.bag.sketch(text, e.weight, e.fieldGain[f])
	}
	head.ToUnit(text)
	for _, c := range e.fusion.codes {
		code := x[e.fusion.sketch+c.at:][:c.n]
		e.code(c.field, values[c.field], code)
		for i := range code {
			code[i] *= e.fieldGain[c.field]
		}
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
