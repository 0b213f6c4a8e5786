package query

import (
	"context"
	"errors"
	"strings"

	"github.com/doppeldb/doppel/db"
	"github.com/doppeldb/doppel/query/syntax"
	"github.com/doppeldb/doppel/record"
)

// createPlan is a CREATE COLLECTION that is ready to run.
type createPlan struct {
	statement
	name        syntax.Name
	ifNotExists bool
	key         string // "" for the usual name
	schema      record.Schema
}

func (st statement) planCreate(x *syntax.CreateCollection) (plan, error) {
	p := createPlan{statement: st, name: x.Name, ifNotExists: x.IfNotExists}
	seen := map[string]bool{}
	for _, c := range x.Columns {
		if folded := strings.ToLower(c.Name.Text); seen[folded] {
			return nil, st.parsed.Error(c.Name.At, "there is a field %s already; case does not tell names apart", c.Name.Text)
		} else {
			seen[folded] = true
		}
		switch {
		case !c.Key:
			p.schema = append(p.schema, record.Field{Name: c.Name.Text, Kind: c.Kind})
		case p.key != "":
			return nil, st.parsed.Error(c.Name.At, "%s is the key already; a record has one", p.key)
		default:
			p.key = c.Name.Text
		}
	}
	if p.schema == nil {
		return nil, st.parsed.Error(x.Name.At, "a collection needs a field besides its key")
	}
	return p, nil
}

func (p createPlan) run(ctx context.Context) (*Rows, error) {
	c, err := p.DB.Create(p.name.Text, p.schema)
	switch {
	case errors.Is(err, db.ErrExists) && p.ifNotExists:
		return done(0, "collection %s is there already", syntax.QuoteName(p.name.Text)), nil
	case errors.Is(err, db.ErrExists):
		e := p.parsed.Error(p.name.At, "there is a collection %s already; DROP COLLECTION it, or choose another name", syntax.QuoteName(p.name.Text))
		e.Err = err
		return nil, e
	case err != nil:
		return nil, p.at(p.name.At, err)
	}
	if p.key != "" {
		if err := setKeyName(ctx, c, p.key); err != nil {
			return nil, err
		}
	}
	return done(0, "collection %s created", syntax.QuoteName(p.name.Text)), nil
}
