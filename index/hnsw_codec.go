package index

import (
	"encoding/binary"
	"fmt"
	"slices"
)

// The snapshot of a graph, after the header of snapshot.go, little-endian:
//
//	graph   m               u32
//	        efConstruction  u32
//	        seed            u64
//	        flags           u32  1: quantized
//	        nodes           u32
//	        entry           u32  2^32-1 when there is no node
//	        crc             u32
//	block   state    n x u8           of n nodes
//	        tied     n x u8
//	        ids      n x u32          how many ids each has
//	        links    n x 2m x u32     2^32-1 in empty places, here and below
//	        vectors  n x dim x f32
//	        crc      u32
//	upper   n x m x u32               n blocks of upper links
//	        crc      u32
//	ids     n x u32                   n ids: those of node 0 ascending, those of node 1, ...
//	        crc      u32
//
// Every part but the first comes in as many pieces as it needs, each of about
// blockBytes. Levels, codes, the map from ids and that from vectors follow from
// the rest. A free node keeps the vector that it had.
const graphSize = 28

// nodesPerBlock is n of a block of nodes.
func (h *hnsw) nodesPerBlock() int { return max(1, blockBytes/(6+4*h.m0+4*h.dim)) }

func (h *hnsw) write(out *snapshotWriter) error {
	h.settle()
	le := binary.LittleEndian
	buf := le.AppendUint32(nil, uint32(h.m))
	buf = le.AppendUint32(buf, uint32(h.opts.EfConstruction))
	buf = le.AppendUint64(buf, h.opts.Seed)
	flags := uint32(0)
	if h.opts.Quantize {
		flags |= flagQuantized
	}
	buf = le.AppendUint32(buf, flags)
	buf = le.AppendUint32(buf, uint32(h.nodes()))
	buf = le.AppendUint32(buf, h.entry)
	if err := out.piece(buf); err != nil {
		return err
	}
	for lo := 0; lo < h.nodes(); lo += h.nodesPerBlock() {
		buf = h.appendNodes(buf[:0], lo, min(lo+h.nodesPerBlock(), h.nodes()))
		if err := out.piece(buf); err != nil {
			return err
		}
	}
	if err := out.words(h.upper, blockBytes/(4*h.m)*h.m); err != nil {
		return err
	}
	var ids []uint32
	for node, s := range h.state {
		if s == nodeLive {
			ids = append(append(ids, h.post.first[node]), h.post.others(uint32(node))...)
		}
	}
	return out.words(ids, blockBytes/4)
}

func (h *hnsw) appendNodes(buf []byte, lo, hi int) []byte {
	for _, s := range h.state[lo:hi] {
		buf = append(buf, byte(s))
	}
	buf = append(buf, h.tied[lo:hi]...)
	for node := lo; node < hi; node++ {
		n := 0
		if h.state[node] == nodeLive {
			n = 1 + len(h.post.others(uint32(node)))
		}
		buf = binary.LittleEndian.AppendUint32(buf, uint32(n))
	}
	for _, to := range h.links[lo*h.m0 : hi*h.m0] {
		buf = binary.LittleEndian.AppendUint32(buf, to)
	}
	return appendFloats(buf, h.vecs[lo*h.dim:hi*h.dim])
}

// words writes all of s, in pieces of n.
func (out *snapshotWriter) words(s []uint32, n int) error {
	var buf []byte
	for part := range slices.Chunk(s, n) {
		buf = buf[:0]
		for _, v := range part {
			buf = binary.LittleEndian.AppendUint32(buf, v)
		}
		if err := out.piece(buf); err != nil {
			return err
		}
	}
	return nil
}

// words reads total words in pieces of n, as they were written.
func (in *snapshotReader) words(total, n int) ([]uint32, error) {
	var out []uint32
	for total > 0 {
		part := min(total, n)
		raw, err := in.piece(4 * part)
		if err != nil {
			return nil, err
		}
		for i := range part {
			out = append(out, binary.LittleEndian.Uint32(raw[4*i:]))
		}
		total -= part
	}
	return out, nil
}

