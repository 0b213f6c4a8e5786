// Ann measures nearest-neighbour search: doppel's engines, hnswlib, faiss and
// coder/hnsw over the same vectors, on the same machine, in the same run.
//
//	benchmarks/peers/install
//	go run ./benchmarks/ann [-sets a,b,c,d] [-rounds 5]
//
// It is run in the root of the module and writes benchmarks/results/ann.md and
// ann.png. Set d, a million vectors with our graph alone, takes half of the time.
package main

import (
	"cmp"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"
)

func main() {
	sets := flag.String("sets", "a,b,c,d", "letters of the sets to measure")
	rounds := flag.Int("rounds", 5, "how often each width is measured; the median counts")
	out := flag.String("o", "benchmarks/results", "folder of the report")
	only := flag.String("engines", "", "measure only these engines, and write no report")
	flag.Parse()
	if err := run(strings.Split(*sets, ","), *rounds, *out, *only); err != nil {
		fmt.Fprintln(os.Stderr, "ann:", err)
		os.Exit(1)
	}
}

func run(names []string, rounds int, out, only string) error {
	r := newReport(rounds)
	for _, name := range names {
		s, err := makeSet(name)
		if err != nil {
			return err
		}
		engines, turns := only, rounds
		if name == "d" { // a scan of it for every query takes longer than all the rest
			engines, turns = "doppel int8", 1
		}
		results, err := measure(s, turns, engines)
		if err != nil {
			return fmt.Errorf("set %s: %w", name, err)
		}
		r.add(s, results)
		if name == "d" {
			if err := growth(&r.body, s, results[0]); err != nil {
				return fmt.Errorf("set %s: %w", name, err)
			}
		}
		if name == "b" && only == "" {
			if err := duties(&r.duties, s); err != nil {
				return fmt.Errorf("duties: %w", err)
			}
		}
	}
	if only != "" {
		return nil
	}
	return r.write(out)
}

// round measures every engine at every width once. Engines take turns, so that
// what disturbs the machine disturbs all of them.
func round(results []*result, engines []engine) error {
	widths := 0
	for _, r := range results {
		widths = max(widths, len(r.points))
	}
	for w := range widths {
		for i, e := range engines {
			if w >= len(results[i].points) {
				continue
			}
			p := &results[i].points[w]
			recall, took, err := e.search(p.ef)
			if err != nil {
				return err
			}
			p.recall = recall
			p.times = append(p.times, took)
		}
	}
	return nil
}

// settle turns times into queries a second.
func settle(results []*result, queries int) {
	for _, r := range results {
		for i := range r.points {
			p := &r.points[i]
			slices.SortFunc(p.times, cmp.Compare[time.Duration])
			p.qps = float64(queries) / p.times[len(p.times)/2].Seconds()
		}
	}
}
