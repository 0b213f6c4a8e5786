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
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

func main() {
	out := flag.String("o", "benchmarks/results/match.md", "where to write the table")
	only := flag.String("only", "", "run one part: encode, recall, link, dedupe, time, growth, threads")
	million := flag.Bool("million", false, "dedupe a million rows as well, which takes minutes")
	flag.Parse()
	if err := runAll(context.Background(), *out, *only, *million); err != nil {
		fmt.Fprintln(os.Stderr, "match:", err)
		os.Exit(1)
	}
}

// part is one section of the result.
type part struct {
	name, title string
	run         func(ctx context.Context, w *bytes.Buffer) error
}

func runAll(ctx context.Context, out, only string, million bool) error {
	dir, err := os.MkdirTemp("", "doppel-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	p := &program{dir: dir, bin: filepath.Join(dir, "doppel"), million: million}
	if runtime.GOOS == "windows" {
		p.bin += ".exe"
	}
	if b, err := exec.Command("go", "build", "-o", p.bin, "./cmd/doppel").CombinedOutput(); err != nil {
		return fmt.Errorf("building doppel: %w\n%s", err, b)
	}
	var w bytes.Buffer
	fmt.Fprintf(&w, "# Matching without a label\n\n%s\n", machine())
	for _, part := range []part{
		// First, while this process is small: a child's peak memory on Linux is
		// never less than what its parent had when it was started.
		{"time", "Wall time and memory of the program, cold", p.wallTime},
		{"growth", "Growth", p.growth},
		{"threads", "Same input, same bytes", p.sameBytes},
		{"encode", "Encoding product titles", encodeSpeed},
		{"recall", "Candidate recall", candidateRecall},
		{"link", "Link, end to end", linkQuality},
		{"dedupe", "Dedupe", dedupeQuality},
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
	}
	fmt.Print(w.String())
	if only != "" {
		return nil
	}
	return os.WriteFile(out, w.Bytes(), 0o666)
}

// machine says where and how the figures were made.
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
	return fmt.Sprintf("%s, %d cores, %s/%s, %s, %s%s. Command: `go run ./benchmarks/match`",
		model, runtime.NumCPU(), runtime.GOOS, runtime.GOARCH, runtime.Version(), time.Now().Format(time.DateOnly), load)
}
