package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/doppeldb/doppel/db"
	"github.com/doppeldb/doppel/internal/report"
	"github.com/doppeldb/doppel/internal/synth"
	"github.com/doppeldb/doppel/internal/table"
	"github.com/doppeldb/doppel/query/match"
	"github.com/doppeldb/doppel/record"
)

// demo is one run of the demo command.
type demo struct {
	*app
	products int
	seed     uint64
	threads  int
	report   string
	dir      string
}

func newDemo(a *app) *cobra.Command {
	d := &demo{app: a}
	c := &cobra.Command{
		Use:   "demo",
		Short: "Make a catalogue with known truth, dedupe and link it, show how good it is",
		Long: `demo makes up a product catalogue in which the truth is known: brands, model
codes, variants that are not duplicates (another size, colour, capacity), and
copies with misspellings, dropped words, missing fields and other prices. It
finds the duplicates, links two shops, prints precision and recall against the
truth, and writes a page about the run.`,
		Example: `  doppel demo
  doppel demo --products 5000 --seed 7 --report demo.html
  doppel demo --dir demo      keep the made-up files, then: doppel dedupe demo/catalogue.csv`,
		Args: exactArgs(),
		RunE: func(c *cobra.Command, _ []string) error { return d.run(c.Context()) },
	}
	f := c.Flags()
	f.IntVar(&d.products, "products", 1000, "make `N` distinct products")
	f.Uint64Var(&d.seed, "seed", 1, "seed `N` of the made-up products")
	f.IntVar(&d.threads, "threads", 0, "use `N` threads (default all cores)")
	f.StringVar(&d.report, "report", "report.html", "write the page to `FILE`; empty for none")
	f.StringVar(&d.dir, "dir", "", "keep the made-up files in `DIR`")
	return c
}

func (d *demo) run(ctx context.Context) error {
	opts := synth.Options{Seed: d.seed, Products: d.products}
	if err := opts.Validate(); err != nil || d.products < 10 {
		return usagef("--products: %d; use 10 or more", d.products)
	}
	if d.threads < 0 {
		return usagef("--threads: %d is negative", d.threads)
	}
	if d.report == "-" {
		return usagef("--report: the demo prints to stdout already; name a file")
	}
	page, err := d.openPage()
	if err != nil {
		return err
	}
	defer page.Abort()
	catalogue := synth.Catalogue(opts)
	left, right, truth := synth.Shops(opts)
	if d.dir != "" {
		if err := d.keep(map[string]*synth.Table{"catalogue.csv": catalogue, "shop-a.csv": left, "shop-b.csv": right}); err != nil {
			return err
		}
	}
	about, err := d.dedupe(ctx, catalogue)
	if err != nil {
		return err
	}
	if err := d.link(ctx, left, right, truth); err != nil {
		return err
	}
	if d.report == "" {
		return nil
	}
	if err := report.Write(page, about); err != nil {
		return err
	}
	if err := page.Commit(); err != nil {
		return err
	}
	_, err = fmt.Fprintf(d.stdout, "\nThe pairs side by side, with what agrees and what differs: %s\n", d.report)
	return err
}

// keep writes the made-up tables as CSV, in a fixed order.
func (d *demo) keep(tables map[string]*synth.Table) error {
	if err := os.MkdirAll(d.dir, 0o777); err != nil {
		return fmt.Errorf("--dir: %s: %w; name a directory that can be made", d.dir, plainCause(err))
	}
	for _, name := range []string{"catalogue.csv", "shop-a.csv", "shop-b.csv"} {
		if err := writeTable(filepath.Join(d.dir, name), tables[name]); err != nil {
			return err
		}
	}
	d.say("wrote catalogue.csv, shop-a.csv and shop-b.csv in %s", d.dir)
	return nil
}

func writeTable(path string, t *synth.Table) error {
	w, err := table.Create(path, nil)
	if err != nil {
		return err
	}
	defer w.Abort()
	if err := w.WriteHeader(t.Header); err != nil {
		return err
	}
	for _, row := range t.Rows {
		if err := w.WriteRow(row); err != nil {
			return err
		}
	}
	return w.Commit()
}

// collections stores tables in a temporary file, one collection each, with one schema.
func (d *demo) collections(ctx context.Context, tables ...*synth.Table) (*db.DB, []*db.Collection, error) {
	var rows [][]string
	for _, t := range tables {
		for _, r := range t.Rows {
			rows = append(rows, r[1:])
		}
	}
	schema := record.Infer(tables[0].Header[1:], rows)
	file, err := db.OpenTemp()
	if err != nil {
		return nil, nil, err
	}
	var cs []*db.Collection
	for i, t := range tables {
		c, err := file.Create(fmt.Sprintf("table-%d", i+1), schema)
		if err == nil {
			_, err = c.PutAll(ctx, func(yield func(record.Record, error) bool) {
				for _, r := range t.Rows {
					if !yield(record.Record{Key: r[0], Values: r[1:]}, nil) {
						return
					}
				}
			}, &db.PutOptions{Threads: d.threads})
		}
		if err != nil {
			_ = file.Close() // the first error is the one to show
			return nil, nil, err
		}
		cs = append(cs, c)
	}
	return file, cs, nil
}

