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
	"runtime"
	"strings"
	"time"
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
	var w bytes.Buffer
	fmt.Fprintf(&w, "# What labels teach the encoder\n\n%s\n\n%s", machine(), protocol)
	for _, part := range []struct {
		name, title string
		run         func(ctx context.Context, w *bytes.Buffer) error
	}{
		{"bars", "Tuned against zero-label", func(ctx context.Context, w *bytes.Buffer) error { return bars(ctx, w, seeds) }},
		{"losses", "Loss against sampling", losses},
		{"few", "Few labels", few},
		{"self", "No label", self},
		{"prefix", "Prefixes of the vector", prefixes},
		{"speed", "Speed of a tuned encoder", speed},
		{"same", "Same seed, same bytes", same},
		{"recipe", "The parts of the recipe", recipe},
	} {
		if only != "" && part.name != only {
			continue
		}
		fmt.Fprintf(os.Stderr, "%s ...\n", part.title)
		fmt.Fprintf(&w, "\n## %s\n\n", part.title)
		if err := part.run(ctx, &w); err != nil {
			fmt.Fprintf(&w, "not measured: %v\n", err)
			fmt.Fprintln(os.Stderr, "  ", err)
		}
		if only != "" {
			continue
		}
		if err := os.WriteFile(out, w.Bytes(), 0o644); err != nil { // all of it takes half an hour
			return err
		}
	}
	fmt.Print(w.String())
	return nil
}

func machine() string {
	model := "unknown processor"
	if b, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		for line := range strings.SplitSeq(string(b), "\n") {
			if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
				model = strings.TrimSpace(value)
				break
			}
		}
	}
	load := ""
	if b, err := os.ReadFile("/proc/loadavg"); err == nil {
		if f := strings.Fields(string(b)); len(f) > 0 {
			load = ", load " + f[0] + " at the start"
		}
	}
	return fmt.Sprintf("%s, %d cores, %s/%s, %s, %s%s. Command: `go run ./benchmarks/twin`",
		model, runtime.NumCPU(), runtime.GOOS, runtime.GOARCH, runtime.Version(), time.Now().Format(time.DateOnly), load)
}