// read fills the empty h. Nothing is believed before check agreed.
func (h *hnsw) read(in *snapshotReader, count int) error {
	nodes, err := h.readGraph(in)
	if err != nil {
		return err
	}
	counts, err := h.readNodes(in, nodes)
	if err != nil {
		return err
	}
	blocks := 0
	for node := range h.state {
		h.upperAt = append(h.upperAt, uint32(blocks))
		blocks += h.level(uint32(node))
	}
	if h.upper, err = in.words(blocks*h.m, blockBytes/(4*h.m)*h.m); err != nil {
		return err
	}
	if err := h.readIDs(in, counts, count); err != nil {
		return err
	}
	if h.entry != none && int(h.entry) < nodes {
		h.top = h.level(h.entry)
	}
	return h.check()
}

func (h *hnsw) readGraph(in *snapshotReader) (nodes int, err error) {
	raw, err := in.piece(graphSize)
	if err != nil {
		return 0, err
	}
	le := binary.LittleEndian
	opts := h.opts
	opts.M, opts.EfConstruction = int(le.Uint32(raw)), int(le.Uint32(raw[4:]))
	opts.Seed = le.Uint64(raw[8:])
	opts.Quantize = le.Uint32(raw[16:])&flagQuantized != 0
	entry := le.Uint32(raw[24:])
	if nodes = int(le.Uint32(raw[20:])); nodes > maxNodes || le.Uint32(raw[16:]) > flagQuantized || opts.M == 0 || opts.EfConstruction == 0 {
		return 0, fmt.Errorf("%w: bad graph header", ErrCorrupt)
	}
	if err := opts.Validate(); err != nil {
		return 0, fmt.Errorf("%w: %v", ErrCorrupt, err)
	}
	h.opts, h.m, h.m0 = opts, opts.M, 2*opts.M
	h.quant.on = opts.Quantize
	h.reset()
	h.entry = entry
	return nodes, nil
}

// readNodes reads the blocks of nodes and gives the number of ids of each.
func (h *hnsw) readNodes(in *snapshotReader, nodes int) (counts []uint32, err error) {
	le := binary.LittleEndian
	for left := nodes; left > 0; {
		n := min(left, h.nodesPerBlock())
		raw, err := in.piece(n * (6 + 4*h.m0 + 4*h.dim))
		if err != nil {
			return nil, err
		}
		for _, s := range raw[:n] {
			h.state = append(h.state, state(s))
		}
		h.tied = append(h.tied, raw[n:2*n]...)
		raw = raw[2*n:]
		for i := range n {
			counts = append(counts, le.Uint32(raw[4*i:]))
		}
		raw = raw[4*n:]
		for i := range n * h.m0 {
			h.links = append(h.links, le.Uint32(raw[4*i:]))
		}
		vecs := make([]float32, n*h.dim)
		floats(vecs, raw[4*n*h.m0:])
		h.vecs = append(h.vecs, vecs...)
		left -= n
	}
	return counts, nil
}

// readIDs reads the ids and makes what follows from vectors and states.
func (h *hnsw) readIDs(in *snapshotReader, counts []uint32, count int) error {
	total := 0
	for node, n := range counts {
		total += int(n)
		if live := h.state[node] == nodeLive; live != (n > 0) {
			return fmt.Errorf("%w: node %d in state %d has %d ids", ErrCorrupt, node, h.state[node], n)
		}
	}
	if total != count {
		return fmt.Errorf("%w: %d ids at nodes, %d in the header", ErrCorrupt, total, count)
	}
	ids, err := in.words(total, blockBytes/4)
	if err != nil {
		return err
	}
	if h.quant.on {
		h.quant.codes, h.quant.scales = make([]int8, len(h.vecs)), make([]float32, len(counts))
	}
	h.post.first, h.post.more = make([]uint32, len(counts)), make([]bool, len(counts))
	for node, n := range counts {
		vec := h.vec(uint32(node))
		if !h.opts.Metric.stored(vec) {
			return fmt.Errorf("%w: the vector of node %d is not one that could be stored", ErrCorrupt, node)
		}
		h.quant.put(uint32(node), vec)
		switch h.state[node] {
		case nodeFree:
			h.free = append(h.free, uint32(node))
			continue
		case nodeTomb:
			h.tombs++
		default:
			h.post.first[node] = ids[0]
			h.post.setOthers(uint32(node), slices.Clone(ids[1:n]))
			for _, id := range ids[:n] {
				h.post.nodeOf[id] = uint32(node)
			}
			ids = ids[n:]
		}
		h.same.put(uint32(node), hashVec(vec))
	}
	slices.Reverse(h.free)
	return nil
}
