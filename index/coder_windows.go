package index

import "fmt"

// newCoder refuses: github.com/coder/hnsw v0.6.1 imports a package that replaces
// files by renaming and has no form for Windows, so it does not build there.
func newCoder(*rows) (engine, error) {
	return nil, fmt.Errorf("%w: engine %v does not build on Windows; use %v", ErrEngine, Coder, Exact)
}
