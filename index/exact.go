package index

import "context"

// exact is the engine that compares each query with each row. It has nothing
// beside the rows.
type exact struct{ *rows }

// Tiles of the scan. A tile of rows stays in the L2 cache while the queries of a
// tile go over it, so memory is read once per queryTile queries.
const (
	queryTile    = 32
	tileFloats   = 32 << 10 // 128 KB of rows
	leastRowTile = 16
)

func (e *exact) add(ids []uint32, vecs []float32, publish func(func())) error {
	publish(func() { e.rows.add(ids, vecs) })
	return nil
}

func (e *exact) delete(id uint32, publish func(func())) error {
	publish(func() { e.rows.delete(id) })
	return nil
}

func (e *exact) stats(s *Stats) { s.Nodes, s.Bytes = e.len(), int64(len(e.vecs))*4 }

// search runs tiles of queries in parallel. Each distance is computed from its
// two vectors alone, so the tiling cannot show in the answer.
func (e *exact) search(ctx context.Context, queries []float32, w wanted, threads int) ([][]Neighbour, error) {
	d := e.rows.dim
	n := len(queries) / d
	answers := make([][]Neighbour, n)
	var slots []int
	if w.keep != nil {
		slots = e.rows.kept(w.keep)
	}
	per := max(1, min(queryTile, (n+threads-1)/threads))
	err := eachTile(ctx, (n+per-1)/per, threads, func() func(int) error {
		s := &scan{rows: e.rows, filtered: w.keep != nil, slots: slots}
		return func(tile int) error {
			lo, hi := tile*per, min((tile+1)*per, n)
			return s.run(ctx, queries[lo*d:hi*d], w, answers[lo:hi])
		}
	})
	if err != nil {
		return nil, err
	}
	return answers, nil
}

// scan is one worker's buffers over the rows.
type scan struct {
	rows     *rows
	filtered bool
	slots    []int // the slots to scan when filtered
	packed   []float32
	dist     []float32
}

// run answers one tile of queries.
func (s *scan) run(ctx context.Context, queries []float32, w wanted, answers [][]Neighbour) error {
	d := s.rows.dim
	total := s.rows.len()
	if s.filtered {
		total = len(s.slots)
	}
	bests := make([]best, len(answers))
	for i := range bests {
		bests[i] = newBest(w)
	}
	step := max(leastRowTile, tileFloats/d)
	for lo := 0; lo < total; lo += step {
		if err := ctx.Err(); err != nil {
			return err
		}
		hi := min(lo+step, total)
		vecs, slotOf := s.tile(lo, hi)
		s.dist = grown(s.dist, len(answers)*(hi-lo))
		s.rows.metric.block(s.dist, queries, vecs, d)
		for i := range bests {
			b := &bests[i]
			for j, dist := range s.dist[i*(hi-lo) : (i+1)*(hi-lo)] {
				if dist <= b.limit {
					b.offer(Neighbour{ID: s.rows.ids[slotOf(j)], Distance: dist})
				}
			}
		}
	}
	for i := range bests {
		answers[i] = bests[i].sorted()
	}
	return nil
}

// tile gives the vectors lo to hi of those to scan, contiguous, and their slots.
// Filtered rows are packed unless they stand side by side already.
func (s *scan) tile(lo, hi int) (vecs []float32, slotOf func(int) int) {
	d := s.rows.dim
	if s.filtered {
		slots := s.slots[lo:hi]
		if slots[len(slots)-1]-slots[0]+1 != len(slots) {
			s.packed = s.packed[:0]
			for _, slot := range slots {
				s.packed = append(s.packed, s.rows.vec(slot)...)
			}
			return s.packed, func(j int) int { return slots[j] }
		}
		lo, hi = slots[0], slots[0]+len(slots)
	}
	return s.rows.vecs[lo*d : hi*d], func(j int) int { return lo + j }
}

// grown is a buffer of n values, b where it is large enough.
func grown(b []float32, n int) []float32 {
	if cap(b) < n {
		return make([]float32, n)
	}
	return b[:n]
}
