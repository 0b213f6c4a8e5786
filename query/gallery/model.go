package gallery

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"math"

	"github.com/doppeldb/doppel/encoder"
)

// Errors of model files.
var (
	// ErrModel is returned for bytes that are no model of pictures, or a damaged one.
	ErrModel = errors.New("no model of pictures")
	// ErrVersion is returned for a model that a newer doppel wrote.
	ErrVersion = errors.New("a model of a newer version")
)

// Model is what was learned from labelled pictures.
type Model struct {
	Encoder *encoder.Encoder // of one image field, with a network
	Summary Summary
	// Calibration is empty for a network that was not measured.
	Calibration Calibration
}

// Summary says what a model was made of.
type Summary struct {
	Classes, HeldOut, Pictures int // trained on, held out, trained on
	Steps, Kept                int // batches in all, and up to the state that was kept
	Seed                       uint64
}

// A model's bytes, little-endian:
//
//	+----------+-------------+-------------+---------+--------------------------------------+
//	| "DPLGAL" | version u16 | encoder u32 | encoder | classes, held out, pictures, steps,  |
//	|          |             | bytes       |         | kept: u64 each; seed u64             |
//	+----------+-------------+-------------+---------+--------------------------------------+
//	| calibration: classes, genuine, impostor u64 each, seen u8, EER f64, points u32        |
//	+---------------------------------------------------------------------------------------+
//	| per point: distance, FAR, FRR f64                             | CRC32C of all before  |
//	+---------------------------------------------------------------------------------------+
const (
	modelMagic   = "DPLGAL"
	modelVersion = 1
	maxPoints    = 1 << 12
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// MarshalBinary gives the bytes of a model file.
func (m *Model) MarshalBinary() ([]byte, error) {
	enc, err := m.Encoder.MarshalBinary()
	if err != nil {
		return nil, err
	}
	le := binary.LittleEndian
	b := le.AppendUint16([]byte(modelMagic), modelVersion)
	b = append(le.AppendUint32(b, uint32(len(enc))), enc...)
	s, c := m.Summary, m.Calibration
	for _, n := range []int{s.Classes, s.HeldOut, s.Pictures, s.Steps, s.Kept} {
		b = le.AppendUint64(b, uint64(n))
	}
	b = le.AppendUint64(b, s.Seed)
	for _, n := range []int{c.Classes, c.Genuine, c.Impostor} {
		b = le.AppendUint64(b, uint64(n))
	}
	seen := byte(0)
	if c.Seen {
		seen = 1
	}
	b = le.AppendUint64(append(b, seen), math.Float64bits(c.EER))
	b = le.AppendUint32(b, uint32(len(c.Points)))
	for _, p := range c.Points {
		for _, x := range []float64{p.Distance, p.FAR, p.FRR} {
			b = le.AppendUint64(b, math.Float64bits(x))
		}
	}
	return le.AppendUint32(b, crc32.Checksum(b, castagnoli)), nil
}

// IsModel says whether bytes begin like a model of pictures, for a message about the wrong file.
func IsModel(data []byte) bool {
	return len(data) >= len(modelMagic) && string(data[:len(modelMagic)]) == modelMagic
}

// Unmarshal reads a model, or an encoder with a network, which then has no calibration. It
// gives [ErrModel] and [ErrVersion].
func Unmarshal(data []byte) (*Model, error) {
	if !IsModel(data) {
		e, err := encoder.Unmarshal(data)
		switch {
		case err != nil:
			return nil, ErrModel
		case e.Net() == nil:
			return nil, fmt.Errorf("%w: its encoder reads no pictures by a network", ErrModel)
		}
		return newModel(e)
	}
	le := binary.LittleEndian
	r := reader{b: data[len(modelMagic):]}
	if v := r.take(2); len(v) == 2 && le.Uint16(v) > modelVersion {
		return nil, fmt.Errorf("%w: %d, this doppel reads up to %d; use a newer doppel", ErrVersion, le.Uint16(v), modelVersion)
	}
	if n := len(data) - 4; n < len(modelMagic) || crc32.Checksum(data[:n], castagnoli) != le.Uint32(data[n:]) {
		return nil, fmt.Errorf("%w: it is damaged or cut off", ErrModel)
	}
	e, err := encoder.Unmarshal(r.take(int(r.u32())))
	if err != nil {
		return nil, fmt.Errorf("%w: its encoder: %w", ErrModel, err)
	}
	m, err := newModel(e)
	if err != nil {
		return nil, err
	}
	s, c := &m.Summary, &m.Calibration
	for _, n := range []*int{&s.Classes, &s.HeldOut, &s.Pictures, &s.Steps, &s.Kept} {
		*n = r.count()
	}
	s.Seed = r.u64()
	for _, n := range []*int{&c.Classes, &c.Genuine, &c.Impostor} {
		*n = r.count()
	}
	if flag := r.take(1); len(flag) == 1 {
		c.Seen = flag[0] != 0
	}
	c.EER = r.f64()
	points := r.u32()
	if points > maxPoints {
		return nil, fmt.Errorf("%w: it says that it has %d operating points", ErrModel, points)
	}
	for range points {
		c.Points = append(c.Points, Operating{r.f64(), r.f64(), r.f64()})
	}
	if r.short || len(r.b) != 4 {
		return nil, fmt.Errorf("%w: its parts do not fit", ErrModel)
	}
	return m, nil
}

// newModel makes a model of an encoder of pictures.
func newModel(e *encoder.Encoder) (*Model, error) {
	if e.Net() == nil {
		return nil, fmt.Errorf("%w: its encoder has no network", ErrModel)
	}
	e, err := e.On(schema)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrModel, err)
	}
	return &Model{Encoder: e}, nil
}

// reader takes fields off bytes; short is set where they end too early.
type reader struct {
	b     []byte
	short bool
}

func (r *reader) take(n int) []byte {
	if n < 0 || n > len(r.b) {
		r.short = true
		return nil
	}
	out := r.b[:n]
	r.b = r.b[n:]
	return out
}

func (r *reader) u32() uint32 {
	if b := r.take(4); b != nil {
		return binary.LittleEndian.Uint32(b)
	}
	return 0
}

func (r *reader) u64() uint64 {
	if b := r.take(8); b != nil {
		return binary.LittleEndian.Uint64(b)
	}
	return 0
}

func (r *reader) f64() float64 { return math.Float64frombits(r.u64()) }

// count reads a number of things.
func (r *reader) count() int { return int(min(r.u64(), math.MaxInt32)) }
