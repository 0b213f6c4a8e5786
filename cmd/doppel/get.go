package main

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/rivo/uniseg"
	"github.com/spf13/cobra"

	"github.com/doppeldb/doppel/db"
	"github.com/doppeldb/doppel/internal/table"
	"github.com/doppeldb/doppel/record"
)

// getter is one run of the get command.
type getter struct {
	stored
	json bool
}

func newGet(a *app) *cobra.Command {
	g := &getter{stored: stored{app: a}}
	c := &cobra.Command{
		Use:   "get KEY...",
		Short: "Show records by key",
		Long: `get shows the records of the keys, in the order asked. With --json it writes a
line for each, as export does.`,
		Example: `  doppel get 10011646 --db shops.doppel --collection abt
  doppel get a1 a2 a3 --db shop.doppel --json`,
		Args: keyArgs,
		RunE: func(_ *cobra.Command, args []string) error { return g.run(args) },
	}
	g.dbFlags(c)
	c.Flags().BoolVar(&g.json, "json", false, "write JSON lines")
	return c
}

// keyArgs is for commands that take keys.
func keyArgs(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return usagef("%s needs KEY", c.Name())
	}
	return nil
}

func (g *getter) run(keys []string) (err error) {
	if err := g.openCollection("get", false); err != nil {
		return err
	}
	defer g.close(&err)
	var found []record.Record
	for _, k := range keys {
		r, err := g.record(k)
		if err != nil {
			return err
		}
		found = append(found, r)
	}
	if g.json {
		return g.writeLines(found)
	}
	var b strings.Builder
	for i, r := range found {
		if i > 0 {
			b.WriteByte('\n')
		}
		printRecord(&b, keyName(g.c), g.c.Schema(), r)
	}
	_, err = io.WriteString(g.stdout, b.String())
	return err
}

// record gives the record of a key, or an error that says what to do.
func (s *stored) record(key string) (record.Record, error) {
	r, err := s.c.Get(key)
	if errors.Is(err, db.ErrNotFound) {
		return r, fmt.Errorf("%s: no record %q in %q; doppel export --db %s --collection %s lists them", s.dbPath, key, s.c.Name(), s.dbPath, s.c.Name())
	}
	if err != nil {
		return r, s.damaged(err)
	}
	return r, nil
}

// writeLines writes records as JSON lines.
func (s *stored) writeLines(records []record.Record) error {
	w, err := table.CreateLines("-", s.stdout)
	if err != nil {
		return err
	}
	defer w.Abort()
	if err := w.WriteHeader(append([]string{keyName(s.c)}, s.c.Schema().Names()...)); err != nil {
		return err
	}
	for _, r := range records {
		if err := w.WriteRow(append([]string{r.Key}, r.Values...)); err != nil {
			return err
		}
	}
	return w.Commit()
}

// printRecord writes a record for a reader: a line per field that has a value.
func printRecord(b *strings.Builder, key string, schema record.Schema, r record.Record) {
	width := uniseg.StringWidth(key)
	for _, f := range schema {
		width = max(width, uniseg.StringWidth(f.Name))
	}
	line := func(name, value string) {
		pad := strings.Repeat(" ", width-uniseg.StringWidth(name))
		// Further lines of a value stand below its first.
		value = strings.ReplaceAll(plainText(value), "\n", "\n"+strings.Repeat(" ", width+2))
		fmt.Fprintf(b, "%s%s  %s\n", name, pad, value)
	}
	line(key, r.Key)
	for f, v := range r.Values {
		if v != "" {
			line(schema[f].Name, v)
		}
	}
}
