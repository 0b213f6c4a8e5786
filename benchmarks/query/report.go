package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"

	"github.com/doppeldb/doppel/benchmarks/bench"
	"github.com/doppeldb/doppel/query"
)

// report is benchmarks/results/query.md while it grows.
type report struct {
	rows int
	body bytes.Buffer
}

func newReport(rows, rounds int) *report {
	r := &report{rows: rows}
	fmt.Fprintf(&r.body, "# The query language\n\n%s\n\n", bench.Machine("query"))
	fmt.Fprintf(&r.body, "%d made-up products (title, brand, price, category, and a number drawn at random), %d questions: titles of another world. One goroutine asks. Medians of %d rounds.\n", rows, questions, rounds)
	return r
}

// verdict says whether a bar is held.
func verdict(held bool) string {
	if held {
		return "held"
	}
	return "**missed**"
}

func (r *report) overhead(o overhead) {
	ratio := float64(o.statement) / float64(o.call)
	fmt.Fprintf(&r.body, "\n## SELECT ... NEAREST TO ? LIMIT 10 against Collection.Search\n\nBoth with ef %d, in turns, encoding, parsing and planning included; the mean over the questions of the quickest of %d rounds each.\n\n", query.DefaultEf, overheadRounds)
	fmt.Fprintf(&r.body, "| Go call | statement | ratio | bar 1.15 |\n|---:|---:|---:|---|\n| %.1f µs | %.1f µs | %.3f | %s |\n",
		micros(o.call), micros(o.statement), ratio, verdict(ratio <= 1.15))
}

func micros(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1000 }

func (r *report) sweep(points []point) {
	fmt.Fprintf(&r.body, "\n## A filter and a search: WHERE share < x, LIMIT 10\n\nRecall@10 against USING EXACT with the same WHERE: the share that is no farther than the farthest of the ten true ones. The bar is 10 records always, and recall .98.\n\n")
	fmt.Fprintf(&r.body, "| WHERE keeps | fewest records | recall@10 | median | exact | |\n|---:|---:|---:|---:|---:|---|\n")
	for _, p := range points {
		full := min(10, int(p.percent/100*float64(r.rows)*.8)) // of a small collection a filter may leave less than 10
		fmt.Fprintf(&r.body, "| %g %% | %d | %.4f | %.2f ms | %.2f ms | %s |\n", p.percent, p.fewest, p.recall, micros(p.auto)/1000, micros(p.exact)/1000,
			verdict(p.fewest >= full && p.recall >= .98))
	}
	fmt.Fprintf(&r.body, "\n![latency by selectivity](query.png)\n")
}

func (r *report) aggregates(list []aggregate) {
	fmt.Fprintf(&r.body, "\n## Aggregates with a filter\n\nRows of the collection by the time of the statement; the columns are in memory. Bars: 1,000,000 rows/s from columns, 200,000 where rows are read.\n\n")
	fmt.Fprintf(&r.body, "| statement | by | time | rows/s | |\n|---|---|---:|---:|---|\n")
	for _, a := range list {
		by, bar := "reading rows", 200_000.
		if a.served {
			by, bar = "columns", 1_000_000
		}
		rate := float64(r.rows) / a.took.Seconds()
		fmt.Fprintf(&r.body, "| `%s` | %s | %.2f ms | %.0f | %s |\n", a.text, by, micros(a.took)/1000, rate, verdict(rate >= bar))
	}
}

// write writes the report and the figure of the sweep.
func (r *report) write(dir string, points []point) error {
	if err := os.WriteFile(filepath.Join(dir, "query.md"), r.body.Bytes(), 0o666); err != nil {
		return err
	}
	p := plot.New()
	p.X.Label.Text, p.Y.Label.Text = "percent of the records that WHERE keeps", "ms, median"
	p.X.Scale, p.X.Tick.Marker = plot.LogScale{}, plot.LogTicks{Prec: -1}
	p.Y.Min = 0
	for i, of := range []func(point) time.Duration{func(p point) time.Duration { return p.auto }, func(p point) time.Duration { return p.exact }} {
		var xy plotter.XYs
		for _, q := range points {
			xy = append(xy, plotter.XY{X: q.percent, Y: micros(of(q)) / 1000})
		}
		line, dots, err := plotter.NewLinePoints(xy)
		if err != nil {
			return err
		}
		line.Width = vg.Points(1.5)
		if i == 1 {
			line.Dashes = []vg.Length{vg.Points(3), vg.Points(3)}
		}
		p.Add(line, dots)
		p.Legend.Add([]string{"as the planner chooses", "USING EXACT"}[i], line, dots)
	}
	p.Legend.Top, p.Legend.Left = true, true
	p.Add(plotter.NewGrid())
	return p.Save(14*vg.Centimeter, 9*vg.Centimeter, filepath.Join(dir, "query.png"))
}
