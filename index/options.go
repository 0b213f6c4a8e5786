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
)

var engineNames = [...]string{Exact: "exact", Coder: "coder"}

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
}

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
	return nil
}

// String writes the options as "exact, cosine, 256 dimensions".
func (o Options) String() string {
	return fmt.Sprintf("%v, %v, %d dimensions", o.Engine, o.Metric, o.Dim)
}
