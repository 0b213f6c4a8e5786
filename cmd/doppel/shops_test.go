package main

import (
	"context"
	"encoding/csv"
	"fmt"
	"os"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/doppeldb/doppel/internal/baseline"
	"github.com/doppeldb/doppel/internal/synth"
	"github.com/doppeldb/doppel/query/label"
)

// scriptShops writes made-up shops with judged pairs. The pairs are those that
// label.FromTruth takes, parted by thing: train, valid and test have none in common.
func scriptShops(ts *testscript.TestScript, _ bool, args []string) {
	n, err := strconv.Atoi(args[0])
	ts.Check(err)
	opts := synth.Options{Seed: 5, Products: n}
	left, right, pairs := synth.Shops(opts)
	truth := make([]string, len(left.Rows)+len(right.Rows))
	for k, p := range pairs {
		truth[p[0]], truth[len(left.Rows)+p[1]] = fmt.Sprint("t", k), fmt.Sprint("t", k)
	}
	for i := range truth {
		if truth[i] == "" {
			truth[i] = fmt.Sprint("single", i)
		}
	}
	values := func(t *synth.Table) (rows [][]string) {
		for _, r := range t.Rows {
			rows = append(rows, r[1:])
		}
		return rows
	}
	near, err := baseline.NewTFIDF(values(left), values(right)).Nearest(context.Background(), label.Near, 1)
	ts.Check(err)
	sides := label.Sides{Left: len(left.Rows), Right: len(right.Rows)}
	rest, err := label.Split(sides, label.FromTruth(sides, truth, near, 1), label.SplitOptions{Share: .3, Seed: 1, Strict: true})
	ts.Check(err)
	parts, err := label.Split(sides, rest.Train, label.SplitOptions{Seed: 1})
	ts.Check(err)
	write := func(name string, rows [][]string) {
		f, err := os.Create(ts.MkAbs(name))
		ts.Check(err)
		ts.Check(csv.NewWriter(f).WriteAll(rows))
		ts.Check(f.Close())
	}
	for name, labels := range map[string][]label.Label{"test.csv": rest.Held, "train.csv": parts.Train, "valid.csv": parts.Held} {
		rows := [][]string{{"ltable_id", "rtable_id", "label"}}
		for _, l := range labels {
			rows = append(rows, []string{left.Rows[l.Left][0], right.Rows[l.Right][0], map[bool]string{true: "1", false: "0"}[l.Match]})
		}
		write(name, rows)
	}
	write("a.csv", append([][]string{left.Header}, left.Rows...))
	write("b.csv", append([][]string{right.Header}, right.Rows...))
	catalogue := synth.Catalogue(opts)
	goods := [][]string{append([]string{"product"}, catalogue.Header...)}
	for i, r := range catalogue.Rows {
		goods = append(goods, append([]string{fmt.Sprint("p", catalogue.Cluster[i])}, r...))
	}
	write("goods.csv", goods)
}

func writeCatalogue(t *testing.T, path string, products int) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	made := synth.Catalogue(synth.Options{Seed: 1, Products: products})
	w := csv.NewWriter(f)
	if err := w.Write(made.Header); err != nil {
		t.Fatal(err)
	}
	if err := w.WriteAll(made.Rows); err != nil {
		t.Fatal(err)
	}
}
