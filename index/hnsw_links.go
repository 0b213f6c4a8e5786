package index

import (
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"slices"
	"sync"

	"github.com/doppeldb/doppel/internal/f32"
)

// A graph without its vectors, for who keeps those elsewhere; little-endian:
//
//	header  magic           8 bytes "doppelLN"
//	        version         u32
//	        flags           u32  1: quantized
//	        dim             u32
//	        m               u32
//	        efConstruction  u32
//	        seed            u64
//	        nodes           u32
//	        entry           u32  2^32-1 when there is no node
//	        ids             u32
//	        crc             u32
//	block   state    n x u8      of n nodes
//	        tied     n x u8
//	        ids      n x u32     how many ids each has
//	        hashes   n x u32     of each one's vector; 0 of nodes without an id
//	        links    n x 2m x u32
//	        crc      u32
//	upper   as in hnsw_codec.go
//	ids     as in hnsw_codec.go
//
// The metric is Cosine. Every crc covers all that came before it, as in snapshot.go.
const (
	linksMagic   = "doppelLN"
	linksVersion = 1
	linksHeader  = 48
)

// nodeBytes is what a node takes in a block.
func (h *hnsw) nodeBytes() int { return 10 + 4*h.m0 }

// WriteLinks writes the graph of an hnsw index under [Cosine], but not its vectors: about 150
// bytes a vector with 16 links. [ReadLinks] reads it. Writers of x wait until it is done. It
// returns [ErrEngine] for any other index.
func WriteLinks(x Index, w io.Writer) error {
	l, _ := x.(*locked)
	if l == nil || l.opts.Engine != HNSW || l.opts.Metric != Cosine {
		return fmt.Errorf("%w: only a graph of engine %v and metric %v has links to write", ErrEngine, HNSW, Cosine)
	}
	l.turn.Lock()
	defer l.turn.Unlock()
	h := l.engine.(*hnsw)
	h.settle()
	return h.writeLinks(&snapshotWriter{w: w})
}

func (h *hnsw) writeLinks(out *snapshotWriter) error {
	le := binary.LittleEndian
	flags := uint32(0)
	if h.opts.Quantize {
		flags = flagQuantized
	}
	buf := append([]byte(nil), linksMagic...)
	for _, v := range []uint32{linksVersion, flags, uint32(h.dim), uint32(h.m), uint32(h.opts.EfConstruction)} {
		buf = le.AppendUint32(buf, v)
	}
	buf = le.AppendUint64(buf, h.opts.Seed)
	for _, v := range []uint32{uint32(h.nodes()), h.entry, uint32(h.len())} {
		buf = le.AppendUint32(buf, v)
	}
	if err := out.piece(buf); err != nil {
		return err
	}
	per := max(1, blockBytes/h.nodeBytes())
	var ids []uint32
	for lo := 0; lo < h.nodes(); lo += per {
		hi := min(lo+per, h.nodes())
		buf = buf[:0]
		for _, s := range h.state[lo:hi] {
			buf = append(buf, byte(s))
		}
		buf = append(buf, h.tied[lo:hi]...)
		hashes := make([]uint32, 0, hi-lo)
		for node := uint32(lo); node < uint32(hi); node++ {
			n, hash := 0, uint32(0)
			if h.state[node] == nodeLive {
				others := h.post.others(node)
				n, hash = 1+len(others), uint32(hashVec(h.vec(node)))
				ids = append(append(ids, h.post.first[node]), others...)
			}
			buf = le.AppendUint32(buf, uint32(n))
			hashes = append(hashes, hash)
		}
		buf = appendWords(buf, hashes)
		buf = appendWords(buf, h.links[lo*h.m0:hi*h.m0])
		if err := out.piece(buf); err != nil {
			return err
		}
	}
	if err := out.words(h.upper, blockBytes/(4*h.m)*h.m); err != nil {
		return err
	}
	return out.words(ids, blockBytes/4)
}

