package main

import (
	"context"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/doppeldb/doppel/internal/ingest"
	"github.com/doppeldb/doppel/query/match"
)

func newDedupe(a *app) *cobra.Command {
	j := &job{app: a, verb: "dedupe", cardinality: match.OneToOne.String()}
	c := &cobra.Command{
		Use:   "dedupe [FILE]",
		Short: "Find the duplicates in one file",
		Long: `dedupe writes every row of FILE in its order, all columns kept, with a column
cluster_id put first: rows with the same number are one thing.

FILE is CSV, TSV or JSON lines, plain or gzipped; - is stdin. The first line
names the columns. No label is needed: what is common and what is rare is
learned from the file itself, and the threshold is found automatically.

With --db and no FILE the rows are the records of a collection.`,
		Example: `  doppel dedupe products.csv -o clustered.csv
  doppel dedupe products.csv --id sku --pairs pairs.csv --report report.html
  doppel dedupe products.csv --schema price:number,notes:ignore > clustered.csv
  doppel dedupe --db shop.doppel --collection products -o clustered.csv
  zcat products.csv.gz | doppel dedupe - --threshold 0.9 > clustered.csv`,
		Args: j.orStored("FILE"),
		RunE: func(c *cobra.Command, args []string) error {
			j.command = "doppel dedupe " + strings.Join(args, " ")
			return j.dedupe(c.Context(), args)
		},
	}
	j.flags(c)
	j.storedFlags(c, false)
	c.Flags().StringVar(&j.read.id, "id", "", "`COL` is the key (default: id, else the first column whose values are unique, else the row number)")
	c.Flags().StringVar(&j.pairs, "pairs", "", "write the matching pairs to `FILE`: left_id,right_id,score")
	return c
}

func (j *job) dedupe(ctx context.Context, paths []string) error {
	stored, err := j.onStored(paths)
	if err != nil {
		return err
	}
	if err := j.validate(paths); err != nil {
		return err
	}
	defer j.close()
	cs, err := j.collections(ctx, paths, []string{j.read.id}, stored)
	if err != nil {
		return err
	}
	res, err := j.match(ctx, func() (*match.Result, error) { return match.Dedupe(ctx, cs[0], j.opts) })
	if err != nil {
		return err
	}
	if err := j.writeClusters(res); err != nil {
		return err
	}
	if j.pairsOut != nil {
		if err := writePairs(j.pairsOut, res); err != nil {
			return err
		}
	}
	return j.finish(res)
}

// writeClusters writes all rows in their order. Cluster numbers count from 1 in
// the order of their first row, so that the same file gives the same numbers.
func (j *job) writeClusters(res *match.Result) error {
	src := j.sources[0]
	name := j.freeColumn(src.Table, ingest.ClusterColumn)
	if err := j.result.WriteHeader(append([]string{name}, src.Header...)); err != nil {
		return err
	}
	row := make([]string, 0, len(src.Header)+1)
	for i, values := range src.Rows {
		row = append(append(row[:0], strconv.Itoa(int(res.ClusterOf[i])+1)), values...)
		if err := j.result.WriteRow(row); err != nil {
			return err
		}
	}
	return nil
}
