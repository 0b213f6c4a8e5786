package query

import (
	"context"
	"encoding/binary"
	"iter"
	"math"
	"slices"

	"github.com/doppeldb/doppel/db"
	"github.com/doppeldb/doppel/record"
)

// groups makes the groups of a SELECT, sorted by what they are grouped by, so that
// they come in one order whichever way they were made.
func (p *selectPlan) groups(ctx context.Context, rows *Rows) ([]*row, error) {
	made, err := p.servedGroups(ctx)
	if made == nil && err == nil {
		made, err = p.readGroups(ctx, rows)
	}
	if err != nil {
		return nil, err
	}
	if len(p.group.keys) == 0 && len(made) == 0 {
		made = []*group{p.group.start(nil)} // over no record at all
	}
	slices.SortStableFunc(made, func(a, b *group) int {
		for i := range a.values {
			if c := compareValues(a.values[i], b.values[i]); c != 0 {
				return c
			}
		}
		return 0
	})
	out := make([]*row, len(made))
	for i, g := range made {
		out[i] = g.row()
	}
	return out, nil
}

// readGroups reads every record.
func (p *selectPlan) readGroups(ctx context.Context, rows *Rows) ([]*group, error) {
	g := p.group
	byKey := map[string]*group{}
	var made []*group
	var key []byte
	values := make([]Value, len(g.keys))
	for r, err := range p.records(ctx, rows) {
		if err != nil {
			return nil, err
		}
		key = key[:0]
		for i := range g.keys {
			values[i] = g.keys[i].eval(r).groupKey()
			key = appendKey(key, values[i])
		}
		gr := byKey[string(key)]
		if gr == nil {
			gr = g.start(slices.Clone(values))
			byKey[string(key)] = gr
			made = append(made, gr)
		}
		g.add(gr, r)
	}
	return made, nil
}

// appendKey appends bytes that differ where values do.
func appendKey(b []byte, v Value) []byte {
	b = append(b, byte(v.kind))
	switch v.kind {
	case Text:
		b = binary.AppendUvarint(b, uint64(len(v.text)))
		b = append(b, v.text...)
	case Number, Bool:
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(v.num))
	}
	return b
}

// service is how the columns of the file can answer a grouping without rows.
type service uint8

const (
	notServed    service = iota
	countRecords         // count(*) alone
	countValues          // GROUP BY a category or code, counts alone
	scanNumbers          // aggregates of one number field, no groups
	nothingToDo          // no record fulfils WHERE
)

// service says how a grouping can be answered, and by which field.
func (p *selectPlan) service() (service, int) {
	g := p.group
	if p.where.none {
		return nothingToDo, isNothing
	}
	if p.nearest != nil {
		return notServed, isNothing
	}
	if len(g.keys) == 1 {
		f := g.keys[0].field
		if f < 0 || !(p.c.Schema()[f].Kind == record.Category || p.c.Schema()[f].Kind == record.Code) {
			return notServed, isNothing
		}
		for i := range g.aggregates {
			if a := &g.aggregates[i]; a.distinct || !a.star && (a.name != "count" || a.arg.field != f) {
				return notServed, isNothing
			}
		}
		return countValues, f
	}
	if len(g.keys) > 1 || len(g.aggregates) == 0 {
		return notServed, isNothing
	}
	field := isNothing
	for i := range g.aggregates {
		a := &g.aggregates[i]
		switch {
		case a.star:
		case a.arg.field < 0 || !a.arg.stray || field != isNothing && a.arg.field != field:
			return notServed, isNothing
		default:
			field = a.arg.field
		}
	}
	if field == isNothing {
		return countRecords, field
	}
	return scanNumbers, field
}

