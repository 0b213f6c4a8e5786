package query

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"github.com/doppeldb/doppel/db"
	"github.com/doppeldb/doppel/internal/table"
	"github.com/doppeldb/doppel/query/syntax"
	"github.com/doppeldb/doppel/record"
)

// destination is INTO: a file, a new collection, or nothing.
type destination struct {
	file       string
	collection string
	at         syntax.Pos
}

func (st *statement) destination(x syntax.Destination) (d destination, err error) {
	s := st.plainScope()
	if x.File != nil {
		d.at = x.File.Pos()
		if d.file, err = s.text(x.File, "the name of a file"); err == nil && (d.file == "" || d.file == "-") {
			err = s.fail(d.at, "INTO needs the name of a file")
		}
		return d, err
	}
	if x.Collection.Text == "" {
		return d, nil
	}
	d.collection, d.at = x.Collection.Text, x.Collection.At
	_, err = st.DB.Collection(d.collection)
	switch {
	case err == nil:
		e := st.parsed.Error(d.at, "there is a collection %s already; DROP COLLECTION it, or choose another name", syntax.QuoteName(d.collection))
		e.Err = db.ErrExists
		return d, e
	case errors.Is(err, db.ErrNotFound):
		return d, nil
	}
	return d, err
}

// writeFile writes rows to a file, which appears whole or not at all.
func writeFile(path string, header []string, rows iter.Seq2[[]string, error]) (n int, err error) {
	w, err := table.Create(path, nil)
	if err != nil {
		return 0, err
	}
	defer func() {
		if err != nil {
			w.Abort()
		}
	}()
	if err := w.WriteHeader(header); err != nil {
		return 0, err
	}
	for row, err := range rows {
		if err != nil {
			return n, err
		}
		if err := w.WriteRow(row); err != nil {
			return n, err
		}
		n++
	}
	if err := w.Prepare(); err != nil {
		return n, err
	}
	return n, w.Commit()
}

// writeCollection makes a collection of records; one that fails is taken back.
func (st *statement) writeCollection(ctx context.Context, d destination, key string, schema record.Schema, records iter.Seq2[record.Record, error]) (int, error) {
	c, err := st.DB.Create(d.collection, schema)
	if err != nil {
		return 0, st.at(d.at, err)
	}
	res, err := c.PutAll(ctx, records, &db.PutOptions{Insert: true, Threads: st.Threads})
	if err == nil && key != DefaultKey {
		err = setKeyName(ctx, c, key)
	}
	if err != nil {
		return 0, errors.Join(err, st.DB.Drop(d.collection))
	}
	return res.Inserted, nil
}

// say is what was done, and where it went.
func (d destination) say(n int, what string) *Rows {
	to := d.file
	if d.collection != "" {
		to = "collection " + syntax.QuoteName(d.collection)
	}
	return done(n, "%s into %s", what, to)
}

// freeName is name, or with numbers behind it until no field is called so.
func freeName(schema record.Schema, name string) string {
	free := name
	for n := 2; schema.Index(free) >= 0; n++ {
		free = fmt.Sprintf("%s_%d", name, n)
	}
	return free
}
