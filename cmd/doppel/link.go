package main

import (
	"context"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/doppeldb/doppel/internal/table"
	"github.com/doppeldb/doppel/query/match"
)

func newLink(a *app) *cobra.Command {
	j := &job{app: a, verb: "link"}
	c := &cobra.Command{
		Use:   "link [LEFT RIGHT]",
		Short: "Find the partners between two files",
		Long: `link writes left_id,right_id,score for the rows of LEFT and RIGHT that are the
same thing, best first.

Columns meet by name, case and separators ignored; --map title=name lets columns
of different names meet. A column that one side lacks still serves as text.
By default a row has at most one partner.

With --db and no file the rows are the records of --collection and --right.`,
		Example: `  doppel link abt.csv buy.csv -o matches.csv
  doppel link ours.csv theirs.csv --map title=name --map maker=brand --report report.html
  doppel link --db shops.doppel --collection abt --right buy -o matches.csv
  doppel link ours.csv theirs.csv --id sku=asin --cardinality one-to-many`,
		Args: j.orStored("LEFT", "RIGHT"),
		RunE: func(c *cobra.Command, args []string) error {
			j.command = "doppel link " + strings.Join(args, " ")
			return j.link(c.Context(), args)
		},
	}
	j.flags(c)
	j.storedFlags(c, true)
	c.Flags().StringVar(&j.read.id, "id", "", "`COL` is the key of both files, LEFT=RIGHT where they differ (default: id, else the first column whose values are unique, else the row number)")
	c.Flags().StringArrayVar(&j.mapping, "map", nil, "columns `LEFT=RIGHT` mean the same; repeat as needed")
	c.Flags().StringVar(&j.cardinality, "cardinality", match.OneToOne.String(), "`HOW` many partners a row may have: one-to-one, one-to-many (a left row many, a right row one) or many-to-many")
	return c
}

func (j *job) link(ctx context.Context, paths []string) error {
	stored, err := j.onStored(paths)
	if err != nil {
		return err
	}
	if err := j.validate(paths); err != nil {
		return err
	}
	defer j.close()
	left, right, split := strings.Cut(j.read.id, "=")
	if !split {
		right = left
	}
	cs, err := j.collections(ctx, paths, []string{left, right}, stored)
	if err != nil {
		return err
	}
	res, err := j.match(ctx, func() (*match.Result, error) { return match.Link(ctx, cs[0], cs[1], j.opts) })
	if err != nil {
		return err
	}
	if err := writePairs(j.result, res); err != nil {
		return err
	}
	return j.finish(res)
}

// writePairs writes the matches by key, best first.
func writePairs(w *table.Writer, res *match.Result) error {
	if err := w.WriteHeader([]string{"left_id", "right_id", "score"}); err != nil {
		return err
	}
	for _, p := range res.Matches {
		left, right := res.Keys(p)
		if err := w.WriteRow([]string{left, right, strconv.FormatFloat(p.Score, 'f', 4, 64)}); err != nil {
			return err
		}
	}
	return nil
}
