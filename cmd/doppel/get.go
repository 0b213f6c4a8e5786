package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/rivo/uniseg"
	"github.com/spf13/cobra"

	"github.com/doppeldb/doppel/db"
	"github.com/doppeldb/doppel/internal/table"
	"github.com/doppeldb/doppel/record"
	"github.com/doppeldb/doppel/record/picture"
)

// getter is one run of the get command.
type getter struct {
	stored
	json  bool
	where []string
	k     int
}

func newGet(a *app) *cobra.Command {
	g := &getter{stored: stored{app: a}}
	c := &cobra.Command{
		Use:   "get [KEY...]",
		Short: "Show records by key or by what they are",
		Long: `get shows the records of the keys, in the order asked, or those of --where in the
order of insertion. With --json it writes a line for each, as export does.`,
		Example: `  doppel get 10011646 --db shops.doppel --collection abt
  doppel get a1 a2 a3 --db shop.doppel --json
  doppel get --where brand=sony --where 'price<900' --db shop.doppel`,
		Args: cobra.ArbitraryArgs,
		RunE: func(c *cobra.Command, args []string) error { return g.run(c.Context(), args) },
	}
	g.dbFlags(c)
	c.Flags().StringArrayVar(&g.where, "where", nil, whereHelp)
	c.Flags().IntVarP(&g.k, "count", "k", 20, "with --where: show at most `K` records")
	c.Flags().BoolVar(&g.json, "json", false, "write JSON lines")
	return c
}

func (g *getter) run(ctx context.Context, keys []string) (err error) {
	switch {
	case len(keys) == 0 && len(g.where) == 0:
		return usagef("get needs KEY, or --where")
	case len(keys) > 0 && len(g.where) > 0:
		return usagef("get takes keys or --where, not both")
	case g.k < 1:
		return usagef("-k: %d; use 1 or more", g.k)
	}
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
	if len(keys) == 0 {
		if found, err = g.chosen(ctx); err != nil {
			return err
		}
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

// chosen gives the first records of --where, and says how many there are if those are not all.
func (g *getter) chosen(ctx context.Context) (found []record.Record, err error) {
	where, err := filter(ctx, g.c, g.where)
	if err != nil {
		return nil, err
	}
	for r, err := range g.c.Select(ctx, where) {
		if err != nil {
			return nil, g.searchError(ctx, err)
		}
		if len(found) == g.k {
			n, err := g.c.CountWhere(ctx, where)
			if err != nil {
				return nil, g.searchError(ctx, err)
			}
			g.say("%s of %s; -k shows more, doppel export --where all", thousands(g.k), count(n, "record", "records"))
			return found, nil
		}
		found = append(found, r)
	}
	if len(found) == 0 {
		g.say("no record has %s", strings.Join(g.where, " and "))
	}
	return found, nil
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
		if err := w.WriteRow(append([]string{r.Key}, picture.Shown(r.Values)...)); err != nil {
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
	for f, v := range picture.Shown(r.Values) {
		if v != "" {
			line(schema[f].Name, v)
		}
	}
}
