package index

import "errors"

// Errors of the caller's input. They are wrapped with what was wrong.
var (
	// ErrOptions is returned by New for options that make no sense.
	ErrOptions = errors.New("bad index option")
	// ErrDim is returned when a slice does not hold whole vectors of the index's dimension.
	ErrDim = errors.New("wrong dimension")
	// ErrNotFinite is returned for a vector with a NaN, an infinity, or numbers so
	// large that distances between such vectors would overflow.
	ErrNotFinite = errors.New("vector is not finite")
	// ErrZeroVector is returned for a zero vector under Cosine: it has no direction.
	ErrZeroVector = errors.New("zero vector has no direction")
	// ErrUnknownID is returned when an id to delete is not live.
	ErrUnknownID = errors.New("unknown id")
	// ErrDuplicate is returned when an id to add is live already.
	ErrDuplicate = errors.New("id is there already")
	// ErrK is returned when the number of neighbours asked for is not positive.
	ErrK = errors.New("k is not positive")
	// ErrFull is returned when an index cannot hold more vectors.
	ErrFull = errors.New("index is full")
	// ErrRadius is returned for a radius that no distance can be compared with.
	ErrRadius = errors.New("bad radius")
)

// Errors of the stored form and of the machinery.
var (
	// ErrCorrupt is returned when a snapshot or an index is damaged.
	ErrCorrupt = errors.New("index is corrupt")
	// ErrVersion is returned for a snapshot of a version newer than this program.
	ErrVersion = errors.New("index was written by a newer version")
	// ErrEngine is returned when the library behind an engine failed.
	ErrEngine = errors.New("index engine failed")
)
