package index

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"math"
	"slices"
)

// The snapshot, little-endian:
//
//	header  0  magic    8 bytes "doppelIX"
//	        8  version  u32  1, or 2 where there are flags
//	       12  engine   u8
//	       13  metric   u8
//	       14  flags    u16  1: quantized; none in version 1, some in version 2
//	       16  dim      u32
//	       20  count    u64
//	       28  crc      u32  CRC32C of bytes 0 to 27
//	block   ids      n x u32, ascending over the whole snapshot
//	        vectors  n x dim x f32
//	        crc      u32  CRC32C of all that came before it, earlier crcs too
//
// A block has blockRows(dim) vectors, the last one what is left; no vectors, no
// block. Since every crc covers the whole of what came before, blocks cannot be
// lost, repeated or exchanged. The graph of the coder engine is not stored: it is
// built again, and so are codes. After the header of an hnsw engine, which is of
// version 1, comes what hnsw_codec.go says in the place of the blocks. Every version keeps the header's magic, version and crc where they are,
// so that a newer version can be told from damage.
const (
	snapshotMagic   = "doppelIX"
	snapshotVersion = 2 // the newest; what needs no flags is still written as 1
	headerSize      = 32
	// flagQuantized says that there are codes, here and in the header of a graph.
	flagQuantized = 1
	// blockBytes is about the size of a block. It bounds what a reader allocates
	// before it has seen a crc.
	blockBytes = 1 << 18
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func blockRows(dim int) int { return max(1, blockBytes/(4*dim)) }

// snapshotWriter writes pieces with their crc.
type snapshotWriter struct {
	w   io.Writer
	sum uint32
}

// piece writes buf and the crc of all that was written until then.
func (out *snapshotWriter) piece(buf []byte) error {
	out.sum = crc32.Update(out.sum, castagnoli, buf)
	n := len(buf)
	buf = binary.LittleEndian.AppendUint32(buf, out.sum)
	out.sum = crc32.Update(out.sum, castagnoli, buf[n:])
	if _, err := out.w.Write(buf); err != nil {
		return fmt.Errorf("write index snapshot: %w", err)
	}
	return nil
}

func (out *snapshotWriter) header(opts Options, count int) error {
	le := binary.LittleEndian
	version, flags := uint32(1), uint16(0)
	if opts.Engine == Exact && opts.Quantize {
		version, flags = 2, flagQuantized
	}
	buf := append(make([]byte, 0, headerSize), snapshotMagic...)
	buf = le.AppendUint32(buf, version)
	buf = append(buf, byte(opts.Engine), byte(opts.Metric))
	buf = le.AppendUint16(buf, flags)
	buf = le.AppendUint32(buf, uint32(opts.Dim))
	return out.piece(le.AppendUint64(buf, uint64(count)))
}

// write is the snapshot of the engines that have rows and nothing that could not
// be made of them.
func (r *rows) write(out *snapshotWriter) error {
	order := make([]int, r.len())
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(r.ids[a], r.ids[b]) })
	var buf []byte
	for block := range slices.Chunk(order, blockRows(r.dim)) {
		buf = buf[:0]
		for _, slot := range block {
			buf = binary.LittleEndian.AppendUint32(buf, r.ids[slot])
		}
		for _, slot := range block {
			buf = appendFloats(buf, r.vec(slot))
		}
		if err := out.piece(buf); err != nil {
			return err
		}
	}
	return nil
}

func appendFloats(buf []byte, vec []float32) []byte {
	for _, v := range vec {
		buf = binary.LittleEndian.AppendUint32(buf, math.Float32bits(v))
	}
	return buf
}

// Restore reads what [Index.Snapshot] wrote, and not a byte more. It returns
// [ErrVersion] for a newer version, [ErrCorrupt] for damage, [ErrEngine] for an
// engine that this platform lacks, and r's own error when reading fails. It
// allocates in proportion to what it has read and verified.
func Restore(r io.Reader) (Index, error) {
	in := &snapshotReader{r: r}
	opts, count, err := in.header()
	if err != nil {
		return nil, err
	}
	x, err := newLocked(opts) // header validated opts: the engine may be missing here
	if err != nil {
		return nil, err
	}
	if err := x.engine.read(in, int(count)); err != nil {
		return nil, err
	}
	if x.opts.Engine == HNSW {
		x.opts = x.engine.(*hnsw).opts // the graph knows the rest of them
	}
	return x, nil
}

