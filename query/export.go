package query

import (
	"context"

	"github.com/doppeldb/doppel/db"
	"github.com/doppeldb/doppel/query/syntax"
	"github.com/doppeldb/doppel/record/picture"
)

// exportPlan is an EXPORT that is ready to run.
type exportPlan struct {
	statement
	c    *db.Collection
	file string
}

func (st statement) planExport(x *syntax.Export) (plan, error) {
	c, err := st.collection(x.Name)
	if err != nil {
		return nil, err
	}
	file, err := st.plainScope().text(x.File, "the name of a file")
	if err == nil && (file == "" || file == "-") {
		err = st.parsed.Error(x.File.Pos(), "EXPORT needs the name of a file")
	}
	return exportPlan{st, c, file}, err
}

func (p exportPlan) run(ctx context.Context) (*Rows, error) {
	key, err := p.keyName(p.c)
	if err != nil {
		return nil, err
	}
	total, err := p.c.Len()
	if err != nil {
		return nil, err
	}
	pictures := picture.NewWriter(p.file)
	n, err := writeFile(p.file, append([]string{key}, p.c.Schema().Names()...), func(yield func([]string, error) bool) {
		row := make([]string, 0, 1+len(p.c.Schema()))
		n := 0
		for r, err := range p.c.Select(ctx, nil) {
			if err != nil {
				yield(nil, err)
				return
			}
			if n++; n&1023 == 0 && p.Progress != nil {
				p.Progress("export", n, total)
			}
			values, err := pictures.Values(r.Values)
			if err != nil {
				yield(nil, err)
				return
			}
			row = append(append(row[:0], r.Key), values...)
			if !yield(row, nil) {
				return
			}
		}
	})
	if err != nil {
		return nil, err
	}
	return done(n, "%s into %s", count(n, "record", "records"), p.file), nil
}
