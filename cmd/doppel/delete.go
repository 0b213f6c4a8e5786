package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"
)

// deleter is one run of the delete command.
type deleter struct {
	stored
	json    bool
	missing bool
	where   []string
}

func newDelete(a *app) *cobra.Command {
	d := &deleter{stored: stored{app: a}}
	c := &cobra.Command{
		Use:   "delete [KEY...]",
		Short: "Delete records by key or by what they are",
		Long: `delete removes the records of the keys, or those of --where, all of them or, on an
error, none. A key that is not there is an error, unless --missing-ok is given. The
file keeps its size: new records take the space, and doppel compact gives it back.`,
		Example: `  doppel delete a1 a2 --db shop.doppel --collection products
  doppel delete --where brand=sony --where 'price<10' --db shop.doppel`,
		Args: cobra.ArbitraryArgs,
		RunE: func(c *cobra.Command, args []string) error { return d.run(c.Context(), args) },
	}
	d.dbFlags(c)
	c.Flags().StringArrayVar(&d.where, "where", nil, whereHelp)
	c.Flags().BoolVar(&d.missing, "missing-ok", false, "a key that is not there is no error")
	c.Flags().BoolVar(&d.json, "json", false, "print a summary as JSON to stdout")
	return c
}

func (d *deleter) run(ctx context.Context, keys []string) (err error) {
	switch {
	case len(keys) == 0 && len(d.where) == 0:
		return usagef("delete needs KEY, or --where")
	case len(keys) > 0 && len(d.where) > 0:
		return usagef("delete takes keys or --where, not both")
	}
	if err := d.openCollection("delete", true); err != nil {
		return err
	}
	defer d.close(&err)
	if len(d.where) > 0 {
		if keys, err = d.chosen(ctx); err != nil {
			return err
		}
	} else if !d.missing {
		for _, k := range keys {
			if _, err := d.record(k); err != nil {
				return fmt.Errorf("%w; nothing is deleted", err)
			}
		}
	}
	n, err := d.c.Delete(ctx, keys...)
	if err != nil {
		return d.damaged(err)
	}
	left, err := d.c.Len()
	if err != nil {
		return d.damaged(err)
	}
	d.say("%s deleted; %q has %s", count(n, "record", "records"), d.c.Name(), thousands(left))
	if !d.json {
		return nil
	}
	return writeIndented(d.stdout, struct {
		Deleted int `json:"deleted"`
		Records int `json:"records"`
	}{n, left})
}

// chosen gives the keys of the records of --where.
func (d *deleter) chosen(ctx context.Context) (keys []string, err error) {
	where, err := filter(ctx, d.c, d.where)
	if err != nil {
		return nil, err
	}
	for r, err := range d.c.Select(ctx, where) {
		if err != nil {
			return nil, d.searchError(ctx, err)
		}
		keys = append(keys, r.Key)
	}
	return keys, nil
}
