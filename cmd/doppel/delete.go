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
}

func newDelete(a *app) *cobra.Command {
	d := &deleter{stored: stored{app: a}}
	c := &cobra.Command{
		Use:   "delete KEY...",
		Short: "Delete records by key",
		Long: `delete removes the records of the keys, all of them or, on an error, none. A key
that is not there is an error, unless --missing-ok is given. The file keeps its
size: new records take the space.`,
		Example: `  doppel delete a1 a2 --db shop.doppel --collection products`,
		Args:    keyArgs,
		RunE:    func(c *cobra.Command, args []string) error { return d.run(c.Context(), args) },
	}
	d.dbFlags(c)
	c.Flags().BoolVar(&d.missing, "missing-ok", false, "a key that is not there is no error")
	c.Flags().BoolVar(&d.json, "json", false, "print a summary as JSON to stdout")
	return c
}

func (d *deleter) run(ctx context.Context, keys []string) (err error) {
	if err := d.openCollection("delete", true); err != nil {
		return err
	}
	defer d.close(&err)
	if !d.missing {
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
