package match

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"math"
	"slices"

	"github.com/doppeldb/doppel/encoder"
)

// A model's bytes, little-endian:
//
//	+----------+---------+----------------+-------------+----------------+
//	| "DPLMOD" | version | encoder        | scorer      | summary        |
//	| 6 bytes  | u16     | u32 n, n bytes | as its own  | counts, texts  |
//	+----------+---------+----------------+-------------+----------------+
//	| CRC32C of all before, u32                                          |
//	+--------------------------------------------------------------------+
//
// The scorer begins with a byte: 0 where there is none. Strings and lists have their length, u32, before them.
const (
	modelMagic = "DPLMOD"
	// modelVersion goes up when the layout changes and when a clue of an old name
	// comes to mean something else.
	modelVersion = 3 // 1 had no prior, 2 no byte for a scorer
	mostLayers   = 8
	widestLayer  = 1 << 16
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// MarshalBinary writes the model: self-describing, checksummed. The same model
// gives the same bytes.
func (m *Model) MarshalBinary() ([]byte, error) {
	enc, err := m.Encoder.MarshalBinary()
	if err != nil {
		return nil, err
	}
	w := &modelWriter{b: append(make([]byte, 0, len(enc)+1<<20), modelMagic...)}
	w.b = binary.LittleEndian.AppendUint16(w.b, modelVersion)
	w.u32(len(enc))
	w.b = append(w.b, enc...)
	if w.flag(m.Scorer != nil); m.Scorer != nil {
		w.scorer(m.Scorer)
	}
	w.summary(&m.Summary)
	return binary.LittleEndian.AppendUint32(w.b, crc32.Checksum(w.b, castagnoli)), nil
}

// UnmarshalModel reads a model. It gives [ErrCorrupt], [ErrVersion], or an error of the encoder, never
// panics, and allocates no more than a small multiple of len(data).
func UnmarshalModel(data []byte) (*Model, error) {
	if len(data) < len(modelMagic)+6 || string(data[:len(modelMagic)]) != modelMagic {
		return nil, fmt.Errorf("%w: not a model of doppel", ErrCorrupt)
	}
	if v := binary.LittleEndian.Uint16(data[len(modelMagic):]); v != modelVersion {
		return nil, fmt.Errorf("%w: version %d, this doppel reads %d; train again, or use the doppel that wrote it", ErrVersion, v, modelVersion)
	}
	body, tail := data[:len(data)-4], data[len(data)-4:]
	if crc32.Checksum(body, castagnoli) != binary.LittleEndian.Uint32(tail) {
		return nil, fmt.Errorf("%w: checksum differs; the file is truncated or was changed", ErrCorrupt)
	}
	r := &modelReader{b: body[len(modelMagic)+2:]}
	raw := r.take(r.count(1))
	m := &Model{}
	if r.flag() {
		m.Scorer = r.scorer()
	}
	r.summary(&m.Summary)
	if r.bad || len(r.b) != 0 {
		return nil, fmt.Errorf("%w: sizes do not add up", ErrCorrupt)
	}
	var err error
	if m.Encoder, err = encoder.Unmarshal(raw); err != nil {
		return nil, err
	}
	if m.Scorer == nil {
		return m, nil
	}
	if err := m.Scorer.valid(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	return m, m.Scorer.knows()
}

// knows says whether this doppel still computes the second looks that the model was trained with.
func (s *Scorer) knows() error {
	if len(s.first) == 0 {
		return nil
	}
	if !slices.Equal(s.second, clueNames(secondClues)) {
		return fmt.Errorf("%w: it reads evidence that this doppel does not have; train again", ErrVersion)
	}
	return nil
}

func clueNames(ts []clue) []string {
	out := make([]string, len(ts))
	for k, t := range ts {
		out[k] = t.name
	}
	return out
}

type modelWriter struct{ b []byte }

func (w *modelWriter) u32(n int)     { w.b = binary.LittleEndian.AppendUint32(w.b, uint32(n)) }
func (w *modelWriter) u64(n uint64)  { w.b = binary.LittleEndian.AppendUint64(w.b, n) }
func (w *modelWriter) f64(x float64) { w.u64(math.Float64bits(x)) }
func (w *modelWriter) f32(x float32) {
	w.b = binary.LittleEndian.AppendUint32(w.b, math.Float32bits(x))
}

func (w *modelWriter) flag(b bool) {
	w.b = append(w.b, byte(truth(b)))
}

func (w *modelWriter) text(s string) {
	w.u32(len(s))
	w.b = append(w.b, s...)
}

func (w *modelWriter) texts(list []string) {
	w.u32(len(list))
	for _, s := range list {
		w.text(s)
	}
}

func (w *modelWriter) floats(list []float32) {
	w.u32(len(list))
	for _, x := range list {
		w.f32(x)
	}
}

func (w *modelWriter) ints(list []int) {
	w.u32(len(list))
	for _, x := range list {
		w.u32(x)
	}
}

func (w *modelWriter) scorer(s *Scorer) {
	w.text(s.name)
	w.flag(s.symmetric)
	w.texts(s.clues)
	w.texts(s.second)
	w.floats(s.usual)
	w.f64(s.prior.learned)
	w.f64(s.prior.usual)
	w.f64(s.slope)
	w.f64(s.offset)
	w.f64(s.threshold)
	for _, blends := range [][]*blend{s.first, s.final} {
		w.u32(len(blends))
		if len(blends) > 0 {
			w.mapping(blends[0].m)
		}
		for _, b := range blends {
			w.blend(b)
		}
	}
}

func (w *modelWriter) mapping(m *mapping) {
	w.u32(m.width)
	for t := range m.width {
		w.floats(m.knots[t])
		w.floats(m.place[t])
	}
	w.ints(m.gap)
}

func (w *modelWriter) blend(b *blend) {
	w.u32(len(b.nets))
	for _, n := range b.nets {
		w.ints(n.sizes)
		w.floats(n.params)
	}
	w.floats(b.linear.dense)
	w.floats(b.linear.words)
	w.f32(b.linear.bias)
	w.f64(b.boosting.base)
	w.u32(len(b.boosting.trees))
	for _, t := range b.boosting.trees {
		w.u32(len(t))
		for _, n := range t {
			w.u32(int(n.clue))
			w.f32(n.cut)
			w.f32(n.value)
			w.u32(int(n.left))
			w.u32(int(n.right))
			w.flag(n.missingLeft)
		}
	}
}

func (w *modelWriter) summary(s *TrainSummary) {
	for _, n := range s.counts() {
		w.u64(uint64(*n))
	}
	w.u64(s.Seed)
	w.f64(s.Threshold)
	w.f64(s.F1)
	w.texts(s.Warnings)
}

func (s *TrainSummary) counts() []*int {
	return []*int{&s.LeftRecords, &s.RightRecords, &s.Candidates, &s.Train, &s.TrainMatches, &s.Valid, &s.ValidMatches, &s.right, &s.wrong, &s.missed}
}

// modelReader takes values off the front of b; bad once it ran short or a number made no sense.
type modelReader struct {
	b   []byte
	bad bool
}

func (r *modelReader) take(n int) []byte {
	if r.bad || n < 0 || n > len(r.b) {
		r.bad = true
		return make([]byte, 8)[:min(max(n, 0), 8)]
	}
	out := r.b[:n]
	r.b = r.b[n:]
	return out
}

func (r *modelReader) u32() uint32  { return binary.LittleEndian.Uint32(r.take(4)) }
func (r *modelReader) u64() uint64  { return binary.LittleEndian.Uint64(r.take(8)) }
func (r *modelReader) f64() float64 { return math.Float64frombits(r.u64()) }
func (r *modelReader) f32() float32 { return math.Float32frombits(r.u32()) }
func (r *modelReader) flag() bool   { return r.take(1)[0] == 1 }

// count reads the length of a list whose elements take at least size bytes each.
func (r *modelReader) count(size int) int {
	n := int64(r.u32())
	if r.bad || n*int64(size) > int64(len(r.b)) {
		r.bad = true
		return 0
	}
	return int(n)
}

func (r *modelReader) text() string { return string(r.take(r.count(1))) }

func (r *modelReader) texts() []string {
	out := make([]string, r.count(4))
	for k := range out {
		out[k] = r.text()
	}
	return out
}

func (r *modelReader) floats() []float32 {
	out := make([]float32, r.count(4))
	for k := range out {
		out[k] = r.f32()
	}
	return out
}

func (r *modelReader) ints() []int {
	out := make([]int, r.count(4))
	for k := range out {
		out[k] = int(r.u32())
	}
	return out
}

func (r *modelReader) scorer() *Scorer {
	s := &Scorer{name: r.text(), symmetric: r.flag(), clues: r.texts(), second: r.texts(), usual: r.floats(),
		prior: trust{learned: r.f64(), usual: r.f64()}, slope: r.f64(), offset: r.f64(), threshold: r.f64()}
	for _, blends := range []*[]*blend{&s.first, &s.final} {
		n := r.count(4)
		var m *mapping
		if n > 0 {
			m = r.mapping()
		}
		for range n {
			if r.bad {
				break
			}
			*blends = append(*blends, r.blend(m))
		}
	}
	return s
}

func (r *modelReader) mapping() *mapping {
	m := &mapping{width: r.count(8)}
	m.knots, m.place = make([][]float32, m.width), make([][]float32, m.width)
	for t := range m.width {
		m.knots[t], m.place[t] = r.floats(), r.floats()
	}
	m.gap = r.ints()
	return m
}

func (r *modelReader) blend(m *mapping) *blend {
	b := &blend{m: m, boosting: &boosting{}}
	for range r.count(8) {
		if r.bad {
			return b
		}
		b.nets = append(b.nets, &network{sizes: r.ints(), params: r.floats()})
	}
	b.linear = &lexicon{dense: r.floats(), words: r.floats(), bias: r.f32()}
	b.boosting.base = r.f64()
	b.boosting.trees = make([]tree, r.count(4))
	for k := range b.boosting.trees {
		t := make(tree, r.count(21))
		for n := range t {
			t[n] = treeNode{clue: int32(r.u32()), cut: r.f32(), value: r.f32(), left: int32(r.u32()), right: int32(r.u32()), missingLeft: r.flag()}
		}
		b.boosting.trees[k] = t
	}
	return b
}

func (r *modelReader) summary(s *TrainSummary) {
	for _, n := range s.counts() {
		x := r.u64()
		if x > math.MaxInt32 {
			r.bad = true
		}
		*n = int(x)
	}
	s.Seed, s.Threshold, s.F1 = r.u64(), r.f64(), r.f64()
	s.Warnings = r.texts()
}
