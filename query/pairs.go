package query

import (
	"context"
	"errors"
	"fmt"

	"github.com/doppeldb/doppel/db"
	"github.com/doppeldb/doppel/internal/table"
	"github.com/doppeldb/doppel/query/label"
	"github.com/doppeldb/doppel/query/match"
	"github.com/doppeldb/doppel/query/syntax"
)

// pairPlan is a statement about pairs of one collection or of two.
type pairPlan struct {
	statement
	left, right *db.Collection // right is nil for pairs of one
	leftName    syntax.Name
	model       syntax.Model
	opts        match.Options
}

// pairs finds the collections; of two that are the same one is left.
func (st statement) pairs(names []syntax.Name, model syntax.Model) (p pairPlan, err error) {
	p = pairPlan{statement: st, leftName: names[0], model: model}
	if p.left, err = st.collection(names[0]); err != nil {
		return p, err
	}
	if len(names) == 2 && names[1].Text != "" {
		if p.right, err = st.collection(names[1]); err != nil {
			return p, err
		}
		if p.right == p.left {
			return p, st.parsed.Error(names[1].At, "%s is named twice; name it once for pairs among its own records", names[1].Text)
		}
	}
	p.opts = match.Options{Threads: st.Threads, Seed: max(1, st.Seed), Progress: st.Progress}
	return p, nil
}

// names are the collections of the pairs, as label files of the db name them.
func (p *pairPlan) names() (left, right string) {
	if p.right == nil {
		return p.left.Name(), p.left.Name()
	}
	return p.left.Name(), p.right.Name()
}

// modelName is what a model is called after its collections.
func (p *pairPlan) modelName() string { return match.StoredName(p.left, p.right) }

// useModel reads the model that judges: the one of USING, else the one that is called
// after the collections, if there is one. Its name comes back, "" for none.
func (p *pairPlan) useModel() (string, error) {
	if p.model.None {
		return "", nil
	}
	name, asked := p.model.Name.Text, p.model.Name.Text != ""
	if !asked {
		name = p.modelName()
	}
	data, info, err := p.DB.Model(name)
	switch {
	case errors.Is(err, db.ErrNotFound) && !asked:
		return "", nil
	case errors.Is(err, db.ErrNotFound):
		return "", p.noModel(name, p.model.Name.At)
	case err != nil:
		return "", err
	case info.Kind != match.StoredKind && !asked:
		return "", nil
	case info.Kind != match.StoredKind:
		return "", p.parsed.Error(p.model.Name.At, "%s is a model of the kind %q, which cannot judge pairs", name, info.Kind)
	}
	if p.opts.Model, err = match.UnmarshalModel(data); err != nil {
		return "", fmt.Errorf("model %s: %w; TRAIN again", syntax.QuoteName(name), err)
	}
	return name, nil
}

// noModel is the error of a model that is not there.
func (p *pairPlan) noModel(name string, at syntax.Pos) error {
	infos, err := p.DB.Models()
	if err != nil {
		return err
	}
	var names []string
	for _, info := range infos {
		names = append(names, info.Name)
	}
	text := fmt.Sprintf("there is no model %s", syntax.QuoteName(name))
	if near := syntax.Suggest(name, names); near != "" {
		text += fmt.Sprintf("; did you mean %s?", syntax.QuoteName(near))
	} else if len(names) > 0 {
		text += "; there is " + quotedList(names)
	} else {
		text += "; TRAIN makes one"
	}
	e := p.parsed.Error(at, "%s", text)
	e.Err = db.ErrNotFound
	return e
}

// keys reads the keys of the collections, in the order of the records.
func (p *pairPlan) keys(ctx context.Context) (*label.Keys, error) {
	left, err := keysOf(ctx, p.left)
	if err != nil || p.right == nil {
		return label.NewKeys(p.left.Name(), left, p.left.Name(), nil), err
	}
	right, err := keysOf(ctx, p.right)
	if right == nil {
		right = []string{} // nil would say that there is one collection
	}
	return label.NewKeys(p.left.Name(), left, p.right.Name(), right), err
}

func keysOf(ctx context.Context, c *db.Collection) (keys []string, err error) {
	for r, err := range c.All() {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return nil, err
		}
		keys = append(keys, r.Key)
	}
	return keys, nil
}

// number gives the place of a record in the order of its collection.
func (p *pairPlan) number(ctx context.Context, c *db.Collection, at syntax.Pos, key string) (uint32, error) {
	n := uint32(0)
	for r, err := range c.All() {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return 0, err
		}
		if r.Key == key {
			return n, nil
		}
		n++
	}
	return 0, noRecord(&p.statement, at, c, key)
}

// other is the collection of the second record of a pair.
func (p *pairPlan) other() *db.Collection {
	if p.right == nil {
		return p.left
	}
	return p.right
}

// readPairs reads a file of judged pairs.
func readPairs(path string, keys *label.Keys) ([]label.Label, []string, error) {
	t, err := table.ReadAll(path, nil)
	if err != nil {
		return nil, nil, err
	}
	f, err := label.NewFile(t)
	if err != nil {
		return nil, nil, err
	}
	set, err := f.Labels(keys)
	if err != nil {
		return nil, nil, err
	}
	return set.Labels, append(t.Warnings, set.Warnings...), nil
}

// threshold gives the value of THRESHOLD, 0 without.
func (st *statement) threshold(s *scope, x syntax.Expr) (float64, error) {
	if x == nil {
		return 0, nil
	}
	v, err := s.number(x, "THRESHOLD")
	if err == nil && (v <= 0 || v > 1) {
		err = s.fail(x.Pos(), "THRESHOLD is above 0 and up to 1, not %s", formatNumber(v))
	}
	return v, err
}

// plainScope knows the values of a statement and no fields.
func (st *statement) plainScope() *scope { return &scope{parsed: st.parsed, params: st.params} }
