package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/doppeldb/doppel/benchmarks/bench"
)

// report is benchmarks/results/ann.md while it grows.
type report struct {
	start   time.Time
	command string
	rounds  int
	load    string // of the machine before the run
	body    bytes.Buffer
	duties  bytes.Buffer
	figures []figure
}

func newReport(rounds int) *report {
	return &report{start: time.Now(), rounds: rounds, load: bench.Load(),
		command: "go run ./benchmarks/ann " + strings.Join(os.Args[1:], " ")}
}

// bar is the recall at which engines are compared; a million vectors have a lower one.
func (s *set) bar() float64 {
	if s.name == "d" {
		return 0.98
	}
	return 0.99
}

// at gives the queries a second of the fastest width that reaches a recall, and
// that width.
func (r *result) at(recall float64) (qps float64, ef int, reached bool) {
	for _, p := range r.points {
		if p.recall >= recall && p.qps > qps {
			qps, ef, reached = p.qps, p.ef, true
		}
	}
	return qps, ef, reached
}

func (r *report) add(s *set, results []*result) {
	fmt.Fprintf(&r.body, "\n## Set %s: %s\n\n%d vectors of %d dimensions, %d queries\n\n", s.name, s.what, s.n(), s.dim, s.nq())
	base := find(results, "hnswlib")
	r.table(results, base, s.bar())
	fmt.Fprintf(&r.body, "\nRecall@%d / queries a second, one thread:\n\n| engine |", k)
	for _, ef := range widths {
		fmt.Fprintf(&r.body, " ef %d |", ef)
	}
	fmt.Fprintf(&r.body, "\n|---|%s\n", strings.Repeat("---|", len(widths)))
	for _, x := range results {
		if len(x.points) != len(widths) {
			continue
		}
		fmt.Fprintf(&r.body, "| %s |", x.engine)
		for _, p := range x.points {
			fmt.Fprintf(&r.body, " %.4f / %.0f |", p.recall, p.qps)
		}
		fmt.Fprintln(&r.body)
	}
	r.figures = append(r.figures, figure{s, results})
}

// table is one line for each engine, beside hnswlib's.
func (r *report) table(results []*result, base *result, bar float64) {
	fmt.Fprintf(&r.body, "| engine | build, 2 threads | processor | x | memory | x | q/s at recall@%d >= %.2f | x | ef | |\n|---|---|---|---|---|---|---|---|---|---|\n", k, bar)
	for _, x := range results {
		qps, ef, reached := x.at(bar)
		speed := fmt.Sprintf("%.0f", qps)
		if !reached {
			speed = fmt.Sprintf("not reached: %.4f", x.points[len(x.points)-1].recall)
		}
		times := func(own, other float64) string {
			if base == nil || own == 0 || other == 0 {
				return ""
			}
			return fmt.Sprintf("%.2f", own/other)
		}
		var faster, smaller, quicker string
		if base != nil {
			baseQPS, _, _ := base.at(bar)
			faster = times(qps, baseQPS)
			smaller = times(float64(x.bytes), float64(base.bytes))
			quicker = times(base.work.Seconds(), x.work.Seconds())
		}
		build, work, memory, width := "", "", "", ""
		if x.build > 0 {
			build, work = fmt.Sprintf("%.1f s", x.build.Seconds()), fmt.Sprintf("%.1f s", x.work.Seconds())
			memory = fmt.Sprintf("%d MB", x.bytes>>20)
		}
		if ef > 0 {
			width = fmt.Sprint(ef)
		}
		fmt.Fprintf(&r.body, "| %s | %s | %s | %s | %s | %s | %s | %s | %s | %s |\n",
			x.engine, build, work, quicker, memory, smaller, speed, faster, width, x.note)
	}
}

func find(results []*result, name string) *result {
	for _, r := range results {
		if r.engine == name {
			return r
		}
	}
	return nil
}

func (r *report) write(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	var out bytes.Buffer
	fmt.Fprintf(&out, `# Nearest-neighbour search

    benchmarks/peers/install
    %s

%s, %s, %d cores, %s/%s, %s. Load average %s before, %s after. The engines
take turns at every width; %d rounds, medians. Other programs share the machine: queries a second
are by processor time, and so is the comparison of builds. M = %d, efConstruction = %d, k = %d for all graphs.
The columns x compare with hnswlib in the same run: more is better for build and queries,
less for memory. An answer is right when it is no farther than the true %d-th neighbour.

![Recall and queries a second](ann.png)
`, r.command, r.start.UTC().Format(time.DateOnly), bench.Processor(), runtime.NumCPU(), runtime.GOOS, runtime.GOARCH, runtime.Version(),
		r.load, bench.Load(), r.rounds, m, efc, k, k)
	out.Write(r.body.Bytes())
	out.Write(r.duties.Bytes())
	if err := os.WriteFile(filepath.Join(dir, "ann.md"), out.Bytes(), 0o644); err != nil {
		return err
	}
	return drawPanels(r.figures, filepath.Join(dir, "ann.png"))
}
