package query

import (
	"context"
	"slices"
	"time"
)

func (p *selectPlan) run(ctx context.Context) (*Rows, error) {
	rows := &Rows{columns: p.columns, notes: slices.Clone(p.notes)}
	rows.each = func(yield func([]Value, error) bool) {
		if p.group != nil {
			p.yieldGroups(ctx, rows, yield)
		} else if p.sorted() {
			p.yieldStreamed(ctx, rows, yield)
		} else {
			p.yieldSorted(ctx, rows, yield)
		}
	}
	return rows, nil
}

// evaluate gives the columns of a row.
func (p *selectPlan) evaluate(r *row, into []Value) {
	for i := range p.items {
		into[i] = p.items[i].eval(r)
	}
}

// yieldStreamed gives the records as they come.
func (p *selectPlan) yieldStreamed(ctx context.Context, rows *Rows, yield func([]Value, error) bool) {
	if p.limit == 0 {
		return
	}
	values := make([]Value, len(p.items))
	n := 0
	for r, err := range p.records(ctx, rows) {
		if err != nil {
			yield(nil, err)
			return
		}
		if n++; n <= p.offset {
			continue
		}
		p.evaluate(r, values)
		if !yield(values, nil) || p.limit >= 0 && n == p.limit+p.offset {
			return
		}
	}
}

// sortable is a row of the answer with what it is sorted by.
type sortable struct {
	values, keys []Value
}

func (p *selectPlan) sortable(r *row) sortable {
	s := sortable{make([]Value, len(p.items)), make([]Value, len(p.order))}
	p.evaluate(r, s.values)
	for i := range p.order {
		s.keys[i] = p.order[i].eval(r)
		if p.order[i].stray && s.keys[i].kind == Text { // it is NULL where numbers are compared
			s.keys[i] = Value{}
		}
	}
	return s
}

// sort orders rows; equal ones stay in the order of the records.
func (p *selectPlan) sort(rows []sortable) {
	slices.SortStableFunc(rows, func(a, b sortable) int {
		for i := range p.order {
			v, w := a.keys[i], b.keys[i]
			c := compareValues(v, w)
			if p.order[i].desc && !v.IsNull() && !w.IsNull() {
				c = -c // NULL is last either way
			}
			if c != 0 {
				return c
			}
		}
		return 0
	})
}

// sortSlack is how many rows more than LIMIT asks for are kept between two sorts.
const sortSlack = 4096

// yieldSorted sorts the records. Of those, no more are kept than LIMIT asks for, and some.
func (p *selectPlan) yieldSorted(ctx context.Context, rows *Rows, yield func([]Value, error) bool) {
	var kept []sortable
	for r, err := range p.records(ctx, rows) {
		if err != nil {
			yield(nil, err)
			return
		}
		kept = append(kept, p.sortable(r))
		if most := p.limit + p.offset; p.limit >= 0 && len(kept) >= 2*most+sortSlack {
			p.sort(kept)
			clear(kept[most:])
			kept = kept[:most]
		}
	}
	p.yieldAll(kept, yield)
}

func (p *selectPlan) yieldGroups(ctx context.Context, rows *Rows, yield func([]Value, error) bool) {
	groups, err := p.groups(ctx, rows)
	if err != nil {
		yield(nil, err)
		return
	}
	kept := make([]sortable, len(groups))
	for i, r := range groups {
		kept[i] = p.sortable(r)
	}
	p.yieldAll(kept, yield)
}

// yieldAll sorts and cuts what was kept.
func (p *selectPlan) yieldAll(kept []sortable, yield func([]Value, error) bool) {
	start := time.Now()
	p.sort(kept)
	p.trace.sorted(len(kept), time.Since(start))
	kept = kept[min(p.offset, len(kept)):]
	if p.limit >= 0 {
		kept = kept[:min(p.limit, len(kept))]
	}
	for _, s := range kept {
		if !yield(s.values, nil) {
			return
		}
	}
}
