package encoder

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"math"

	"github.com/doppeldb/doppel/encoder/look"
	"github.com/doppeldb/doppel/encoder/vision"
	"github.com/doppeldb/doppel/record"
)

// A model's bytes, little-endian:
//
//	+----------+---------+--------+------------+------+--------+
//	| "DPLENC" | version | dim    | logBuckets | docs | fields |
//	| 6 bytes  | u16     | u32    | u32        | u64  | u32    |
//	+----------+---------+--------+------------+------+--------+
//	| per field: kind u8, gain f32, name length u32, name      |
//	+----------------------------------------------------------+
//	| idf  f32 x 2^logBuckets                                  |
//	| gain f32 x 2^logBuckets                                  |
//	+----------------------------------------------------------+
//	| from version 2: sketch u32, in version 3 0 for no layer  |
//	| dense layer f32 x (sketch + lengths of codes) x dim      |
//	+----------------------------------------------------------+
//	| version 3 alone: per image field mean f32 x 239          |
//	| length of the network u32, 0 for none; its bytes         |
//	+----------------------------------------------------------+
//	| CRC32C of all before, u32                                |
//	+----------------------------------------------------------+
const (
	modelMagic = "DPLENC"
	// modelVersion goes up when the layout changes and when the features of a value
	// change, for then old weights have lost their meaning (see TestGolden).
	modelVersion = 1
	// fusedVersion is an encoder with a dense layer. One without is still written as
	// modelVersion, so that older programs read it and its fingerprint stays.
	fusedVersion = 2
	// pictureVersion is an encoder of records with pictures.
	pictureVersion = 3
	maxFields      = 1 << 16
	maxName        = 1 << 16
	maxSketch      = 1 << 16
	maxWeight      = 1e4 // products of three and their squares stay finite
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// MarshalBinary writes the model: self-describing, checksummed.
func (e *Encoder) MarshalBinary() ([]byte, error) {
	b := make([]byte, 0, e.size())
	b = append(b, modelMagic...)
	b = binary.LittleEndian.AppendUint16(b, e.version())
	b = e.appendBody(b)
	return binary.LittleEndian.AppendUint32(b, crc32.Checksum(b, castagnoli)), nil
}

// size is about how long the model's bytes are.
func (e *Encoder) size() int {
	n := 64 + 64*len(e.schema) + 8*len(e.idf)
	if e.fusion != nil {
		n += 4 * len(e.fusion.w)
	}
	n += 4 * look.Len * len(e.meanLook)
	if e.net != nil {
		n += 4 * e.net.Params()
	}
	return n
}

func (e *Encoder) version() uint16 {
	switch {
	case len(e.meanLook) > 0:
		return pictureVersion
	case e.fusion != nil:
		return fusedVersion
	}
	return modelVersion
}

func (e *Encoder) appendBody(b []byte) []byte {
	le := binary.LittleEndian
	b = le.AppendUint32(b, uint32(e.dim))
	b = le.AppendUint32(b, uint32(e.logBuckets))
	b = le.AppendUint64(b, e.docs)
	b = le.AppendUint32(b, uint32(len(e.schema)))
	for i, f := range e.schema {
		b = append(b, byte(f.Kind))
		b = le.AppendUint32(b, math.Float32bits(e.fieldGain[i]))
		b = le.AppendUint32(b, uint32(len(f.Name)))
		b = append(b, f.Name...)
	}
	for _, part := range [][]float32{e.idf, e.gain} {
		b = appendFloats(b, part)
	}
	if e.fusion != nil {
		b = le.AppendUint32(b, uint32(e.fusion.sketch))
		b = appendFloats(b, e.fusion.w)
	}
	if e.version() != pictureVersion {
		return b
	}
	if e.fusion == nil {
		b = le.AppendUint32(b, 0)
	}
	for _, mean := range e.meanLook {
		b = appendFloats(b, mean)
	}
	var net []byte
	if e.net != nil {
		net = e.net.Marshal()
	}
	return append(le.AppendUint32(b, uint32(len(net))), net...)
}

func appendFloats(b []byte, xs []float32) []byte {
	for _, x := range xs {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(x))
	}
	return b
}

// sum is the fingerprint: SHA-256 over everything that shapes a vector, cut to 16
// bytes. The version is in it because it stands for the features as well.
func (e *Encoder) sum() (f Fingerprint) {
	b := binary.LittleEndian.AppendUint16(make([]byte, 0, e.size()), e.version())
	h := sha256.Sum256(e.appendBody(b))
	copy(f[:], h[:])
	return f
}

