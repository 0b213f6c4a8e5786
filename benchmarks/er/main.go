// Command er measures what doppel learns from labels and writes
// benchmarks/results/er.md and er-curve.png: F1 of labelled pairs against the bars and
// the baselines, by what was seen in training, by the number of labels, without parts
// of the evidence, end to end, and what it costs.
//
//	go run ./benchmarks/er
//
// Every figure of a model is a cell: one training in a process of its own, so that
// memory and processor time are its own. Cells are kept in the file of -cells, and a
// second run measures only what is missing there.
package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/doppeldb/doppel/benchmarks/bench"
)

func main() {
	out := flag.String("o", "benchmarks/results/er.md", "where to write the table; the figure goes beside it")
	cells := flag.String("cells", filepath.Join(os.TempDir(), "doppel-er-cells.jsonl"), "where measured cells are kept")
	one := flag.String("cell", "", "measure one cell, given as JSON, and print it")
	report := flag.Bool("report", false, "measure nothing, write the report of the cells that are there")
	flag.Parse()
	ctx := context.Background()
	err := func() error {
		if *one != "" {
			return runCell(ctx, *one)
		}
		return run(ctx, *out, *cells, *report)
	}()
	if err != nil {
		fmt.Fprintln(os.Stderr, "er:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out, file string, reportOnly bool) error {
	known, err := readCells(file)
	if err != nil {
		return err
	}
	if !reportOnly {
		if err := measureCells(ctx, file, known); err != nil {
			return err
		}
	}
	var w bytes.Buffer
	fmt.Fprintf(&w, "# Matching with labels\n\n%s\n", bench.Machine("er"))
	if err := writeReport(ctx, &w, known, strings.TrimSuffix(out, ".md")+"-curve.png"); err != nil {
		return err
	}
	fmt.Print(w.String())
	return os.WriteFile(out, w.Bytes(), 0o666)
}

// readCells reads what was measured before.
func readCells(file string) (map[cell]*measured, error) {
	known := map[cell]*measured{}
	f, err := os.Open(file)
	if errors.Is(err, fs.ErrNotExist) {
		return known, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		m := &measured{}
		if err := json.Unmarshal(lines.Bytes(), m); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		known[m.Cell] = m
	}
	return known, lines.Err()
}

// measureCells runs every missing cell in a process of its own.
func measureCells(ctx context.Context, file string, known map[cell]*measured) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	f, err := os.OpenFile(file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o666)
	if err != nil {
		return err
	}
	defer f.Close()
	todo := plan()
	for n, c := range todo {
		if known[c] != nil {
			continue
		}
		arg, err := json.Marshal(c)
		if err != nil {
			return err
		}
		fmt.Fprintf(os.Stderr, "%d/%d %s\n", n+1, len(todo), arg)
		command := exec.CommandContext(ctx, self, "-cell", string(arg))
		var stdout bytes.Buffer
		command.Stdout, command.Stderr = &stdout, os.Stderr
		if err := command.Run(); err != nil {
			return fmt.Errorf("cell %s: %w", arg, err)
		}
		m := &measured{}
		if err := json.Unmarshal(stdout.Bytes(), m); err != nil {
			return fmt.Errorf("cell %s: %w", arg, err)
		}
		m.PeakMB = bench.PeakMB(command.ProcessState)
		known[c] = m
		line, err := json.Marshal(m)
		if err != nil {
			return err
		}
		if _, err := f.Write(append(line, '\n')); err != nil {
			return err
		}
	}
	return nil
}