// read is the inverse of write, into empty rows.
func (r *rows) read(in *snapshotReader, count int) error {
	for left := count; left > 0; {
		n := min(left, blockRows(r.dim))
		ids, vecs, err := in.block(n, r.dim, r.metric)
		if err != nil {
			return err
		}
		if at := r.len(); at > 0 && ids[0] <= r.ids[at-1] {
			return fmt.Errorf("%w: id %d after %d", ErrCorrupt, ids[0], r.ids[at-1])
		}
		r.add(ids, vecs)
		left -= n
	}
	return nil
}

// snapshotReader reads checked pieces.
type snapshotReader struct {
	r   io.Reader
	sum uint32
	buf []byte
}

// piece reads n bytes and their crc. The bytes are valid until the next piece.
func (in *snapshotReader) piece(n int) ([]byte, error) {
	if cap(in.buf) < n+4 {
		in.buf = make([]byte, n+4)
	}
	buf := in.buf[:n+4]
	if _, err := io.ReadFull(in.r, buf); err != nil {
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return nil, fmt.Errorf("%w: the snapshot ends early", ErrCorrupt)
		}
		return nil, fmt.Errorf("read index snapshot: %w", err)
	}
	in.sum = crc32.Update(in.sum, castagnoli, buf[:n])
	if binary.LittleEndian.Uint32(buf[n:]) != in.sum {
		return nil, fmt.Errorf("%w: checksum does not fit", ErrCorrupt)
	}
	in.sum = crc32.Update(in.sum, castagnoli, buf[n:])
	return buf[:n], nil
}

func (in *snapshotReader) header() (opts Options, count uint64, err error) {
	h, err := in.piece(headerSize - 4)
	if err != nil {
		return opts, 0, err
	}
	le := binary.LittleEndian
	flags := le.Uint16(h[14:])
	switch version := le.Uint32(h[8:]); {
	case !bytes.HasPrefix(h, []byte(snapshotMagic)):
		return opts, 0, fmt.Errorf("%w: not an index snapshot", ErrCorrupt)
	case version > snapshotVersion:
		return opts, 0, fmt.Errorf("%w: version %d, this program reads up to %d", ErrVersion, version, snapshotVersion)
	case version == 0, version == 1 && flags != 0, version == 2 && flags != flagQuantized,
		version == 2 && Engine(h[12]) != Exact:
		return opts, 0, fmt.Errorf("%w: bad header", ErrCorrupt)
	}
	dim := le.Uint32(h[16:])
	opts = Options{Engine: Engine(h[12]), Metric: Metric(h[13]), Dim: int(min(dim, MaxDim+1)), Quantize: flags != 0}
	if count = le.Uint64(h[20:]); count > 1<<32 {
		return opts, 0, fmt.Errorf("%w: %d vectors under 32-bit ids", ErrCorrupt, count)
	}
	if err := opts.Validate(); err != nil {
		return opts, 0, fmt.Errorf("%w: %v", ErrCorrupt, err)
	}
	return opts, count, nil
}

// block reads n vectors and checks that they could have been stored.
func (in *snapshotReader) block(n, dim int, m Metric) (ids []uint32, vecs []float32, err error) {
	raw, err := in.piece(4 * n * (1 + dim))
	if err != nil {
		return nil, nil, err
	}
	le := binary.LittleEndian
	ids, vecs = make([]uint32, n), make([]float32, n*dim)
	for i := range ids {
		if ids[i] = le.Uint32(raw[4*i:]); i > 0 && ids[i] <= ids[i-1] {
			return nil, nil, fmt.Errorf("%w: id %d after %d", ErrCorrupt, ids[i], ids[i-1])
		}
	}
	floats(vecs, raw[4*n:])
	for i, id := range ids {
		if !m.stored(vecs[i*dim : (i+1)*dim]) {
			return nil, nil, fmt.Errorf("%w: the vector of id %d is not one that could be stored", ErrCorrupt, id)
		}
	}
	return ids, vecs, nil
}

// floats reads len(dst) numbers from raw.
func floats(dst []float32, raw []byte) {
	raw = raw[:4*len(dst)]
	for len(dst) >= 4 { // two loads of eight bytes
		a, b := binary.LittleEndian.Uint64(raw), binary.LittleEndian.Uint64(raw[8:])
		dst[0], dst[1] = math.Float32frombits(uint32(a)), math.Float32frombits(uint32(a>>32))
		dst[2], dst[3] = math.Float32frombits(uint32(b)), math.Float32frombits(uint32(b>>32))
		dst, raw = dst[4:], raw[16:]
	}
	for i := range dst {
		dst[i] = math.Float32frombits(binary.LittleEndian.Uint32(raw[4*i:]))
	}
}
