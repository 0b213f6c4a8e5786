// Command kernels measures internal/f32 against what the machine can do and
// against the libraries that others use, and writes the table
// benchmarks/results/kernels.md. From the root of the repository:
//
//	benchmarks/peers/install           # once, for OpenBLAS; needs libopenblas-dev
//	go run ./benchmarks/kernels
//
// Everything is measured in rounds. In a round every contender takes its turn and
// the fastest of a few calls counts; the table has medians over rounds, of the
// figures and of the ratios within a round, so that what else the machine does
// weighs on all alike.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/doppeldb/doppel/benchmarks/bench"
	"github.com/doppeldb/doppel/internal/f32"
)

func main() {
	out := flag.String("o", filepath.Join("benchmarks", "results", "kernels.md"), "file to write, or - for standard output")
	rounds := flag.Int("rounds", 15, "rounds of each measurement")
	pairs := flag.Bool("pairs", false, "only the rows of the table of dot products, to standard output")
	scans := flag.Bool("scans", false, "only the table of scans, to standard output")
	flag.Parse()
	if *scans {
		scanTable(os.Stdout, *rounds)
		return
	}
	if *pairs {
		dotRows(os.Stdout, *rounds)
		return
	}
	if err := run(*out, *rounds); err != nil {
		fmt.Fprintln(os.Stderr, "kernels:", err)
		os.Exit(1)
	}
}

func run(out string, rounds int) error {
	var doc strings.Builder
	header(&doc, rounds)
	gemmTable(&doc, rounds)
	if err := dotTable(&doc, rounds); err != nil {
		return err
	}
	scanTable(&doc, rounds)
	fmt.Fprintf(&doc, "\nLoad average at the end: %s.\n", bench.Load())
	if out == "-" {
		_, err := io.WriteString(os.Stdout, doc.String())
		return err
	}
	if err := os.MkdirAll(filepath.Dir(out), 0o755); err != nil {
		return err
	}
	return os.WriteFile(out, []byte(doc.String()), 0o644)
}

func header(w io.Writer, rounds int) {
	fmt.Fprintf(w, "# Kernels\n\n")
	fmt.Fprintf(w, "Written by `go run ./benchmarks/kernels` on %s.\n\n", time.Now().UTC().Format("2006-01-02 15:04 UTC"))
	fmt.Fprintf(w, "Machine: %s, %d CPUs, %s/%s, %s, path %s. Load average at the start: %s.\n\n",
		bench.Processor(), runtime.NumCPU(), runtime.GOOS, runtime.GOARCH, runtime.Version(), f32.Path(), bench.Load())
	fmt.Fprintf(w, "%d rounds; in each the contenders take turns and the fastest of %d calls counts. Figures and ratios are\n", rounds, tries)
	fmt.Fprintf(w, "medians over the rounds; a ratio is taken within its round, so it need not be the quotient of two figures.\n")
	fmt.Fprintf(w, "Times are %s, if nothing else is said.\n", clockName)
}

// dotTable measures dot products on this path and, in a process of its own, on AVX2.
func dotTable(w io.Writer, rounds int) error {
	fmt.Fprintf(w, "\n## One dot product\n\nVectors in the first cache.\n\n")
	fmt.Fprintf(w, "| path | d | f32.Dot, ns | vek32.Dot, ns | vek32 / f32 | bar |\n|---|---|---|---|---|---|\n")
	dotRows(w, rounds)
	if f32.Path() != "avx512" {
		return nil
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	narrow := exec.Command(self, "-pairs", fmt.Sprintf("-rounds=%d", rounds))
	narrow.Env = append(os.Environ(), "DOPPEL_CPU=avx2")
	rows, err := narrow.Output()
	if err != nil {
		return fmt.Errorf("measure with DOPPEL_CPU=avx2: %w", err)
	}
	_, err = w.Write(rows)
	return err
}