const protocol = "all pairs of rows of one made-up product, against all pairs that the clusters put together"

// dedupe finds the duplicates of the catalogue and shows five groups.
func (d *demo) dedupe(ctx context.Context, t *synth.Table) (report.Page, error) {
	file, cs, err := d.collections(ctx, t)
	if err != nil {
		return report.Page{}, err
	}
	defer file.Close()
	res, err := match.Dedupe(ctx, cs[0], match.Options{Threads: d.threads, Seed: d.seed})
	if err != nil {
		return report.Page{}, err
	}
	q := match.ClusterQuality(res.ClusterOf, t.Cluster)
	fmt.Fprintf(d.stdout, "One catalogue of %s, %s among them.\n", count(len(t.Rows), "row", "rows"), count(d.products, "product", "products"))
	fmt.Fprintf(d.stdout, "Found %s.\n  %s   (%s)\n", count(len(res.Clusters), "group of duplicates", "groups of duplicates"), q, protocol)
	d.showGroups(res)
	page := pageOf(res)
	page.Title, page.Command, page.Schema = "The demo catalogue", "doppel demo", res.Left.Schema
	page.Sources = []report.Source{{Name: "made-up catalogue", Rows: len(t.Rows), Key: "id"}}
	page.Settings = []report.Setting{{Name: "seed", Value: fmt.Sprint(d.seed)}}
	page.Quality = &report.Quality{Precision: q.Precision(), Recall: q.Recall(), F1: q.F1(), Protocol: protocol}
	return page, nil
}

// showGroups prints five groups, spread over the catalogue, with why.
func (d *demo) showGroups(res *match.Result) {
	const shown = 5
	for i := range min(shown, len(res.Clusters)) {
		ids := res.Clusters[i*len(res.Clusters)/min(shown, len(res.Clusters))]
		fmt.Fprintf(d.stdout, "\nGroup %d\n", res.ClusterOf[ids[0]]+1)
		for _, id := range ids {
			row := res.Left.Rows[id]
			fmt.Fprintf(d.stdout, "  %-8s %s\n", res.Left.Keys[id], clip(strings.Join(nonEmpty(row), " | "), 110))
		}
		if p, ok := pairWithin(res, ids); ok {
			fmt.Fprintf(d.stdout, "  why, %.2f: %s\n", p.Score, why(res.Explain(p)))
		}
	}
	fmt.Fprintln(d.stdout)
}

// pairWithin gives the best scored pair of a group.
func pairWithin(res *match.Result, ids []uint32) (match.Pair, bool) {
	for _, p := range res.Matches {
		if res.ClusterOf[p.Left] == res.ClusterOf[ids[0]] {
			return p, true
		}
	}
	return match.Pair{}, false
}

// why puts the strongest evidence in one line.
func why(e match.Explanation) string {
	var parts []string
	for _, ev := range e.Evidence[:min(3, len(e.Evidence))] {
		parts = append(parts, fmt.Sprintf("%s (%+.1f)", ev.Text, ev.Weight))
	}
	return strings.Join(parts, "; ")
}

func nonEmpty(values []string) (out []string) {
	for _, v := range values {
		if v != "" {
			out = append(out, v)
		}
	}
	return out
}

// clip cuts s to n characters.
func clip(s string, n int) string {
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	return string(r[:n-1]) + "…"
}

// link finds the partners between two shops.
func (d *demo) link(ctx context.Context, left, right *synth.Table, truth [][2]int) error {
	file, cs, err := d.collections(ctx, left, right)
	if err != nil {
		return err
	}
	defer file.Close()
	res, err := match.Link(ctx, cs[0], cs[1], match.Options{Threads: d.threads, Seed: d.seed})
	if err != nil {
		return err
	}
	want := make(map[[2]int]bool, len(truth))
	for _, p := range truth {
		want[p] = true
	}
	_, err = fmt.Fprintf(d.stdout, "Two shops of %s and %s that share %s.\nFound %s.\n  %s   (pairs of rows of one product)\n",
		count(len(left.Rows), "row", "rows"), thousands(len(right.Rows)), count(len(truth), "product", "products"),
		count(len(res.Matches), "match", "matches"), match.PairQuality(res.Matches, want))
	return err
}

// openPage makes the report ready before the work, so that a path that cannot be
// written fails first.
func (d *demo) openPage() (*table.File, error) {
	if d.report == "" {
		return table.CreateFile(os.DevNull, nil)
	}
	return table.CreateFile(d.report, nil)
}
