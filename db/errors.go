package db

import "errors"

// Errors of opening a file.
var (
	// ErrNotDoppel is returned by Open for a file that something else made. It is left as it was.
	ErrNotDoppel = errors.New("not a doppel file")
	// ErrVersion is returned by Open for a file of a newer doppel. It is left as it was.
	ErrVersion = errors.New("file of a newer doppel")
	// ErrLocked is returned by Open when another process, or this one, holds the file.
	ErrLocked = errors.New("file is in use")
	// ErrOptions is returned when options contradict each other.
	ErrOptions = errors.New("bad option")
)

// Errors of using an open file.
var (
	// ErrCorrupt is returned when stored bytes are damaged or contradict each other.
	ErrCorrupt = errors.New("damaged file")
	// ErrUncertain is returned by a write whose last step failed, an error of the disk
	// most likely, and by everything after it: whether the write is in the file will be
	// known when it is opened again. It is there whole or not at all.
	ErrUncertain = errors.New("the last write may or may not have happened")
	// ErrClosed is returned by every method after Close.
	ErrClosed = errors.New("file is closed")
	// ErrReadOnly is returned by a write to a DB that was opened with Options.ReadOnly.
	ErrReadOnly = errors.New("file is open for reading only")
	// ErrNotFound is returned when a file (Options.MustExist, ReadOnly), a collection or a key does not exist.
	ErrNotFound = errors.New("not found")
	// ErrExists is returned by Create for a name that is taken.
	ErrExists = errors.New("already exists")
	// ErrName is returned for what cannot be the name of a collection, a class, a set of classes or a model.
	ErrName = errors.New("bad name")
	// ErrSchema is returned when a schema is invalid, or records or an encoder have another one.
	ErrSchema = errors.New("schema does not fit")
	// ErrSearch is returned by Search for a question that makes no sense.
	ErrSearch = errors.New("bad question")
	// ErrFilter is returned for a filter on a field that there is not, or of values that it cannot have.
	ErrFilter = errors.New("bad filter")
	// ErrLabel is returned by PutLabels for what cannot be judged.
	ErrLabel = errors.New("bad label")
	// ErrNoEncoder is returned by what needs vectors when a collection has no encoder.
	ErrNoEncoder = errors.New("collection has no encoder")
)

// Errors of one record.
var (
	// ErrKey is returned for an empty key and for one longer than MaxKeySize.
	ErrKey = errors.New("bad key")
	// ErrDuplicateKey is returned by PutAll with PutOptions.Insert for a key that is taken.
	ErrDuplicateKey = errors.New("key is taken")
	// ErrTooLarge is returned for a record above MaxRecordSize and for a collection that has used up its ids.
	ErrTooLarge = errors.New("too large")
)
