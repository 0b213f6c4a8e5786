// Package index answers which vectors are nearest to a query, and which lie
// within a distance of it.
//
// An [Index] holds one vector of a fixed dimension for each dense id. [New] makes
// an empty one; [Options] chooses the [Metric] and the [Engine]; [Index.Snapshot]
// and [Restore] carry it through bytes. The exact engine compares the query with
// every vector and is the oracle of every other engine: all have the same methods
// and pass the same table of tests. The hnsw engine walks a graph and is the one for
// many vectors; [Auto] chooses between the two by size.
//
// Everything here is a distance: smaller is closer. Answers are ordered by
// distance, equal distances by id, and do not depend on the number of threads; those
// of the exact engine do not depend on the order in which vectors came either.
package index

import (
	"context"
	"io"
)

// Neighbour is one answer: a dense id and its distance to the query.
type Neighbour struct {
	ID       uint32
	Distance float32
}

// Query narrows a search. A nil *Query and the zero value search everything.
type Query struct {
	// Keep, if set, says which ids may be answered; the Contains method of a
	// bitmap fits. It is called under the index's lock and, in batches, from many
	// goroutines: it must be pure and must not call methods of the index.
	Keep func(id uint32) bool
	// IDs, if set, are the ids that Keep keeps, ascending, and maybe others that are not
	// live: who has them as a list spares a scan to ask Keep about every id there is.
	IDs []uint32
	// Kept is how many live ids Keep keeps, where that is known; 0 makes the hnsw engine
	// estimate it from a sample.
	Kept int
	// Scan makes the hnsw engine compare the query with every vector that passes: nothing is
	// missed. The exact engine always does.
	Scan bool
	// Trace, if set, is told how a search of one query went; those of more do not look at it.
	Trace *Trace
	// Ef is how many candidates a search of the hnsw engine keeps, at least k; 0
	// means 64. More are slower and find more. Other engines do not look at it.
	Ef int
}

// Trace is what a search did.
type Trace struct {
	Scanned bool // compared all that passed; otherwise a graph was walked
	Walked  bool // a graph was walked; with Scanned: in vain, it gave too little or took too long
	Keys    int  // distances computed, by codes or by vectors
}

// Index is a set of vectors under dense ids that can be searched. It is safe for
// concurrent use: readers run together, writers one after the other, and a batch of
// queries sees one state of the index from its first query to its last. A writer of
// the hnsw engine prepares its change beside the readers and keeps them out only to
// show it; that of the other engines keeps them out throughout.
//
// A vector that is handed in has Dim finite numbers and, under [Cosine], is not
// zero; otherwise the error is [ErrDim], [ErrNotFinite] or [ErrZeroVector]. It is
// copied, never kept. Under Cosine it is brought to unit length unless it has it.
type Index interface {
	// Add stores a vector under a new id. It returns [ErrDuplicate] for a live id.
	Add(id uint32, vec []float32) error
	// AddBatch stores len(ids) vectors, row-major, all or none; an hnsw index plans
	// on all cores, and readers beside it may see some of the ids before the others.
	// It returns [ErrDuplicate] also when ids repeats itself, [ErrDim] unless
	// len(vecs) == len(ids)*Dim, and [ErrFull] when there are too many.
	AddBatch(ids []uint32, vecs []float32) error
	// Prepare does what AddBatch does with the vectors of a batch, row-major, before it needs
	// the index: checks, unit length, codes. Errors are those of AddBatch.
	Prepare(vecs []float32) (*Prepared, error)
	// Put stores what an index of the same options prepared, and replaces the vectors of ids that are
	// live. The exact engine keeps readers out for a copy only. It returns [ErrDuplicate] when ids
	// repeats itself, [ErrDim] unless there is a vector for each, [ErrOptions] for other options.
	Put(ids []uint32, p *Prepared) error
	// Reserve makes room for n more vectors, so that the next batch of as many is shown
	// sooner: what has to move for it is copied beside readers. It returns [ErrFull] when there are too many.
	Reserve(n int) error
	// Delete forgets an id. It returns [ErrUnknownID] for one that is not live. When a
	// fifth of a graph is dead, it is repaired in the background: readers and deletes
	// go on beside it, the next Add, AddBatch, Snapshot or Check waits for it.
	Delete(id uint32) error

	// Nearest gives the k closest vectors, all there are when k is larger. It
	// returns [ErrK] unless k > 0, [ErrEngine] when the engine's library failed. An
	// approximate engine may put farther vectors in the place of closer ones.
	Nearest(query []float32, k int, q *Query) ([]Neighbour, error)
	// Within gives every vector at a distance of at most radius; an approximate
	// engine may miss some. It returns
	// [ErrRadius] for NaN and, except under [InnerProduct], below zero.
	Within(query []float32, radius float32, q *Query) ([]Neighbour, error)
	// NearestBatch is Nearest for each row of queries, on that many threads (0
	// means GOMAXPROCS); the exact engine takes them for one query, too, where there are many rows. It
	// returns the context's error when that ends first.
	NearestBatch(ctx context.Context, queries []float32, k int, q *Query, threads int) ([][]Neighbour, error)
	// WithinBatch is Within for each row of queries, as NearestBatch is for Nearest.
	WithinBatch(ctx context.Context, queries []float32, radius float32, q *Query, threads int) ([][]Neighbour, error)

	// Len is the number of live ids.
	Len() int
	// Dim is the dimension of every vector.
	Dim() int
	// Metric is what Distance means.
	Metric() Metric
	// Contains says whether id is live.
	Contains(id uint32) bool
	// Vector copies the stored vector of id into dst. It returns false, and leaves
	// dst as it is, when id is not live or len(dst) != Dim.
	Vector(id uint32, dst []float32) bool

	// Snapshot writes the index for [Restore]. The bytes depend on what the index
	// holds and, where it holds a graph, on the calls that made it, but never on the
	// number of threads. Writers wait until it is done.
	Snapshot(w io.Writer) error
	// Check reads the whole structure and returns an [ErrCorrupt] that says what
	// is not consistent.
	Check() error
	// Stats counts what the index holds.
	Stats() Stats
}

// Stats describes an index.
type Stats struct {
	Options
	// Len is the number of live ids.
	Len int
	// Nodes is the number of vectors that are told apart: the hnsw engine keeps
	// equal ones once.
	Nodes int
	// Dead is the number of deleted vectors whose place is still taken.
	Dead int
	// Rebuild proposes to build the index anew from its vectors: most places are dead.
	Rebuild bool
	// Bytes is the memory of the vectors, copies in the engine included. CodeBytes
	// is that of int8 codes, LinkBytes of a graph's links. Maps are not counted.
	Bytes, CodeBytes, LinkBytes int64
}

// Prepared is vectors that are ready to be put into an index; see [Index.Prepare].
type Prepared struct {
	opts  Options
	vecs  []float32
	codes rowCodes // of an exact index that has some
}

// New makes an empty index. It returns [ErrOptions] when opts are not valid, and
// [ErrEngine] for an engine that this platform lacks.
func New(opts Options) (Index, error) { return newLocked(opts) }
