package index

import (
	"fmt"
	"strings"
)

// MaxDim is the largest dimension of an index.
const MaxDim = 1 << 16

// Metric says what a distance is.
type Metric uint8

// The metrics. The numeric values are part of the snapshot format: append, never reorder.
const (
	Cosine       Metric = iota // 1 - dot of the unit vectors, at least 0
	Euclidean                  // length of the difference
	InnerProduct               // -dot; can be negative, and nothing is nearest to itself
)

var metricNames = [...]string{Cosine: "cosine", Euclidean: "euclidean", InnerProduct: "inner-product"}

// String gives the metric's name as the command line spells it.
func (m Metric) String() string {
	if int(m) < len(metricNames) {
		return metricNames[m]
	}
	return fmt.Sprintf("metric(%d)", uint8(m))
}

// ParseMetric is the inverse of [Metric.String].
func ParseMetric(s string) (Metric, error) {
	for i, name := range metricNames {
		if s == name {
			return Metric(i), nil
		}
	}
	return 0, fmt.Errorf("%w: metric %q; use one of %s", ErrOptions, s, strings.Join(metricNames[:], ", "))
}

// Engine says how an index searches.
type Engine uint8

// The engines. The numeric values are part of the snapshot format: append, never reorder.
const (
	// Exact compares the query with every vector: no vector is ever missed.
	Exact Engine = iota
	// Coder asks a graph of github.com/coder/hnsw v0.6.1: approximate, there for
	// comparison. It is the one engine whose answers can differ between two runs
	// over the same input, because the library builds its links in map order. It is
	// not there on Windows, where the library does not build.
	Coder
	// HNSW asks our own graph: approximate, for many vectors.
	HNSW
)

var engineNames = [...]string{Exact: "exact", Coder: "coder", HNSW: "hnsw"}

// String gives the engine's name as the command line spells it.
func (e Engine) String() string {
	if int(e) < len(engineNames) {
		return engineNames[e]
	}
	return fmt.Sprintf("engine(%d)", uint8(e))
}

// ParseEngine is the inverse of [Engine.String].
func ParseEngine(s string) (Engine, error) {
	for i, name := range engineNames {
		if s == name {
			return Engine(i), nil
		}
	}
	return 0, fmt.Errorf("%w: engine %q; use one of %s", ErrOptions, s, strings.Join(engineNames[:], ", "))
}

// Options shape an index. All of them are kept in its snapshot.
type Options struct {
	// Dim is the dimension of every vector, 1 to [MaxDim]. It has no default.
	Dim int
	// Metric is what a distance is; the zero value is [Cosine].
	Metric Metric
	// Engine is how to search; the zero value is [Exact].
	Engine Engine

	// M is the number of links of a node of the hnsw engine, 2 to [MaxM], twice as
	// many on the lowest level; 0 means 16. More need memory and find more. This and
	// the two options below must be zero for the other engines.
	M int
	// EfConstruction is how many candidates an insertion keeps, M to 65535; 0 means
	// 200, or M if that is more. More make a slower build and a better graph.
	EfConstruction int
	// Seed decides the levels of the nodes. Any value is as good as another.
	Seed uint64
	// Quantize keeps int8 codes beside the vectors. The hnsw engine walks by them, also to
	// insert, and measures what it found by the vectors; the exact engine looks at them first, a
	// quarter of the memory, and measures all that could be in the answer: it misses
	// nothing, and gives the same bits as without. It needs [Cosine], and is not for
	// the coder engine.
	Quantize bool
}

const (
	// MaxM is the largest number of links of a node.
	MaxM = 100

	defaultM              = 16
	defaultEfConstruction = 200
	maxEfConstruction     = 1<<16 - 1
)

// Validate returns an [ErrOptions] for values out of range.
func (o Options) Validate() error {
	switch {
	case o.Dim < 1 || o.Dim > MaxDim:
		return fmt.Errorf("%w: dimension %d is not in 1..%d", ErrOptions, o.Dim, MaxDim)
	case int(o.Metric) >= len(metricNames):
		return fmt.Errorf("%w: unknown %v", ErrOptions, o.Metric)
	case int(o.Engine) >= len(engineNames):
		return fmt.Errorf("%w: unknown %v", ErrOptions, o.Engine)
	}
	switch {
	case o.Quantize && o.Engine == Coder:
		return fmt.Errorf("%w: Quantize is for the engines %v and %v, not %v", ErrOptions, Exact, HNSW, o.Engine)
	case o.Quantize && o.Metric != Cosine:
		return fmt.Errorf("%w: codes are for unit vectors: Quantize needs metric %v, not %v", ErrOptions, Cosine, o.Metric)
	case o.Engine != HNSW && (o.M != 0 || o.EfConstruction != 0 || o.Seed != 0):
		return fmt.Errorf("%w: M, EfConstruction and Seed are for engine %v, not %v", ErrOptions, HNSW, o.Engine)
	case o.Engine != HNSW:
		return nil
	}
	m := o.filled().M
	switch {
	case m < 2 || m > MaxM:
		return fmt.Errorf("%w: %d links are not in 2..%d", ErrOptions, m, MaxM)
	case o.EfConstruction != 0 && (o.EfConstruction < m || o.EfConstruction > maxEfConstruction):
		return fmt.Errorf("%w: %d candidates of an insertion are not in %d..%d", ErrOptions, o.EfConstruction, m, maxEfConstruction)
	}
	return nil
}

// filled gives the options with the graph's defaults in the place of zeros.
func (o Options) filled() Options {
	if o.Engine != HNSW {
		return o
	}
	if o.M == 0 {
		o.M = defaultM
	}
	if o.EfConstruction == 0 {
		o.EfConstruction = max(defaultEfConstruction, o.M)
	}
	return o
}

// String writes the options as "exact, cosine, 256 dimensions".
func (o Options) String() string {
	return fmt.Sprintf("%v, %v, %d dimensions", o.Engine, o.Metric, o.Dim)
}
