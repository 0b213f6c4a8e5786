// Query measures the query language on 100,000 made-up products: what it costs on top of
// the Go call, what a filter does to a search, and how fast aggregates are.
//
//	go run ./benchmarks/query [-rows 100000]
//
// It is run in the root of the module and writes benchmarks/results/query.md and
// query.png. Parsing and planning alone: go test ./query -run xxx -bench Plan.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
)

func main() {
	rows := flag.Int("rows", 100_000, "products in the collection")
	rounds := flag.Int("rounds", 5, "how often everything is measured; the median counts")
	out := flag.String("o", "benchmarks/results", "folder of the report")
	flag.Parse()
	if err := run(context.Background(), *rows, *rounds, *out); err != nil {
		fmt.Fprintln(os.Stderr, "query:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, rows, rounds int, out string) error {
	r := newReport(rows, rounds)
	s, err := openShop(ctx, rows)
	if err != nil {
		return err
	}
	defer s.file.Close()
	fmt.Fprintln(os.Stderr, "overhead")
	o, err := s.overhead(ctx)
	if err != nil {
		return err
	}
	r.overhead(o)
	fmt.Fprintln(os.Stderr, "sweep")
	points, err := s.sweep(ctx)
	if err != nil {
		return err
	}
	r.sweep(points)
	fmt.Fprintln(os.Stderr, "aggregates")
	list, err := s.aggregates(ctx, rounds)
	if err != nil {
		return err
	}
	r.aggregates(list)
	return r.write(out, points)
}
