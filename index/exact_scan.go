package index

import (
	"context"

	"github.com/doppeldb/doppel/internal/f32"
)

// Tiles of the scan: a tile of rows stays in the L2 cache while the queries of a tile
// go over it, so memory is read once per queryTile queries. From productTile queries
// on a matrix product is the cheapest look; below, packing the rows costs more than it
// saves. See calibrate.md.
const (
	queryTile    = 224
	tileFloats   = 128 << 10 // 512 KB of rows
	leastRowTile = 32
	productTile  = 48
)

// scan is one worker's buffers over the rows.
type scan struct {
	*exact
	filtered bool
	slots    []uint32 // the slots to scan when filtered

	tile   tile
	packed []float32
	dist   []float32
	near   []uint32 // slots to measure

	measured int // how many were

	look      []float32 // dot products, or squared distances
	hits      []int     // where they are of interest
	dots      []int32   // the same by codes
	code      []int8
	longest   float64 // squared length of the longest row of the tile that begins
	longestOf int     // here
}

// tile is a part of the rows to scan.
type tile struct {
	first int      // the slot of the first row, when slots is nil
	slots []uint32 // the slots, when they do not stand side by side
	count int
}

// slot is the slot of the j-th row.
func (t *tile) slot(j int) uint32 {
	if t.slots != nil {
		return t.slots[j]
	}
	return uint32(t.first + j)
}

// run answers one tile of queries over the rows from to to-1 of those to scan. It looks at each tile of rows in the cheapest way:
// distances, where there are few queries; dot products by codes or by a matrix
// product, where they are cheaper and it is known how far they can be off. What
// could belong to the answer by those is measured.
func (s *scan) run(ctx context.Context, queries []float32, w wanted, from, to int, answers [][]Neighbour) error {
	bests := make([]best, len(answers))
	for i := range bests {
		bests[i] = newBest(w)
	}
	look := s.distances
	switch {
	case len(answers) >= productTile && s.rows.metric != Euclidean:
		look = s.products
	case s.codes.on:
		look = s.coded
	}
	// Small tiles first: until there is a limit, all of a tile are measured.
	most := max(leastRowTile, tileFloats/s.rows.dim)
	step := leastRowTile
	for lo := from; lo < to; lo, step = lo+step, min(2*step, most) {
		if err := ctx.Err(); err != nil {
			return err
		}
		s.take(lo, min(lo+step, to))
		look(queries, bests)
	}
	for i := range bests {
		answers[i] = bests[i].sorted()
	}
	return nil
}

// take makes a tile of rows lo to hi of those to scan.
func (s *scan) take(lo, hi int) {
	s.tile = tile{first: lo, count: hi - lo}
	if s.filtered {
		slots := s.slots[lo:hi]
		s.tile.first = int(slots[0])
		if int(slots[len(slots)-1]-slots[0])+1 != len(slots) {
			s.tile.slots = slots
		}
	}
}

// vectors gives the tile's vectors, packed unless they stand side by side.
func (s *scan) vectors() []float32 {
	d := s.rows.dim
	if s.tile.slots == nil {
		return s.vecs[s.tile.first*d : (s.tile.first+s.tile.count)*d]
	}
	s.packed = s.packed[:0]
	for _, slot := range s.tile.slots {
		s.packed = append(s.packed, s.vec(int(slot))...)
	}
	return s.packed
}

// distances looks at all distances: they follow from dot products or squares.
func (s *scan) distances(queries []float32, bests []best) {
	n, m := s.tile.count, s.rows.metric
	s.look = grown(s.look, len(bests)*n)
	if m == Euclidean {
		f32.SqDistBlock(s.look, queries, s.vectors(), s.rows.dim)
	} else {
		f32.DotBlock(s.look, queries, s.vectors(), s.rows.dim)
	}
	for i := range bests {
		b, row := &bests[i], s.look[i*n:(i+1)*n]
		if m == Euclidean {
			for j, sq := range row {
				if sq <= m.key(b.limit) {
					b.offer(Neighbour{ID: s.ids[s.tile.slot(j)], Distance: m.distance(sq)})
				}
			}
			continue
		}
		s.reach(row, m.leastDot(b.limit, 0))
		for _, j := range s.hits {
			b.offer(Neighbour{ID: s.ids[s.tile.slot(j)], Distance: m.distance(0 - row[j])})
		}
	}
}

// reach lists in hits where a dot product is at least that large.
func (s *scan) reach(dots []float32, least float32) {
	// Most stretches have none: looking for their largest costs a thirtieth of
	// comparing each.
	const stretch = 64
	s.hits = s.hits[:0]
	for lo := 0; lo < len(dots); lo += stretch {
		part := dots[lo:min(lo+stretch, len(dots))]
		if f32.Max(part) < least {
			continue
		}
		for j, dot := range part {
			if dot >= least {
				s.hits = append(s.hits, lo+j)
			}
		}
	}
}

// measure offers the rows in near at their distances, which have the same bits as
// those that distances looks at.
func (s *scan) measure(query []float32, b *best) {
	s.dist = grown(s.dist, len(s.near))
	s.measured += len(s.near)
	s.rows.metric.keys(s.dist, query, s.vecs, s.near)
	for i, key := range s.dist {
		if dist := s.rows.metric.distance(key); dist <= b.limit {
			b.offer(Neighbour{ID: s.ids[s.near[i]], Distance: dist})
		}
	}
}

// grown is a buffer of n values, b where it is large enough.
func grown[T any](b []T, n int) []T {
	if cap(b) < n {
		return make([]T, n)
	}
	return b[:n]
}