// servedGroups makes the groups from the columns of the file; nil if they cannot.
func (p *selectPlan) servedGroups(ctx context.Context) ([]*group, error) {
	how, field := p.service()
	switch how {
	case countRecords:
		n, err := p.c.CountWhere(ctx, p.where.filter)
		if err != nil {
			return nil, err
		}
		gr := p.group.start(nil)
		p.group.addCount(gr, n)
		return []*group{gr}, nil
	case countValues:
		return p.countValues(ctx, field)
	case scanNumbers:
		return p.scanNumbers(ctx, field)
	case nothingToDo:
		return []*group{}, nil
	}
	return nil, nil
}

// addCount takes n records into the count(*) of a group.
func (g *grouping) addCount(gr *group, n int) {
	for i := range g.aggregates {
		if g.aggregates[i].star {
			gr.accs[i].(*counter).n += n
		}
	}
}

func (p *selectPlan) countValues(ctx context.Context, field int) ([]*group, error) {
	made := []*group{}
	kind := p.c.Schema()[field].Kind
	for vc, err := range p.c.Values(ctx, p.c.Schema()[field].Name, p.where.filter) {
		if err != nil {
			return nil, err
		}
		v := stored(vc.Value, kind)
		gr := p.group.start([]Value{v})
		p.group.addCount(gr, vc.Count)
		for i := range p.group.aggregates {
			if !p.group.aggregates[i].star && !v.IsNull() {
				gr.accs[i].(*counter).n += vc.Count
			}
		}
		made = append(made, gr)
	}
	return made, nil
}

func (p *selectPlan) scanNumbers(ctx context.Context, field int) ([]*group, error) {
	gr := p.group.start(nil)
	name := p.c.Schema()[field].Name
	for x, err := range p.c.Numbers(ctx, name, p.where.filter) {
		if err != nil {
			return nil, err
		}
		for i := range p.group.aggregates {
			if !p.group.aggregates[i].star {
				gr.accs[i].add(NumberValue(x))
			}
		}
	}
	if slices.ContainsFunc(p.group.aggregates, func(a aggregate) bool { return a.star }) {
		n, err := p.c.CountWhere(ctx, p.where.filter)
		if err != nil {
			return nil, err
		}
		p.group.addCount(gr, n)
	}
	return []*group{gr}, nil
}

// records gives the records that fulfil WHERE, or those that are near, in the order of the file or of
// their distances. A row is good until the next one.
func (p *selectPlan) records(ctx context.Context, rows *Rows) iter.Seq2[*row, error] {
	switch {
	case p.where.none:
		return func(func(*row, error) bool) {}
	case p.nearest != nil:
		return p.nearRecords(ctx, rows)
	}
	return func(yield func(*row, error) bool) {
		r := &row{}
		for rec, err := range p.trace.reading(p.c.Select(ctx, p.where.filter)) {
			if err != nil {
				yield(nil, err)
				return
			}
			r.Record = rec
			if !yield(r, nil) {
				return
			}
		}
	}
}

func (p *selectPlan) nearRecords(ctx context.Context, rows *Rows) iter.Seq2[*row, error] {
	return func(yield func(*row, error) bool) {
		a, notes, err := p.nearest.find(ctx, &p.statement, p.c)
		rows.notes = append(rows.notes, notes...)
		if err != nil {
			yield(nil, err)
			return
		}
		p.trace.found(a)
		p.sayFewer(rows, a)
		for i := range a.Hits {
			if !yield(&row{Record: a.Hits[i].Record, distance: a.Hits[i].Distance}, nil) {
				return
			}
		}
	}
}

// sayFewer tells why there are fewer records than LIMIT asks for.
func (p *selectPlan) sayFewer(rows *Rows, a *db.Answer) {
	if k := p.nearest.search.K; k == 0 || len(a.Hits) >= k || p.nearest.search.Within {
		return
	}
	switch {
	case len(a.Hits) == 0 && a.Plan.Why != "":
		rows.note("no record: %s", a.Plan.Why)
	case a.Plan.Kept >= 0:
		rows.note("only %s: WHERE leaves no more that have something to compare", count(len(a.Hits), "record", "records"))
	default:
		rows.note("only %s: the collection has no more that have something to compare", count(len(a.Hits), "record", "records"))
	}
}