func appendWords(buf []byte, s []uint32) []byte {
	for _, v := range s {
		buf = binary.LittleEndian.AppendUint32(buf, v)
	}
	return buf
}

// Links is a graph that waits for its vectors: [ReadLinks] makes one, [Links.Put] hands them
// in, [Links.Index] ends it.
type Links struct {
	h      *hnsw
	hashes []uint32 // by node
	from   []uint32 // by node: where its ids begin in ids; one more than nodes
	ids    []uint32 // those of node 0 ascending, those of node 1, ...
	node   []uint32 // by place in ids
	place  []uint32 // by id: its place in ids plus one; nil when ids are too far apart
	placed map[uint32]uint32
	came   []bool     // by place: its vector came
	filled []bool     // by node: it has its vector
	shared sync.Mutex // guards filled of nodes with more than one id
}

// ReadLinks reads what [WriteLinks] wrote; size is how many bytes r has, which bounds what is
// allocated. It returns [ErrVersion] for a newer version, [ErrCorrupt] for damage, and r's own
// error when reading fails. Checksums are compared and no link leads out of the graph; that all is in its best place
// is not checked, as [Restore] does: who does not trust what lies between writing and
// reading uses that.
func ReadLinks(r io.Reader, size int64) (*Links, error) {
	in := &snapshotReader{r: r}
	l := &Links{}
	nodes, ids, err := l.readHeader(in)
	if err != nil {
		return nil, err
	}
	h := l.h
	if int64(nodes)*int64(h.nodeBytes())+4*int64(ids) > size {
		return nil, fmt.Errorf("%w: %d nodes and %d ids in %d bytes", ErrCorrupt, nodes, ids, size)
	}
	if err := l.readNodes(in, nodes, ids); err != nil {
		return nil, err
	}
	blocks := 0
	for node := range h.state {
		h.upperAt = append(h.upperAt, uint32(blocks))
		blocks += h.level(uint32(node))
	}
	if h.upper, err = in.words(blocks*h.m, blockBytes/(4*h.m)*h.m); err != nil {
		return nil, err
	}
	if l.ids, err = in.words(ids, blockBytes/4); err != nil {
		return nil, err
	}
	if h.entry != none && int(h.entry) < nodes {
		h.top = h.level(h.entry)
	}
	if err := l.checkLinks(); err != nil {
		return nil, err
	}
	return l, l.prepare()
}

func (l *Links) readHeader(in *snapshotReader) (nodes, ids int, err error) {
	raw, err := in.piece(linksHeader)
	if err != nil {
		return 0, 0, err
	}
	le := binary.LittleEndian
	if string(raw[:8]) != linksMagic {
		return 0, 0, fmt.Errorf("%w: not the links of a graph", ErrCorrupt)
	}
	if v := le.Uint32(raw[8:]); v != linksVersion {
		return 0, 0, fmt.Errorf("%w: links of version %d, this program reads %d", ErrVersion, v, linksVersion)
	}
	flags := le.Uint32(raw[12:])
	opts := Options{
		Engine: HNSW, Quantize: flags == flagQuantized, Dim: int(min(le.Uint32(raw[16:]), MaxDim+1)),
		M: int(le.Uint32(raw[20:])), EfConstruction: int(le.Uint32(raw[24:])), Seed: le.Uint64(raw[28:]),
	}
	nodes, ids = int(le.Uint32(raw[36:])), int(le.Uint32(raw[44:]))
	if flags > flagQuantized || nodes > maxNodes || opts.M == 0 || opts.EfConstruction == 0 {
		return 0, 0, fmt.Errorf("%w: bad header of links", ErrCorrupt)
	}
	if err := opts.Validate(); err != nil {
		return 0, 0, fmt.Errorf("%w: %v", ErrCorrupt, err)
	}
	l.h = newHNSW(opts)
	l.h.entry = le.Uint32(raw[40:])
	return nodes, ids, nil
}

