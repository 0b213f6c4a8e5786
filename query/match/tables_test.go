package match

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/doppeldb/doppel/db"
	"github.com/doppeldb/doppel/internal/dbtest"
	"github.com/doppeldb/doppel/internal/synth"
	"github.com/doppeldb/doppel/record"
)

// schemaOf reads "title:text price:number".
func schemaOf(t testing.TB, spec string) record.Schema {
	t.Helper()
	var out record.Schema
	for f := range strings.FieldsSeq(spec) {
		name, kind, _ := strings.Cut(f, ":")
		k, err := record.ParseKind(kind)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, record.Field{Name: name, Kind: k})
	}
	return out
}

// store puts tables of one schema into collections of a new DB.
func store(t testing.TB, schema record.Schema, tables ...[][]string) []*db.Collection {
	t.Helper()
	file := dbtest.Open(t)
	cs := make([]*db.Collection, len(tables))
	for n, rows := range tables {
		c, err := file.Create(fmt.Sprintf("table-%d", n), schema)
		if err != nil {
			t.Fatal(err)
		}
		records := make([]record.Record, len(rows))
		for i, r := range rows {
			records[i] = record.Record{Key: fmt.Sprint("row", i), Values: r}
		}
		if err := c.Put(context.Background(), records...); err != nil {
			t.Fatal(err)
		}
		cs[n] = c
	}
	return cs
}

// dedupeRows is Dedupe of rows in a DB of their own.
func dedupeRows(t testing.TB, schema record.Schema, rows [][]string, opts Options) *Result {
	t.Helper()
	r, err := Dedupe(context.Background(), store(t, schema, rows)[0], opts)
	if err != nil {
		t.Fatal(err)
	}
	checkDedupe(t, r)
	return r
}

// linkRows is Link of two tables in a DB of their own.
func linkRows(t testing.TB, schema record.Schema, left, right [][]string, opts Options) *Result {
	t.Helper()
	cs := store(t, schema, left, right)
	r, err := Link(context.Background(), cs[0], cs[1], opts)
	if err != nil {
		t.Fatal(err)
	}
	checkLink(t, r, opts.Cardinality)
	return r
}

// titles makes one-column rows.
func titles(values ...string) [][]string {
	rows := make([][]string, len(values))
	for i, v := range values {
		rows[i] = []string{v}
	}
	return rows
}

// snapshotOf is rows without vectors, for what is below the candidates.
func snapshotOf(schema record.Schema, rows [][]string) *db.Snapshot {
	return &db.Snapshot{Schema: schema, Keys: make([]string, len(rows)), Rows: rows}
}

// corpusOf reads a corpus of left rows, and right ones if there are any.
func corpusOf(t testing.TB, schema record.Schema, left, right [][]string) *corpus {
	t.Helper()
	var other *db.Snapshot
	if right != nil {
		other = snapshotOf(schema, right)
	}
	c, err := readCorpus(context.Background(), snapshotOf(schema, left), other, 1)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// piecesOf reads the piece table of a corpus.
func piecesOf(t testing.TB, c *corpus) *pieceTable {
	t.Helper()
	p, err := c.readPieces(context.Background(), 1)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// catalogue is a made-up one: schema, rows without the id, and the true product of each row.
func catalogue(t testing.TB, o synth.Options) (record.Schema, [][]string, []int) {
	t.Helper()
	table := synth.Catalogue(o)
	return withoutID(table)
}

func withoutID(table *synth.Table) (record.Schema, [][]string, []int) {
	rows := make([][]string, len(table.Rows))
	for i, r := range table.Rows {
		rows[i] = r[1:]
	}
	return record.Infer(table.Header[1:], rows), rows, table.Cluster
}
