package query

import (
	"context"
	"errors"
	"slices"

	"github.com/doppeldb/doppel/db"
	"github.com/doppeldb/doppel/query/syntax"
)

// dropCollection is a DROP COLLECTION.
type dropCollection struct {
	statement
	x *syntax.DropCollection
}

func (p dropCollection) run(context.Context) (*Rows, error) {
	name := p.x.Name.Text
	names, err := p.DB.Collections()
	if err != nil {
		return nil, err
	}
	if !slices.Contains(names, name) {
		if same := sameFold(names, name); same != "" {
			name = same
		}
	}
	err = p.DB.Drop(name)
	switch {
	case errors.Is(err, db.ErrNotFound) && p.x.IfExists:
		return done(0, "there is no collection %s", syntax.QuoteName(name)), nil
	case errors.Is(err, db.ErrNotFound):
		e := p.parsed.Error(p.x.Name.At, "%s", noCollection(name, names))
		e.Err = err
		return nil, e
	case err != nil:
		return nil, err
	}
	return done(0, "collection %s dropped", syntax.QuoteName(name)), nil
}

// dropModel is a DROP MODEL.
type dropModel struct {
	statement
	x *syntax.DropModel
}

func (p dropModel) run(context.Context) (*Rows, error) {
	name := p.x.Name.Text
	err := p.DB.DeleteModel(name)
	if errors.Is(err, db.ErrNotFound) {
		pair := pairPlan{statement: p.statement}
		return nil, pair.noModel(name, p.x.Name.At)
	}
	return done(0, "model %s dropped", syntax.QuoteName(name)), err
}
