package index

import (
	"fmt"
	"slices"
)

// rows is the memory of an index: one flat arena of vectors, each in a slot.
//
//	vecs   | slot 0 ... dim | slot 1 ... dim | ...
//	ids    | id of slot 0   | id of slot 1   | ...
//	slots  id -> slot
//
// A deleted slot is filled with the last one, so there are no holes; the order of
// slots means nothing. rows has no lock: see locked.
type rows struct {
	dim    int
	metric Metric
	vecs   []float32
	ids    []uint32
	slots  map[uint32]int
}

func newRows(opts Options) *rows {
	return &rows{dim: opts.Dim, metric: opts.Metric, slots: map[uint32]int{}}
}

func (r *rows) len() int { return len(r.ids) }

func (r *rows) has(id uint32) bool {
	_, live := r.slots[id]
	return live
}

// vector is the vector of a live id. It is valid until the next change.
func (r *rows) vector(id uint32) []float32 { return r.vec(r.slots[id]) }

// vec is the vector in a slot. It is valid until the next change.
func (r *rows) vec(slot int) []float32 { return r.vecs[slot*r.dim : (slot+1)*r.dim] }

// add appends prepared vectors under ids that the caller knows to be new.
func (r *rows) add(ids []uint32, vecs []float32) {
	for i, id := range ids {
		r.slots[id] = len(r.ids) + i
	}
	r.ids = append(r.ids, ids...)
	r.vecs = append(r.vecs, vecs...)
}

// truncate takes back what add appended after the first n slots.
func (r *rows) truncate(n int) {
	for _, id := range r.ids[n:] {
		delete(r.slots, id)
	}
	r.ids, r.vecs = r.ids[:n], r.vecs[:n*r.dim]
}

// delete frees a live id's slot and moves the last one into it.
func (r *rows) delete(id uint32) {
	slot, last := r.slots[id], len(r.ids)-1
	if slot != last {
		copy(r.vec(slot), r.vec(last))
		r.ids[slot] = r.ids[last]
		r.slots[r.ids[slot]] = slot
	}
	delete(r.slots, id)
	r.ids, r.vecs = r.ids[:last], r.vecs[:last*r.dim]
}

// kept lists, ascending, the slots whose id passes w.
func (r *rows) kept(w wanted) []uint32 {
	var slots []uint32
	if w.ids == nil {
		for slot, id := range r.ids {
			if w.keep(id) {
				slots = append(slots, uint32(slot))
			}
		}
		return slots
	}
	for _, id := range w.ids {
		if slot, live := r.slots[id]; live {
			slots = append(slots, uint32(slot))
		}
	}
	slices.Sort(slots)
	return slices.Compact(slots)
}

func (r *rows) check() error {
	if len(r.vecs) != len(r.ids)*r.dim {
		return fmt.Errorf("%w: %d numbers for %d vectors of dimension %d", ErrCorrupt, len(r.vecs), len(r.ids), r.dim)
	}
	if len(r.slots) != len(r.ids) {
		return fmt.Errorf("%w: %d ids are mapped to %d slots", ErrCorrupt, len(r.slots), len(r.ids))
	}
	for slot, id := range r.ids {
		if at, ok := r.slots[id]; !ok || at != slot {
			return fmt.Errorf("%w: id %d of slot %d is mapped to slot %d (%t)", ErrCorrupt, id, slot, at, ok)
		}
		if !r.metric.stored(r.vec(slot)) {
			return fmt.Errorf("%w: the vector of id %d is not one that could be stored", ErrCorrupt, id)
		}
	}
	return nil
}
