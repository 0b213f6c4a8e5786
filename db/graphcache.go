package db

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	bolt "go.etcd.io/bbolt"

	"github.com/doppeldb/doppel/index"
)

// The graph of a generation is kept in the file, because to build it takes a hundred times as long
// as to store its vectors. It is a cache: it has the links only, and beside them the
// checksum that each block of vectors had. The vectors are read from their blocks when it is opened; one
// whose block has that checksum is in its place in the graph, any other is hashed, and one that the
// graph does not know, or knows with another value, goes into flat. So the cache needs no journal of what was
// written after it, and no writer, not even an older doppel, can make it wrong: it is compared with what it
// is of. One that is damaged or of another version is dropped without a word, and built anew.
//
//	generations/<g>/graph/
//	├── head       size u64, chunks u32                      frame 'x'
//	└── <chunk>    up to 1 MB of                             frame 'y'
//	               blocks u32, checksum of each block u32 (0: none), then index.WriteLinks
//
// The head is written last, and taken away first.
var bucketGraph = []byte("graph")

const (
	graphChunk = 1 << 20
	// graphCommit is the number of chunks per transaction: a commit holds what it writes in memory.
	graphCommit = 8
	// maxGraph bounds what a head may claim.
	maxGraph = 1 << 40
)

// blockSum is the checksum at the end of a block's frame.
func blockSum(value []byte) uint32 {
	if len(value) < 4 {
		return 0
	}
	return binary.LittleEndian.Uint32(value[len(value)-4:])
}

