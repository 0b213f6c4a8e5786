package encoder

import (
	"fmt"
	"slices"

	"github.com/doppeldb/doppel/encoder/head"
	"github.com/doppeldb/doppel/encoder/look"
	"github.com/doppeldb/doppel/encoder/vision"
	"github.com/doppeldb/doppel/record"
)

// pictureField is the field of an encoder that was made of a network alone.
const pictureField = "image"

// leastBuckets is the smallest table of weights, for an encoder that reads no words.
const leastBuckets = 8

// FromNet makes an encoder of a network: of records with one image field, whose vectors are the
// network's. [Encoder.On] gives it the schema of a collection. It gives [ErrOptions] for a network whose vectors are
// shorter than 8 numbers or longer than 16,384.
func FromNet(net *vision.Net) (*Encoder, error) {
	if net.Dim() < 8 {
		return nil, fmt.Errorf("%w: the network's vectors have %d numbers, at least 8 are needed", ErrOptions, net.Dim())
	}
	if err := (Options{Dim: net.Dim()}).Validate(); err != nil {
		return nil, err
	}
	e := &Encoder{dim: net.Dim(), logBuckets: leastBuckets, net: net, idf: make([]float32, 1<<leastBuckets), gain: make([]float32, 1<<leastBuckets)}
	return e.On(record.Schema{{Name: pictureField, Kind: record.Image}})
}

// Net is the network that pictures are embedded by, nil for an encoder without one.
func (e *Encoder) Net() *vision.Net { return e.net }

// On gives an encoder of a network another schema: its image fields are seen, the others are not. It gives
// [ErrOptions] for an encoder without a network, and for a schema without an image field.
func (e *Encoder) On(schema record.Schema) (*Encoder, error) {
	if e.net == nil {
		return nil, fmt.Errorf("%w: the encoder reads records of its own schema only: it has no network", ErrOptions)
	}
	if err := schema.Validate(); err != nil {
		return nil, err
	}
	fields := imageFields(schema)
	if len(fields) == 0 {
		return nil, fmt.Errorf("%w: a network sees pictures, and no field of %s is an image", ErrOptions, schema)
	}
	out := *e
	out.schema, out.fieldGain, out.meanLook = slices.Clone(schema), make([]float32, len(schema)), nil
	for _, f := range fields {
		out.fieldGain[f] = 1
		out.meanLook = append(out.meanLook, make([]float32, look.Len))
	}
	out.seal()
	return &out, nil
}

// embedPictures is Encode by a network. Of several pictures of a record the sum counts.
func (s *Session) embedPictures(values []string, dst []float32) {
	e := s.enc
	if s.eye == nil {
		s.eye, s.pic = e.net.NewSession(), make([]float32, e.dim)
	}
	clear(dst)
	for f, field := range e.schema {
		if field.Kind != record.Image || e.fieldGain[f] == 0 {
			continue
		}
		r := rasterOf(values[f])
		if r == nil || s.eye.Embed(s.pic, r) != nil {
			continue
		}
		for i, x := range s.pic {
			dst[i] += float32(e.fieldGain[f] * x)
		}
	}
	head.ToUnit(dst)
}
