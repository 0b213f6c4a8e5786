package db

import (
	"encoding/binary"
	"fmt"

	bolt "go.etcd.io/bbolt"
)

// The buckets (/) and values of a file:
//
//	root
//	├── doppel/
//	│   └── head                   magic, version, created       frame 'h', state.go
//	├── collections/
//	│   └── <name>/
//	│       ├── schema             fields and kinds              frame 's', state.go
//	│       ├── state              rows, next id, generation     frame 'c', state.go
//	│       ├── keys/
//	│       │   └── <key>          dense id, u32                 (its row names the key)
//	│       ├── rows/
//	│       │   └── <id>           key and values                frame 'r', row.go
//	│       ├── bookmarks/         (only where one was set)
//	│       │   └── <name>         how far a long write came     frame 'b', bookmark.go
//	│       └── generations/
//	│           └── <g>/
//	│               ├── head       encoder fingerprint, dim      frame 'g', state.go
//	│               └── blocks/
//	│                   └── <b>    ids 16b .. 16b+15             frame 'v', block.go
//	└── models/
//	    └── <fingerprint>/
//	        ├── head               size, chunks                  frame 'm', model.go
//	        └── <chunk>            up to 1 MB of the encoder     frame 'k', model.go
//
// Numbers inside values are little-endian and of fixed width. <id>, <g>, <b>
// and <chunk> are bbolt keys and so u32 big-endian: bbolt orders keys as bytes,
// and only big-endian bytes sort as their numbers do. In that order new rows
// go to the end of the tree, where pages fill to 90 %, and a walk over the rows
// is a walk in the order of insertion.
//
// INVARIANT 1: keys/k = i exactly when rows/i holds key k.
// INVARIANT 2: an id is given once: state.next is above every id ever used.
// INVARIANT 3: with a current generation g, generations/g has a vector for
// exactly the ids in rows, made by the model that its head names.
// INVARIANT 4: state.rows is the number of rows.
//
// Generations other than the current one are what a cut-off SetEncoder left:
// nobody reads them and the next SetEncoder drops them.
const (
	fileMagic   = "doppelDB"
	fileVersion = 1
)

var (
	bucketMeta        = []byte("doppel")
	bucketCollections = []byte("collections")
	bucketModels      = []byte("models")
	bucketKeys        = []byte("keys")
	bucketRows        = []byte("rows")
	bucketGenerations = []byte("generations")
	bucketBlocks      = []byte("blocks")
	bucketBookmarks   = []byte("bookmarks")

	keyHead   = []byte("head")
	keySchema = []byte("schema")
	keyState  = []byte("state")
)

const (
	// MaxKeySize is the most bytes of a record's key: bbolt's own limit.
	MaxKeySize = bolt.MaxKeySize
	// MaxRecordSize is the most bytes of a key and its values together. bbolt
	// takes 2 GB in a value; a record of more than this is a mistake.
	MaxRecordSize = 256 << 20
)

// blockVectors is the number of vectors in one value. Measured with 50,000
// vectors of 1 KB: one per value 241,000 vectors/s, sixteen 528,000; and an update
// of one row still rewrites no more than 32 KB at 512 dimensions.
const blockVectors = 16

// sequentialFill is the fill of pages whose keys only grow; bbolt's default of
// one half keeps room for keys in between that never come.
const sequentialFill = .9

func orderedKey(n uint32) []byte { return binary.BigEndian.AppendUint32(nil, n) }

// orderedNumber is the inverse of orderedKey.
func orderedNumber(key []byte) (uint32, bool) {
	if len(key) != 4 {
		return 0, false
	}
	return binary.BigEndian.Uint32(key), true
}

// collectionBuckets are the buckets of one collection in one transaction.
type collectionBuckets struct {
	root, keys, rows, generations *bolt.Bucket
}

// openBuckets finds the buckets of the collection called name: ErrNotFound if
// there is none, ErrCorrupt if it is not whole.
func openBuckets(tx *bolt.Tx, name string) (collectionBuckets, error) {
	all := tx.Bucket(bucketCollections)
	if all == nil {
		return collectionBuckets{}, fmt.Errorf("%w: no bucket %q", ErrCorrupt, bucketCollections)
	}
	root := all.Bucket([]byte(name))
	if root == nil {
		return collectionBuckets{}, fmt.Errorf("collection %q: %w", name, ErrNotFound)
	}
	b := collectionBuckets{root, root.Bucket(bucketKeys), root.Bucket(bucketRows), root.Bucket(bucketGenerations)}
	if b.keys == nil || b.rows == nil || b.generations == nil {
		return b, fmt.Errorf("%w: collection %q lacks a bucket", ErrCorrupt, name)
	}
	b.rows.FillPercent = sequentialFill
	return b, nil
}

// blocks gives the vector blocks of generation g.
func (b collectionBuckets) blocks(g uint32) (*bolt.Bucket, error) {
	if gen := b.generations.Bucket(orderedKey(g)); gen != nil {
		if blocks := gen.Bucket(bucketBlocks); blocks != nil {
			blocks.FillPercent = sequentialFill
			return blocks, nil
		}
	}
	return nil, fmt.Errorf("%w: generation %d has no vectors", ErrCorrupt, g)
}
