package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/doppeldb/doppel/internal/ingest"
	"github.com/doppeldb/doppel/internal/table"
	"github.com/doppeldb/doppel/record"
)

func newClassImport(a *app) *cobra.Command {
	k := &classer{stored: stored{app: a}}
	c := &cobra.Command{
		Use:     "import FILE",
		Short:   "Take classes out of a file, a record that stands for one in each row",
		Example: `  doppel class import examples.csv --class category --db shops.doppel --collection abt`,
		Args:    exactArgs("FILE"),
		RunE:    func(c *cobra.Command, args []string) error { return k.importFile(c.Context(), args[0]) },
	}
	k.classFlags(c)
	c.Flags().StringVar(&k.column, "class", "class", "`COL` names the class of a row")
	c.Flags().StringVar(&k.read.delimiter, "delimiter", "", "`CHAR` between values: ',', ';', '|' or tab (default: the header decides)")
	c.Flags().StringVar(&k.read.badRows, "bad-rows", "fail", "`WHAT` to do with rows that cannot be read: fail or skip")
	return c
}

// importFile puts the rows of a file into the classes that a column names.
func (k *classer) importFile(ctx context.Context, path string) (err error) {
	opts, err := k.read.table(k.app)
	if err != nil {
		return err
	}
	if err := k.openCollection("class import", true); err != nil {
		return err
	}
	defer k.close(&err)
	t, err := table.ReadAll(path, opts)
	if err != nil {
		return err
	}
	k.reportReading(t)
	at := ingest.FindName(t.Header, k.column)
	if at < 0 {
		return usagef("--class: %s has no column %q; the columns are %s", orStdin(path), k.column, strings.Join(t.Header, ", "))
	}
	fields, err := k.fieldsOf(t, at)
	if err != nil {
		return err
	}
	supports := map[string][]record.Record{}
	var order []string
	for i, row := range t.Rows {
		class := row[at]
		if class == "" {
			return fmt.Errorf("%s:%d: field %d (%s): the class is missing; mend it, or leave the row out", orStdin(path), t.Lines[i], at+1, t.Header[at])
		}
		r := record.Record{Values: make([]string, len(k.c.Schema()))}
		for c, f := range fields {
			if f >= 0 {
				r.Values[f] = row[c]
			}
			if f >= 0 && k.c.Schema()[f].Kind == record.Image && row[c] != "" {
				files := ingest.PicturesBeside(path)
				err := files.Check(row[c])
				if err == nil {
					r.Values[f], err = files.Value(row[c])
				}
				if err != nil {
					return fmt.Errorf("%s:%d: field %d (%s): %w", orStdin(path), t.Lines[i], c+1, t.Header[c], err)
				}
			}
		}
		if supports[class] == nil {
			order = append(order, class)
		}
		supports[class] = append(supports[class], r)
	}
	for _, class := range order {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := k.c.AddSupports(ctx, k.set, class, supports[class]...); err != nil {
			return k.classError(err)
		}
	}
	k.say("%s of %s added", count(len(t.Rows), "record", "records"), count(len(order), "class", "classes"))
	return nil
}

// fieldsOf says which field each column of a table is, -1 for none.
func (k *classer) fieldsOf(t *table.Table, class int) ([]int, error) {
	fields := make([]int, len(t.Header))
	known := 0
	var strange []string
	for c, name := range t.Header {
		fields[c] = -1
		if c == class {
			continue
		}
		if f := ingest.FindName(k.c.Schema().Names(), name); f >= 0 {
			fields[c] = f
			known++
		} else {
			strange = append(strange, name)
		}
	}
	if known == 0 {
		return nil, fmt.Errorf("%s: no column is a field of %q, which has %s", orStdin(t.Path), k.c.Name(), strings.Join(k.c.Schema().Names(), ", "))
	}
	if len(strange) > 0 {
		k.say("not a field of %q and left out: %s", k.c.Name(), strings.Join(strange, ", "))
	}
	return fields, nil
}
