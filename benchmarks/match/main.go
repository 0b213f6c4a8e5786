// Command match measures what doppel does without a label and writes
// benchmarks/results/match.md: encoding speed, candidate recall, the quality of
// link and dedupe beside dumb baselines, wall time and memory of the program,
// growth, and that results do not depend on the number of processors.
//
//	go run ./benchmarks/match
//
// Data sets are looked for as internal/datasets says; what is missing is said
// in the table.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"

	"github.com/doppeldb/doppel/benchmarks/bench"
)

func main() {
	p := &program{}
	parts := []bench.Part{
		// First, while this process is small: a child's peak memory on Linux is
		// never less than what its parent had when it was started.
		{Name: "time", Title: "Wall time and memory of the program, cold", Run: p.wallTime},
		{Name: "growth", Title: "Growth", Run: p.growth},
		{Name: "threads", Title: "Same input, same bytes", Run: p.sameBytes},
		{Name: "encode", Title: "Encoding product titles", Run: encodeSpeed},
		{Name: "recall", Title: "Candidate recall", Run: candidateRecall},
		{Name: "link", Title: "Link, end to end", Run: linkQuality},
		{Name: "dedupe", Title: "Dedupe", Run: dedupeQuality},
	}
	out := flag.String("o", "benchmarks/results/match.md", "where to write the table")
	only := flag.String("only", "", "run one part and write no file: "+bench.Names(parts))
	flag.BoolVar(&p.million, "million", false, "dedupe a million rows as well, which takes minutes")
	flag.Parse()
	if err := run(context.Background(), p, *out, *only, parts); err != nil {
		fmt.Fprintln(os.Stderr, "match:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, p *program, out, only string, parts []bench.Part) (err error) {
	if p.dir, err = os.MkdirTemp("", "doppel-bench-"); err != nil {
		return err
	}
	defer os.RemoveAll(p.dir)
	if p.bin, err = bench.Build(p.dir); err != nil {
		return err
	}
	head := fmt.Sprintf("# Matching without a label\n\n%s\n", bench.Machine("match"))
	return bench.Report(ctx, head, out, only, parts)
}
