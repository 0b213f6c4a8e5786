package ingest_test

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/doppeldb/doppel/db"
	"github.com/doppeldb/doppel/internal/dbtest"
	"github.com/doppeldb/doppel/internal/ingest"
	"github.com/doppeldb/doppel/internal/table"
)

// FuzzImport imports whatever comes. Nothing panics, the file is whole afterwards (dbtest checks
// it), an import that fails on a new collection leaves none, and one that goes well has a
// record for every row, which the same import a second time only updates.
func FuzzImport(f *testing.F) {
	for _, s := range []string{
		"id,name\n1,a\n2,b\n", "name\na\na\n", "a;b\n1;\"x\ny\"\n", "{\"id\":1,\"n\":2}\n{\"id\":2,\"m\":null}\n", "id,id2\n1,1\n1,2\n",
		"\xff\xfei\x00d\x00\n\x001\x00\n\x00", "id,caf\xe9\n1,\xe9\n", "cluster_id,name\n1,x\n1,y\n", "id,name\n1,a\n2\n", "id,name\n,a\n", "\xef\xbb\xbfid,x\r\n1,2\r\n",
	} {
		f.Add([]byte(s), byte(0), "")
		f.Add([]byte(s), byte(255), "name:code")
	}
	f.Fuzz(func(t *testing.T, content []byte, how byte, schema string) {
		d := dbtest.Open(t)
		ctx := context.Background()
		to := ingest.Target{DB: d, Collection: "c"}
		o := ingest.Options{Schema: schema, Mode: ingest.Mode(how & 3), Table: table.Options{BadRows: table.BadRows(how >> 2 & 1), MaxCell: 1 << 12}}
		if how>>3&1 == 1 {
			o.Key = "id"
		}
		o.Table.Stdin = bytes.NewReader(content)
		res, err := ingest.Import(ctx, "-", to, o)
		names, _ := d.Collections()
		if err != nil {
			if len(names) != 0 {
				t.Errorf("%v, and there is %q", err, names)
			}
			if strings.TrimSpace(err.Error()) == "" {
				t.Error("an error without a word")
			}
			return
		}
		n, err := res.Collection.Len()
		if err != nil {
			t.Fatal(err)
		}
		if n != res.Inserted || res.Inserted+res.Updated != res.Rows || res.Done != res.Rows || n == 0 {
			t.Errorf("%+v with %d records", res, n)
		}
		before := recordsOf(t, res.Collection)
		o.Table.Stdin, o.Mode, o.Schema = bytes.NewReader(content), ingest.Update, ""
		again, err := ingest.Import(ctx, "-", to, o)
		if err != nil {
			t.Fatalf("a second time: %v", err)
		}
		if again.Inserted != 0 || again.Updated != res.Rows || recordsOf(t, again.Collection) != before {
			t.Errorf("a second time: %+v", again)
		}
	})
}

func recordsOf(t *testing.T, c *db.Collection) string {
	t.Helper()
	var b strings.Builder
	for r, err := range c.All() {
		if err != nil {
			t.Fatal(err)
		}
		b.WriteString(r.Key + "\x00" + strings.Join(r.Values, "\x00") + "\x00\x00")
	}
	return b.String()
}
