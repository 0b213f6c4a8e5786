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
	// Beside the readers: who looks at the first n slots does not see those behind them.
	n, coded := e.len(), e.codes.of(vecs, e.dim)
	moved := rows{vecs: append(room(e.vecs, len(vecs)), vecs...), ids: append(room(e.ids, len(ids)), ids...)}
	codes := e.codes
	codes.data = append(room(codes.data, len(coded.data)), coded.data...)
	codes.rows = append(room(codes.rows, len(coded.rows)), coded.rows...)
	publish(func() {
		e.vecs, e.ids, e.codes = moved.vecs, moved.ids, codes
		for i, id := range ids {
			e.slots[id] = n + i
		}
	})
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

// search runs tiles of queries in parallel. Each distance is computed from its
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
	per := max(1, min(queryTile, (n+threads-1)/threads))
	err := eachTile(ctx, (n+per-1)/per, threads, func() func(int) error {
		s := &scan{exact: e, filtered: w.keep != nil, slots: slots}
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
