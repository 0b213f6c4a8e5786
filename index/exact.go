package index

import (
	"context"
	"fmt"
	"slices"
)

// exact is the engine that compares each query with each row. Beside the rows it may
// have their codes, to look at first.
type exact struct {
	*rows
	codes rowCodes
}

func newExact(opts Options) *exact {
	return &exact{rows: newRows(opts), codes: rowCodes{on: opts.Quantize}}
}

func (e *exact) add(ids []uint32, vecs []float32, publish func(func())) error {
	coded := e.codes.of(vecs, e.dim)
	if err := e.reserve(len(ids), publish); err != nil {
		return err
	}
	publish(func() {
		e.rows.add(ids, vecs)
		e.codes.append(coded)
	})
	return nil
}

// put stores vectors, in the places of those that are live.
func (e *exact) put(ids []uint32, p *Prepared, publish func(func())) error {
	if err := e.reserve(len(ids), publish); err != nil {
		return err
	}
	d := e.dim
	publish(func() {
		for i, id := range ids {
			vec := p.vecs[i*d : (i+1)*d]
			slot, live := e.slots[id]
			if !live {
				slot = len(e.ids)
				e.slots[id] = slot
				e.ids, e.vecs = append(e.ids, id), append(e.vecs, vec...)
				if e.codes.on {
					e.codes.data, e.codes.rows = append(e.codes.data, p.codes.data[i*d:(i+1)*d]...), append(e.codes.rows, p.codes.rows[i])
				}
				continue
			}
			copy(e.vec(slot), vec)
			if e.codes.on {
				copy(e.codes.data[slot*d:(slot+1)*d], p.codes.data[i*d:(i+1)*d])
				e.codes.rows[slot] = p.codes.rows[i]
			}
		}
	})
	return nil
}

// reserve copies what has to move beside the readers.
func (e *exact) reserve(n int, publish func(func())) error {
	vecs, ids := room(e.vecs, n*e.dim), room(e.ids, n)
	codes := e.codes
	if codes.on {
		codes.data, codes.rows = room(codes.data, n*e.dim), room(codes.rows, n)
	}
	publish(func() { e.vecs, e.ids, e.codes = vecs, ids, codes })
	return nil
}

func (e *exact) delete(id uint32, publish func(func())) error {
	publish(func() {
		slot := e.slots[id]
		e.rows.delete(id)
		e.codes.delete(slot, e.dim)
	})
	return nil
}

func (e *exact) read(in *snapshotReader, count int) error {
	if err := e.rows.read(in, count); err != nil {
		return err
	}
	e.codes.append(e.codes.of(e.vecs, e.dim))
	return nil
}

func (e *exact) check() error {
	if err := e.rows.check(); err != nil {
		return err
	}
	want := e.codes.of(e.vecs, e.dim)
	if !slices.Equal(e.codes.data, want.data) || !slices.Equal(e.codes.rows, want.rows) {
		return fmt.Errorf("%w: codes are not those of the vectors", ErrCorrupt)
	}
	return nil
}

func (e *exact) stats(s *Stats) {
	s.Nodes, s.Bytes, s.CodeBytes = e.len(), int64(len(e.vecs))*4, e.codes.bytes()
}

// leastPart is how many rows a thread has to have for itself to be worth its start: 8,192 codes of 256 dimensions take 80 us.
const leastPart = 8192

// search runs tiles of queries in parallel, or parts of the rows for one query. Each distance is computed from its
// two vectors alone, so the tiling cannot show in the answer.
func (e *exact) search(ctx context.Context, queries []float32, w wanted, threads int) ([][]Neighbour, error) {
	d := e.rows.dim
	n := len(queries) / d
	answers := make([][]Neighbour, n)
	var slots []uint32
	if w.keep != nil {
		slots = e.rows.kept(w)
	}
	if w.trace != nil {
		w.trace.Scanned, w.trace.Keys = true, e.len()
		if w.keep != nil {
			w.trace.Keys = len(slots)
		}
	}
	total := e.len()
	if w.keep != nil {
		total = len(slots)
	}
	if parts := min(threads, total/leastPart); n == 1 && parts > 1 {
		return e.searchParts(ctx, queries, w, slots, total, parts)
	}
	per := max(1, min(queryTile, (n+threads-1)/threads))
	err := eachTile(ctx, (n+per-1)/per, threads, func() func(int) error {
		s := &scan{exact: e, filtered: w.keep != nil, slots: slots}
		return func(tile int) error {
			lo, hi := tile*per, min((tile+1)*per, n)
			return s.run(ctx, queries[lo*d:hi*d], w, 0, total, answers[lo:hi])
		}
	})
	if err != nil {
		return nil, err
	}
	return answers, nil
}

// searchParts answers one query, each thread over a part of the rows.
func (e *exact) searchParts(ctx context.Context, query []float32, w wanted, slots []uint32, total, parts int) ([][]Neighbour, error) {
	found := make([][]Neighbour, parts)
	err := eachTile(ctx, parts, parts, func() func(int) error {
		s := &scan{exact: e, filtered: w.keep != nil, slots: slots}
		return func(part int) error {
			return s.run(ctx, query, w, total*part/parts, total*(part+1)/parts, found[part:part+1])
		}
	})
	if err != nil {
		return nil, err
	}
	b := newBest(w)
	for _, part := range found {
		for _, n := range part {
			b.offer(n)
		}
	}
	return [][]Neighbour{b.sorted()}, nil
}
