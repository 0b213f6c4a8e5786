package match

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// randomMatrix makes rows with repeats of ids, and the same as maps of unit length.
func randomMatrix(rng *rand.Rand, rows, ids int) (*sparse, []map[uint32]float64) {
	m, maps := newSparse(rows), make([]map[uint32]float64, rows)
	for i := range rows {
		var es []entry
		maps[i] = map[uint32]float64{}
		for range rng.IntN(12) {
			e := entry{uint32(rng.IntN(ids)), float32(rng.IntN(5) + 1)}
			es = append(es, e)
			maps[i][e.id] += float64(e.w)
		}
		var norm float64
		for _, w := range maps[i] {
			norm += w * w
		}
		for id := range maps[i] {
			maps[i][id] /= math.Sqrt(norm)
		}
		m.append(es)
	}
	return m, maps
}

func TestSparseDotAgainstMaps(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	a, am := randomMatrix(rng, 40, 30)
	b, bm := randomMatrix(rng, 40, 30)
	part := b.sub(10, 30)
	if part.rows() != 20 {
		t.Fatalf("%d rows in 10..30", part.rows())
	}
	for i := range am {
		for j := range bm {
			var want float64
			for id, w := range am[i] {
				want += w * bm[j][id]
			}
			if got := a.dot(i, b, j); math.Abs(float64(got)-want) > 1e-6 {
				t.Fatalf("rows %d and %d: %v, want %v", i, j, got, want)
			}
			if j >= 10 && j < 30 && part.dot(j-10, a, i) != b.dot(j, a, i) {
				t.Fatalf("row %d of the part differs", j)
			}
		}
	}
}

func TestTransposeLimits(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 1))
	whole, maps := randomMatrix(rng, 60, 25)
	for _, c := range []struct{ from, to, limit int }{{0, 60, 1000}, {0, 60, 10}, {20, 50, 10}, {5, 5, 3}, {0, 60, 0}} {
		m := whole.sub(c.from, c.to)
		p := m.transpose(25, c.limit)
		for id := range uint32(25) {
			var rows []uint32
			for r, row := range maps[c.from:c.to] {
				if _, ok := row[id]; ok {
					rows = append(rows, uint32(r))
				}
			}
			if len(rows) > c.limit {
				rows = nil
			}
			got := p.row[p.off[id]:p.off[id+1]]
			if !slices.Equal(got, rows) {
				t.Fatalf("%+v: id %d stands in %v, want %v", c, id, got, rows)
			}
			for k, r := range got {
				if w := float64(p.w[int(p.off[id])+k]); math.Abs(w-maps[c.from+int(r)][id]) > 1e-6 {
					t.Fatalf("%+v: id %d of row %d weighs %v", c, id, r, w)
				}
			}
		}
	}
}

// newSparse and append make small matrices for tests.
func newSparse(rows int) *sparse {
	m := &sparse{off: make([]int, 1, rows+1)}
	return m
}

// append adds a row: equal ids are summed, the row is scaled to unit length.
// es is sorted in place.
func (m *sparse) append(es []entry) {
	slices.SortFunc(es, func(a, b entry) int { return cmp.Compare(a.id, b.id) })
	from := len(m.id)
	for _, e := range es {
		if n := len(m.id); n > from && m.id[n-1] == e.id {
			m.w[n-1] += e.w
			continue
		}
		m.id, m.w = append(m.id, e.id), append(m.w, e.w)
	}
	row := make([]entry, len(m.w)-from)
	for k, w := range m.w[from:] {
		row[k].w = w
	}
	for k, c := from, unitScale(row); k < len(m.w); k++ {
		m.w[k] *= c
	}
	m.off = append(m.off, len(m.id))
}