// Unmarshal reads a model. It gives [ErrCorrupt] or [ErrVersion], never panics,
// and allocates no more than a small multiple of len(data).
func Unmarshal(data []byte) (*Encoder, error) {
	if len(data) < len(modelMagic)+6 || string(data[:len(modelMagic)]) != modelMagic {
		return nil, fmt.Errorf("%w: not an encoder model", ErrCorrupt)
	}
	version := binary.LittleEndian.Uint16(data[len(modelMagic):])
	if version < modelVersion || version > pictureVersion {
		return nil, fmt.Errorf("%w: version %d, this doppel reads %d to %d", ErrVersion, version, modelVersion, pictureVersion)
	}
	body, tail := data[:len(data)-4], data[len(data)-4:]
	if crc32.Checksum(body, castagnoli) != binary.LittleEndian.Uint32(tail) {
		return nil, fmt.Errorf("%w: checksum differs", ErrCorrupt)
	}
	r := reader{b: body[len(modelMagic)+2:]}
	e := r.encoder()
	if version >= fusedVersion {
		r.fusion(e, version)
	}
	if version == pictureVersion {
		r.pictures(e)
	}
	if r.bad || len(r.b) != 0 {
		return nil, fmt.Errorf("%w: sizes do not add up", ErrCorrupt)
	}
	if err := e.valid(); err != nil {
		return nil, err
	}
	e.seal()
	return e, nil
}

// reader takes values off the front of b; bad once it ran short.
type reader struct {
	b   []byte
	bad bool
}

func (r *reader) take(n int) []byte {
	if r.bad || n < 0 || n > len(r.b) {
		r.bad = true
		return make([]byte, min(max(n, 0), 8))
	}
	out := r.b[:n]
	r.b = r.b[n:]
	return out
}

func (r *reader) u32() uint32  { return binary.LittleEndian.Uint32(r.take(4)) }
func (r *reader) f32() float32 { return math.Float32frombits(r.u32()) }

func (r *reader) encoder() *Encoder {
	e := &Encoder{dim: int(r.u32()), logBuckets: int(r.u32()), docs: binary.LittleEndian.Uint64(r.take(8))}
	fields := int(r.u32())
	if fields > maxFields || e.logBuckets > maxLogBuckets || r.bad {
		r.bad = true
		return e
	}
	for range fields {
		kind, gain, n := r.take(1)[0], r.f32(), int(r.u32())
		if r.bad || n > maxName {
			r.bad = true
			return e
		}
		e.schema = append(e.schema, record.Field{Name: string(r.take(n)), Kind: record.Kind(kind)})
		e.fieldGain = append(e.fieldGain, gain)
	}
	e.idf, e.gain = r.floats(1<<e.logBuckets), r.floats(1<<e.logBuckets)
	return e
}

// fusion reads the dense layer; what it promises is looked for before it is allocated.
func (r *reader) fusion(e *Encoder, version uint16) {
	sketch := int(r.u32())
	if version == pictureVersion && sketch == 0 {
		return
	}
	if r.bad || sketch > maxSketch || e.dim < 1 || e.dim > maxDim {
		r.bad = true
		return
	}
	e.fusion = newFusion(e.schema, sketch)
	e.fusion.w = r.floats(e.dim * e.fusion.in)
}

// pictures reads what version 3 has of its own.
func (r *reader) pictures(e *Encoder) {
	for range imageFields(e.schema) {
		if r.bad {
			return
		}
		e.meanLook = append(e.meanLook, r.floats(look.Len))
	}
	n := int(r.u32())
	if r.bad || n == 0 {
		return
	}
	net, err := vision.Unmarshal(r.take(n))
	if err != nil {
		r.bad = true
		return
	}
	e.net = net
}

func (r *reader) floats(n int) []float32 {
	raw := r.take(4 * n)
	if r.bad {
		return nil
	}
	out := make([]float32, n)
	for i := range out {
		out[i] = math.Float32frombits(binary.LittleEndian.Uint32(raw[4*i:]))
	}
	return out
}

// valid says whether a model that passed its checksum makes sense.
func (e *Encoder) valid() error {
	if err := e.schema.Validate(); err != nil {
		return fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	if err := (Options{Dim: max(e.dim, 1), LogBuckets: max(e.logBuckets, 1)}).Validate(); err != nil {
		return fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	if e.docs > math.MaxInt {
		return fmt.Errorf("%w: %d records", ErrCorrupt, e.docs)
	}
	if n := len(imageFields(e.schema)); n != len(e.meanLook) {
		return fmt.Errorf("%w: %d image fields, means for %d", ErrCorrupt, n, len(e.meanLook))
	}
	if e.net != nil && (e.net.Dim() != e.dim || e.fusion != nil) {
		return fmt.Errorf("%w: a network of %d numbers for vectors of %d", ErrCorrupt, e.net.Dim(), e.dim)
	}
	parts := append([][]float32{e.fieldGain, e.idf, e.gain}, e.meanLook...)
	if e.fusion != nil {
		if e.fusion.sketch < 1 || e.fusion.sketch%e.dim != 0 {
			return fmt.Errorf("%w: a sketch of %d is not a multiple of dim %d", ErrCorrupt, e.fusion.sketch, e.dim)
		}
		parts = append(parts, e.fusion.w)
	}
	for _, part := range parts {
		for _, x := range part {
			if !(x >= -maxWeight && x <= maxWeight) { // NaN is neither
				return fmt.Errorf("%w: weight %v is not in -%g..%g", ErrCorrupt, x, maxWeight, maxWeight)
			}
		}
	}
	return nil
}
