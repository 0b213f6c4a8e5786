// Package db is the file: collections of records, their vectors and the
// encoders that made them, in one bbolt file.
//
// The types that a user meets:
//
//	DB          one file; Open, OpenTemp, Close, Check
//	Collection  records of one schema; PutAll, Upsert, Get, Delete, All, SetEncoder
//	Search      what is nearest, filtered: Collection.Search gives an Answer
//	Filter      a condition on records: Equal, Between, And, ...; Collection.Select, CountWhere, Values
//	Snapshot    a collection in memory, for matching; Collection.Load
//	Label       a judged pair of records; DB.PutLabels, Labels, Contradictions
//	Class       a name and its supports; Collection.AddSupports, Classify
//	ModelInfo   a named model, opaque here; DB.PutModel, Model
//	Report      what Check found
//
// Care of a file: [DB.Check], [DB.Stats], [Compact], [DB.Backup], [Restore] and, for
// one that is damaged, [Repair].
//
// Many goroutines may read while one writes. Transactions are short: long work
// (PutAll, SetEncoder) goes in batches, and what a cancelled run committed
// stays and is consistent. A new encoder embeds all records anew while the one before
// serves and writers go on. Records are encoded outside the lock of the file and
// written in the same transaction as their rows, so that a row of a collection
// that has an encoder always has its vector.
//
// A search is of one moment, also beside writers: what the memory knows and the
// transaction that the hits are read in are one state (memory.go). A writer does not wait for
// the graph: what it commits is scanned until it is carried over (absorb.go).
//
// A damaged file gives [ErrCorrupt]: bbolt has no checksum on its data pages,
// so every value that is written here carries one, and [Open] reads the frame of
// every page before bbolt follows a single pointer.
//
// Reading the source: layout.go draws the file, frame.go, row.go, block.go and
// state.go are its values; open.go and pages.go say what is let in; put.go and
// encode.go are the flows that write, generation.go what the latter leaves when it is
// cut off; search.go is the flow that asks; check.go says what must hold; salvage.go,
// carve.go and place.go how a damaged file is read.
package db