// readNodes reads the blocks of nodes. REQUIRES nodes to be no more than the input has.
func (l *Links) readNodes(in *snapshotReader, nodes, ids int) error {
	h, le := l.h, binary.LittleEndian
	h.state, h.tied = make([]state, 0, nodes), make([]uint8, 0, nodes)
	h.links, h.upperAt = make([]uint32, 0, nodes*h.m0), make([]uint32, 0, nodes)
	l.hashes, l.from = make([]uint32, 0, nodes), make([]uint32, 1, nodes+1)
	per := max(1, blockBytes/h.nodeBytes())
	total := 0
	for left := nodes; left > 0; left -= per {
		n := min(left, per)
		raw, err := in.piece(n * h.nodeBytes())
		if err != nil {
			return err
		}
		for i, s := range raw[:n] {
			count := int(le.Uint32(raw[2*n+4*i:]))
			if s > byte(nodeTomb) || (state(s) == nodeLive) != (count > 0) {
				return fmt.Errorf("%w: a node in state %d has %d ids", ErrCorrupt, s, count)
			}
			h.state = append(h.state, state(s))
			if total += count; total > ids {
				return fmt.Errorf("%w: more ids at nodes than %d", ErrCorrupt, ids)
			}
			l.from = append(l.from, uint32(total))
		}
		h.tied = append(h.tied, raw[n:2*n]...)
		raw = raw[6*n:]
		for i := range n {
			l.hashes = append(l.hashes, le.Uint32(raw[4*i:]))
		}
		raw = raw[4*n:]
		for i := range n * h.m0 {
			h.links = append(h.links, le.Uint32(raw[4*i:]))
		}
	}
	if total != ids {
		return fmt.Errorf("%w: %d ids at nodes, %d in the header", ErrCorrupt, total, ids)
	}
	return nil
}

// checkLinks checks what a walk or an insertion takes for granted.
func (l *Links) checkLinks() error {
	h := l.h
	top := -1
	for i, s := range h.state {
		node := uint32(i)
		level := h.level(node)
		if s == nodeTomb {
			h.tombs++
		}
		if s == nodeFree {
			h.free = append(h.free, node)
		} else {
			top = max(top, level)
		}
		if int(h.tied[i]) > h.m0 {
			return fmt.Errorf("%w: %d links of node %d are tied", ErrCorrupt, h.tied[i], node)
		}
		for at := range level + 1 {
			ended, count := false, 0
			for _, to := range h.list(node, at) {
				switch {
				case to == none:
					ended = true
				case ended, int64(to) >= int64(len(h.state)), to == node, s == nodeFree, h.state[to] == nodeFree, at > 0 && h.level(to) < at:
					return fmt.Errorf("%w: node %d has a bad link to %d", ErrCorrupt, node, to)
				default:
					count++
				}
			}
			if at == 0 && count < int(h.tied[i]) {
				return fmt.Errorf("%w: %d links of node %d are tied, it has %d", ErrCorrupt, h.tied[i], node, count)
			}
		}
	}
	slices.Reverse(h.free)
	if top < 0 && h.entry != none || top >= 0 && (int64(h.entry) >= int64(len(h.state)) || h.state[h.entry] == nodeFree || h.top != top) {
		return fmt.Errorf("%w: entry %d is not on the highest level, %d", ErrCorrupt, h.entry, top)
	}
	return nil
}

