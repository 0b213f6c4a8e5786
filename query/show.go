package query

import (
	"context"
	"errors"
	"time"

	"github.com/doppeldb/doppel/db"
	"github.com/doppeldb/doppel/query/syntax"
)

func (st statement) planShow(x *syntax.Show) (plan, error) {
	switch x.What {
	case syntax.ShowModels:
		return showModels{st}, nil
	case syntax.ShowClasses:
		c, err := st.collection(x.In[0])
		return showClasses{st, c, x.Set.Text}, err
	case syntax.ShowLabels:
		p, err := st.pairs(x.In, syntax.Model{})
		return showLabels{p}, err
	}
	return showCollections{st}, nil
}

// showCollections is SHOW COLLECTIONS.
type showCollections struct{ statement }

func (p showCollections) run(context.Context) (*Rows, error) {
	names, err := p.DB.Collections()
	if err != nil {
		return nil, err
	}
	var rows [][]Value
	for _, name := range names {
		c, err := p.DB.Collection(name)
		if err != nil {
			return nil, err
		}
		n, err := c.Len()
		if err != nil {
			return nil, err
		}
		encoder := Value{}
		enc, err := c.Encoder()
		switch {
		case err == nil:
			encoder = TextValue(enc.Fingerprint().String()[:fingerprintDigits])
		case !errors.Is(err, db.ErrNoEncoder):
			return nil, err
		}
		rows = append(rows, []Value{TextValue(name), NumberValue(float64(n)), NumberValue(float64(len(c.Schema()))), encoder})
	}
	return listed([]Column{{"collection", Text}, {"records", Number}, {"fields", Number}, {"encoder", Text}}, rows), nil
}

// fingerprintDigits are enough to tell the encoders and models of a file apart.
const fingerprintDigits = 12

// showModels is SHOW MODELS.
type showModels struct{ statement }

func (p showModels) run(context.Context) (*Rows, error) {
	infos, err := p.DB.Models()
	if err != nil {
		return nil, err
	}
	var rows [][]Value
	for _, m := range infos {
		rows = append(rows, []Value{TextValue(m.Name), TextValue(m.Kind), NumberValue(float64(m.Version)), NumberValue(float64(m.Size)),
			TextValue(m.Fingerprint[:min(fingerprintDigits, len(m.Fingerprint))]), TextValue(m.Created.Format(time.DateTime))})
	}
	return listed([]Column{{"model", Text}, {"kind", Text}, {"version", Number}, {"bytes", Number}, {"fingerprint", Text}, {"created", Text}}, rows), nil
}

// showClasses is SHOW CLASSES.
type showClasses struct {
	statement
	c   *db.Collection
	set string // "" for all sets
}

func (p showClasses) run(ctx context.Context) (*Rows, error) {
	classes, err := p.c.Classes()
	if err != nil {
		return nil, err
	}
	thresholds := map[string]map[string]db.ClassThreshold{}
	var rows [][]Value
	for _, c := range classes {
		if p.set != "" && c.Set != p.set {
			continue
		}
		if thresholds[c.Set] == nil {
			if thresholds[c.Set], err = p.thresholds(ctx, c.Set); err != nil {
				return nil, err
			}
		}
		threshold, own := Value{}, Value{}
		if t, ok := thresholds[c.Set][c.Name]; ok {
			threshold, own = distance(t.Distance), BoolValue(t.Own)
		}
		rows = append(rows, []Value{orMissing(c.Set), TextValue(c.Name), NumberValue(float64(c.Supports)), threshold, own})
	}
	return listed([]Column{{"set", Text}, {"class", Text}, {"records", Number}, {"threshold", Number}, {"own", Bool}}, rows), nil
}

// thresholds gives those of a set by class; without an encoder there are none.
func (p showClasses) thresholds(ctx context.Context, set string) (map[string]db.ClassThreshold, error) {
	out := map[string]db.ClassThreshold{}
	all, err := p.c.Thresholds(ctx, set, db.Prototype)
	if err != nil && !errors.Is(err, db.ErrNoEncoder) {
		return nil, err
	}
	for _, t := range all {
		out[t.Class] = t
	}
	return out, nil
}

// showLabels is SHOW LABELS.
type showLabels struct{ pairPlan }

func (p showLabels) run(ctx context.Context) (*Rows, error) {
	left, right := p.names()
	columns := []Column{{"left", Text}, {"right", Text}, {"same", Bool}, {"source", Text}, {"at", Text}}
	return &Rows{columns: columns, each: func(yield func([]Value, error) bool) {
		for l, err := range p.DB.Labels(left, right) {
			if err == nil {
				err = ctx.Err()
			}
			if err != nil {
				yield(nil, err)
				return
			}
			row := []Value{TextValue(l.Left.Key), TextValue(l.Right.Key), BoolValue(l.Match), orMissing(l.Source), TextValue(l.At.Format(time.DateTime))}
			if !yield(row, nil) {
				return
			}
		}
	}}, nil
}
