package index

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

var update = flag.Bool("update", false, "write testdata anew")

// TestGoldenSnapshots opens a snapshot of every version and engine that was ever
// written, finds in it what was put in, and writes the same bytes again.
func TestGoldenSnapshots(t *testing.T) {
	const n, dim = 60, 5
	for name, opts := range map[string]Options{
		"exact-v1":      {Metric: InnerProduct},
		"exact-int8-v2": {Quantize: true},
		"coder-v1":      {Engine: Coder, Metric: Euclidean},
		"hnsw-v1":       {Engine: HNSW, Metric: Euclidean, M: 3, EfConstruction: 8, Seed: 7},
		"hnsw-int8-v1":  {Engine: HNSW, Quantize: true, M: 4},
	} {
		t.Run(name, func(t *testing.T) {
			if opts.Engine == Coder && runtime.GOOS == "windows" {
				t.Skip("no such engine on Windows")
			}
			opts.Dim = dim
			path := filepath.Join("testdata", name+".snapshot")
			if *update {
				if err := os.WriteFile(path, goldenIndex(t, opts, n), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			x, err := Restore(bytes.NewReader(want))
			if err != nil {
				t.Fatal(err)
			}
			if got := x.Stats().Options; got != opts.filled() || x.Len() != n-n/4 || x.Check() != nil {
				t.Errorf("%v with %d vectors, want %v; %v", got, x.Len(), opts, x.Check())
			}
			for id := range uint32(n) {
				if x.Contains(id) != (id%4 != 0) {
					t.Errorf("Contains(%d) = %t", id, x.Contains(id))
				}
			}
			got, err := x.Nearest(goldenVector(9, dim), 3, nil)
			if err != nil || len(got) != 3 || opts.Metric != InnerProduct && (got[0].ID != 9 || got[0].Distance > 1e-6) {
				t.Errorf("nearest to the vector of 9: %v, %v", got, err)
			}
			var out bytes.Buffer
			if err := x.Snapshot(&out); err != nil || !bytes.Equal(out.Bytes(), want) {
				t.Errorf("it is written as other bytes (%v)", err)
			}
		})
	}
}

// goldenIndex has n vectors, the last one twice, and then every fourth deleted.
func goldenIndex(t *testing.T, opts Options, n int) []byte {
	x := open(t, opts)
	for id := range uint32(n) {
		if err := x.Add(id, goldenVector(min(id, uint32(n-2)), opts.Dim)); err != nil {
			t.Fatal(err)
		}
	}
	for id := uint32(0); id < uint32(n); id += 4 {
		if err := x.Delete(id); err != nil {
			t.Fatal(err)
		}
	}
	var out bytes.Buffer
	if err := x.Snapshot(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// goldenVector follows from the id alone.
func goldenVector(id uint32, dim int) []float32 {
	vec := make([]float32, dim)
	for i := range vec {
		vec[i] = float32(mix(uint64(id)*100+uint64(i))%2001)/1000 - 1
	}
	return vec
}
