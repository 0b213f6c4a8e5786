package index

import (
	"context"
	"encoding/binary"
	"math"
	"os"
	"path/filepath"
	"testing"
)

// dataDir gives a folder of test data, from $DOPPEL_DATA or beside the module, or
// skips the test.
func dataDir(t testing.TB, name string) string {
	t.Helper()
	root := os.Getenv("DOPPEL_DATA")
	if root == "" {
		root = filepath.Join("..", "..", "shared", "data") // tests run in the package's folder
	}
	dir := filepath.Join(root, name)
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("no test data %q: set DOPPEL_DATA to the folder that has it", name)
	}
	return dir
}

// vecs reads a file of the TEXMEX layout: for each vector an int32 length and that
// many values of width bytes.
func vecs(t testing.TB, path string, width int, value func([]byte) float32) (out []float32, dim int) {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for len(raw) > 0 {
		dim = int(binary.LittleEndian.Uint32(raw))
		for i := range dim {
			out = append(out, value(raw[4+i*width:]))
		}
		raw = raw[4+dim*width:]
	}
	return out, dim
}

// sift reads the base vectors, the queries and the exact k nearest of each.
func sift(t testing.TB) (base, queries, truth []float32, dim, k int) {
	dir := dataDir(t, "ann-sift5k")
	le := binary.LittleEndian
	base, dim = vecs(t, filepath.Join(dir, "base.bvecs"), 1, func(b []byte) float32 { return float32(b[0]) })
	queries, _ = vecs(t, filepath.Join(dir, "query.fvecs"), 4, func(b []byte) float32 { return math.Float32frombits(le.Uint32(b)) })
	truth, k = vecs(t, filepath.Join(dir, "groundtruth_l2_top100.ivecs"), 4, func(b []byte) float32 { return float32(le.Uint32(b)) })
	return base, queries, truth, dim, k
}

func TestSIFTGroundTruth(t *testing.T) {
	base, queries, truth, dim, k := sift(t)
	x := open(t, Options{Dim: dim, Metric: Euclidean})
	if err := x.AddBatch(sequence(len(base)/dim), base); err != nil {
		t.Fatal(err)
	}
	got, err := x.NearestBatch(context.Background(), queries, k, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 100 || x.Len() != 5000 {
		t.Fatalf("%d queries over %d vectors", len(got), x.Len())
	}
	for i, answer := range got {
		for j, n := range answer {
			if float32(n.ID) != truth[i*k+j] {
				t.Fatalf("query %d, rank %d: id %d at %v, truth says %v", i, j, n.ID, n.Distance, truth[i*k+j])
			}
		}
	}
}
