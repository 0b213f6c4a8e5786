package query

import (
	"context"
	"errors"

	"github.com/doppeldb/doppel/db"
	"github.com/doppeldb/doppel/query/syntax"
)

func (st statement) planShow(x *syntax.Show) (plan, error) {
	switch x.What {
	case syntax.ShowCollections:
		return showCollections{st}, nil
	}
	return nil, errors.ErrUnsupported
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
			encoder = TextValue(enc.Fingerprint().String())
		case !errors.Is(err, db.ErrNoEncoder):
			return nil, err
		}
		rows = append(rows, []Value{TextValue(name), NumberValue(float64(n)), NumberValue(float64(len(c.Schema()))), encoder})
	}
	return table([]Column{{"collection", Text}, {"records", Number}, {"fields", Number}, {"encoder", Text}}, rows), nil
}