// SaveIndexes finishes the graph of every collection that is large enough for one, in memory, and
// stores it in the file, so that the next Open is ready to search at once. It
// reads the vectors of those that were not searched yet. After a large import it is the way to have the graph built now
// and not in the background of the first searches: 60 to 150 us of processor time a record.
// Close stores the graphs that it finds built. A file of OpenTemp keeps none.
func (db *DB) SaveIndexes(ctx context.Context) error {
	names, err := db.Collections()
	if err != nil {
		return err
	}
	for _, name := range names {
		c, err := db.Collection(name)
		if err != nil {
			return err
		}
		if err := c.saveIndex(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (c *Collection) saveIndex(ctx context.Context) error {
	if c.db.opts.ReadOnly {
		return ErrReadOnly
	}
	now, err := c.serve()
	if err != nil || now == nil { // no encoder, no graph
		return err
	}
	v, err := c.searchable(ctx)
	if err != nil {
		return err
	}
	c.memory.mu.RLock()
	n, large := v.len(), v.graph != nil
	c.memory.mu.RUnlock()
	if large = large || index.Auto(n, v.encoder.Dim()) == index.HNSW; !large {
		return nil
	}
	c.absorber.carrying.Lock()
	err = c.carryDown(ctx, v, absorbChunk)
	c.absorber.carrying.Unlock()
	if err != nil {
		return err
	}
	if err := c.lock(ctx); err != nil {
		return err
	}
	defer c.unlock()
	return c.saveGraph(v)
}

// saveShare is the part of the graph that must have changed for Close to store it: what has not
// is read back, and the rest is put in again when it is opened.
const saveShare = 1. / 20

// closeWait is how long Close waits for a writer to let it store a graph.
const closeWait = 2 * time.Second

// saveOnClose stores a graph that has changed enough. What goes wrong is not told: the records are in
// the file, and the graph can be built again.
func (c *Collection) saveOnClose() {
	if c.db.opts.ReadOnly || c.db.temporary || c.dropped.Load() {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), closeWait)
	defer cancel()
	if c.lock(ctx) != nil {
		return
	}
	defer c.unlock()
	v := c.memory.vectors
	if v == nil || v.graph == nil || float64(v.unsaved) <= saveShare*float64(v.graph.Len()) {
		return
	}
	_ = c.saveGraph(v)
}

// saveGraph stores the graph of v. REQUIRES writer: the blocks do not change meanwhile.
func (c *Collection) saveGraph(v *vectors) error {
	c.absorber.carrying.Lock()
	defer c.absorber.carrying.Unlock()
	if c.memory.vectors != v || v.graph == nil {
		return nil
	}
	if err := v.dropStale(&c.memory); err != nil {
		return err
	}
	w := graphWriter{collection: c, generation: v.generation}
	err := c.update(func(_ *bolt.Tx, b collectionBuckets) error {
		state, err := b.state()
		if err != nil {
			return err
		}
		if w.outdated = state.current != v.generation; w.outdated {
			return nil
		}
		return w.begin(b)
	})
	if err != nil || w.outdated {
		return err
	}
	if err := index.WriteLinks(v.graph, &w); err != nil {
		return err
	}
	if err := w.end(); err != nil {
		return err
	}
	v.unsaved = 0
	return nil
}

// dropGraphs takes the stored graphs of collections out of the file at path.
func dropGraphs(ctx context.Context, path string, collections []string) error {
	d, err := Open(path, &Options{NoSync: true, MustExist: true})
	if err != nil {
		return err
	}
	for _, name := range collections {
		if err = d.dropGraph(ctx, name); err != nil {
			break
		}
	}
	return errors.Join(err, d.Close())
}

func (db *DB) dropGraph(ctx context.Context, collection string) error {
	c, err := db.Collection(collection)
	if err != nil {
		return err
	}
	if err := c.lock(ctx); err != nil {
		return err
	}
	defer c.unlock()
	return c.update(func(_ *bolt.Tx, b collectionBuckets) error {
		state, err := b.state()
		if err != nil {
			return err
		}
		return b.generations.Bucket(orderedKey(state.current)).DeleteBucket(bucketGraph)
	})
}

// graphWriter cuts what is written to it into chunks.
type graphWriter struct {
	collection *Collection
	generation uint32
	outdated   bool
	buf        []byte
	size       uint64
	chunks     uint32
}

// begin drops the graph that is there and starts with the checksums of the blocks.
func (w *graphWriter) begin(b collectionBuckets) error {
	gen := b.generations.Bucket(orderedKey(w.generation))
	blocks, err := b.blocks(w.generation)
	if err != nil {
		return err
	}
	if gen.Bucket(bucketGraph) != nil {
		if err := gen.DeleteBucket(bucketGraph); err != nil {
			return err
		}
	}
	if _, err := gen.CreateBucket(bucketGraph); err != nil {
		return err
	}
	var sums []uint32
	cursor := blocks.Cursor()
	for k, v := cursor.First(); k != nil; k, v = cursor.Next() {
		number, ok := orderedNumber(k)
		if !ok || number > maxID/blockVectors {
			return fmt.Errorf("%w: %x is not a vector block", ErrCorrupt, k)
		}
		if n := int(number) + 1 - len(sums); n > 0 {
			sums = append(sums, make([]uint32, n)...)
		}
		sums[number] = blockSum(v)
	}
	w.buf = binary.LittleEndian.AppendUint32(nil, uint32(len(sums)))
	for _, s := range sums {
		w.buf = binary.LittleEndian.AppendUint32(w.buf, s)
	}
	w.size = uint64(len(w.buf))
	return nil
}

// Write is an io.Writer's.
func (w *graphWriter) Write(p []byte) (int, error) {
	w.buf = append(w.buf, p...)
	w.size += uint64(len(p))
	if len(w.buf) < graphCommit*graphChunk {
		return len(p), nil
	}
	return len(p), w.flush(false)
}

// flush stores the chunks that are full, or, in the end, all and the head.
func (w *graphWriter) flush(last bool) error {
	return w.collection.update(func(_ *bolt.Tx, b collectionBuckets) error {
		gen := b.generations.Bucket(orderedKey(w.generation))
		if gen == nil || gen.Bucket(bucketGraph) == nil {
			return fmt.Errorf("generation %d: %w", w.generation, ErrNotFound)
		}
		bucket := gen.Bucket(bucketGraph)
		bucket.FillPercent = sequentialFill
		for len(w.buf) >= graphChunk || last && len(w.buf) > 0 {
			n := min(len(w.buf), graphChunk)
			chunk := append(startFrame(make([]byte, 0, n+frameOverhead), frameGraphChunk), w.buf[:n]...)
			if err := bucket.Put(orderedKey(w.chunks), sealFrame(chunk, w.chunks)); err != nil {
				return err
			}
			w.chunks++
			w.buf = w.buf[n:]
		}
		w.buf = slices.Clone(w.buf) // the rest keeps the whole of it alive
		if !last {
			return nil
		}
		head := binary.LittleEndian.AppendUint64(startFrame(nil, frameGraph), w.size)
		return bucket.Put(keyHead, sealFrame(binary.LittleEndian.AppendUint32(head, w.chunks), w.generation))
	})
}

func (w *graphWriter) end() error { return w.flush(true) }

// graphReader reads the chunks one after the other.
type graphReader struct {
	bucket *bolt.Bucket
	chunks uint32
	next   uint32
	rest   []byte
}

// openGraph gives the reader of a generation's graph and its size; nil when there is none.
func openGraph(b collectionBuckets, generation uint32) (*graphReader, int64, error) {
	gen := b.generations.Bucket(orderedKey(generation))
	if gen == nil || gen.Bucket(bucketGraph) == nil {
		return nil, 0, nil
	}
	bucket := gen.Bucket(bucketGraph)
	head := bucket.Get(keyHead)
	if head == nil {
		return nil, 0, nil
	}
	body, err := openFrame(head, frameGraph, generation)
	if err != nil {
		return nil, 0, err
	}
	f := fields{b: body}
	size, chunks := f.u64(), f.u32()
	if err := f.done(frameGraph); err != nil {
		return nil, 0, err
	}
	if size > maxGraph || (size+graphChunk-1)/graphChunk != uint64(chunks) {
		return nil, 0, fmt.Errorf("%w: a graph of %d bytes in %d chunks", ErrCorrupt, size, chunks)
	}
	return &graphReader{bucket: bucket, chunks: chunks}, int64(size), nil
}

// Read is an io.Reader's.
func (r *graphReader) Read(p []byte) (int, error) {
	for len(r.rest) == 0 {
		if r.next == r.chunks {
			return 0, io.EOF
		}
		chunk, err := openFrame(r.bucket.Get(orderedKey(r.next)), frameGraphChunk, r.next)
		if err != nil {
			return 0, fmt.Errorf("chunk %d of the graph: %w", r.next, err)
		}
		r.rest = chunk
		r.next++
	}
	n := copy(p, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}

// readGraph reads the links of a generation's graph and the checksums of the blocks that it is of.
// links is nil when there is none; an error says that it is damaged, or too new.
func readGraph(b collectionBuckets, generation uint32, fileSize int64) (links *index.Links, sums []uint32, err error) {
	r, size, err := openGraph(b, generation)
	if r == nil || err != nil {
		return nil, nil, err
	}
	if size > fileSize {
		return nil, nil, fmt.Errorf("%w: a graph of %d bytes in a file of %d", ErrCorrupt, size, fileSize)
	}
	var word [4]byte
	if _, err := io.ReadFull(r, word[:]); err != nil {
		return nil, nil, err
	}
	n := int64(binary.LittleEndian.Uint32(word[:]))
	if 4*n > size {
		return nil, nil, fmt.Errorf("%w: %d blocks in a graph of %d bytes", ErrCorrupt, n, size)
	}
	raw := make([]byte, 4*n)
	if _, err := io.ReadFull(r, raw); err != nil {
		return nil, nil, err
	}
	sums = make([]uint32, n)
	for i := range sums {
		sums[i] = binary.LittleEndian.Uint32(raw[4*i:])
	}
	links, err = index.ReadLinks(r, size)
	if err != nil {
		return nil, nil, err
	}
	if extra, err := io.Copy(io.Discard, r); err != nil || extra > 0 {
		return nil, nil, fmt.Errorf("%w: %d bytes behind the graph, %v", ErrCorrupt, extra, err)
	}
	return links, sums, nil
}
