// Package encoder turns a record into a unit vector: the twin network.
//
// One network is applied to both sides of a pair, its weights shared, so that
// distance between embeddings answers "same or not". Its layers:
//
//	value -> tokens, character n-grams     internal/text, features.go
//	      -> hashed rows, one weight each  w[b] = idf[b] * gain[b]
//	      -> signed sketch of Dim numbers  each feature adds to ONE position
//	      -> times the field's gain        one subnetwork per field, rows shared
//	      -> sum over fields, unit length  fusion
//	picture -> 239 numbers, less the mean  encoder/look, picture.go
//	      -> times gain, added to the unit vector of the text; unit length
//
// Fields are summed before they are normalised, so that a long field weighs more than
// a short one and words may stand in any field: giving every field unit length first
// costs .047 of candidate recall@10 on Amazon-Google, where one side's
// manufacturer is mostly inside the title.
//
// With no label every gain is 1 and idf is fitted on the user's own collection
// ([Fit]); labels move the gains of this same network and put a dense layer behind
// a wider sketch ([Tune], fusion.go). The signed count sketch
// is feature hashing (Weinberger et al., ICML 2009); it keeps inner products in
// expectation, and one add per feature is as good as a dense random projection.
package encoder

import (
	"encoding/hex"

	"github.com/doppeldb/doppel/encoder/head"
	"github.com/doppeldb/doppel/encoder/vision"
	"github.com/doppeldb/doppel/record"
)

// Encoder is an immutable twin network. It is safe for concurrent use.
type Encoder struct {
	schema      record.Schema
	dim         int
	logBuckets  int
	docs        uint64      // records that idf was fitted on
	idf         []float32   // (buckets)
	gain        []float32   // (buckets), learned, 1 at the start
	fieldGain   []float32   // (fields), learned
	meanLook    [][]float32 // (image fields) of (look.Len): the mean of the collection's pictures
	weight      []float32   // (buckets), idf * gain: derived, not stored
	fusion      *fusion     // the dense layer of a tuned encoder, else nil
	net         *vision.Net // what pictures are embedded by, nil for their look
	fingerprint Fingerprint
}

// Fingerprint tells encoders apart: two encoders with the same fingerprint
// give the same vectors.
type Fingerprint [16]byte

// String gives the fingerprint as 32 hexadecimal digits.
func (f Fingerprint) String() string { return hex.EncodeToString(f[:]) }

// Dim is the length of the embeddings.
func (e *Encoder) Dim() int { return e.dim }

// Schema is what records must look like. The caller must not change it.
func (e *Encoder) Schema() record.Schema { return e.schema }

// Docs is the number of records that idf was fitted on.
func (e *Encoder) Docs() int { return int(e.docs) }

// Fingerprint identifies the weights.
func (e *Encoder) Fingerprint() Fingerprint { return e.fingerprint }

// Encode writes the unit vector of one record to dst, which has Dim numbers.
// A record without any feature gives the zero vector: it is near nothing.
// len(values) must be the schema's. For many records use a [Session].
func (e *Encoder) Encode(values []string, dst []float32) { e.NewSession().Encode(values, dst) }

// NewSession gives a worker with its own buffers: one per goroutine.
func (e *Encoder) NewSession() *Session {
	return &Session{enc: e, bag: newBag(e.logBuckets)}
}

const errValues = "encoder: a record does not have one value per field"

// Session encodes records one after the other. It is not safe for concurrent use.
type Session struct {
	enc *Encoder
	bag *bag
	x   []float32 // input of the dense layer, if there is one
	pic []float32 // the code of a picture
	eye *vision.Session
}

// Encode writes the unit vector of one record to dst; see [Encoder.Encode].
func (s *Session) Encode(values []string, dst []float32) {
	e := s.enc
	if len(values) != len(e.schema) {
		panic(errValues)
	}
	if len(dst) != e.dim {
		panic("encoder: length of dst is not Dim")
	}
	switch {
	case e.net != nil:
		s.embedPictures(values, dst)
		return
	case e.fusion != nil:
		s.fused(values, dst)
		return
	}
	clear(dst)
	for f, v := range values {
		if v == "" || e.fieldGain[f] == 0 || e.schema[f].Kind == record.Image {
			continue
		}
		s.bag.fill(e.schema[f].Kind, v)
		s.bag.sketch(dst, e.weight, e.fieldGain[f])
	}
	head.ToUnit(dst)
	if len(e.meanLook) > 0 && s.addPictures(values, dst) {
		head.ToUnit(dst)
	}
}
