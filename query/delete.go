package query

import (
	"context"

	"github.com/doppeldb/doppel/db"
	"github.com/doppeldb/doppel/query/syntax"
)

// deletePlan is a DELETE that is ready to run.
type deletePlan struct {
	statement
	c     *db.Collection
	where condition
}

func (st statement) planDelete(x *syntax.Delete) (plan, error) {
	c, err := st.collection(x.From)
	if err != nil {
		return nil, err
	}
	s, err := st.scope(c)
	if err != nil {
		return nil, err
	}
	where, err := s.where(x.Where)
	return deletePlan{st, c, where}, err
}

func (p deletePlan) run(ctx context.Context) (*Rows, error) {
	var keys []string
	if !p.where.none {
		for r, err := range p.c.Select(ctx, p.where.filter) {
			if err != nil {
				return nil, err
			}
			keys = append(keys, r.Key)
		}
	}
	n := 0
	if len(keys) > 0 {
		var err error
		if n, err = p.c.Delete(ctx, keys...); err != nil {
			return nil, err
		}
	}
	return done(n, "%s deleted", count(n, "record", "records")), nil
}
