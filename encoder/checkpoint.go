package encoder

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
var ErrResume = errors.New("encoder: cannot resume")

// A checkpoint's bytes, little-endian:
//
//	+----------+-------------+---------------------+-----------------+-------------+
//	| "DPLTUN" | version u16 | of the run, 32 bytes | parameters u32 | epochs u32  |
//	+----------+-------------+---------------------+-----------------+-------------+
//	| best u32 | steps u64   | watch: 4 x u64, 3 x f64                             |
//	+------------------------------------------------------------------------------+
//	| per epoch: loss f64, MRR f64, recall f64                                     |
//	+------------------------------------------------------------------------------+
//	| f32 x parameters: now, of the best epoch, optimiser's mean, its power        |
//	+------------------------------------------------------------------------------+
//	| CRC32C of all before, u32                                                    |
//	+------------------------------------------------------------------------------+
const (
	checkpointMagic   = "DPLTUN"
	checkpointVersion = 1
)

// runSum tells runs apart: the start, the labels, what labelled records say, and every option that shapes the result.
func (t *tuning) runSum() [sha256.Size]byte {
	var b bytes.Buffer
	o := t.opts
	o.Threads, o.Progress, o.Checkpoint, o.Resume, o.Neighbours = 0, nil, nil, nil, nil
	fmt.Fprintf(&b, "%v %d %d %+v\n", t.net.start.fingerprint, t.twins.n, t.twins.left, o)
	for _, part := range [][]Twin{t.set.Train, t.set.Valid} {
		fmt.Fprintf(&b, "%v\n", part)
	}
	for _, row := range t.twins.rows() {
		fmt.Fprintf(&b, "%d %x\n", row, t.twins.copyOf(row))
	}
	return sha256.Sum256(b.Bytes())
}

// checkpoint is all that the next epoch depends on.
func (t *tuning) checkpoint() []byte {
	le := binary.LittleEndian
	b := le.AppendUint16([]byte(checkpointMagic), checkpointVersion)
	sum := t.runSum()
	b = append(b, sum[:]...)
	b = le.AppendUint32(b, uint32(len(t.kept)))
	b = le.AppendUint32(b, uint32(len(t.report.Epochs)))
	b = le.AppendUint32(b, uint32(t.report.Best))
	b = le.AppendUint64(b, t.opt.State.Step)
	for _, n := range []int{t.watch.batches, t.watch.lonely, t.watch.collapsed, t.watch.epochs} {
		b = le.AppendUint64(b, uint64(n))
	}
	for _, x := range []float64{t.watch.first, t.watch.lowest, t.watch.last} {
		b = le.AppendUint64(b, math.Float64bits(x))
	}
	for _, e := range t.report.Epochs {
		for _, x := range []float64{e.Loss, e.MRR, e.Recall} {
			b = le.AppendUint64(b, math.Float64bits(x))
		}
	}
	for _, part := range t.saved() {
		for _, x := range part {
			b = le.AppendUint32(b, math.Float32bits(x))
		}
	}
	return le.AppendUint32(b, crc32.Checksum(b, castagnoli))
}

// saved lists the slices of a checkpoint, each as long as the parameters.
func (t *tuning) saved() [4][]float32 {
	return [4][]float32{t.net.p.all, t.kept, t.opt.State.Mean, t.opt.State.Power}
}

// resume takes up opts.Resume, if there is one. It gives [ErrResume].
func (t *tuning) resume() error {
	data := t.opts.Resume
	if len(data) == 0 {
		return nil
	}
	head := len(checkpointMagic) + 2 + sha256.Size
	if len(data) < head+4 || string(data[:len(checkpointMagic)]) != checkpointMagic {
		return fmt.Errorf("%w: not a checkpoint", ErrResume)
	}
	body := data[:len(data)-4]
	if crc32.Checksum(body, castagnoli) != binary.LittleEndian.Uint32(data[len(body):]) {
		return fmt.Errorf("%w: checksum differs", ErrResume)
	}
	if v := binary.LittleEndian.Uint16(data[len(checkpointMagic):]); v != checkpointVersion {
		return fmt.Errorf("%w: version %d, this doppel reads %d", ErrResume, v, checkpointVersion)
	}
	if sum := t.runSum(); !bytes.Equal(data[head-sha256.Size:head], sum[:]) {
		return fmt.Errorf("%w: the checkpoint is of another start, other labels or other options", ErrResume)
	}
	r := reader{b: body[head:]}
	if t.restore(&r); r.bad || len(r.b) != 0 {
		return fmt.Errorf("%w: sizes do not add up", ErrResume)
	}
	return nil
}

func (t *tuning) restore(r *reader) {
	params, epochs, best := int(r.u32()), int(r.u32()), int(r.u32())
	if r.bad || params != len(t.kept) || epochs < 1 || epochs > t.opts.Epochs+1 || best >= epochs {
		r.bad = true
		return
	}
	t.opt.State.Step = r.u64()
	t.watch.batches, t.watch.lonely, t.watch.collapsed, t.watch.epochs = int(r.u64()), int(r.u64()), int(r.u64()), int(r.u64())
	t.watch.first, t.watch.lowest, t.watch.last = r.f64(), r.f64(), r.f64()
	t.report.Best = best
	for e := range epochs {
		t.report.Epochs = append(t.report.Epochs, Epoch{Epoch: e, Loss: r.f64(), MRR: r.f64(), Recall: r.f64()})
	}
	for _, part := range t.saved() {
		copy(part, r.floats(params))
	}
}

func (r *reader) u64() uint64  { return binary.LittleEndian.Uint64(r.take(8)) }
func (r *reader) f64() float64 { return math.Float64frombits(r.u64()) }
