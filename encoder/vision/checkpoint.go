package vision

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"math"
)

// ErrResume is returned when a checkpoint is damaged or belongs to another run.
var ErrResume = errors.New("vision: cannot resume")

// A checkpoint's bytes, little-endian:
//
//	+----------+-------------+----------------------+----------------+----------------+
//	| "DPLVTR" | version u16 | of the run, 32 bytes | parameters u32 | statistics u32 |
//	+----------+-------------+----------------------+----------------+----------------+
//	| step u64 | seen u64 | steps of the optimiser u64 | best u32 | points u32        |
//	+---------------------------------------------------------------------------------+
//	| per point: step u64, loss f64, accuracy f64, ways u32                           |
//	+---------------------------------------------------------------------------------+
//	| f32 x parameters: now, mean, kept, the optimiser's mean, its power              |
//	| f32 x statistics: kept                                                          |
//	+---------------------------------------------------------------------------------+
//	| CRC32C of all before, u32                                                       |
//	+---------------------------------------------------------------------------------+
const (
	checkpointMagic   = "DPLVTR"
	checkpointVersion = 1
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// runSum tells runs apart: every picture with its class and every option that shapes the result.
func (t *training) runSum() [sha256.Size]byte {
	var b bytes.Buffer
	o := t.opts
	fmt.Fprintln(&b, o.Spec, o.Seed, o.Loss, o.LossOptions, o.Batches, o.Augment, o.Steps, o.Rate, o.Decay, o.Average, o.Check, o.Patience)
	for _, s := range []TrainSet{t.set, t.valid.set} {
		fmt.Fprintln(&b, len(s.Pictures), s.Class, s.Group)
		for _, p := range s.Pictures {
			sum := pixelSum(p)
			b.Write(sum[:])
		}
	}
	return sha256.Sum256(b.Bytes())
}

// checkpoint is all that the next step depends on. It is made behind a look.
func (t *training) checkpoint() []byte {
	le := binary.LittleEndian
	b := le.AppendUint16([]byte(checkpointMagic), checkpointVersion)
	sum := t.run
	b = append(b, sum[:]...)
	b = le.AppendUint32(b, uint32(len(t.net.params)))
	b = le.AppendUint32(b, uint32(len(t.net.stats)))
	b = le.AppendUint64(b, uint64(t.step))
	b = le.AppendUint64(b, uint64(t.report.Seen))
	b = le.AppendUint64(b, t.opt.State.Step)
	b = le.AppendUint32(b, uint32(t.report.Best))
	b = le.AppendUint32(b, uint32(len(t.report.Points)))
	for _, p := range t.report.Points {
		b = le.AppendUint64(b, uint64(p.Step))
		b = le.AppendUint64(b, math.Float64bits(p.Loss))
		b = le.AppendUint64(b, math.Float64bits(p.Accuracy))
		b = le.AppendUint32(b, uint32(p.Ways))
	}
	for _, part := range [][]float32{t.net.params, t.average, t.kept.params, t.opt.State.Mean, t.opt.State.Power, t.kept.stats} {
		b = appendFloats(b, part)
	}
	return le.AppendUint32(b, crc32.Checksum(b, castagnoli))
}

func appendFloats(b []byte, x []float32) []byte {
	for _, v := range x {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
	}
	return b
}

// resume takes up a checkpoint, if there is one. It gives [ErrResume].
func (t *training) resume(data []byte) error {
	if len(data) == 0 {
		return nil
	}
	bad := func(format string, args ...any) error {
		return fmt.Errorf("%w: %s", ErrResume, fmt.Sprintf(format, args...))
	}
	head := len(checkpointMagic) + 2 + sha256.Size
	if len(data) < head+4 || string(data[:len(checkpointMagic)]) != checkpointMagic {
		return bad("not a checkpoint of a network for pictures")
	}
	body := data[:len(data)-4]
	if crc32.Checksum(body, castagnoli) != binary.LittleEndian.Uint32(data[len(body):]) {
		return bad("the checksum differs: the checkpoint is damaged")
	}
	if v := binary.LittleEndian.Uint16(data[len(checkpointMagic):]); v != checkpointVersion {
		return bad("version %d, this doppel reads %d", v, checkpointVersion)
	}
	if !bytes.Equal(data[head-sha256.Size:head], t.run[:]) {
		return bad("the checkpoint is of other pictures or other options")
	}
	r := reader{b: body[head:]}
	if t.restore(&r); r.bad || len(r.b) != 0 {
		return bad("sizes do not add up")
	}
	return nil
}

func (t *training) restore(r *reader) {
	params, stats := int(r.u32()), int(r.u32())
	step, seen, optSteps := int(r.u64()), int(r.u64()), r.u64()
	best, points := int(r.u32()), int(r.u32())
	if r.bad || params != len(t.net.params) || stats != len(t.net.stats) || step < 1 || step > t.opts.Steps || points < 1 || points > step || best < 0 || best >= points {
		r.bad = true
		return
	}
	t.step, t.report.Seen, t.opt.State.Step, t.report.Best = step, seen, optSteps, best
	for range points {
		t.report.Points = append(t.report.Points, TrainPoint{Step: int(r.u64()), Loss: r.f64(), Accuracy: r.f64(), Ways: int(r.u32())})
	}
	t.kept = &Net{spec: t.net.spec, plan: t.net.plan, params: make([]float32, params), stats: make([]float32, stats)}
	for _, part := range [][]float32{t.net.params, t.average, t.kept.params, t.opt.State.Mean, t.opt.State.Power, t.kept.stats} {
		r.floats(part)
	}
}

// reader takes numbers from bytes; bad says that there were too few.
type reader struct {
	b   []byte
	bad bool
}

func (r *reader) take(n int) []byte {
	if n > len(r.b) {
		r.bad, r.b = true, nil
		return make([]byte, n)
	}
	out := r.b[:n]
	r.b = r.b[n:]
	return out
}

func (r *reader) u32() uint32  { return binary.LittleEndian.Uint32(r.take(4)) }
func (r *reader) u64() uint64  { return binary.LittleEndian.Uint64(r.take(8)) }
func (r *reader) f64() float64 { return math.Float64frombits(r.u64()) }

// floats fills dst.
func (r *reader) floats(dst []float32) {
	if r.bad || 4*len(dst) > len(r.b) {
		r.bad, r.b = true, nil
		return
	}
	b := r.take(4 * len(dst))
	for i := range dst {
		dst[i] = math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))
	}
}
