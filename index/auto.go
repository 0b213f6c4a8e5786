package index

// Up to this size [Auto] scans; calibrate.md says how it was found.
const (
	autoVectors = 64_000
	autoBytes   = 128 << 20
)

// Auto gives the engine for n vectors of dimension dim: [Exact] as long as building a
// graph and asking it once for every vector takes longer than asking the exact
// engine (64,000 vectors), and one query does not read more than 128 MB; [HNSW] above.
func Auto(n, dim int) Engine {
	if n <= autoVectors && int64(n)*int64(dim)*4 <= autoBytes {
		return Exact
	}
	return HNSW
}
