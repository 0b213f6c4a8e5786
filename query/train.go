package query

import (
	"context"
	"fmt"
	"math"

	"github.com/doppeldb/doppel/query/label"
	"github.com/doppeldb/doppel/query/match"
	"github.com/doppeldb/doppel/query/syntax"
)

// trainPlan is a TRAIN that is ready to run.
type trainPlan struct {
	pairPlan
	pairs, valid string // files; "" for the labels of the file, and for a part that is held out
	name         string // of the model
}

func (st statement) planTrain(x *syntax.Train) (plan, error) {
	pairs, err := st.pairs([]syntax.Name{x.Left, x.Right}, syntax.Model{})
	if err != nil {
		return nil, err
	}
	p := &trainPlan{pairPlan: pairs, name: x.As.Text}
	if p.name == "" {
		p.name = p.modelName()
	}
	s := st.plainScope()
	if x.Pairs != nil {
		if p.pairs, err = s.text(x.Pairs, "a file of pairs"); err != nil {
			return nil, err
		}
	}
	if x.Valid != nil {
		p.valid, err = s.text(x.Valid, "a file of pairs")
	}
	return p, err
}

func (p *trainPlan) run(ctx context.Context) (*Rows, error) {
	keys, err := p.keys(ctx)
	if err != nil {
		return nil, err
	}
	rows := &Rows{}
	set, err := p.labels(ctx, keys, rows)
	if err != nil {
		return nil, err
	}
	m, err := match.Train(ctx, p.left, p.right, set, match.TrainOptions{Seed: p.opts.Seed, Threads: p.Threads, Progress: p.Progress, Enough: p.Enough})
	if err != nil {
		return nil, p.linkError(err)
	}
	data, err := m.MarshalBinary()
	if err != nil {
		return nil, err
	}
	info, err := p.DB.PutModel(p.name, match.StoredKind, data)
	if err != nil {
		return nil, err
	}
	for _, w := range m.Summary.Warnings {
		rows.note("%s", w)
	}
	rows.Done = fmt.Sprintf("model %s, version %d: %s", syntax.QuoteName(p.name), info.Version, m.Summary.String())
	rows.columns = []Column{{"model", Text}, {"version", Number}, {"train", Number}, {"matches", Number}, {"valid", Number}, {"threshold", Number}, {"f1", Number}}
	f1 := Value{}
	if !math.IsNaN(m.Summary.F1) {
		f1 = score(m.Summary.F1)
	}
	line := []Value{TextValue(p.name), NumberValue(float64(info.Version)), NumberValue(float64(m.Summary.Train)), NumberValue(float64(m.Summary.TrainMatches)),
		NumberValue(float64(m.Summary.Valid)), score(m.Summary.Threshold), f1}
	rows.each = listed(nil, [][]Value{line}).each
	return rows, nil
}

// labels reads what to learn from, and holds a part out.
func (p *trainPlan) labels(ctx context.Context, keys *label.Keys, rows *Rows) (set match.TrainSet, err error) {
	name := p.pairs
	if name == "" {
		name = "the labels of the file"
		set.Train, err = p.storedLabels(ctx)
	} else {
		var warnings []string
		set.Train, warnings, err = readPairs(p.pairs, keys)
		rows.notes = append(rows.notes, warnings...)
	}
	if err != nil {
		return set, err
	}
	if p.pairs == "" && len(set.Train) == 0 {
		return set, p.parsed.Error(p.leftName.At, "no pair is labelled yet; LABEL some, or give a file of pairs with ON")
	}
	if err := label.Trainable(name, set.Train); err != nil {
		return set, err
	}
	if p.valid != "" {
		var warnings []string
		set.Valid, warnings, err = readPairs(p.valid, keys)
		rows.notes = append(rows.notes, warnings...)
		return set, err
	}
	parts, whole := label.HoldOut(keys.Sides(), set.Train, p.opts.Seed)
	if whole {
		rows.note("the labels are too few to hold a part out: the threshold is chosen by cross-validation")
		return set, nil
	}
	rows.note("%s learned from, %s held out by thing, %s in neither part", count(len(parts.Train), "pair", "pairs"),
		count(len(parts.Held), "pair", "pairs"), count(parts.Dropped, "pair", "pairs"))
	return match.TrainSet{Train: parts.Train, Valid: parts.Held}, nil
}

// storedLabels gives the labels of the file by the places of their records.
func (p *trainPlan) storedLabels(ctx context.Context) (out []label.Label, err error) {
	left, right := p.names()
	places := map[string]map[string]uint32{}
	for _, name := range []string{left, right} {
		c, err := p.DB.Collection(name)
		if err != nil {
			return nil, err
		}
		keys, err := keysOf(ctx, c)
		if err != nil {
			return nil, err
		}
		places[name] = make(map[string]uint32, len(keys))
		for i, key := range keys {
			places[name][key] = uint32(i)
		}
	}
	for l, err := range p.DB.Labels(left, right) {
		if err != nil {
			return nil, err
		}
		i, ok := places[left][l.Left.Key]
		k, ok2 := places[right][l.Right.Key]
		if ok && ok2 { // or a record has just gone
			out = append(out, label.Label{Left: i, Right: k, Match: l.Match})
		}
	}
	return out, nil
}