// prepare makes room for the vectors and the table of ids.
func (l *Links) prepare() error {
	h, n := l.h, len(l.h.state)
	last := uint32(0)
	l.node = make([]uint32, len(l.ids))
	for node := range n {
		own := l.ids[l.from[node]:l.from[node+1]]
		for i, id := range own {
			if i > 0 && id <= own[i-1] {
				return fmt.Errorf("%w: id %d of node %d after %d", ErrCorrupt, id, node, own[i-1])
			}
			last = max(last, id)
			l.node[int(l.from[node])+i] = uint32(node)
		}
	}
	// Ids that were given one after the other fill a table: it is ten times as fast as a map.
	if int64(last) < 4*int64(len(l.ids))+1<<16 {
		l.place = make([]uint32, int(last)+1)
	} else {
		l.placed = make(map[uint32]uint32, len(l.ids))
	}
	for at, id := range l.ids {
		if l.at(id) >= 0 {
			return fmt.Errorf("%w: id %d is there twice", ErrCorrupt, id)
		}
		if l.place != nil {
			l.place[id] = uint32(at) + 1
		} else {
			l.placed[id] = uint32(at) + 1
		}
	}
	l.came, l.filled = make([]bool, len(l.ids)), make([]bool, n)
	h.vecs = make([]float32, n*h.dim)
	if h.quant.on {
		h.quant.codes, h.quant.scales = make([]int8, n*h.dim), make([]float32, n)
	}
	return nil
}

// at gives an id's place in ids, or -1.
func (l *Links) at(id uint32) int {
	if l.place == nil {
		return int(l.placed[id]) - 1
	}
	if int64(id) >= int64(len(l.place)) {
		return -1
	}
	return int(l.place[id]) - 1
}

// Options are those of the index that was written.
func (l *Links) Options() Options { return l.h.opts }

// Len is the number of ids.
func (l *Links) Len() int { return len(l.ids) }

// Put hands in the vector of an id, Dim float32 little-endian, and says whether the graph has
// the id with this vector; if not, nothing was done. same says that the caller knows that the
// vector is the one that it was when the links were written; without it, hashes are compared.
// Many goroutines may call it, each for other ids.
func (l *Links) Put(id uint32, raw []byte, same bool) bool {
	at := l.at(id)
	if at < 0 || len(raw) != 4*l.h.dim {
		return false
	}
	h := l.h
	node := l.node[at]
	if l.from[node+1]-l.from[node] > 1 {
		l.shared.Lock()
		defer l.shared.Unlock()
	}
	vec := h.vec(node)
	if l.filled[node] && !same {
		vec = make([]float32, h.dim)
	}
	if !l.filled[node] || !same {
		floats(vec, raw)
		fits := same || uint32(hashVec(vec)) == l.hashes[node]
		if sum := f32.SumSq(vec); !fits || !(math.Abs(float64(sum)-1) <= 2*unitSlack) { // NaN, too
			if !l.filled[node] {
				clear(vec)
			}
			return false
		}
	}
	if !l.filled[node] {
		h.quant.put(node, vec)
		l.filled[node] = true
	}
	l.came[at] = true
	return true
}

// Index gives the index of all ids whose vectors came; the others are not in it. The Links is
// used up.
func (l *Links) Index() (Index, error) {
	h := l.h
	n := len(h.state)
	var tables sync.WaitGroup
	tables.Go(func() {
		for node := range n {
			if l.filled[node] {
				h.same.put(uint32(node), uint64(l.hashes[node]))
			}
		}
	})
	h.post.nodeOf = make(map[uint32]uint32, len(l.ids))
	h.post.first, h.post.more = make([]uint32, n), make([]bool, n)
	live := 0
	for node := range n {
		if h.state[node] != nodeLive {
			continue
		}
		own := l.ids[l.from[node]:l.from[node+1]]
		if len(own) > 1 {
			own = slices.DeleteFunc(slices.Clone(own), func(id uint32) bool { return !l.came[l.at(id)] })
		} else if !l.came[l.from[node]] {
			own = nil
		}
		if len(own) == 0 {
			h.state[node] = nodeTomb
			h.tombs++
			continue
		}
		for _, id := range own {
			h.post.nodeOf[id] = uint32(node)
		}
		live++
		h.post.first[node] = own[0]
		h.post.setOthers(uint32(node), own[1:])
	}
	tables.Wait()
	if live == 0 {
		h.reset()
	}
	*l = Links{}
	return &locked{opts: h.opts, engine: h}, nil
}
