package match

import (
	"math"
	"slices"
)

// sparse is a matrix of unit rows with few entries (CSR): row i has the
// entries off[i] to off[i+1], ascending by id. A row without features is empty.
type sparse struct {
	off []int
	id  []uint32
	w   []float32
}

// entry is one number of a row.
type entry struct {
	id uint32
	w  float32
}

func (m *sparse) rows() int { return len(m.off) - 1 }

func (m *sparse) row(i int) ([]uint32, []float32) {
	return m.id[m.off[i]:m.off[i+1]], m.w[m.off[i]:m.off[i+1]]
}

// unitScale is what brings a row to unit length; 1 for an empty one.
func unitScale(row []entry) float32 {
	var sum float64
	for _, e := range row {
		sum += float64(e.w) * float64(e.w)
	}
	if sum == 0 {
		return 1
	}
	return float32(1 / math.Sqrt(sum))
}

// dot is the cosine of row i of m and row j of o.
func (m *sparse) dot(i int, o *sparse, j int) float32 {
	ai, aw := m.row(i)
	bi, bw := o.row(j)
	var sum float32
	for x, y := 0, 0; x < len(ai) && y < len(bi); {
		switch {
		case ai[x] < bi[y]:
			x++
		case ai[x] > bi[y]:
			y++
		default:
			sum += aw[x] * bw[y]
			x++
			y++
		}
	}
	return sum
}

// sub gives the rows from..to as a matrix that shares memory with m.
func (m *sparse) sub(from, to int) *sparse {
	return &sparse{off: m.off[from : to+1], id: m.id, w: m.w}
}

// postings is the transpose: for each id the rows that have it, ascending.
type postings struct {
	off []uint32
	row []uint32
	w   []float32
}

// transpose makes the inverted lists of m over ids < n. Ids that stand in more
// than limit rows get an empty list: they tell nothing apart, and leaving them
// out bounds the work of a query by limit per word.
func (m *sparse) transpose(n, limit int) *postings {
	count := make([]uint32, n+1)
	for _, id := range m.id[m.off[0]:m.off[m.rows()]] {
		count[id+1]++
	}
	p := &postings{off: make([]uint32, n+1)}
	for i := 1; i <= n; i++ {
		c := count[i]
		if int(c) > limit {
			c = 0
		}
		p.off[i] = p.off[i-1] + c
	}
	p.row, p.w = make([]uint32, p.off[n]), make([]float32, p.off[n])
	at := slices.Clone(p.off[:n])
	for r := range m.rows() {
		ids, ws := m.row(r)
		for k, id := range ids {
			if p.off[id+1] > p.off[id] {
				p.row[at[id]], p.w[at[id]] = uint32(r), ws[k]
				at[id]++
			}
		}
	}
	return p
}
