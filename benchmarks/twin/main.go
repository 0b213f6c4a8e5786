// Command twin measures what labels teach the encoder and writes
// benchmarks/results/twin.md: retrieval of test matches before and after tuning, losses
// against ways to make a batch, the parts of the recipe, few labels, no label, prefixes
// of the vector, speed of a tuned encoder, and that a model's bytes depend on its seed alone.
//
//	go run ./benchmarks/twin
//
// Data sets are looked for as internal/datasets says; what is missing is said in the table.
package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"

	"github.com/doppeldb/doppel/benchmarks/bench"
)

func main() {
	out := flag.String("o", "benchmarks/results/twin.md", "where to write the table")
	only := flag.String("only", "", "run one part: bars, recipe, losses, few, self, prefix, speed, same")
	seeds := flag.Int("seeds", 5, "seeds of the bars; the other parts have fewer")
	flag.Parse()
	if err := run(context.Background(), *out, *only, *seeds); err != nil {
		fmt.Fprintln(os.Stderr, "twin:", err)
		os.Exit(1)
	}
}

// protocol stands above the tables.
const protocol = `Standard splits. Training pairs move the weights, validation pairs choose the epoch, test pairs are only looked at for this table. Retrieval: the
left record of a match asks, all right records answer, ranked by the vectors' cosine alone; other known matches of the same part are left out of
its way. MRR is the mean of 1 / rank over the part's matches, recall the share among the first k. ± is the standard deviation over seeds
(order of batches, dropout); the test sets have 206, 234, 444 and 22 matches, so that a single pair is .0049, .0043, .0023 and .045.
`

func run(ctx context.Context, out, only string, seeds int) error {
	head := fmt.Sprintf("# What labels teach the encoder\n\n%s\n\n%s", bench.Machine("twin"), protocol)
	return bench.Report(ctx, head, out, only, []bench.Part{
		{Name: "bars", Title: "Tuned against zero-label", Run: func(ctx context.Context, w *bytes.Buffer) error { return bars(ctx, w, seeds) }},
		{Name: "losses", Title: "Loss against sampling", Run: losses},
		{Name: "few", Title: "Few labels", Run: few},
		{Name: "self", Title: "No label", Run: self},
		{Name: "prefix", Title: "Prefixes of the vector", Run: prefixes},
		{Name: "speed", Title: "Speed of a tuned encoder", Run: speed},
		{Name: "same", Title: "Same seed, same bytes", Run: same},
		{Name: "recipe", Title: "The parts of the recipe", Run: recipe},
	})
}
