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
//	│       ├── generations/
//	│       │   └── <g>/
//	│       │       ├── head       encoder fingerprint, dim      frame 'g', state.go
//	│       │       ├── pending    it is not complete            frame 'p', generation.go
//	│       │       ├── blocks/
//	│       │       │   └── <b>    ids 16b .. 16b+15             frame 'v', block.go
//	│       │       ├── graph/     (a cache of the index)
//	│       │       │   ├── head   size, chunks                  frame 'x', graphcache.go
//	│       │       │   └── <chunk>  up to 1 MB of links         frame 'y', graphcache.go
//	│       │       └── supports/
//	│       │           └── :<set>/
//	│       │               └── <b>  vectors of supports         frame 'v', block.go
//	│       └── classes/
//	│           └── :<set>/
//	│               ├── state      next number, supports         frame 't', classes.go
//	│               ├── supports/
//	│               │   └── <n>    class and record              frame 'u', support.go
//	│               └── names/
//	│                   └── <hash of class and key>  n, u32      (the support names both)
//	├── models/
//	│   └── <fingerprint>/
//	│       ├── head               size, chunks                  frame 'm', model.go
//	│       └── <chunk>            up to 1 MB of the encoder     frame 'k', chunks.go
//	├── labels/
//	│   └── <collection>/<collection>/
//	│       └── <hash of two keys> a judged pair                 frame 'l', labels.go
//	└── named/
//	    └── <name>/
//	        ├── head               kind, version, fingerprint    frame 'n', named.go
//	        └── <chunk>            up to 1 MB of a named model   frame 'k', chunks.go
//
// Version 2 brought bookmarks, labels, classes, named models, graphs and pending generations; their
// buckets are made when they are first needed. A file of version 1 is read as it
// is, and is one of version 2 after the first write.
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
// INVARIANT 5: labels/a/b holds judgements of records of collections a and b, a <= b,
// which are there; within one, of the lesser key first. The records may be gone.
// INVARIANT 6: in classes/:s, names leads one to one to supports, state.supports
// is their number and state.next above each; with a current generation g,
// generations/g/supports/:s has a vector for exactly the supports of s.
// INVARIANT 7: a vector in a pending generation is that of its row as it is now:
// who changes a row removes it, and the row counts as not yet embedded.
//
// Generations other than the current one are what a SetEncoder left that was cut
// off or still runs: nobody reads them. The next SetEncoder goes on with a pending
// one of the same encoder and drops all others.
const (
	fileMagic   = "doppelDB"
	fileVersion = 2
)

var (
	bucketMeta        = []byte("doppel")
	bucketCollections = []byte("collections")
	bucketModels      = []byte("models")
	bucketKeys        = []byte("keys")
	bucketRows        = []byte("rows")
	bucketGenerations = []byte("generations")
	bucketBlocks      = []byte("blocks")
	bucketClasses     = []byte("classes")
	bucketSupports    = []byte("supports")
	bucketNames       = []byte("names")
	bucketLabels      = []byte("labels")
	bucketNamed       = []byte("named")
	bucketBookmarks   = []byte("bookmarks")

	keyHead    = []byte("head")
	keySchema  = []byte("schema")
	keyState   = []byte("state")
	keyPending = []byte("pending")
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

// makeBuckets opens the bucket at the end of a path of names and makes what is missing.
func makeBuckets(tx *bolt.Tx, path ...[]byte) (b *bolt.Bucket, err error) {
	if b, err = tx.CreateBucketIfNotExists(path[0]); err != nil {
		return nil, err
	}
	for _, name := range path[1:] {
		if b, err = b.CreateBucketIfNotExists(name); err != nil {
			return nil, err
		}
	}
	return b, nil
}
