package index

import (
	"context"
	"math/rand/v2"
	"slices"
	"testing"
)

// A scan of a graph that looks at codes first gives the same bits as the exact engine: among clusters, near copies,
// copies, few and many that pass, more neighbours than it has codes for, and within a radius.
func TestScansByCodesAreExact(t *testing.T) {
	const n, nq = 3 * leastCoded, 12
	for _, dim := range []int{2, 5, 24, 200} { // in few dimensions codes are far off for how close neighbours are
		rng := rand.New(rand.NewPCG(23, uint64(dim)))
		all := clustered(rng, n+nq, dim, 40)
		for i := range n / 10 { // the code of a near copy is often that of the other
			copy(all[i*dim:(i+1)*dim], all[(n-1-i)*dim:])
			if i%2 == 0 {
				all[i*dim] += 1e-4
			}
		}
		x, _ := openGraph(t, Options{Dim: dim, Quantize: true, M: 4, EfConstruction: 8}, sequence(n), all[:n*dim])
		oracle := open(t, Options{Dim: dim})
		if err := oracle.AddBatch(sequence(n), all[:n*dim]); err != nil {
			t.Fatal(err)
		}
		for step := range uint32(3) {
			keep := func(id uint32) bool { return id%(step+1) == 0 }
			var ids []uint32
			for id := range uint32(n) {
				if keep(id) {
					ids = append(ids, id)
				}
			}
			var trace Trace
			for _, q := range []*Query{{Keep: keep}, {Keep: keep, IDs: ids, Kept: len(ids)}} {
				q.Scan, q.Trace = true, &trace
				for i := range nq {
					query := all[(n+i)*dim:][:dim]
					for _, k := range []int{1, 10, mostCoded + 1} {
						want, err := oracle.Nearest(query, k, &Query{Keep: keep})
						if err != nil {
							t.Fatal(err)
						}
						if got, err := x.Nearest(query, k, q); err != nil || !slices.Equal(got, want) {
							t.Fatalf("dim %d, every %d, query %d, k %d: %v, %v, want %v", dim, step+1, i, k, got, err, want)
						}
						if trace != (Trace{Scanned: true, Keys: trace.Keys}) || trace.Keys > len(ids) {
							t.Fatalf("%+v", trace)
						}
					}
					radius := float32(i) * .02
					want, err := oracle.WithinBatch(context.Background(), query, radius, &Query{Keep: keep}, 1)
					if err != nil {
						t.Fatal(err)
					}
					if got, err := x.Within(query, radius, q); err != nil || !slices.Equal(got, want[0]) {
						t.Fatalf("dim %d, every %d, query %d, within %v: %d, %v, want %d", dim, step+1, i, radius, len(got), err, len(want[0]))
					}
				}
			}
		}
	}
}
